//! SQL of return links: further keys to one conversation.
//! What never lives here: the key itself (only its hash is kept), who may ask for one.

use jiff::Timestamp;

use super::{
    Db, params,
    rows::{Columns, first, instant, run},
};
use crate::{
    base::{ConversationId, TokenHash},
    store::error::{Result, StoreError},
};

/// A conversation has this many links at most; a new one takes the place of the oldest.
const MOST: u32 = 10;

pub(in crate::store) fn add(
    db: &Db,
    id: &ConversationId,
    link: &TokenHash,
    at: Timestamp,
) -> Result<()> {
    let made = run(
        db,
        "INSERT INTO return_links (token_hash, conversation, created)
         SELECT ?1, id, ?3 FROM conversations WHERE id = ?2",
        params![link.0, id.as_str(), instant(at)],
    )?;
    if made == 0 {
        return Err(StoreError::NotFound("conversation"));
    }
    run(
        db,
        "DELETE FROM return_links WHERE conversation = ?1 AND token_hash NOT IN
         (SELECT token_hash FROM return_links WHERE conversation = ?1 ORDER BY rowid DESC LIMIT ?2)",
        params![id.as_str(), MOST],
    )?;
    Ok(())
}

pub(in crate::store) fn find(db: &Db, link: &TokenHash) -> Result<Option<ConversationId>> {
    first(
        db,
        "SELECT conversation FROM return_links WHERE token_hash = ?1",
        [&link.0],
        |row| Columns::of(row, "return link").parsed(),
    )
}

/// How many went.
pub(in crate::store) fn revoke(db: &Db, id: &ConversationId) -> Result<usize> {
    run(
        db,
        "DELETE FROM return_links WHERE conversation = ?1",
        [id.as_str()],
    )
}

/// How many there are.
pub(in crate::store) fn count(db: &Db, id: &ConversationId) -> Result<u64> {
    let found = first(
        db,
        "SELECT count(*) FROM return_links WHERE conversation = ?1",
        [id.as_str()],
        |row| Columns::of(row, "return links").count(),
    )?;
    Ok(found.unwrap_or(0))
}
