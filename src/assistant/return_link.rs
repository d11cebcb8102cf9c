//! Return links: further keys to one conversation, for another device of the same person, without an account. And links that
//! carry a conversation to a chat app, once.
//! What never lives here: the page that shows one (bots), the key itself (only its hash is kept).

use jiff::SignedDuration;

use super::desk::{Desk, DeskError};
use crate::base::{ConversationId, Token, TokenHash};

/// A link to a chat app that nobody followed is worth nothing after this.
const CARRY: SignedDuration = SignedDuration::from_mins(15);

impl Desk {
    /// Gives out a link by which the conversation goes on in a chat app: followed once, for a quarter of an hour.
    ///
    /// # Errors
    /// `NoSuchConversation`, or the store's.
    pub async fn give_carry_link(&self, id: &ConversationId) -> Result<Token, DeskError> {
        let token = self.ids()?.token();
        let now = self.clock().now().instant;
        let expires = now.checked_add(CARRY).unwrap_or(now);
        let store = self.store();
        store
            .conversation(id)
            .await?
            .ok_or(DeskError::NoSuchConversation)?;
        store.add_link(token.hash(), id.clone(), expires).await?;
        Ok(token)
    }

    /// Gives out a return link: a further key to the conversation, for another device. Shown once; only its hash is kept.
    ///
    /// # Errors
    /// `NoSuchConversation`, or the store's.
    pub async fn give_return_link(&self, id: &ConversationId) -> Result<Token, DeskError> {
        let token = self.ids()?.token();
        let at = self.clock().now().instant;
        self.store().add_return_link(id, token.hash(), at).await?;
        Ok(token)
    }

    /// The conversation that a return link opens; `None` when it was taken back, or never was.
    ///
    /// # Errors
    /// The store's.
    pub async fn return_to(&self, presented: &str) -> Result<Option<ConversationId>, DeskError> {
        Ok(self.store().return_link(TokenHash::of(presented)).await?)
    }

    /// How many return links a conversation has.
    ///
    /// # Errors
    /// The store's.
    pub async fn return_links(&self, id: &ConversationId) -> Result<u64, DeskError> {
        Ok(self.store().return_links(id).await?)
    }

    /// Takes back every return link: whoever came in by one is out.
    ///
    /// # Errors
    /// The store's.
    pub async fn revoke_return_links(&self, id: &ConversationId) -> Result<(), DeskError> {
        Ok(self.store().revoke_return_links(id).await?)
    }

    /// The person wants an e-mail when a reply waits, to this address, which is safe; `None`: no longer.
    ///
    /// # Errors
    /// `NoSuchConversation`, or the store's.
    pub async fn ask_reply_mail(
        &self,
        id: &ConversationId,
        email: Option<String>,
    ) -> Result<(), DeskError> {
        Ok(self.store().ask_reply_mail(id, email).await?)
    }

    /// Whether the person wants one.
    ///
    /// # Errors
    /// The store's.
    pub async fn reply_mail_asked(&self, id: &ConversationId) -> Result<bool, DeskError> {
        Ok(self.store().reply_mail_asked(id).await?)
    }

    /// The person has the conversation before them.
    ///
    /// # Errors
    /// The store's.
    pub async fn person_looked(&self, id: &ConversationId) -> Result<(), DeskError> {
        Ok(self.store().person_looked(id).await?)
    }
}
