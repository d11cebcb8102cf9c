//! What is kept, and the only room with SQL: conversations, messages, receipts, feedback, cases and their chained events.
//! What never lives here: the wall clock (`at` comes in), what the conversation's state means, sentences for people.

mod error;
mod keeping;
mod post;
mod queue;
mod shapes;
mod sqlite;
mod talk;
mod transitions;

pub use error::StoreError;
pub use keeping::Store;
pub use shapes::{
    AdviserReply, CaseCounts, CaseFilter, ChainCheck, ConversationExport, GivenFeedback, Lease,
    Lend, LendSends, Notice,
};
