//! SQL of the outbox: queueing messages, lending the first of each address, cutting them into parts, keeping what came of it.
//! What never lives here: what a send's outcome means (delivery), a channel's own form (bots).

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    Db, Row, addresses, conversations, params,
    rows::{Columns, all, first, instant, json, run, signed},
};
use crate::{
    base::{ConversationId, MessageId},
    casework::{Button, Load, NewOutgoing, Outgoing, Part, Sending, Urgency},
    store::{
        error::{Result, StoreError},
        seals::Owner,
        shapes::{Lease, LendSends},
    },
};

/// What stands in `op` until a message is cut into parts.
const WHOLE: &str = "whole";
/// How far back unused room of the pace may be used up.
const BURST: SignedDuration = SignedDuration::from_secs(1);

/// Where the words of a part stand.
const PAYLOAD: &str = "outbox.payload";

fn row(message: &MessageId, part: u64) -> String {
    format!("{message}/{part}")
}

fn rank(urgency: Urgency) -> i64 {
    match urgency {
        Urgency::Urgent => 0,
        Urgency::Adviser => 1,
        Urgency::Ordinary => 2,
    }
}

/// Queues a message with all it needs.
pub(super) fn queue(
    db: &Db,
    conversation: Option<&ConversationId>,
    new: &NewOutgoing,
    at: Timestamp,
) -> Result<()> {
    let payload = json(&new.outgoing)?;
    let id = new.address.0;
    insert(
        db,
        &new.message,
        conversation,
        id,
        Some(&payload),
        new.urgency,
        at,
    )
}

/// Queues a message that an adviser (or the system) wrote, for a conversation that is pushed to; the person is in that
/// conversation from then on. Does nothing on the web.
pub(super) fn carry(
    db: &Db,
    conversation: &ConversationId,
    message: &MessageId,
    at: Timestamp,
) -> Result<()> {
    let address = first(
        db,
        "SELECT address FROM conversation_addresses WHERE conversation = ?1",
        [conversation.as_str()],
        |row| Columns::of(row, "address").count(),
    )?;
    let Some(address) = address else {
        return Ok(());
    };
    run(
        db,
        "UPDATE addresses SET conversation = ?2 WHERE id = ?1",
        params![signed(address), conversation.as_str()],
    )?;
    insert(
        db,
        message,
        Some(conversation),
        address,
        None,
        Urgency::Adviser,
        at,
    )
}

fn insert(
    db: &Db,
    message: &MessageId,
    conversation: Option<&ConversationId>,
    address: u64,
    payload: Option<&str>,
    urgency: Urgency,
    at: Timestamp,
) -> Result<()> {
    let row = row(message, 0);
    let place = Owner::of_message(conversation, address).at(PAYLOAD, &row);
    let payload = db.seal_if_any(place, payload)?;
    let given = first(
        db,
        "INSERT INTO outbox (place, part, message, conversation, account, address, op, payload, urgency,
                             state, not_before, created)
         SELECT 0, 0, ?1, ?2, account, id, ?4, ?5, ?6, 'queued', ?7, ?7 FROM addresses WHERE id = ?3
         RETURNING seq",
        params![
            message.as_str(),
            conversation.map(ConversationId::as_str),
            signed(address),
            WHOLE,
            payload,
            rank(urgency),
            instant(at)
        ],
        |row| Columns::of(row, "message to be sent").count(),
    )?;
    let seq = given.ok_or(StoreError::NotFound("address"))?;
    let sql = "UPDATE outbox SET place = seq WHERE seq = ?1";
    run(db, sql, [signed(seq)])?;
    Ok(())
}

/// Whether anything may be lent now; cheap, on a reader.
pub(in crate::store) fn waits(db: &Db, account: &str, now: Timestamp) -> Result<bool> {
    let due = first(
        db,
        "SELECT 1 FROM outbox o JOIN addresses a ON a.id = o.address JOIN bots c ON c.id = o.account
         WHERE o.account = ?1 AND o.settled IS NULL AND o.not_before <= ?2 AND a.next_send <= ?2
           AND c.not_before <= ?2 AND c.paced <= ?2 AND (o.state <> 'leased' OR o.until <= ?2) LIMIT 1",
        params![account, instant(now)],
        |_| Ok(()),
    )?;
    Ok(due.is_some())
}

