//! What goes into and comes out of the store beside casework's own types.
//! What never lives here: SQL, and anything of one particular database.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    base::{CaseReference, ConversationId, Lang, MessageId},
    casework::{
        Case, CaseEvent, CaseState, Channel, Feedback, Message, NewMessage, Priority, Receipt,
    },
};

/// Something new stands in a conversation: read `messages_after` what you have seen. May come twice, and may be missed
/// by a slow listener (then the receiver says that it lagged), so it is a nudge and never the news itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its newest message.
    pub seq: u64,
}

/// Which cases to list.
#[derive(Debug, Clone)]
pub struct CaseFilter {
    /// Only in one of these states; empty means all.
    pub states: Vec<CaseState>,
    /// Only of this priority.
    pub priority: Option<Priority>,
    /// Only of this council's queue.
    pub area: Option<String>,
    /// Only those of one conversation.
    pub conversation: Option<ConversationId>,
    /// At most so many.
    pub limit: u32,
}

impl Default for CaseFilter {
    /// Whatever is not closed, at most 100.
    fn default() -> Self {
        use CaseState::{Claimed, Snoozed, Waiting, WaitingForPerson};
        Self {
            states: vec![Waiting, Claimed, WaitingForPerson, Snoozed],
            priority: None,
            area: None,
            conversation: None,
            limit: 100,
        }
    }
}

impl CaseFilter {
    /// Every case of one conversation, closed ones too.
    pub fn of_conversation(id: &ConversationId) -> Self {
        Self {
            states: Vec::new(),
            conversation: Some(id.clone()),
            ..Self::default()
        }
    }
}

/// An adviser's reply to a case.
#[derive(Debug, Clone)]
pub struct AdviserReply {
    /// Which case.
    pub case: CaseReference,
    /// The adviser's account name, for the case and its log.
    pub adviser: String,
    /// The name shown to the person.
    pub name: String,
    /// The reply, markdown.
    pub text: String,
    /// Its language.
    pub lang: Lang,
    /// A fresh id for the message.
    pub message: MessageId,
}

impl AdviserReply {
    pub(super) fn into_message(self) -> NewMessage {
        NewMessage {
            id: self.message,
            author: crate::casework::Author::Adviser,
            name: Some(self.name),
            text: self.text,
            lang: self.lang,
            reply_json: None,
            receipt: None,
            case: Some(self.case),
        }
    }
}

/// How the queue stands, for metrics. No names, no text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CaseCounts {
    /// Open urgent cases.
    pub urgent: u64,
    /// Open cases of high priority.
    pub high: u64,
    /// Other open cases.
    pub normal: u64,
    /// When the oldest case that nobody has taken was opened.
    pub oldest_waiting: Option<Timestamp>,
}

/// What came of checking the case log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainCheck {
    /// Every event stands as it was written and none is missing.
    Whole {
        /// How many there are.
        events: u64,
    },
    /// The first event that is not as it was written, or is missing.
    Broken {
        /// Its number.
        seq: u64,
        /// What is wrong, one line.
        why: String,
    },
}

/// Feedback with its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GivenFeedback {
    /// When it was given.
    pub at: Timestamp,
    /// The feedback.
    #[serde(flatten)]
    pub feedback: Feedback,
}

/// Everything kept about one conversation except the hash of its token: for subject access and the person's own copy.
#[derive(Debug, Clone, Serialize)]
pub struct ConversationExport {
    /// Its id.
    pub id: ConversationId,
    /// Where it happened.
    pub channel: Channel,
    /// When it started.
    pub created: Timestamp,
    /// Turns committed.
    pub turns: u64,
    /// What the assistant remembers, as it keeps it.
    pub state: serde_json::Value,
    /// Every message, oldest first.
    pub messages: Vec<Message>,
    /// The client's own ids of messages.
    pub client_ids: Vec<String>,
    /// What each answer rested on, oldest first.
    pub receipts: Vec<Receipt>,
    /// What the person said of the answers.
    pub feedback: Vec<GivenFeedback>,
    /// The cases that came of it.
    pub cases: Vec<Case>,
    /// What happened to those cases, oldest first.
    pub case_events: Vec<CaseEvent>,
}

/// Lanes asked for.
#[derive(Debug, Clone)]
pub struct Lend {
    /// Of which account.
    pub account: String,
    /// Who asks.
    pub owner: String,
    /// When.
    pub now: Timestamp,
    /// They are ours until then.
    pub until: Timestamp,
    /// At most so many.
    pub most: u32,
}

/// Messages asked for, to be sent.
#[derive(Debug, Clone)]
pub struct LendSends {
    /// Of which account.
    pub account: String,
    /// Who asks.
    pub owner: String,
    /// When.
    pub now: Timestamp,
    /// They are ours until then.
    pub until: Timestamp,
    /// At most so many.
    pub most: u64,
    /// The account's pace: one send in so long, with bursts of at most a second's worth.
    pub interval: SignedDuration,
    /// Between two sends to one address.
    pub gap: SignedDuration,
    /// What a worker that died had begun is tried again from then on.
    pub doubt_until: Timestamp,
}

/// A message lent, by its number and fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Its number.
    pub seq: u64,
    /// Of the lease.
    pub fence: u64,
}
