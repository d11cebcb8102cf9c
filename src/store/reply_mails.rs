//! The store's verbs of telling people by e-mail that a reply waits.
//! What never lives here: SQL, when one is due (casework), sending (bots).

use jiff::Timestamp;

use super::{Store, error::Result, sql::reply_mails};
use crate::{base::ConversationId, casework::ReplyMail};

impl Store {
    /// The person wants to be told there from now on, in place of an earlier address; `None`: no longer.
    ///
    /// # Errors
    /// `NotFound` when there is no such conversation.
    pub async fn ask_reply_mail(&self, id: &ConversationId, email: Option<String>) -> Result<()> {
        let id = id.clone();
        self.write(move |w| reply_mails::ask(w.db, &id, email.as_deref()))
            .await
    }

    /// Whether the person of a conversation is told.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn reply_mail_asked(&self, id: &ConversationId) -> Result<bool> {
        let id = id.clone();
        let asked = self.read(move |db| reply_mails::address(db, &id)).await?;
        Ok(asked.is_some())
    }

    /// The person has the conversation before them: what waits is not told of. Writes only where something waits.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn person_looked(&self, id: &ConversationId) -> Result<()> {
        let looked = id.clone();
        if self.read(move |db| reply_mails::waits(db, &looked)).await? {
            let id = id.clone();
            self.write(move |w| reply_mails::looked(w.db, &id)).await?;
        }
        Ok(())
    }

    /// Whom to tell now, the longest waiting first. With several nodes each is one node's for two minutes.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn reply_mails_due(&self, now: Timestamp) -> Result<Vec<ReplyMail>> {
        self.write(move |w| reply_mails::due(w.db, now)).await
    }

    /// Told, or given up: the next is told of once the person has looked.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn reply_mail_told(&self, id: &ConversationId, at: Timestamp) -> Result<()> {
        let id = id.clone();
        self.write(move |w| reply_mails::told(w.db, &id, at)).await
    }

    /// Tried in vain: once more then.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn reply_mail_failed(&self, id: &ConversationId, again: Timestamp) -> Result<()> {
        let id = id.clone();
        self.write(move |w| reply_mails::failed(w.db, &id, again))
            .await
    }
}