/// The first of each address that may be sent to now, as many as the account's pace allows: addresses with urgent words
/// first, then advisers' words, then the longest waiting. What is written does not wait for what is to be spoken.
pub(in crate::store) fn lend(db: &Db, lend: &LendSends) -> Result<Vec<Sending>> {
    let now = instant(lend.now);
    // A worker died while sending: nobody knows whether it went.
    run(
        db,
        "UPDATE outbox SET state = 'uncertain', doubtful = doubtful + 1, not_before = ?3, begun = NULL
         WHERE account = ?1 AND settled IS NULL AND state = 'leased' AND until <= ?2 AND begun IS NOT NULL",
        params![lend.account, now, instant(lend.doubt_until)],
    )?;
    let (room, paced) = room(db, lend)?;
    let sql = format!(
        "SELECT {SENDING} FROM outbox o JOIN addresses a ON a.id = o.address
         WHERE o.account = ?1 AND o.settled IS NULL AND o.not_before <= ?2 AND a.next_send <= ?2
           AND (o.state <> 'leased' OR o.until <= ?2)
           AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.account = o.account AND e.address = o.address
                             AND e.settled IS NULL AND (e.place, e.part) < (o.place, o.part)
                             AND (e.op <> ?4 OR o.op = ?4))
         ORDER BY (SELECT min(u.urgency) FROM outbox u WHERE u.account = o.account
                     AND u.address = o.address AND u.settled IS NULL), o.place, o.part
         LIMIT ?3"
    );
    let mut found = Vec::new();
    let mut lent = HashSet::new();
    for mut row in all(
        db,
        &sql,
        params![lend.account, now, signed(room), Part::SPEECH],
        Found::read,
    )? {
        // Speech and what is written behind it may go at once, but not without the pause between two.
        if !lent.insert(row.address) {
            continue;
        }
        if row.wordless && !row.fill(db, lend.now)? {
            continue;
        }
        row.sending.fence += 1;
        lease(db, &row, lend)?;
        found.push(row.sending);
    }
    let booked = i32::try_from(found.len()).unwrap_or(i32::MAX);
    run(
        db,
        "UPDATE bots SET paced = ?2 WHERE id = ?1",
        params![lend.account, instant(later(paced, lend.interval * booked))],
    )?;
    Ok(found)
}

/// How many sends the pace allows now, and from where on they are booked.
fn room(db: &Db, lend: &LendSends) -> Result<(u64, Timestamp)> {
    let account = first(
        db,
        "SELECT not_before, paced FROM bots WHERE id = ?1",
        [&lend.account],
        |row| {
            let mut c = Columns::of(row, "account");
            Ok((c.parsed::<Timestamp>()?, c.parsed::<Timestamp>()?))
        },
    )?;
    let (not_before, paced) = account.ok_or(StoreError::NotFound("account"))?;
    let from = paced.max(later(lend.now, -BURST));
    let open = lend.now.duration_since(from).as_nanos();
    let one = lend.interval.as_nanos().max(1);
    let room = u64::try_from(open / one).unwrap_or(0).min(lend.most);
    Ok((if not_before > lend.now { 0 } else { room }, from))
}

/// An instant moved; one that would lie beyond all time stays.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}

const SENDING: &str = "o.seq, o.fence, o.message, o.conversation, o.account, a.address, o.attempts, o.doubtful, \
     o.op, o.part, o.address, o.payload";

/// A row that may be lent.
struct Found {
    sending: Sending,
    address: u64,
    /// Its words stand in the conversation alone.
    wordless: bool,
}

impl Found {
    fn read(row: &Row<'_>) -> Result<Self> {
        let unreadable = || StoreError::unreadable("message to be sent");
        let mut c = Columns::of(row, "message to be sent");
        let (seq, fence, message): (u64, u64, MessageId) = (c.count()?, c.count()?, c.parsed()?);
        let conversation: Option<ConversationId> = c.parsed_if_any()?;
        let (account, to) = (c.plain()?, c.plain()?);
        let (attempts, doubtful) = (c.plain()?, c.plain()?);
        let (op, part, address): (String, u64, u64) = (c.plain()?, c.count()?, c.count()?);
        let row = self::row(&message, part);
        let place = Owner::of_message(conversation.as_ref(), address).at(PAYLOAD, &row);
        let payload = c.sealed_if_any(place)?;
        let wordless = payload.is_none();
        let load = match payload {
            None => Load::Whole(Outgoing::default()),
            Some(payload) if op == WHOLE => {
                Load::Whole(serde_json::from_str(&payload).map_err(|_| unreadable())?)
            }
            Some(payload) => Load::Part(Part { op, payload }),
        };
        Ok(Self {
            sending: Sending {
                seq,
                fence,
                message,
                conversation,
                account,
                address: to,
                attempts,
                doubtful,
                load,
            },
            address,
            wordless,
        })
    }

