//! SQL of accounts, addresses, buttons and links: who we are on a channel, where people are reached, what they may press.
//! What never lives here: what waits for them (inbox.rs, outbox.rs).

use std::borrow::Cow;

use jiff::Timestamp;

use super::{
    Db, conversations, keys, outcomes, params,
    rows::{Columns, first, instant, run, signed, word},
};
use crate::{
    base::ConversationId,
    casework::{
        Address, AddressId, Bot, Button, Delivered, NewConversation, Offered, Reachability,
    },
    store::{
        error::{Result, StoreError},
        seals::Owner,
    },
};

/// Where what a button says stands.
const LABEL: &str = "actions.label";
/// Where what it means stands.
const VALUE: &str = "actions.value";

/// The account is there from now on. A name that was learnt stays when none is given.
pub(in crate::store) fn account(db: &Db, id: &str, name: &str, at: Timestamp) -> Result<Bot> {
    run(
        db,
        "INSERT INTO bots (id, name, not_before, paced, poller_until) VALUES (?1, ?2, ?3, ?3, ?3)
         ON CONFLICT (id) DO UPDATE SET name = CASE excluded.name WHEN '' THEN bots.name ELSE excluded.name END",
        params![id, name, instant(at)],
    )?;
    find_account(db, id)?.ok_or(StoreError::NotFound("account"))
}

pub(in crate::store) fn find_account(db: &Db, id: &str) -> Result<Option<Bot>> {
    first(
        db,
        "SELECT id, name, trouble, not_before FROM bots WHERE id = ?1",
        [id],
        |row| {
            let mut c = Columns::of(row, "account");
            Ok(Bot {
                id: c.plain()?,
                name: c.plain()?,
                trouble: c.plain()?,
                not_before: c.parsed()?,
            })
        },
    )
}

/// Nothing is sent or fetched before `until`.
pub(in crate::store) fn hold(db: &Db, account: &str, why: &str, until: Timestamp) -> Result<()> {
    run(
        db,
        "UPDATE bots SET trouble = ?2, not_before = ?3 WHERE id = ?1",
        params![account, why, instant(until)],
    )?;
    Ok(())
}

/// All is well again.
pub(in crate::store) fn well(db: &Db, account: &str, at: Timestamp) -> Result<()> {
    run(
        db,
        "UPDATE bots SET trouble = NULL, not_before = CASE WHEN not_before < ?2 THEN not_before ELSE ?2 END
         WHERE id = ?1 AND trouble IS NOT NULL",
        params![account, instant(at)],
    )?;
    Ok(())
}

