//! A case through its life: opened by a turn or logged by an adviser, worked, replied to. Row and log change together.
//! What never lives here: what may be done when (casework::life), SQL of the row (cases.rs).

use jiff::Timestamp;

use super::{
    Db, Work, beside, cases, chain,
    conversations::{self, add_message, create, find},
    outbox, reply_mails,
    rows::{self, Columns, all, instant},
};
use crate::{
    base::CaseReference,
    casework::{
        Action, Actor, Author, Caller, Case, CaseEventKind, CaseState, Change, Channel, Message,
        NewCase, NewCaseEvent, NewConversation, NewMessage, Packet,
    },
    store::{
        error::{Result, StoreError},
        shapes::{AdviserReply, NewEnquiry, Notice},
    },
};

/// A new case out of a turn, waiting, with its `opened` event.
pub(super) fn open(db: &Db, new: &NewCase, at: Timestamp) -> Result<()> {
    let channel = find(db, &new.conversation)?.map_or(Channel::Web, |c| c.channel);
    open_by(db, new, channel, &Actor::Assistant, at)
}

fn open_by(db: &Db, new: &NewCase, channel: Channel, by: &Actor, at: Timestamp) -> Result<()> {
    let case = Case::new(new.clone(), channel, at);
    cases::insert(db, &case)?;
    let detail = format!(
        "priority={} kind={}",
        rows::word(&new.priority)?,
        rows::word(&new.kind)?
    );
    let opened = event(&new.reference, CaseEventKind::Opened, by.as_str(), detail);
    chain::append(db, at, &opened)
}

/// Does it, if the case allows it now; row and log change together.
pub(in crate::store) fn act(
    db: &Db,
    caller: &Caller,
    reference: &CaseReference,
    action: &Action,
    at: Timestamp,
) -> Result<Case> {
    let case = cases::within(db, &caller.reach, reference)?;
    act_as(db, case, action, &Actor::of(&caller.adviser), at)
}

pub(super) fn act_as(
    db: &Db,
    case: Case,
    action: &Action,
    by: &Actor,
    at: Timestamp,
) -> Result<Case> {
    let (case, events) = case.act(action, by, at)?;
    for event in &events {
        chain::append(db, at, event)?;
    }
    if !events.is_empty() {
        cases::update(db, &case)?;
    }
    Ok(case)
}

/// The adviser's words into the conversation, and the case is theirs if nobody had it. Their draft is done with.
pub(in crate::store) fn reply(
    work: &mut Work<'_>,
    caller: &Caller,
    reply: AdviserReply,
    at: Timestamp,
) -> Result<Message> {
    let db = work.db;
    let case = cases::within(db, &caller.reach, &reply.case)?;
    let conversation = case.opened.conversation.clone();
    if find(db, &conversation)?.is_none() {
        return Err(StoreError::NotFound(
            "conversation any more: its text was erased",
        ));
    }
    if let Some(known) = conversations::message(db, &reply.message)? {
        // Sent a second time, for no answer had come to the first.
        let same = known.message == reply.into_message();
        return same
            .then_some(known)
            .ok_or(StoreError::Duplicate("message"));
    }
    let action = Action::Reply {
        message: reply.message.clone(),
        asks: reply.asks,
    };
    let safe = case.opened.packet.safe_to_contact.clone();
    act_as(db, case, &action, &Actor::of(&caller.adviser), at)?;
    beside::save_draft(db, &caller.adviser, &reply.case, "", at)?;
    let message = reply.into_message();
    let seq = add_message(db, &conversation, at, &message)?;
    outbox::carry(db, &conversation, &message.id, at)?;
    // Who said later that it is not safe to write is not written to.
    if !matches!(safe.as_deref(), Some("no" | "call")) {
        reply_mails::replied(db, &conversation, &message.id, at)?;
    }
    work.notice(Notice { conversation, seq });
    Ok(Message { seq, at, message })
}

