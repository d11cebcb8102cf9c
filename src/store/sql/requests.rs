//! SQL of data protection requests and of everything about one person.
//! What never lives here: the clocks (casework::requests), who decides.

use jiff::Timestamp;

use super::{
    Db, Row, beside, cases, chain, erasure, life, params,
    rows::{Columns, all, first, instant, json, run, word},
};
use crate::{
    base::{CaseReference, ConversationId},
    casework::{
        Action, Actor, Caller, CaseEventKind, Link, Reach, Request, RequestKind, RequestMove,
    },
    store::{
        error::{Result, StoreError},
        shapes::{NotedCase, PersonExport},
    },
};

const COLUMNS: &str = "r.case_reference, r.kind, r.received, r.acknowledged, r.stops_json, r.extended, r.decided, r.decision";

fn request(row: &Row<'_>) -> Result<Request> {
    columns(&mut Columns::of(row, "request"))
}

fn columns(c: &mut Columns<'_>) -> Result<Request> {
    Ok(Request {
        case: c.parsed()?,
        kind: c.word()?,
        received: c.parsed()?,
        acknowledged: c.parsed_if_any()?,
        stops: c.json()?,
        extended: c.plain()?,
        decided: c.parsed_if_any()?,
        decision: c.word_if_any()?,
    })
}

/// Undecided requests within reach, oldest first; with `decided` those too.
pub(in crate::store) fn list(db: &Db, reach: &Reach, decided: bool) -> Result<Vec<Request>> {
    let sql = format!(
        "SELECT {COLUMNS}, c.area FROM requests r JOIN cases c ON c.reference = r.case_reference
         WHERE ?1 = 1 OR r.decided IS NULL ORDER BY r.received, r.case_reference"
    );
    let found = all(db, &sql, [decided], |row| {
        let mut c = Columns::of(row, "request");
        Ok((columns(&mut c)?, c.plain::<Option<String>>()?))
    })?;
    let within = found
        .into_iter()
        .filter(|(_, area)| reach.covers(area.as_deref()));
    Ok(within.map(|(request, _)| request).collect())
}

pub(in crate::store) fn of_case(db: &Db, reference: &CaseReference) -> Result<Option<Request>> {
    let sql = format!("SELECT {COLUMNS} FROM requests r WHERE r.case_reference = ?1");
    first(db, &sql, [reference.as_str()], request)
}

/// Records that a case carries a request, received when the case was opened unless told otherwise. A second one on the same case
/// replaces what was asked, as long as it is not decided.
pub(in crate::store) fn record(
    db: &Db,
    caller: &Caller,
    reference: &CaseReference,
    kind: RequestKind,
    received: Option<Timestamp>,
    at: Timestamp,
) -> Result<Request> {
    let case = cases::within(db, &caller.reach, reference)?;
    let request = match of_case(db, reference)? {
        Some(known) if known.decided.is_some() => {
            return Err(StoreError::Refused(
                "this request has been decided: open another case for the next one",
            ));
        }
        Some(known) => Request { kind, ..known },
        None => Request::new(reference.clone(), kind, received.unwrap_or(case.created)),
    };
    write(db, &request)?;
    log(db, caller, reference, format!("kind={}", word(&kind)?), at)?;
    Ok(request)
}

/// The person's own wish: on the latest case that still has words, which is opened again for it.
pub(in crate::store) fn ask_erasure(
    db: &Db,
    id: &ConversationId,
    at: Timestamp,
) -> Result<Option<Request>> {
    let latest: Option<CaseReference> = first(
        db,
        "SELECT reference FROM cases WHERE conversation = ?1 AND erased IS NULL
         ORDER BY created DESC, reference DESC LIMIT 1",
        [id.as_str()],
        |row| Columns::of(row, "case").parsed(),
    )?;
    let Some(case) = latest
        .map(|r| cases::find_case(db, &r))
        .transpose()?
        .flatten()
    else {
        return Ok(None);
    };
    let reference = case.opened.reference.clone();
    let known = of_case(db, &reference)?;
    if let Some(known) = known.filter(|r| r.kind == RequestKind::Erasure && r.decided.is_none()) {
        return Ok(Some(known));
    }
    life::act_as(db, case, &Action::PersonWrote, &Actor::Person, at)?;
    let request = Request::new(reference.clone(), RequestKind::Erasure, at);
    write_anew(db, &request)?;
    let person = Caller::everywhere(Actor::Person.as_str());
    log(db, &person, &reference, "kind=erasure".to_owned(), at)?;
    Ok(Some(request))
}

