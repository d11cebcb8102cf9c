//! What is kept, and the only room with SQL: conversations, messages, receipts, feedback, cases and their chained events.
//! What never lives here: the wall clock (`at` comes in), what the conversation's state means, sentences for people.

mod alerts;
mod backup;
mod beside;
mod content;
mod db;
mod engine;
mod error;
mod keeping;
mod links;
mod migration;
mod moving;
mod news;
mod post;
mod postgres;
mod queue;
mod readers;
mod reply_mails;
mod reports;
mod requests;
mod retention;
mod sealing;
mod seals;
mod session;
mod shapes;
mod sql;
mod sqlite;
mod staff;
mod standing;
mod switches;
mod talk;
mod writer;

pub use backup::{Erased, Erasure};
pub use engine::Store;
pub use error::StoreError;
pub use sealing::Sealing;
pub use session::{NewSession, Session, SessionLimits, SingleSignOn};
pub use shapes::{
    AdviserReply, CaseCounts, CaseFile, CaseFilter, CaseNote, ChainCheck, ConversationExport,
    Draft, GivenFeedback, Lease, Lend, LendSends, Linked, LogStart, Moved, NewEnquiry, NotedCase,
    Notice, PersonExport, Place, Whose,
};
pub use staff::{Credentials, Invitation, NewAccount, Subject};
pub use standing::Standing;
