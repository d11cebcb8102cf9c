//! The store's verbs of return links: give one out, find whose it is, take all back.
//! What never lives here: SQL; the key itself.

use jiff::Timestamp;

use super::{Store, error::Result, sql::links};
use crate::base::{ConversationId, TokenHash};

impl Store {
    /// Keeps a further key to a conversation; beyond ten the oldest goes.
    ///
    /// # Errors
    /// `NotFound` when the conversation is gone.
    pub async fn add_return_link(
        &self,
        id: &ConversationId,
        link: TokenHash,
        at: Timestamp,
    ) -> Result<()> {
        let id = id.clone();
        self.write(move |w| links::add(w.db, &id, &link, at)).await
    }

    /// The conversation that a return link opens; `None` when it was taken back, or never was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn return_link(&self, link: TokenHash) -> Result<Option<ConversationId>> {
        self.read(move |db| links::find(db, &link)).await
    }

    /// How many return links a conversation has.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn return_links(&self, id: &ConversationId) -> Result<u64> {
        let id = id.clone();
        self.read(move |db| links::count(db, &id)).await
    }

    /// Takes back every return link of a conversation: whoever came in by one is out.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn revoke_return_links(&self, id: &ConversationId) -> Result<()> {
        let id = id.clone();
        self.write(move |w| links::revoke(w.db, &id).map(drop))
            .await
    }
}
