//! One turn, everything or nothing: runs in one savepoint of the writer.
//! What never lives here: what a turn says or decides (assistant).

use jiff::Timestamp;

use super::{
    Db, Work, addresses, cases, chain,
    conversations::{STATE, add_message, add_receipt, keep_reply, repeated},
    inbox, life, outbox, params, reply_mails,
    rows::{Columns, first, instant, run},
    tallies,
};
use crate::{
    base::ConversationId,
    casework::{Committed, Delivery, TurnRecord},
    store::{
        error::{Result, StoreError},
        seals::Owner,
        shapes::Notice,
    },
};

/// Writes the turn, unless it was written before, another came first, or the conversation is gone.
pub(in crate::store) fn commit(work: &mut Work<'_>, turn: &TurnRecord) -> Result<Committed> {
    let db = work.db;
    belongs_together(turn)?;
    if let Some(taken) = &turn.delivery.taken
        && !inbox::holds(db, taken)?
    {
        return Ok(Committed::LeaseLost);
    }
    if let Some(client_id) = &turn.client_id
        && let Some(reply_json) = repeated(db, &turn.conversation, client_id)?
    {
        return Ok(Committed::Repeated { reply_json });
    }
    match version(db, &turn.conversation)? {
        None => return Ok(Committed::Gone),
        Some(version) if version != turn.expected_version => return Ok(Committed::Conflict),
        Some(_) => {}
    }
    let state = Owner::Conversation(&turn.conversation).at(STATE, "");
    run(
        db,
        "UPDATE conversations SET state_json = ?2, version = version + 1, updated = ?3 WHERE id = ?1",
        params![
            turn.conversation.as_str(),
            db.seal(state, &turn.state_json)?,
            instant(turn.at)
        ],
    )?;
    if let Some(receipt) = &turn.receipt {
        add_receipt(db, receipt)?;
    }
    if let Some(tally) = &turn.tally {
        let receipt = turn.receipt.as_ref().map(|r| &r.id);
        tallies::count(db, &turn.conversation, receipt, tally)?;
    }
    let mut newest = None;
    for message in &turn.messages {
        newest = Some(add_message(db, &turn.conversation, turn.at, message)?);
    }
    if let Some(client_id) = &turn.client_id {
        keep_reply(db, &turn.conversation, client_id, &turn.reply_json)?;
    }
    reply_mails::looked(db, &turn.conversation)?;
    write_cases(db, turn, turn.at)?;
    deliver(db, Some(&turn.conversation), &turn.delivery, turn.at)?;
    if let Some(seq) = newest {
        work.notice(Notice {
            conversation: turn.conversation.clone(),
            seq,
        });
    }
    Ok(Committed::Done)
}

/// What a turn without a conversation takes up and sends.
pub(in crate::store) fn settle(db: &Db, delivery: &Delivery, at: Timestamp) -> Result<Committed> {
    if let Some(taken) = &delivery.taken
        && !inbox::holds(db, taken)?
    {
        return Ok(Committed::LeaseLost);
    }
    deliver(db, None, delivery, at)?;
    Ok(Committed::Done)
}

fn deliver(
    db: &Db,
    conversation: Option<&ConversationId>,
    delivery: &Delivery,
    at: Timestamp,
) -> Result<()> {
    for new in &delivery.outgoing {
        outbox::queue(db, conversation, new, at)?;
    }
    if let Some(pressed) = &delivery.pressed {
        addresses::press(db, pressed, at)?;
    }
    if let Some(taken) = &delivery.taken {
        inbox::settle(db, taken, at)?;
    }
    Ok(())
}

fn write_cases(db: &Db, turn: &TurnRecord, at: Timestamp) -> Result<()> {
    for case in &turn.opened {
        life::open(db, case, at)?;
    }
    for event in &turn.events {
        chain::record(db, at, event)?;
    }
    for (reference, packet) in &turn.packets {
        cases::refresh_packet(db, &turn.conversation, reference, packet, at)?;
    }
    Ok(())
}

fn version(db: &Db, id: &ConversationId) -> Result<Option<u64>> {
    first(
        db,
        "SELECT version FROM conversations WHERE id = ?1",
        [id.as_str()],
        |row| Columns::of(row, "conversation").count(),
    )
}

/// A receipt or a case of another conversation in this one's turn would be a fault of ours: nothing is written.
fn belongs_together(turn: &TurnRecord) -> Result<()> {
    let receipts = turn.receipt.iter().map(|r| &r.conversation);
    let cases = turn.opened.iter().map(|c| &c.conversation);
    if receipts.chain(cases).all(|id| id == &turn.conversation) {
        Ok(())
    } else {
        Err(StoreError::Refused(
            "a turn carries a receipt or a case of another conversation",
        ))
    }
}
