//! Pure types and rules of what is recorded: conversations, messages, receipts, cases, outcomes, service hours.
//! What never lives here: SQL (store), sentences for people (knowledge), what to answer (assistant).

mod alerts;
mod case;
mod conversation;
mod event;
mod gaps;
mod hours;
mod life;
mod needs;
mod outcome;
mod post;
mod reach;
mod receipt;
mod record;
mod reply_mail;
mod report;
mod requests;
mod retention;
mod saved;
mod staff;
mod switch;
mod tally;

pub use alerts::{
    Alert, AlertRules, AlertWay, AlertWhy, OnCall, alerts_due, gives_reason, on_call_now,
};
pub use case::{Case, CaseKind, CaseState, ClientGroup, NewCase, Packet, Priority, Rating};
pub use conversation::{Author, Channel, Conversation, Message, NewConversation, NewMessage};
pub use event::{CaseEvent, CaseEventKind, NewCaseEvent, chain_hash, staff_hash};
pub use gaps::{ContentTodo, Gap, GapKind, NewContentTodo, Unmet, gaps};
pub use hours::{Calendar, ServiceHours, ShortDay};
pub use life::{Action, Change, Done, Link, OUTCOMES, Refusal};
pub use needs::{CallBack, Consent, ContactBy, Format, Needs};
pub use outcome::Outcome;
pub use post::{
    Address, AddressId, Attachment, Bot, Button, Delivered, Delivery, Event, LaneLease, Load,
    NewEvent, NewOutgoing, Offered, Outgoing, Part, Reachability, Sending, Sent, Taken, Urgency,
};
pub use reach::{Actor, COMMON, Caller, Reach};
pub use receipt::{Cited, Feedback, Receipt};
pub use record::{Committed, TurnRecord};
pub use reply_mail::ReplyMail;
pub use report::{
    BadPeriod, CaseCounted, Counted, Period, Report, Row, SMALLEST, Table, TurnsCounted, Unit,
    VisitsCounted, Wait, report,
};
pub use requests::{
    ACKNOWLEDGE_DAYS, Decision, Request, RequestKind, RequestMove, RequestRefusal, Stop,
};
pub use retention::{CutOff, Retained, Retention};
pub use saved::{SavedReply, fill};
pub use staff::{
    Account, AccountState, Act, BadGrant, Grant, Grants, Role, StaffEvent, is_account_name,
};
pub use switch::Switch;
pub use tally::Tally;
