//! SQL of telling people by e-mail that a reply waits: who asked for it, whom to tell now, what came of it.
//! What never lives here: when one is due (casework), sending (bots).

use jiff::{Timestamp, ToSpan};

use super::{
    Db, params,
    rows::{Columns, all, first, instant, run},
};
use crate::{
    base::{ConversationId, Lang, MessageId},
    casework::ReplyMail,
    store::{
        error::{Result, StoreError},
        seals::{Owner, Place},
    },
};

/// How long one is one node's to send, where there may be several.
const LENT_MINUTES: i64 = 2;

fn email(id: &ConversationId) -> Place<'_> {
    Owner::Conversation(id).at("reply_mails.email", "")
}

/// From now on there, in place of an earlier address; `None`: no longer.
pub(in crate::store) fn ask(db: &Db, id: &ConversationId, to: Option<&str>) -> Result<()> {
    let Some(to) = to else {
        let sql = "DELETE FROM reply_mails WHERE conversation = ?1";
        run(db, sql, [id.as_str()])?;
        return Ok(());
    };
    let made = run(
        db,
        "INSERT INTO reply_mails (conversation, email) SELECT id, ?2 FROM conversations WHERE id = ?1
         ON CONFLICT (conversation) DO UPDATE SET email = excluded.email, due = NULL, told = NULL, tries = 0",
        params![id.as_str(), db.seal(email(id), to)?],
    )?;
    match made {
        0 => Err(StoreError::NotFound("conversation")),
        _ => Ok(()),
    }
}

/// Where its person is told.
pub(in crate::store) fn address(db: &Db, id: &ConversationId) -> Result<Option<String>> {
    let sql = "SELECT email FROM reply_mails WHERE conversation = ?1";
    first(db, sql, [id.as_str()], |row| {
        Columns::of(row, "e-mail address").sealed(email(id))
    })
}

/// An adviser has written: the first reply of a burst is told of.
pub(super) fn replied(
    db: &Db,
    id: &ConversationId,
    message: &MessageId,
    at: Timestamp,
) -> Result<()> {
    run(
        db,
        "UPDATE reply_mails SET message = ?2, due = ?3, tries = 0
         WHERE conversation = ?1 AND due IS NULL AND told IS NULL",
        params![id.as_str(), message.as_str(), instant(ReplyMail::due(at))],
    )?;
    Ok(())
}

/// Whether somebody who looks now is to be noted.
pub(in crate::store) fn waits(db: &Db, id: &ConversationId) -> Result<bool> {
    let sql = "SELECT 1 FROM reply_mails WHERE conversation = ?1 AND (due IS NOT NULL OR told IS NOT NULL)";
    Ok(first(db, sql, [id.as_str()], |_| Ok(()))?.is_some())
}

/// The person is there: nothing is to be told, and the next reply is news again.
pub(in crate::store) fn looked(db: &Db, id: &ConversationId) -> Result<()> {
    run(
        db,
        "UPDATE reply_mails SET message = NULL, due = NULL, told = NULL, tries = 0
         WHERE conversation = ?1 AND (due IS NOT NULL OR told IS NOT NULL)",
        [id.as_str()],
    )?;
    Ok(())
}

/// Whom to tell now, the longest waiting first.
pub(in crate::store) fn due(db: &Db, now: Timestamp) -> Result<Vec<ReplyMail>> {
    let found = all(
        db,
        "SELECT r.conversation, r.email, r.tries, m.id, m.lang
         FROM reply_mails r JOIN messages m ON m.id = r.message
         WHERE r.due <= ?1 ORDER BY r.due, r.conversation LIMIT 100",
        [instant(now)],
        |row| {
            let mut c = Columns::of(row, "e-mail to be sent");
            let conversation: ConversationId = c.parsed()?;
            let to = c.sealed(email(&conversation))?;
            let tries = c.plain()?;
            let (message, lang): (MessageId, Lang) = (c.parsed()?, c.parsed()?);
            Ok(ReplyMail {
                email: to,
                tries,
                message,
                lang,
                conversation,
            })
        },
    )?;
    if db.shared() {
        let until = now.checked_add(LENT_MINUTES.minutes()).unwrap_or(now);
        for mail in &found {
            put_off(db, &mail.conversation, until, 0)?;
        }
    }
    Ok(found)
}

fn put_off(db: &Db, id: &ConversationId, until: Timestamp, tries: u32) -> Result<()> {
    run(
        db,
        "UPDATE reply_mails SET due = ?2, tries = tries + ?3 WHERE conversation = ?1 AND due IS NOT NULL",
        params![id.as_str(), instant(until), tries],
    )?;
    Ok(())
}

/// Told, or given up: nothing more until the person has looked.
pub(in crate::store) fn told(db: &Db, id: &ConversationId, at: Timestamp) -> Result<()> {
    run(
        db,
        "UPDATE reply_mails SET due = NULL, told = ?2 WHERE conversation = ?1 AND due IS NOT NULL",
        params![id.as_str(), instant(at)],
    )?;
    Ok(())
}

/// Tried in vain: again then.
pub(in crate::store) fn failed(db: &Db, id: &ConversationId, again: Timestamp) -> Result<()> {
    put_off(db, id, again, 1)
}
