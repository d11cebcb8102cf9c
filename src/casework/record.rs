//! One turn as it is written: everything or nothing, in one transaction.
//! What never lives here: how it is written (store).

use jiff::Timestamp;

use super::{
    case::{NewCase, Packet},
    conversation::NewMessage,
    event::NewCaseEvent,
    post::Delivery,
    receipt::Receipt,
    tally::Tally,
};
use crate::base::{CaseReference, ConversationId};

/// Everything that one turn changes.
#[derive(Debug, Clone)]
pub struct TurnRecord {
    /// The conversation.
    pub conversation: ConversationId,
    /// The version that the turn read; a commit over any other is refused.
    pub expected_version: u64,
    /// The client's own id of the message; a repeated one returns the first reply.
    pub client_id: Option<String>,
    /// The new state, versioned JSON.
    pub state_json: String,
    /// The reply, for a repeated `client_id`.
    pub reply_json: String,
    /// The messages, in order.
    pub messages: Vec<NewMessage>,
    /// The record of the answer.
    pub receipt: Option<Receipt>,
    /// Cases opened by this turn.
    pub opened: Vec<NewCase>,
    /// Events on cases, after the opening ones.
    pub events: Vec<NewCaseEvent>,
    /// Packets brought up to date.
    pub packets: Vec<(CaseReference, Packet)>,
    /// What it takes out of the inbox and puts into the outbox.
    pub delivery: Delivery,
    /// What is counted of it; `None` for what is no turn of a person.
    pub tally: Option<Tally>,
    /// When.
    pub at: Timestamp,
}

/// What became of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// Written and durable.
    Done,
    /// This `client_id` was answered before; here is that reply.
    Repeated {
        /// The first reply's JSON.
        reply_json: String,
    },
    /// Another turn of the same conversation came first: load and step again.
    Conflict,
    /// No such conversation (erased meanwhile).
    Gone,
    /// The lane's lease has passed to another worker: the turn is theirs.
    LeaseLost,
}
