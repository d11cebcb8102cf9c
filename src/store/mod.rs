//! What is kept, and the only room with SQL: conversations, messages, receipts, feedback, cases and their chained events.
//! What never lives here: the wall clock (`at` comes in), what the conversation's state means, sentences for people.

mod error;
mod keeping;
mod queue;
mod session;
mod shapes;
mod sqlite;
mod staff;
mod talk;
mod transitions;

pub use error::StoreError;
pub use keeping::Store;
pub use session::{NewSession, Session, SessionLimits, SingleSignOn};
pub use shapes::{
    AdviserReply, CaseCounts, CaseFilter, ChainCheck, ConversationExport, GivenFeedback, Notice,
};
pub use staff::{Credentials, Invitation, NewAccount, Subject};
