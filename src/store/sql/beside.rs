//! SQL of what stands beside a case: notes, drafts, links, and the whole file of it as an adviser opens it.
//! What never lives here: the case's own row (cases.rs), what may be done with it (casework).

use jiff::{Timestamp, ToSpan};

use super::{
    Db, cases, chain, conversations, life, params,
    rows::{self, Columns, all, first, instant, json, run, word},
};
use crate::{
    base::{CaseReference, NoteId},
    casework::{Action, Actor, Caller, Case, CaseEventKind, Link, Needs, Receipt},
    store::{
        error::{Result, StoreError},
        seals::Owner,
        shapes::{CaseFile, CaseNote, Draft, Linked},
    },
};

/// Somebody who looked this short a while ago may still be looking.
const LOOKING_MINUTES: i64 = 10;
/// Messages of a file at most: the latest.
const MESSAGES: u32 = 1000;
/// Where a note stands.
pub(super) const NOTE: &str = "case_notes.text";
/// Where a draft stands.
pub(super) const DRAFT: &str = "case_drafts.text";

/// Everything about one case within reach.
pub(in crate::store) fn file(
    db: &Db,
    caller: &Caller,
    reference: &CaseReference,
    now: Timestamp,
) -> Result<CaseFile> {
    let case = cases::within(db, &caller.reach, reference)?;
    let events = chain::of_case(db, reference)?;
    let since = now
        .checked_sub(LOOKING_MINUTES.minutes())
        .unwrap_or(Timestamp::MIN);
    let mut also_looking: Vec<(String, Timestamp)> = Vec::new();
    for seen in events.iter().rev().filter(|e| e.at >= since) {
        let who = &seen.event.actor;
        let other = matches!(Actor::of(who), Actor::Adviser(_)) && *who != caller.adviser;
        if other && !also_looking.iter().any(|(name, _)| name == who) {
            also_looking.push((who.clone(), seen.at));
        }
    }
    let conversation = &case.opened.conversation;
    let receipts = format!(
        "SELECT {} FROM receipts WHERE conversation = ?1 ORDER BY at, id",
        rows::RECEIPT
    );
    let receipts: Vec<Receipt> = all(db, &receipts, [conversation.as_str()], rows::receipt)?;
    Ok(CaseFile {
        messages: conversations::latest(db, conversation, MESSAGES)?,
        receipts,
        notes: notes(db, reference)?,
        drafts: drafts(db, reference)?,
        links: links(db, caller, reference)?,
        erased: conversations::find(db, conversation)?.is_none(),
        events,
        also_looking,
        case,
    })
}

pub(super) fn notes(db: &Db, reference: &CaseReference) -> Result<Vec<CaseNote>> {
    all(
        db,
        "SELECT id, at, adviser, text FROM case_notes WHERE case_reference = ?1 ORDER BY at, id",
        [reference.as_str()],
        |row| {
            let mut c = Columns::of(row, "note");
            let id: NoteId = c.parsed()?;
            Ok(CaseNote {
                at: c.parsed()?,
                adviser: c.plain()?,
                text: c.sealed(Owner::Case(reference).at(NOTE, id.as_str()))?,
                id,
            })
        },
    )
}

pub(in crate::store) fn add_note(
    db: &Db,
    caller: &Caller,
    reference: &CaseReference,
    note: &NoteId,
    text: &str,
    at: Timestamp,
) -> Result<Case> {
    if text.trim().is_empty() {
        return Err(StoreError::Refused("the note is empty"));
    }
    let known = notes(db, reference)?.into_iter().find(|n| n.id == *note);
    if let Some(known) = known {
        // Sent a second time, for no answer had come to the first.
        return match known.text == text && known.adviser == caller.adviser {
            true => cases::within(db, &caller.reach, reference),
            false => Err(StoreError::Duplicate("note")),
        };
    }
    let action = Action::Note { note: note.clone() };
    let case = life::act(db, caller, reference, &action, at)?;
    write_note(db, reference, note, &caller.adviser, text, at)?;
    Ok(case)
}

fn write_note(
    db: &Db,
    reference: &CaseReference,
    note: &NoteId,
    adviser: &str,
    text: &str,
    at: Timestamp,
) -> Result<()> {
    run(
        db,
        "INSERT INTO case_notes (id, case_reference, at, adviser, text) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            note.as_str(),
            reference.as_str(),
            instant(at),
            adviser,
            db.seal(Owner::Case(reference).at(NOTE, note.as_str()), text)?
        ],
    )?;
    Ok(())
}

pub(super) fn drafts(db: &Db, reference: &CaseReference) -> Result<Vec<Draft>> {
    all(
        db,
        "SELECT adviser, text, updated FROM case_drafts WHERE case_reference = ?1 ORDER BY updated DESC",
        [reference.as_str()],
        |row| {
            let mut c = Columns::of(row, "draft");
            let adviser: String = c.plain()?;
            Ok(Draft {
                text: c.sealed(Owner::Case(reference).at(DRAFT, &adviser))?,
                updated: c.parsed()?,
                adviser,
            })
        },
    )
}

