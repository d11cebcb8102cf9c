//! Return links: further keys to one conversation, for another device of the same person, without an account.
//! What never lives here: the page that shows one (bots), the key itself (only its hash is kept).

use super::desk::{Desk, DeskError};
use crate::base::{ConversationId, Token, TokenHash};

impl Desk {
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
}