/// Whether `owner` is the one who fetches this account's events, until `until`.
pub(in crate::store) fn lease_poller(
    db: &Db,
    account: &str,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool> {
    let got = run(
        db,
        "UPDATE bots SET poller = ?2, poller_until = ?4
         WHERE id = ?1 AND (poller IS NULL OR poller = ?2 OR poller_until <= ?3)",
        params![account, owner, instant(now), instant(until)],
    )?;
    Ok(got == 1)
}

/// Ends all leases of workers that are gone: one process serves one file, and it has just started.
pub(in crate::store) fn take_over(db: &Db, account: &str, at: Timestamp) -> Result<()> {
    let at = instant(at);
    for sql in [
        "UPDATE lanes SET until = ?2 WHERE account = ?1 AND until > ?2",
        "UPDATE outbox SET until = ?2 WHERE account = ?1 AND settled IS NULL AND state = 'leased' AND until > ?2",
        "UPDATE bots SET poller = NULL, poller_until = ?2 WHERE id = ?1",
    ] {
        run(db, sql, params![account, at])?;
    }
    Ok(())
}

/// The address, kept from now on. Whoever writes can be reached again.
pub(in crate::store) fn meet(
    db: &Db,
    account: &str,
    address: &str,
    at: Timestamp,
) -> Result<Address> {
    let made = run(
        db,
        "INSERT INTO addresses (account, address, reach, next_send, seen) VALUES (?1, ?2, 'yes', ?3, ?3)
         ON CONFLICT (account, address) DO NOTHING",
        params![account, address, instant(at)],
    )?;
    run(
        db,
        "UPDATE addresses SET seen = ?3 WHERE account = ?1 AND address = ?2",
        params![account, address, instant(at)],
    )?;
    let found = first(
        db,
        "SELECT id, address, reach, conversation FROM addresses WHERE account = ?1 AND address = ?2",
        [account, address],
        |row| {
            let mut c = Columns::of(row, "address");
            Ok(Address {
                id: AddressId(c.count()?),
                address: c.plain()?,
                reach: c.word()?,
                conversation: c.parsed_if_any()?,
                new: made == 1,
            })
        },
    )?;
    found.ok_or(StoreError::NotFound("address"))
}

/// Keeps whether it can be reached, and tells the cases when that is news.
pub(in crate::store) fn set_reach(
    db: &Db,
    address: u64,
    reach: Reachability,
    at: Timestamp,
) -> Result<()> {
    let changed = run(
        db,
        "UPDATE addresses SET reach = ?2 WHERE id = ?1 AND reach <> ?2",
        params![signed(address), word(&reach)?],
    )?;
    if changed == 1 {
        outcomes::tell_reach(db, address, reach, at)?;
    }
    Ok(())
}

/// The channel calls it otherwise now; where the new name is known already, the old one keeps its own.
pub(super) fn moved(db: &Db, address: u64, to: &str) -> Result<()> {
    run(
        db,
        "UPDATE addresses SET address = ?2 WHERE id = ?1 AND NOT EXISTS
           (SELECT 1 FROM addresses o WHERE o.account = addresses.account AND o.address = ?2)",
        params![signed(address), to],
    )?;
    Ok(())
}

/// A new conversation, in which this address is from now on.
pub(in crate::store) fn begin_conversation(
    db: &Db,
    new: &NewConversation,
    address: AddressId,
) -> Result<()> {
    conversations::create(db, new)?;
    enter(db, &new.id, address)
}

/// This address is in that conversation from now on.
pub(super) fn enter(db: &Db, conversation: &ConversationId, address: AddressId) -> Result<()> {
    run(
        db,
        "INSERT INTO conversation_addresses (conversation, address) VALUES (?1, ?2)
         ON CONFLICT (conversation) DO UPDATE SET address = excluded.address",
        params![conversation.as_str(), signed(address.0)],
    )?;
    run(
        db,
        "UPDATE addresses SET conversation = ?2 WHERE id = ?1",
        params![signed(address.0), conversation.as_str()],
    )?;
    Ok(())
}

/// Every conversation of an address, oldest first.
pub(in crate::store) fn conversations_of(
    db: &Db,
    address: AddressId,
) -> Result<Vec<ConversationId>> {
    super::rows::all(
        db,
        "SELECT conversation FROM conversation_addresses WHERE address = ?1 ORDER BY conversation",
        [signed(address.0)],
        |row| Columns::of(row, "conversation").parsed(),
    )
}

/// A button that was offered at this address and has not run out.
pub(in crate::store) fn offered(
    db: &Db,
    address: AddressId,
    id: &str,
    now: Timestamp,
) -> Result<Option<Offered>> {
    first(
        db,
        "SELECT conversation, message, label, value, used IS NOT NULL FROM actions
         WHERE id = ?1 AND address = ?2 AND expires > ?3",
        params![id, signed(address.0), instant(now)],
        |row| {
            let mut c = Columns::of(row, "button");
            let conversation: Option<ConversationId> = c.parsed_if_any()?;
            let message = c.parsed()?;
            let owner = Owner::of_message(conversation.as_ref(), address.0);
            let button = Button {
                label: c.sealed(owner.at(LABEL, id))?,
                value: c.sealed(owner.at(VALUE, id))?,
            };
            Ok(Offered {
                message,
                button,
                used: c.plain()?,
                conversation,
            })
        },
    )
}

/// Label and value of a button as they are kept: what it offers may repeat the person's words.
pub(super) fn seal_button<'b>(
    db: &Db,
    owner: Owner<'_>,
    id: &str,
    button: &'b Button,
) -> Result<(Cow<'b, str>, Cow<'b, str>)> {
    Ok((
        db.seal(owner.at(LABEL, id), &button.label)?,
        db.seal(owner.at(VALUE, id), &button.value)?,
    ))
}

