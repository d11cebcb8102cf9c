//! What people may do with their conversation: say whether an answer helped, take a copy, have it erased.
//! What never lives here: how long anything is kept (casework), who decides a request (advisers).

use super::desk::{Desk, DeskError};
use crate::{
    base::{CaseReference, ConversationId},
    casework::Feedback,
    store::StoreError,
};

/// A comment on an answer is kept up to this many characters.
const COMMENT: usize = 2000;

impl Desk {
    /// Keeps whether an answer helped.
    ///
    /// # Errors
    /// When the receipt is not of this conversation, or the store's.
    pub async fn feedback(
        &self,
        id: &ConversationId,
        mut feedback: Feedback,
    ) -> Result<(), DeskError> {
        feedback.comment = feedback.comment.map(|c| c.chars().take(COMMENT).collect());
        let at = self.clock().now().instant;
        self.store()
            .add_feedback(id, feedback, at)
            .await
            .map_err(|error| match error {
                StoreError::NotFound(_) | StoreError::Refused(_) => {
                    DeskError::BadInput("there is no such answer in this conversation".into())
                }
                other => other.into(),
            })
    }

    /// The person's own copy of everything.
    ///
    /// # Errors
    /// `NoSuchConversation`, or the store's.
    pub async fn export(&self, id: &ConversationId) -> Result<serde_json::Value, DeskError> {
        let export = self
            .store()
            .export_conversation(id)
            .await?
            .ok_or(DeskError::NoSuchConversation)?;
        serde_json::to_value(export).map_err(|e| DeskError::Fault(e.to_string()))
    }

    /// Erases a conversation for good, at once. Where cases must be kept for a time, one that has a case becomes a request that a
    /// person decides: the reference of the case that carries it.
    ///
    /// # Errors
    /// `NoSuchConversation`, or the store's.
    pub async fn erase(&self, id: &ConversationId) -> Result<Option<CaseReference>, DeskError> {
        let at = self.clock().now().instant;
        if self.staffing().keeps_cases
            && let Some(request) = self.store().ask_erasure(id, at).await?
        {
            return Ok(Some(request.case));
        }
        let erased = self.store().erase_conversation(id, "person", at).await?;
        if erased {
            Ok(None)
        } else {
            Err(DeskError::NoSuchConversation)
        }
    }
}
