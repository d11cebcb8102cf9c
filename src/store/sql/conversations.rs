//! SQL of conversations, messages, receipts and feedback.
//! What never lives here: a whole turn (turns.rs), cases (cases.rs), erasure (erasure.rs).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    Db, params,
    rows::{self, Columns, all, each, first, instant, run, signed, word},
    tallies,
};
use crate::{
    base::{ConversationId, MessageId, ReceiptId, TokenHash},
    casework::{Cited, Conversation, Feedback, Message, NewConversation, NewMessage, Receipt},
    store::{
        error::{Result, StoreError},
        seals::Owner,
        shapes::Notice,
    },
};

/// Characters of a feedback comment that are kept.
const COMMENT: usize = 2_000;
/// Where it stands.
pub(super) const COMMENTED: &str = "feedback.comment";
/// Where the assistant's state stands.
pub(super) const STATE: &str = "conversations.state_json";

pub(in crate::store) fn create(db: &Db, new: &NewConversation) -> Result<()> {
    let state = Owner::Conversation(&new.id).at(STATE, "");
    let made = run(
        db,
        "INSERT INTO conversations (id, token_hash, channel, state_json, version, created, updated)
         VALUES (?1, ?2, ?3, ?4, 0, ?5, ?5) ON CONFLICT (id) DO NOTHING",
        params![
            new.id.as_str(),
            new.token.0,
            word(&new.channel)?,
            db.seal(state, &new.state_json)?,
            instant(new.created)
        ],
    )?;
    match made {
        0 => Err(StoreError::Duplicate("conversation")),
        _ => Ok(()),
    }
}

pub(in crate::store) fn find(db: &Db, id: &ConversationId) -> Result<Option<Conversation>> {
    first(
        db,
        "SELECT id, token_hash, channel, state_json, version, created FROM conversations WHERE id = ?1",
        [id.as_str()],
        |row| {
            let mut c = Columns::of(row, "conversation");
            Ok(Conversation {
                id: c.parsed()?,
                token: TokenHash(c.plain()?),
                channel: c.word()?,
                state_json: c.sealed(Owner::Conversation(id).at(STATE, ""))?,
                version: c.count()?,
                created: c.parsed()?,
            })
        },
    )
}

pub(in crate::store) fn repeated(
    db: &Db,
    id: &ConversationId,
    client_id: &str,
) -> Result<Option<String>> {
    first(
        db,
        "SELECT reply_json FROM replies WHERE conversation = ?1 AND client_id = ?2",
        [id.as_str(), client_id],
        |row| {
            let place = Owner::Conversation(id).at("replies.reply_json", client_id);
            Columns::of(row, "reply").sealed(place)
        },
    )
}

/// Keeps the reply to a message that the client numbered.
pub(super) fn keep_reply(
    db: &Db,
    id: &ConversationId,
    client_id: &str,
    reply_json: &str,
) -> Result<()> {
    let place = Owner::Conversation(id).at("replies.reply_json", client_id);
    run(
        db,
        "INSERT INTO replies (conversation, client_id, reply_json) VALUES (?1, ?2, ?3)",
        params![id.as_str(), client_id, db.seal(place, reply_json)?],
    )?;
    Ok(())
}

/// Appends a message and returns its number.
pub(super) fn add_message(
    db: &Db,
    conversation: &ConversationId,
    at: Timestamp,
    new: &NewMessage,
) -> Result<u64> {
    let place = |column| Owner::Conversation(conversation).at(column, new.id.as_str());
    let reply = new.reply_json.as_deref();
    let seq = first(
        db,
        "INSERT INTO messages
           (conversation, at, id, author, name, text, lang, reply_json, receipt, case_reference)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING seq",
        params![
            conversation.as_str(),
            instant(at),
            new.id.as_str(),
            word(&new.author)?,
            new.name,
            db.seal(place("messages.text"), &new.text)?,
            new.lang.code(),
            db.seal_if_any(place("messages.reply_json"), reply)?,
            new.receipt.as_ref().map(ReceiptId::as_str),
            new.case.as_ref().map(|c| c.as_str()),
        ],
        |row| Columns::of(row, "message number").count(),
    )?;
    seq.ok_or_else(|| StoreError::unreadable("message number"))
}

pub(in crate::store) fn messages_after(
    db: &Db,
    id: &ConversationId,
    after_seq: u64,
    limit: u32,
) -> Result<Vec<Message>> {
    let sql = format!(
        "SELECT {} FROM messages WHERE conversation = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        rows::MESSAGE
    );
    all(
        db,
        &sql,
        params![id.as_str(), signed(after_seq), limit],
        rows::message,
    )
}