/// Closes a case; `ask`, the question whether it helped, goes to the person once in its life.
pub(in crate::store) fn close(
    work: &mut Work<'_>,
    caller: &Caller,
    reference: &CaseReference,
    outcome: &str,
    ask: Option<&NewMessage>,
    at: Timestamp,
) -> Result<Case> {
    let db = work.db;
    let by = Actor::of(&caller.adviser);
    let stood = cases::within(db, &caller.reach, reference)?;
    let was_open = stood.state != CaseState::Closed;
    let outcome = outcome.to_owned();
    let case = act_as(db, stood, &Action::Close { outcome }, &by, at)?;
    let conversation = case.opened.conversation.clone();
    let (Some(ask), true, None) = (ask, was_open, case.rating_asked) else {
        return Ok(case);
    };
    if find(db, &conversation)?.is_none() {
        return Ok(case);
    }
    let case = act_as(db, case, &Action::AskRating, &Actor::Assistant, at)?;
    let seq = add_message(db, &conversation, at, ask)?;
    outbox::carry(db, &conversation, &ask.id, at)?;
    work.notice(Notice { conversation, seq });
    Ok(case)
}

/// An enquiry by phone or at the door: a conversation that nobody can enter, with the words as the adviser took them down, and
/// its case.
pub(in crate::store) fn log_enquiry(
    db: &Db,
    caller: &Caller,
    new: &NewEnquiry,
    at: Timestamp,
) -> Result<Case> {
    if !matches!(new.channel, Channel::Phone | Channel::WalkIn) {
        return Err(StoreError::Refused(
            "only enquiries by phone or at the door are logged by hand",
        ));
    }
    if !caller.reach.covers(new.area.as_deref()) {
        return Err(StoreError::Refused("this area is not among yours"));
    }
    create(
        db,
        &NewConversation {
            id: new.conversation.clone(),
            token: new.token.clone(),
            channel: new.channel,
            state_json: "{}".to_owned(),
            created: at,
        },
    )?;
    let words = NewMessage {
        id: new.message.clone(),
        author: Author::Person,
        name: None,
        text: new.words.clone(),
        lang: new.lang.clone(),
        reply_json: None,
        receipt: None,
        case: Some(new.reference.clone()),
    };
    add_message(db, &new.conversation, at, &words)?;
    let opened = NewCase {
        reference: new.reference.clone(),
        conversation: new.conversation.clone(),
        priority: new.priority,
        kind: new.kind,
        reason: "logged_by_adviser".to_owned(),
        area: new.area.clone(),
        packet: Packet {
            own_words: vec![new.words.clone()],
            area: new.area.clone(),
            language: new.lang.code().to_owned(),
            needs: new.needs.clone(),
            ..Packet::default()
        },
        reply_expected_by: new.reply_expected_by,
    };
    let by = Actor::of(&caller.adviser);
    open_by(db, &opened, new.channel, &by, at)?;
    let mut actions = Vec::new();
    if new.client_group.is_some() {
        actions.push(Action::Change(Change {
            client_group: new.client_group,
            ..Change::default()
        }));
    }
    if new.claim {
        actions.push(Action::Claim);
    }
    for action in &actions {
        act(db, caller, &new.reference, action, at)?;
    }
    cases::within(db, &caller.reach, &new.reference)
}

/// Brings back what was put aside until now; says which.
pub(in crate::store) fn wake(db: &Db, now: Timestamp) -> Result<Vec<CaseReference>> {
    let due: Vec<CaseReference> = all(
        db,
        "SELECT reference FROM cases WHERE state = 'snoozed' AND snoozed_until <= ?1 ORDER BY snoozed_until",
        [instant(now)],
        |row| Columns::of(row, "case").parsed(),
    )?;
    for reference in &due {
        if let Some(case) = cases::find_case(db, reference)? {
            act_as(db, case, &Action::Wake, &Actor::Service, now)?;
        }
    }
    Ok(due)
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