/// In place of an earlier one on the same case.
fn write_anew(db: &Db, request: &Request) -> Result<()> {
    run(
        db,
        "DELETE FROM requests WHERE case_reference = ?1",
        [request.case.as_str()],
    )?;
    write(db, request)
}

pub(in crate::store) fn move_on(
    db: &Db,
    caller: &Caller,
    reference: &CaseReference,
    by: RequestMove,
    at: Timestamp,
) -> Result<Request> {
    cases::within(db, &caller.reach, reference)?;
    let known = of_case(db, reference)?.ok_or(StoreError::NotFound("request on this case"))?;
    let request = known.moved(by, at)?;
    write(db, &request)?;
    let code = match by {
        RequestMove::Acknowledge => "move=acknowledged".to_owned(),
        RequestMove::StopClock => "move=clock_stopped".to_owned(),
        RequestMove::StartClock => "move=clock_started".to_owned(),
        RequestMove::Extend => "move=extended".to_owned(),
        RequestMove::Decide(decision) => format!("decision={}", word(&decision)?),
    };
    log(db, caller, reference, code, at)?;
    Ok(request)
}

fn log(
    db: &Db,
    caller: &Caller,
    reference: &CaseReference,
    detail: String,
    at: Timestamp,
) -> Result<()> {
    let event = life::event(reference, CaseEventKind::Request, &caller.adviser, detail);
    chain::record(db, at, &event)
}

fn write(db: &Db, request: &Request) -> Result<()> {
    run(
        db,
        "INSERT INTO requests (case_reference, kind, received, acknowledged, stops_json, extended, decided, decision)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (case_reference) DO UPDATE SET kind = excluded.kind, acknowledged = excluded.acknowledged,
           stops_json = excluded.stops_json, extended = excluded.extended, decided = excluded.decided,
           decision = excluded.decision",
        params![
            request.case.as_str(),
            word(&request.kind)?,
            instant(request.received),
            request.acknowledged.map(instant),
            json(&request.stops)?,
            request.extended,
            request.decided.map(instant),
            request.decision.as_ref().map(word).transpose()?
        ],
    )?;
    Ok(())
}

/// The conversations of one person: this one, and those whose cases are linked with its cases as the same person's.
pub(in crate::store) fn conversations_of(
    db: &Db,
    id: &ConversationId,
) -> Result<Vec<ConversationId>> {
    let mut found = vec![id.clone()];
    let mut next = 0;
    while let Some(id) = found.get(next).cloned() {
        next += 1;
        let linked: Vec<ConversationId> = all(
            db,
            "SELECT DISTINCT o.conversation FROM cases c
             JOIN case_links l ON (l.one = c.reference OR l.two = c.reference) AND l.how = ?2
             JOIN cases o ON o.reference IN (l.one, l.two) WHERE c.conversation = ?1",
            [id.as_str(), &word(&Link::SamePerson)?],
            |row| Columns::of(row, "conversation").parsed(),
        )?;
        for other in linked {
            if !found.contains(&other) {
                found.push(other);
            }
        }
    }
    Ok(found)
}

/// Refuses a conversation with a case out of reach.
pub(in crate::store) fn within(db: &Db, caller: &Caller, id: &ConversationId) -> Result<()> {
    for case in erasure::cases_of(db, id)? {
        cases::within(db, &caller.reach, &case.opened.reference)?;
    }
    Ok(())
}

/// Everything kept about one person; giving it out is logged on each of their cases.
pub(in crate::store) fn export_person(
    db: &Db,
    caller: &Caller,
    id: &ConversationId,
    at: Timestamp,
) -> Result<PersonExport> {
    let mut out = PersonExport::default();
    for id in conversations_of(db, id)? {
        let cases = erasure::cases_of(db, &id)?;
        for case in cases {
            let reference = case.opened.reference;
            life::act(db, caller, &reference, &Action::Export, at)?;
            out.cases.push(NotedCase {
                notes: beside::notes(db, &reference)?,
                drafts: beside::drafts(db, &reference)?,
                request: of_case(db, &reference)?,
                case: reference,
            });
        }
        out.conversations.extend(erasure::export(db, &id)?);
    }
    if out.conversations.is_empty() && out.cases.is_empty() {
        return Err(StoreError::NotFound("person with this reference"));
    }
    Ok(out)
}