pub(in crate::store) fn message(db: &Db, id: &MessageId) -> Result<Option<Message>> {
    let sql = format!("SELECT {} FROM messages WHERE id = ?1", rows::MESSAGE);
    first(db, &sql, [id.as_str()], rows::message)
}

/// The latest messages, at most `limit`, oldest first.
pub(super) fn latest(db: &Db, id: &ConversationId, limit: u32) -> Result<Vec<Message>> {
    let sql = format!(
        "SELECT {} FROM messages WHERE conversation = ?1 ORDER BY seq DESC LIMIT ?2",
        rows::MESSAGE
    );
    let mut found = all(db, &sql, params![id.as_str(), limit], rows::message)?;
    found.reverse();
    Ok(found)
}

/// The newest number ever given to a message, erased ones included; 0 before the first.
pub(in crate::store) fn last_seq(db: &Db) -> Result<u64> {
    db.last_number("messages")
}

/// One notice for each conversation with a message after `seq`.
pub(in crate::store) fn newest_after(db: &Db, seq: u64) -> Result<Vec<Notice>> {
    all(
        db,
        "SELECT conversation, max(seq) FROM messages WHERE seq > ?1 GROUP BY conversation ORDER BY 2",
        [signed(seq)],
        |row| {
            let mut c = Columns::of(row, "message");
            Ok(Notice {
                conversation: c.parsed()?,
                seq: c.count()?,
            })
        },
    )
}

pub(super) fn add_receipt(db: &Db, new: &Receipt) -> Result<()> {
    run(
        db,
        "INSERT INTO receipts
           (id, conversation, outcome, reason, as_of, confidence, cited_json, library_hash, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            new.id.as_str(),
            new.conversation.as_str(),
            new.outcome.as_str(),
            new.reason,
            new.as_of.to_string(),
            // SQLite keeps no NaN: it would become NULL and refuse the whole turn.
            if new.confidence.is_nan() {
                0.0
            } else {
                new.confidence
            },
            rows::json(&new.cited)?,
            new.library_hash,
            instant(new.at),
        ],
    )?;
    Ok(())
}

pub(in crate::store) fn receipt(db: &Db, id: &ReceiptId) -> Result<Option<Receipt>> {
    let sql = format!("SELECT {} FROM receipts WHERE id = ?1", rows::RECEIPT);
    first(db, &sql, [id.as_str()], rows::receipt)
}

/// How many receipts rest on each article.
pub(in crate::store) fn receipts_by_article(db: &Db) -> Result<BTreeMap<String, u64>> {
    let mut counted = BTreeMap::new();
    each(db, "SELECT cited_json FROM receipts", [], |row| {
        let cited: Vec<Cited> = Columns::of(row, "receipt").json()?;
        let articles: BTreeSet<String> = cited.into_iter().map(|c| c.article).collect();
        for article in articles {
            *counted.entry(article).or_default() += 1;
        }
        Ok(true)
    })?;
    Ok(counted)
}

/// Keeps the latest word on one answer.
pub(in crate::store) fn add_feedback(
    db: &Db,
    conversation: &ConversationId,
    given: &Feedback,
    at: Timestamp,
) -> Result<()> {
    let known = receipt(db, &given.receipt)?.is_some_and(|r| &r.conversation == conversation);
    if !known {
        return Err(StoreError::NotFound("answer in this conversation"));
    }
    let comment: Option<String> = given
        .comment
        .as_ref()
        .map(|text| text.chars().take(COMMENT).collect());
    let place = Owner::Conversation(conversation).at(COMMENTED, given.receipt.as_str());
    run(
        db,
        "INSERT INTO feedback (receipt, helpful, comment, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (receipt) DO UPDATE
           SET helpful = excluded.helpful, comment = excluded.comment, at = excluded.at",
        params![
            given.receipt.as_str(),
            given.helpful,
            db.seal_if_any(place, comment.as_deref())?,
            instant(at)
        ],
    )?;
    tallies::helped(db, &given.receipt, given.helpful)
}

/// A durable write that changes nothing anybody reads.
pub(in crate::store) fn beat(db: &Db) -> Result<()> {
    run(db, "UPDATE probe SET beats = beats + 1 WHERE id = 1", [])?;
    Ok(())
}