    /// Puts the message's own words in; false when they are gone: then there is nothing to send.
    fn fill(&mut self, db: &Db, now: Timestamp) -> Result<bool> {
        if let Some(kept) = conversations::message(db, &self.sending.message)? {
            self.sending.load = Load::Words(Box::new(kept.message));
            return Ok(true);
        }
        run(
            db,
            "UPDATE outbox SET state = 'cancelled', settled = ?2 WHERE seq = ?1",
            params![signed(self.sending.seq), instant(now)],
        )?;
        Ok(false)
    }
}

fn lease(db: &Db, row: &Found, lend: &LendSends) -> Result<()> {
    let (seq, fence) = (signed(row.sending.seq), signed(row.sending.fence));
    run(
        db,
        "UPDATE outbox SET state = 'leased', owner = ?2, until = ?3, fence = ?4, begun = NULL WHERE seq = ?1",
        params![seq, lend.owner, instant(lend.until), fence],
    )?;
    run(
        db,
        "UPDATE addresses SET next_send = ?2 WHERE id = ?1",
        params![signed(row.address), instant(later(lend.now, lend.gap))],
    )?;
    Ok(())
}

/// Written before a send begins: whoever finds the lease run out knows that it may have gone. False when the lease is lost.
pub(in crate::store) fn begin(db: &Db, lease: Lease, at: Timestamp) -> Result<bool> {
    let begun = run(
        db,
        "UPDATE outbox SET begun = ?3, attempts = attempts + 1 WHERE seq = ?1 AND fence = ?2 AND state = 'leased'",
        params![signed(lease.seq), signed(lease.fence), instant(at)],
    )?;
    Ok(begun == 1)
}

/// Puts the parts in the place of the whole message; the first stays with the lease. The buttons can be pressed from now on.
pub(in crate::store) fn cut(
    db: &Db,
    lease: Lease,
    parts: &[Part],
    buttons: &[(String, Button)],
    expires: Timestamp,
    at: Timestamp,
) -> Result<bool> {
    let sql = "SELECT conversation, message, address FROM outbox WHERE seq = ?1";
    let whose = first(db, sql, [signed(lease.seq)], |row| {
        let mut c = Columns::of(row, "message to be sent");
        let conversation: Option<ConversationId> = c.parsed_if_any()?;
        Ok((conversation, c.parsed::<MessageId>()?, c.count()?))
    })?;
    let Some((conversation, message, address)) = whose else {
        return Ok(false);
    };
    let owner = Owner::of_message(conversation.as_ref(), address);
    for (number, part) in (0_u64..).zip(parts) {
        let payload = db.seal(owner.at(PAYLOAD, &row(&message, number)), &part.payload)?;
        let changed = if number == 0 {
            run(
                db,
                "UPDATE outbox SET op = ?3, payload = ?4 WHERE seq = ?1 AND fence = ?2 AND state = 'leased'",
                params![signed(lease.seq), signed(lease.fence), part.op, payload],
            )?
        } else {
            run(
                db,
                "INSERT INTO outbox (place, part, message, conversation, account, address, op, payload, urgency,
                                     state, not_before, created)
                 SELECT place, ?2, message, conversation, account, address, ?3, ?4, urgency, 'queued', ?5, ?5
                 FROM outbox WHERE seq = ?1",
                params![
                    signed(lease.seq),
                    signed(number),
                    part.op,
                    payload,
                    instant(at)
                ],
            )?
        };
        if changed == 0 {
            return Ok(false);
        }
    }
    for (id, button) in buttons {
        let (label, value) = addresses::seal_button(db, owner, id, button)?;
        run(
            db,
            "INSERT INTO actions (id, address, conversation, message, label, value, expires)
             SELECT ?2, address, conversation, message, ?3, ?4, ?5 FROM outbox WHERE seq = ?1",
            params![signed(lease.seq), id, label, value, instant(expires)],
        )?;
    }
    Ok(true)
}

/// Which message of ours a channel's own id names, in that chat.
pub(in crate::store) fn by_external(
    db: &Db,
    address: u64,
    external: &str,
) -> Result<Option<crate::casework::Message>> {
    let id = first(
        db,
        "SELECT message FROM outbox WHERE address = ?1 AND external_id = ?2",
        params![signed(address), external],
        |row| Columns::of(row, "message").parsed::<MessageId>(),
    )?;
    match id {
        Some(id) => conversations::message(db, &id),
        None => Ok(None),
    }
}
