//! What only PostgreSQL knows: reaching a server and coming back to it, its schema, batches that are whole in doubt too, its
//! errors in the store's words.
//! What never lives here: what is asked of the database (../sql/).
//!
//! The client is the blocking one (`postgres`): the writer is a thread of its own and readers run on threads that may wait.
//! No async task ever touches it.

mod connector;
mod errors;
mod migrate;
mod session;

pub(super) use self::{
    connector::Connector,
    session::{Session, column},
};
