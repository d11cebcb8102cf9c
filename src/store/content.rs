//! The store's verbs of what advisers give back to the content: saved replies, rejected suggestions, gaps.
//! What never lives here: SQL, how gaps are grouped (casework::gaps).

use jiff::Timestamp;

use super::{Store, error::Result, sql::content};
use crate::{
    base::NoteId,
    casework::{Caller, ContentTodo, Gap, NewContentTodo, Reach, SavedReply, gaps},
};

impl Store {
    /// Saved replies for all areas and for those within reach, by title.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn saved_replies(&self, reach: &Reach) -> Result<Vec<SavedReply>> {
        let reach = reach.clone();
        self.read(move |db| content::saved_replies(db, &reach))
            .await
    }

    /// Keeps a saved reply; one of the same id is replaced.
    ///
    /// # Errors
    /// `Refused` without a title or a text.
    pub async fn save_reply(&self, reply: SavedReply) -> Result<()> {
        self.write(move |w| content::save_reply(w.db, &reply)).await
    }

    /// Deletes a saved reply.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget_reply(&self, id: &NoteId) -> Result<()> {
        let id = id.clone();
        self.write(move |w| content::forget_reply(w.db, &id)).await
    }

    /// Keeps that an adviser rejected a suggested reply: a to-do for editors, and an event on the case.
    ///
    /// # Errors
    /// `NotFound` when there is no such case within reach.
    pub async fn reject_suggestion(
        &self,
        caller: &Caller,
        todo: NewContentTodo,
        at: Timestamp,
    ) -> Result<()> {
        let caller = caller.clone();
        self.write(move |w| content::reject_suggestion(w.db, &caller, &todo, at))
            .await
    }

    /// What editors have to do, oldest first; with `done` what was done too.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn content_todos(&self, reach: &Reach, done: bool) -> Result<Vec<ContentTodo>> {
        let reach = reach.clone();
        self.read(move |db| content::todos(db, &reach, done)).await
    }

    /// Ticks one off.
    ///
    /// # Errors
    /// `NotFound` when there is none, or it was done already.
    pub async fn content_todo_done(&self, id: &NoteId, by: &str, at: Timestamp) -> Result<()> {
        let (id, by) = (id.clone(), by.to_owned());
        self.write(move |w| content::todo_done(w.db, &id, &by, at))
            .await
    }

    /// What people asked between two instants that the knowledge did not meet, grouped by the nearest article, most first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn knowledge_gaps(
        &self,
        reach: &Reach,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Gap>> {
        let reach = reach.clone();
        let unmet = self
            .read(move |db| content::unmet(db, &reach, from, until))
            .await?;
        Ok(gaps(unmet))
    }
}
