//! Everything about one conversation: its copy for the person, and its erasure.
//! What never lives here: who may ask for either, and when retention does (casework, bots).

use jiff::Timestamp;

use super::{
    Db, Work, addresses, beside, chain,
    conversations::{self, COMMENTED},
    inbox, ledger, life, params, queue, reply_mails, requests,
    rows::{self, Columns, all, first, instant, json, run},
    turns,
};
use crate::{
    base::{CaseReference, ConversationId, ReceiptId},
    casework::{AddressId, Case, CaseEventKind, Committed, Delivery, Feedback, Packet, Reach},
    store::{
        backup::Erased,
        error::Result,
        seals::Owner,
        shapes::{CaseFilter, ConversationExport, GivenFeedback},
    },
};

/// `None` when there is no such conversation; one that was erased is none.
pub(in crate::store) fn export(db: &Db, id: &ConversationId) -> Result<Option<ConversationExport>> {
    let Some(found) = conversations::find(db, id)? else {
        return Ok(None);
    };
    let receipts = format!(
        "SELECT {} FROM receipts WHERE conversation = ?1 ORDER BY at, id",
        rows::RECEIPT
    );
    let cases = cases_of(db, id)?;
    let mut case_events = Vec::new();
    for case in &cases {
        case_events.extend(chain::of_case(db, &case.opened.reference)?);
    }
    case_events.sort_by_key(|e| e.seq);
    Ok(Some(ConversationExport {
        id: found.id,
        channel: found.channel,
        created: found.created,
        turns: found.version,
        // The store does not know its form: as JSON if it is some, else as the text that it is.
        state: serde_json::from_str(&found.state_json)
            .unwrap_or(serde_json::Value::String(found.state_json)),
        messages: conversations::messages_after(db, id, 0, u32::MAX)?,
        client_ids: all(
            db,
            "SELECT client_id FROM replies WHERE conversation = ?1 ORDER BY rowid",
            [id.as_str()],
            |row| Columns::of(row, "client id").plain(),
        )?,
        receipts: all(db, &receipts, [id.as_str()], rows::receipt)?,
        reply_mail: reply_mails::address(db, id)?,
        feedback: feedback_of(db, id)?,
        cases,
        case_events,
    }))
}

fn feedback_of(db: &Db, id: &ConversationId) -> Result<Vec<GivenFeedback>> {
    all(
        db,
        "SELECT f.at, f.receipt, f.helpful, f.comment FROM feedback f
         JOIN receipts r ON r.id = f.receipt WHERE r.conversation = ?1 ORDER BY f.at, f.receipt",
        [id.as_str()],
        |row| {
            let mut c = Columns::of(row, "feedback");
            Ok(GivenFeedback {
                at: c.parsed()?,
                feedback: {
                    let (receipt, helpful): (ReceiptId, bool) = (c.parsed()?, c.plain()?);
                    let place = Owner::Conversation(id).at(COMMENTED, receipt.as_str());
                    Feedback {
                        helpful,
                        comment: c.sealed_if_any(place)?,
                        receipt,
                    }
                },
            })
        },
    )
}

/// Deletes what was said and remembered, blanks what the cases hold of it, and logs it on each. Freed pages are
/// overwritten (secure_delete) and the write-ahead log is emptied afterwards. False when nothing was there.
pub(in crate::store) fn erase(
    work: &mut Work<'_>,
    id: &ConversationId,
    actor: &str,
    at: Timestamp,
) -> Result<bool> {
    // Messages, replies, receipts and feedback go with it: ON DELETE CASCADE.
    if run(
        work.db,
        "DELETE FROM conversations WHERE id = ?1",
        [id.as_str()],
    )? == 0
    {
        return Ok(false);
    }
    work.db.destroy_key(Owner::Conversation(id))?;
    ledger::note(work.db, Erased::Conversation, id.as_str(), actor, at)?;
    for case in cases_of(work.db, id)? {
        blank(work.db, &case.opened.reference, actor, at)?;
    }
    work.truncate_log();
    Ok(true)
}

/// Every conversation of an address, and the confirmation that goes out: everything or nothing. With `kept`, a conversation
/// that has a case becomes a request, and if there was one `kept` goes out instead.
pub(in crate::store) fn erase_address(
    work: &mut Work<'_>,
    address: AddressId,
    confirmed: &Delivery,
    kept: Option<&Delivery>,
    at: Timestamp,
) -> Result<Committed> {
    if let Some(taken) = &confirmed.taken
        && !inbox::holds(work.db, taken)?
    {
        return Ok(Committed::LeaseLost);
    }
    let mut asked = false;
    for id in addresses::conversations_of(work.db, address)? {
        if kept.is_some() && requests::ask_erasure(work.db, &id, at)?.is_some() {
            asked = true;
        } else {
            erase(work, &id, "person", at)?;
        }
    }
    turns::settle(work.db, kept.filter(|_| asked).unwrap_or(confirmed), at)
}

/// Takes the words of one case; those of its conversation go with its last case. False when they had gone before.
pub(super) fn erase_case(
    work: &mut Work<'_>,
    reference: &CaseReference,
    actor: &str,
    at: Timestamp,
) -> Result<bool> {
    let db = work.db;
    let there = blank(db, reference, actor, at)?;
    let gone: Option<ConversationId> = first(
        db,
        "DELETE FROM conversations WHERE id = (SELECT conversation FROM cases WHERE reference = ?1)
           AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.conversation = conversations.id AND c.erased IS NULL)
         RETURNING id",
        [reference.as_str()],
        |row| Columns::of(row, "conversation").parsed(),
    )?;
    if let Some(id) = gone {
        db.destroy_key(Owner::Conversation(&id))?;
    }
    work.truncate_log();
    Ok(there)
}

/// Takes every free text that a case holds, once, and logs it.
fn blank(db: &Db, reference: &CaseReference, actor: &str, at: Timestamp) -> Result<bool> {
    let blanked = run(
        db,
        "UPDATE cases SET packet_json = ?2, needs_json = '{}', erased = ?3
         WHERE reference = ?1 AND erased IS NULL",
        params![reference.as_str(), json(&Packet::default())?, instant(at)],
    )?;
    if blanked == 0 {
        return Ok(false);
    }
    beside::erase(db, reference)?;
    db.destroy_key(Owner::Case(reference))?;
    ledger::note(db, Erased::Case, reference.as_str(), actor, at)?;
    let erased = life::event(reference, CaseEventKind::Erased, actor, String::new());
    chain::record(db, at, &erased)?;
    Ok(true)
}

pub(super) fn cases_of(db: &Db, id: &ConversationId) -> Result<Vec<Case>> {
    let filter = CaseFilter {
        limit: u32::MAX,
        ..CaseFilter::of_conversation(id)
    };
    queue::list(db, &Reach::Everywhere, &filter)
}