/// A button is used up.
pub(super) fn press(db: &Db, id: &str, at: Timestamp) -> Result<()> {
    run(
        db,
        "UPDATE actions SET used = ?2 WHERE id = ?1 AND used IS NULL",
        params![id, instant(at)],
    )?;
    Ok(())
}

/// Keeps a one-time link to a conversation.
pub(in crate::store) fn add_link(
    db: &Db,
    hash: &str,
    conversation: &ConversationId,
    expires: Timestamp,
) -> Result<()> {
    run(
        db,
        "INSERT INTO links (hash, conversation, expires) VALUES (?1, ?2, ?3)",
        params![hash, conversation.as_str(), instant(expires)],
    )?;
    Ok(())
}

/// Follows a link, once: the address is in that conversation from now on.
pub(in crate::store) fn follow_link(
    db: &Db,
    hash: &str,
    address: AddressId,
    now: Timestamp,
) -> Result<Option<ConversationId>> {
    let found: Option<ConversationId> = first(
        db,
        "DELETE FROM links WHERE hash = ?1 AND expires > ?2 RETURNING conversation",
        params![hash, instant(now)],
        |row| Columns::of(row, "link").parsed(),
    )?;
    if let Some(conversation) = &found {
        enter(db, conversation, address)?;
    }
    Ok(found)
}

/// How the messages of a conversation fare; `None` where nothing is pushed.
pub(in crate::store) fn delivered(
    db: &Db,
    conversation: &ConversationId,
) -> Result<Option<Delivered>> {
    first(
        db,
        "SELECT a.account, a.reach,
           (SELECT count(*) FROM outbox o WHERE o.conversation = ?1 AND o.settled IS NULL),
           (SELECT count(*) FROM outbox o WHERE o.conversation = ?1 AND o.state = 'failed'),
           (SELECT count(*) FROM outbox o WHERE o.conversation = ?1 AND o.doubtful > 0)
         FROM conversation_addresses l JOIN addresses a ON a.id = l.address WHERE l.conversation = ?1",
        [conversation.as_str()],
        |row| {
            let mut c = Columns::of(row, "address");
            Ok(Delivered {
                account: c.plain()?,
                reach: c.word()?,
                waiting: c.count()?,
                failed: c.count()?,
                doubtful: c.count()?,
            })
        },
    )
}

/// What is only kept to know a repetition, or for nothing any more.
pub(in crate::store) fn prune(db: &Db, before: Timestamp) -> Result<usize> {
    let before = instant(before);
    let mut gone = 0;
    for sql in [
        "DELETE FROM inbox WHERE settled IS NOT NULL AND settled < ?1",
        "DELETE FROM outbox WHERE conversation IS NULL AND settled IS NOT NULL AND settled < ?1",
        "DELETE FROM actions WHERE expires < ?1",
        "DELETE FROM links WHERE expires < ?1",
        "DELETE FROM lanes WHERE until < ?1 AND NOT EXISTS
           (SELECT 1 FROM inbox i WHERE i.account = lanes.account AND i.lane = lanes.lane)",
        "DELETE FROM addresses WHERE seen < ?1 AND conversation IS NULL AND NOT EXISTS
           (SELECT 1 FROM conversation_addresses l WHERE l.address = addresses.id) AND NOT EXISTS
           (SELECT 1 FROM outbox o WHERE o.address = addresses.id)",
    ] {
        gone += run(db, sql, [&before])?;
    }
    keys::prune(db)?;
    Ok(gone)
}
