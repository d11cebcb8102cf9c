//! Pure types and rules of what is recorded: conversations, messages, receipts, cases, outcomes, service hours.
//! What never lives here: SQL (store), sentences for people (knowledge), what to answer (assistant).

mod case;
mod conversation;
mod hours;
mod outcome;
mod post;
mod receipt;
mod record;

pub use case::{
    Case, CaseEvent, CaseEventKind, CaseKind, CaseState, NewCase, NewCaseEvent, Packet, Priority,
    chain_hash,
};
pub use conversation::{Author, Channel, Conversation, Message, NewConversation, NewMessage};
pub use hours::{ServiceHours, is_open, reply_expected_by};
pub use outcome::Outcome;
pub use post::{
    Account, Address, AddressId, Attachment, Button, Delivered, Delivery, Event, LaneLease, Load,
    NewEvent, NewOutgoing, Offered, Outgoing, Part, Reach, Sending, Sent, Taken, Urgency,
};
pub use receipt::{Cited, Feedback, Receipt};
pub use record::{Committed, TurnRecord};
