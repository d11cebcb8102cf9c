//! The store's verbs of a conversation: start it, load it, commit a turn, read on, say whether an answer helped.
//! What never lives here: SQL; each verb hands one function of sql/ what it needs.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Store,
    error::Result,
    sql::{conversations, turns},
};
use crate::{
    base::{ConversationId, ReceiptId},
    casework::{Committed, Conversation, Feedback, Message, NewConversation, Receipt, TurnRecord},
};

impl Store {
    /// Starts a conversation, at version 0.
    ///
    /// # Errors
    /// `Duplicate` when the id is taken.
    pub async fn create_conversation(&self, new: NewConversation) -> Result<()> {
        self.write(move |w| conversations::create(w.db, &new)).await
    }

    /// `create_conversation` for a thread that may wait.
    ///
    /// # Errors
    /// As `create_conversation`.
    pub fn create_conversation_blocking(&self, new: NewConversation) -> Result<()> {
        self.write_blocking(move |w| conversations::create(w.db, &new))
    }

    /// A conversation as the next turn needs it; `None` when there is none (or it was erased).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn conversation(&self, id: &ConversationId) -> Result<Option<Conversation>> {
        let id = id.clone();
        self.read(move |db| conversations::find(db, &id)).await
    }

    /// `conversation` for a thread that may wait.
    ///
    /// # Errors
    /// As `conversation`.
    pub fn conversation_blocking(&self, id: &ConversationId) -> Result<Option<Conversation>> {
        let id = id.clone();
        self.read_blocking(move |db| conversations::find(db, &id))
    }

    /// The first reply to the client's message `client_id`, as JSON, when that one was answered before.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn repeated(&self, id: &ConversationId, client_id: &str) -> Result<Option<String>> {
        let (id, client_id) = (id.clone(), client_id.to_owned());
        self.read(move |db| conversations::repeated(db, &id, &client_id))
            .await
    }

    /// `repeated` for a thread that may wait.
    ///
    /// # Errors
    /// As `repeated`.
    pub fn repeated_blocking(
        &self,
        id: &ConversationId,
        client_id: &str,
    ) -> Result<Option<String>> {
        let (id, client_id) = (id.clone(), client_id.to_owned());
        self.read_blocking(move |db| conversations::repeated(db, &id, &client_id))
    }

    /// Writes a whole turn or nothing of it; returns once it is durable. A repeated `client_id` is seen first, then the
    /// version. Opened cases get their `opened` event; the state of a case follows its events.
    ///
    /// # Errors
    /// `Duplicate` when a new case's reference is taken: step again with fresh ids. `NotFound` for an event or packet of a
    /// case that is not there, `Refused` for parts of another conversation. Nothing was written then.
    pub async fn commit_turn(&self, turn: TurnRecord) -> Result<Committed> {
        self.write(move |w| turns::commit(w, &turn)).await
    }

    /// `commit_turn` for a thread that may wait.
    ///
    /// # Errors
    /// As `commit_turn`.
    pub fn commit_turn_blocking(&self, turn: TurnRecord) -> Result<Committed> {
        self.write_blocking(move |w| turns::commit(w, &turn))
    }

    /// At most `limit` messages after number `after_seq` (0: from the first), oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn messages_after(
        &self,
        id: &ConversationId,
        after_seq: u64,
        limit: u32,
    ) -> Result<Vec<Message>> {
        let id = id.clone();
        self.read(move |db| conversations::messages_after(db, &id, after_seq, limit))
            .await
    }

    /// What an answer rested on.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn receipt(&self, id: &ReceiptId) -> Result<Option<Receipt>> {
        let id = id.clone();
        self.read(move |db| conversations::receipt(db, &id)).await
    }

    /// How many answers rest on each article: article id -> receipts that cite it, erased ones not counted. An article that no
    /// answer rests on is not in it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn receipts_by_article(&self) -> Result<BTreeMap<String, u64>> {
        self.read(conversations::receipts_by_article).await
    }

    /// Keeps whether an answer helped; a second word on the same answer replaces the first.
    ///
    /// # Errors
    /// `NotFound` when the answer is not one of this conversation.
    pub async fn add_feedback(
        &self,
        conversation: &ConversationId,
        feedback: Feedback,
        at: Timestamp,
    ) -> Result<()> {
        let id = conversation.clone();
        self.write(move |w| conversations::add_feedback(w.db, &id, &feedback, at))
            .await
    }
}
