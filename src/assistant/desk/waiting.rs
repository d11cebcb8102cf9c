//! How a person's case stands in the queue, for the page that shows it.
//! What never lives here: what a case may do (casework), the words for it (page templates).

use jiff::Timestamp;

use super::{Desk, DeskError};
use crate::{
    base::{CaseReference, ConversationId},
    casework::{COMMON, Case, CaseState, Reach},
    store::CaseFilter,
};

/// Cases that are counted before one's own, at most: further back the number helps nobody.
const COUNTED: u32 = 50;

/// A case of a conversation that is not closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its reference.
    pub reference: CaseReference,
    /// Where it stands.
    pub state: CaseState,
    /// How many cases of the same council's queue nobody has and will be seen before it; `None` once somebody has it, or
    /// where there are too many to count.
    pub before: Option<usize>,
    /// By when a first reply was promised; `None` where nothing was, or it was given.
    pub expected: Option<Timestamp>,
}

impl Desk {
    /// The case that this conversation waits for: of several the one that is seen first.
    ///
    /// # Errors
    /// The store's.
    pub async fn waiting(&self, id: &ConversationId) -> Result<Option<Waiting>, DeskError> {
        let own = CaseFilter {
            conversation: Some(id.clone()),
            limit: 1,
            ..CaseFilter::default()
        };
        let store = self.store();
        let Some(case) = store.cases(&Reach::Everywhere, own).await?.pop() else {
            return Ok(None);
        };
        let mut before = None;
        if case.state == CaseState::Waiting {
            let queue = CaseFilter {
                states: vec![CaseState::Waiting],
                area: Some(
                    case.opened
                        .area
                        .clone()
                        .unwrap_or_else(|| COMMON.to_owned()),
                ),
                limit: COUNTED,
                ..CaseFilter::default()
            };
            let queue = store.cases(&Reach::Everywhere, queue).await?;
            let is_own = |other: &Case| other.opened.reference == case.opened.reference;
            before = queue.iter().position(is_own);
        }
        let replied = case.first_replied.is_some();
        Ok(Some(Waiting {
            reference: case.opened.reference,
            state: case.state,
            before,
            expected: case.opened.reply_expected_by.filter(|_| !replied),
        }))
    }
}
