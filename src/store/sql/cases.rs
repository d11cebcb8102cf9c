//! SQL of a case's row: writing it whole, finding it, its packet.
//! What never lives here: what may be done with a case (casework), its log (chain.rs), lists (queue.rs).

use jiff::Timestamp;

use super::{
    Db, chain, life, params,
    rows::{self, first, instant, json, run, word},
};
use crate::{
    base::{CaseReference, ConversationId},
    casework::{Case, CaseEventKind, Packet, Priority, Reach},
    store::{
        error::{Result, StoreError},
        seals::Owner,
    },
};

/// Where the packet stands.
pub(super) const PACKET: &str = "cases.packet_json";
/// Where the needs stand.
pub(super) const NEEDS: &str = "cases.needs_json";

/// Writes the row of a case that is not there yet.
pub(super) fn insert(db: &Db, case: &Case) -> Result<()> {
    let opened = &case.opened;
    let place = |column| Owner::Case(&opened.reference).at(column, "");
    let made = run(
        db,
        "INSERT INTO cases (reference, conversation, reason, channel, reply_expected_by, packet_json,
                            needs_json, created, priority, kind, state, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '', '', '', '') ON CONFLICT (reference) DO NOTHING",
        params![
            opened.reference.as_str(),
            opened.conversation.as_str(),
            opened.reason,
            word(&case.channel)?,
            opened.reply_expected_by.map(instant),
            db.seal(place(PACKET), &json(&opened.packet)?)?,
            db.seal(place(NEEDS), &json(&case.needs)?)?,
            instant(case.created),
        ],
    )?;
    match made {
        0 => Err(StoreError::Duplicate("case reference")),
        _ => update(db, case),
    }
}

/// Writes what events change of a case; its packet and needs have verbs of their own.
pub(super) fn update(db: &Db, case: &Case) -> Result<()> {
    let opened = &case.opened;
    let group = case.client_group.as_ref().map(word).transpose()?;
    let rating = case.rating.as_ref().map(word).transpose()?;
    run(
        db,
        "UPDATE cases SET priority = ?2, rank = ?3, kind = ?4, area = ?5, state = ?6, adviser = ?7,
                client_group = ?8, snoozed_until = ?9, outcome = ?10, closed = ?11, first_opened = ?12,
                first_replied = ?13, undelivered = ?14, rating_asked = ?15, rating = ?16, updated = ?17
         WHERE reference = ?1",
        params![
            opened.reference.as_str(),
            word(&opened.priority)?,
            rank(opened.priority),
            word(&opened.kind)?,
            opened.area,
            word(&case.state)?,
            case.adviser,
            group,
            case.snoozed_until.map(instant),
            case.outcome,
            case.closed.map(instant),
            case.first_opened.map(instant),
            case.first_replied.map(instant),
            case.undelivered,
            case.rating_asked.map(instant),
            rating,
            instant(case.updated),
        ],
    )?;
    Ok(())
}

/// The place of a priority in the queue.
pub(super) fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Urgent => 0,
        Priority::High => 1,
        Priority::Normal => 2,
    }
}

/// Replaces the packet of a case of this conversation. Needs that the person has just stated are taken up by the case.
pub(super) fn refresh_packet(
    db: &Db,
    conversation: &ConversationId,
    reference: &CaseReference,
    packet: &Packet,
    at: Timestamp,
) -> Result<()> {
    let case = find_case(db, reference)?
        .filter(|c| &c.opened.conversation == conversation)
        .ok_or(StoreError::NotFound("case in this conversation"))?;
    let mut needs = case.needs;
    let stated = packet.needs != case.opened.packet.needs;
    if stated {
        needs.take_up(&packet.needs);
    }
    let place = |column| Owner::Case(reference).at(column, "");
    run(
        db,
        "UPDATE cases SET packet_json = ?2, needs_json = ?3, updated = ?4 WHERE reference = ?1",
        params![
            reference.as_str(),
            db.seal(place(PACKET), &json(packet)?)?,
            db.seal(place(NEEDS), &json(&needs)?)?,
            instant(at)
        ],
    )?;
    if stated {
        let kind = CaseEventKind::NeedsChanged;
        chain::record(
            db,
            at,
            &life::event(reference, kind, "person", String::new()),
        )?;
    }
    Ok(())
}

pub(in crate::store) fn find_case(db: &Db, reference: &CaseReference) -> Result<Option<Case>> {
    let sql = format!("SELECT {} FROM cases WHERE reference = ?1", rows::CASE);
    first(db, &sql, [reference.as_str()], rows::case)
}

/// A case within reach; one that is not does not exist.
pub(in crate::store) fn within(db: &Db, reach: &Reach, reference: &CaseReference) -> Result<Case> {
    find_case(db, reference)?
        .filter(|case| reach.covers(case.opened.area.as_deref()))
        .ok_or(StoreError::NotFound("case"))
}
