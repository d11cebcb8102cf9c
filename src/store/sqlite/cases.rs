//! SQL of cases: opening, listing, an adviser's reply, closing, counting.
//! What never lives here: how an event is chained (chain.rs), what an event does to a state (../transitions.rs).

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    Work, chain,
    conversations::{add_message, find},
    outbox,
    rows::{self, Columns, all, first, instant, json, run, word},
};
use crate::{
    base::{CaseReference, ConversationId},
    casework::{Case, CaseEventKind, CaseState, Message, NewCase, NewCaseEvent, Packet, Priority},
    store::{
        error::{Result, StoreError},
        shapes::{AdviserReply, CaseCounts, CaseFilter, Notice},
    },
};

/// Whoever opens a case out of a turn.
const ASSISTANT: &str = "assistant";

/// A new case, waiting, with its `opened` event.
pub(super) fn open(db: &Connection, new: &NewCase, at: Timestamp) -> Result<()> {
    let (priority, kind) = (word(&new.priority)?, word(&new.kind)?);
    let made = run(
        db,
        "INSERT INTO cases (reference, conversation, priority, kind, reason, area, packet_json,
                            reply_expected_by, state, created, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10) ON CONFLICT (reference) DO NOTHING",
        params![
            new.reference.as_str(),
            new.conversation.as_str(),
            priority,
            kind,
            new.reason,
            new.area,
            json(&new.packet)?,
            new.reply_expected_by.map(instant),
            word(&CaseState::Waiting)?,
            instant(at)
        ],
    )?;
    if made == 0 {
        return Err(StoreError::Duplicate("case reference"));
    }
    let detail = format!("priority={priority} kind={kind}");
    chain::record(
        db,
        at,
        &event(&new.reference, CaseEventKind::Opened, ASSISTANT, detail),
    )
}

/// Replaces the packet of a case of this conversation.
pub(super) fn refresh_packet(
    db: &Connection,
    conversation: &ConversationId,
    case: &CaseReference,
    packet: &Packet,
    at: Timestamp,
) -> Result<()> {
    let changed = run(
        db,
        "UPDATE cases SET packet_json = ?3, updated = ?4 WHERE reference = ?1 AND conversation = ?2",
        params![
            case.as_str(),
            conversation.as_str(),
            json(packet)?,
            instant(at)
        ],
    )?;
    match changed {
        0 => Err(StoreError::NotFound("case in this conversation")),
        _ => Ok(()),
    }
}

/// Urgent first, then oldest first.
pub(in crate::store) fn list(db: &Connection, filter: &CaseFilter) -> Result<Vec<Case>> {
    let sql = format!(
        "SELECT {} FROM cases
         WHERE (?1 = '[]' OR state IN (SELECT value FROM json_each(?1)))
           AND (?2 IS NULL OR priority = ?2)
           AND (?3 IS NULL OR area = ?3)
           AND (?4 IS NULL OR conversation = ?4)
         ORDER BY CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 ELSE 2 END, created, reference
         LIMIT ?5",
        rows::CASE
    );
    let priority = filter.priority.as_ref().map(word).transpose()?;
    let conversation = filter.conversation.as_ref().map(ConversationId::as_str);
    all(
        db,
        &sql,
        params![
            json(&filter.states)?,
            priority,
            filter.area,
            conversation,
            filter.limit
        ],
        rows::case,
    )
}

pub(in crate::store) fn find_case(
    db: &Connection,
    reference: &CaseReference,
) -> Result<Option<Case>> {
    let sql = format!("SELECT {} FROM cases WHERE reference = ?1", rows::CASE);
    first(db, &sql, [reference.as_str()], rows::case)
}

/// The adviser's words into the conversation, and the case is theirs if nobody had it.
pub(in crate::store) fn reply(
    work: &mut Work<'_>,
    reply: AdviserReply,
    at: Timestamp,
) -> Result<Message> {
    let db = work.db;
    let case = existing(db, &reply.case)?;
    let conversation = case.opened.conversation;
    if find(db, &conversation)?.is_none() {
        return Err(StoreError::NotFound(
            "conversation any more: its text was erased",
        ));
    }
    let mut happened = Vec::new();
    if case.state == CaseState::Closed {
        happened.push((CaseEventKind::Reopened, String::new()));
    }
    if matches!(case.state, CaseState::Closed | CaseState::Waiting) || case.adviser.is_none() {
        happened.push((CaseEventKind::Claimed, String::new()));
    }
    happened.push((CaseEventKind::Replied, format!("message={}", reply.message)));
    for (kind, detail) in happened {
        chain::record(db, at, &event(&reply.case, kind, &reply.adviser, detail))?;
    }
    let message = reply.into_message();
    let seq = add_message(db, &conversation, at, &message)?;
    outbox::carry(db, &conversation, &message.id, at)?;
    work.notice(Notice { conversation, seq });
    Ok(Message { seq, at, message })
}

/// Closes a case with an outcome code; a closed one stays as it is.
pub(in crate::store) fn close(
    db: &Connection,
    reference: &CaseReference,
    adviser: &str,
    outcome: &str,
    at: Timestamp,
) -> Result<Case> {
    let code = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.".contains(&b);
    if outcome.is_empty() || outcome.len() > 64 || !outcome.bytes().all(code) {
        return Err(StoreError::Refused(
            "an outcome is a short code such as 'resolved', not a sentence: the case log cannot be erased",
        ));
    }
    if existing(db, reference)?.state != CaseState::Closed {
        let detail = format!("outcome={outcome}");
        chain::record(
            db,
            at,
            &event(reference, CaseEventKind::Closed, adviser, detail),
        )?;
    }
    existing(db, reference)
}

pub(in crate::store) fn record_read(
    db: &Connection,
    reference: &CaseReference,
    adviser: &str,
    at: Timestamp,
) -> Result<()> {
    let read = event(reference, CaseEventKind::Read, adviser, String::new());
    chain::record(db, at, &read)
}

pub(in crate::store) fn counts(db: &Connection) -> Result<CaseCounts> {
    let mut counts = CaseCounts::default();
    let open = all(
        db,
        "SELECT priority, count(*) FROM cases WHERE state <> 'closed' GROUP BY priority",
        [],
        |row| {
            let mut c = Columns::of(row, "case");
            Ok((c.word::<Priority>()?, c.count()?))
        },
    )?;
    for (priority, number) in open {
        match priority {
            Priority::Urgent => counts.urgent = number,
            Priority::High => counts.high = number,
            Priority::Normal => counts.normal = number,
        }
    }
    counts.oldest_waiting = first(
        db,
        "SELECT min(created) FROM cases WHERE state <> 'closed' AND state = 'waiting'",
        [],
        |row| Columns::of(row, "case").parsed_if_any(),
    )?
    .flatten();
    Ok(counts)
}

pub(super) fn event(
    case: &CaseReference,
    kind: CaseEventKind,
    actor: &str,
    detail: String,
) -> NewCaseEvent {
    NewCaseEvent {
        case: case.clone(),
        kind,
        actor: actor.to_owned(),
        detail,
    }
}

fn existing(db: &Connection, reference: &CaseReference) -> Result<Case> {
    find_case(db, reference)?.ok_or(StoreError::NotFound("case"))
}