/// Keeps an adviser's draft; an empty one is done with.
pub(in crate::store) fn save_draft(
    db: &Db,
    adviser: &str,
    reference: &CaseReference,
    text: &str,
    at: Timestamp,
) -> Result<()> {
    if text.trim().is_empty() {
        run(
            db,
            "DELETE FROM case_drafts WHERE case_reference = ?1 AND adviser = ?2",
            [reference.as_str(), adviser],
        )?;
        return Ok(());
    }
    run(
        db,
        "INSERT INTO case_drafts (case_reference, adviser, text, updated) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (case_reference, adviser) DO UPDATE SET text = excluded.text, updated = excluded.updated",
        params![
            reference.as_str(),
            adviser,
            db.seal(Owner::Case(reference).at(DRAFT, adviser), text)?,
            instant(at)
        ],
    )?;
    Ok(())
}

/// Links two cases that are both within reach; the log of each tells it.
pub(in crate::store) fn link(
    db: &Db,
    caller: &Caller,
    (one, two): (&CaseReference, &CaseReference),
    how: Link,
    at: Timestamp,
) -> Result<()> {
    for (this, with) in [(one, two), (two, one)] {
        let with = with.clone();
        life::act(db, caller, this, &Action::Link { with, how }, at)?;
    }
    let (first, second) = if one < two { (one, two) } else { (two, one) };
    run(
        db,
        "INSERT INTO case_links (one, two, how) VALUES (?1, ?2, ?3)
         ON CONFLICT (one, two) DO UPDATE SET how = excluded.how",
        params![first.as_str(), second.as_str(), word(&how)?],
    )?;
    Ok(())
}

pub(in crate::store) fn unlink(
    db: &Db,
    caller: &Caller,
    (one, two): (&CaseReference, &CaseReference),
    at: Timestamp,
) -> Result<()> {
    let (first, second) = if one < two { (one, two) } else { (two, one) };
    for reference in [one, two] {
        cases::within(db, &caller.reach, reference)?;
    }
    let gone = run(
        db,
        "DELETE FROM case_links WHERE one = ?1 AND two = ?2",
        [first.as_str(), second.as_str()],
    )?;
    if gone == 0 {
        return Err(StoreError::NotFound("link between these cases"));
    }
    for (this, from) in [(one, two), (two, one)] {
        let from = from.clone();
        life::act(db, caller, this, &Action::Unlink { from }, at)?;
    }
    Ok(())
}

/// The cases linked with one; of those out of reach nothing is told.
fn links(db: &Db, caller: &Caller, reference: &CaseReference) -> Result<Vec<Linked>> {
    let linked: Vec<(CaseReference, Link)> = all(
        db,
        "SELECT two, how FROM case_links WHERE one = ?1
         UNION ALL SELECT one, how FROM case_links WHERE two = ?1 ORDER BY 1",
        [reference.as_str()],
        |row| {
            let mut c = Columns::of(row, "link");
            Ok((c.parsed()?, c.word()?))
        },
    )?;
    let mut out = Vec::new();
    for (other, how) in linked {
        match cases::within(db, &caller.reach, &other) {
            Ok(case) => out.push(Linked { case, how }),
            Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(out)
}

/// Replaces what is known of the person's needs; the log tells that it was done, never what they are.
pub(in crate::store) fn set_needs(
    db: &Db,
    caller: &Caller,
    reference: &CaseReference,
    needs: &Needs,
    at: Timestamp,
) -> Result<Case> {
    let mut case = life::act(db, caller, reference, &Action::ChangeNeeds, at)?;
    run(
        db,
        "UPDATE cases SET needs_json = ?2 WHERE reference = ?1",
        params![
            reference.as_str(),
            db.seal(Owner::Case(reference).at(cases::NEEDS, ""), &json(needs)?)?
        ],
    )?;
    case.needs = needs.clone();
    Ok(case)
}

/// A reply did not arrive: a flag on its case and a note with the reason, a short sentence of the channel's without the person's
/// words. False when the message belongs to no case.
pub(in crate::store) fn delivery_failed(
    db: &Db,
    message: &crate::base::MessageId,
    note: &NoteId,
    why: &str,
    at: Timestamp,
) -> Result<bool> {
    let case: Option<CaseReference> = first(
        db,
        "SELECT case_reference FROM messages WHERE id = ?1 AND author = 'adviser'",
        [message.as_str()],
        |row| Columns::of(row, "message").parsed_if_any(),
    )?
    .flatten();
    let Some(case) = case
        .map(|r| cases::find_case(db, &r))
        .transpose()?
        .flatten()
    else {
        return Ok(false);
    };
    let reference = case.opened.reference.clone();
    let message = message.clone();
    life::act_as(
        db,
        case,
        &Action::DeliveryFailed { message },
        &Actor::Service,
        at,
    )?;
    write_note(db, &reference, note, Actor::Service.as_str(), why, at)?;
    let noted = life::event(
        &reference,
        CaseEventKind::Noted,
        Actor::Service.as_str(),
        format!("note={note}"),
    );
    chain::record(db, at, &noted)?;
    Ok(true)
}

/// What is free text beside a case goes with its conversation.
pub(super) fn erase(db: &Db, reference: &CaseReference) -> Result<()> {
    for sql in [
        "DELETE FROM case_notes WHERE case_reference = ?1",
        "DELETE FROM case_drafts WHERE case_reference = ?1",
        "UPDATE content_todos SET question = '', comment = '' WHERE case_reference = ?1",
    ] {
        run(db, sql, [reference.as_str()])?;
    }
    Ok(())
}
