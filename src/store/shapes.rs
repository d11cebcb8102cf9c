//! What goes into and comes out of the store beside casework's own types.
//! What never lives here: SQL, and anything of one particular database.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    base::{CaseReference, ConversationId, Lang, MessageId, NoteId, TokenHash},
    casework::{
        Case, CaseEvent, CaseKind, CaseState, Channel, ClientGroup, Feedback, Link, Message, Needs,
        NewMessage, Priority, Receipt, Request,
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

/// Which cases to list. A page goes on where the last one ended: set `after` to the place of its last case.
#[derive(Debug, Clone)]
pub struct CaseFilter {
    /// Only in one of these states; empty means all. Closed ones alone come newest first.
    pub states: Vec<CaseState>,
    /// Only of this priority.
    pub priority: Option<Priority>,
    /// Only about this.
    pub kind: Option<CaseKind>,
    /// Only of this council's queue; `england` is the common one.
    pub area: Option<String>,
    /// Only those that this adviser has, or nobody.
    pub adviser: Option<Whose>,
    /// Only those whose promised time has passed at this instant without a reply.
    pub overdue_at: Option<Timestamp>,
    /// Only those whose last reply did not arrive.
    pub undelivered: bool,
    /// Only those of one conversation.
    pub conversation: Option<ConversationId>,
    /// Only those after this place in the order.
    pub after: Option<Place>,
    /// At most so many.
    pub limit: u32,
}

/// Whose cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Those that nobody has.
    Nobody,
    /// Those of this adviser, by account name.
    Of(String),
}

/// A place in the order of the queue: that of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub(super) priority: Priority,
    pub(super) created: Timestamp,
    pub(super) closed: Option<Timestamp>,
    pub(super) reference: CaseReference,
}

impl Place {
    /// Where a case stands.
    pub fn of(case: &Case) -> Self {
        Self {
            priority: case.opened.priority,
            created: case.created,
            closed: case.closed,
            reference: case.opened.reference.clone(),
        }
    }
}

impl Default for CaseFilter {
    /// Whatever is not closed, at most 100.
    fn default() -> Self {
        use CaseState::{Claimed, Snoozed, Waiting, WaitingForPerson};
        Self {
            states: vec![Waiting, Claimed, WaitingForPerson, Snoozed],
            priority: None,
            kind: None,
            area: None,
            adviser: None,
            overdue_at: None,
            undelivered: false,
            conversation: None,
            after: None,
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

/// A case as an adviser opens it: everything that belongs to it, of one moment.
#[derive(Debug, Clone, Serialize)]
pub struct CaseFile {
    /// The case.
    pub case: Case,
    /// The conversation, oldest first: the latest thousand messages.
    pub messages: Vec<Message>,
    /// What each answer rested on, as it was then.
    pub receipts: Vec<Receipt>,
    /// Notes, oldest first.
    pub notes: Vec<CaseNote>,
    /// Unsent drafts of all advisers, latest first.
    pub drafts: Vec<Draft>,
    /// Linked cases within reach.
    pub links: Vec<Linked>,
    /// Its log, oldest first.
    pub events: Vec<CaseEvent>,
    /// Colleagues who did something here in the last ten minutes, even if only looking, latest first.
    pub also_looking: Vec<(String, Timestamp)>,
    /// Whether the words were erased.
    pub erased: bool,
}

/// A note on a case: for advisers, never shown to the person in the conversation (their copy has it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseNote {
    /// Its id.
    pub id: NoteId,
    /// When.
    pub at: Timestamp,
    /// Who; `service` for what a worker had to tell.
    pub adviser: String,
    /// What.
    pub text: String,
}

/// What an adviser began to write and has not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// Who.
    pub adviser: String,
    /// What, markdown.
    pub text: String,
    /// When it was kept last.
    pub updated: Timestamp,
}

/// A case that is linked with the one being looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Linked {
    /// That case.
    pub case: Case,
    /// In what way.
    pub how: Link,
}

/// An enquiry by phone or at the door, as an adviser takes it down. Ids and token are drawn fresh; the token is thrown away.
#[derive(Debug, Clone)]
pub struct NewEnquiry {
    /// A fresh reference.
    pub reference: CaseReference,
    /// A fresh id for the conversation that holds the words.
    pub conversation: ConversationId,
    /// The hash of a fresh token that nobody keeps.
    pub token: TokenHash,
    /// A fresh id for the message.
    pub message: MessageId,
    /// `phone` or `walk_in`.
    pub channel: Channel,
    /// What the person asked, in the adviser's words or theirs.
    pub words: String,
    /// The language it was held in.
    pub lang: Lang,
    /// How soon.
    pub priority: Priority,
    /// About what.
    pub kind: CaseKind,
    /// Whose queue.
    pub area: Option<String>,
    /// Whom it is about.
    pub client_group: Option<ClientGroup>,
    /// How the person needs us to communicate, and how they may be reached.
    pub needs: Needs,
    /// When the person was told to expect an answer.
    pub reply_expected_by: Option<Timestamp>,
    /// Whether the adviser who takes it down keeps it.
    pub claim: bool,
}

/// An adviser's reply to a case.
#[derive(Debug, Clone)]
pub struct AdviserReply {
    /// Which case.
    pub case: CaseReference,
    /// The name shown to the person.
    pub name: String,
    /// The reply, markdown.
    pub text: String,
    /// Its language.
    pub lang: Lang,
    /// A fresh id for the message.
    pub message: MessageId,
    /// Whether it asks the person something: the case then waits for them.
    pub asks: bool,
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

/// How the queue stands: open cases. No names, no text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CaseCounts {
    /// Urgent.
    pub urgent: u64,
    /// Of high priority.
    pub high: u64,
    /// Others.
    pub normal: u64,
    /// Those that nobody has.
    pub waiting: u64,
    /// Those put aside.
    pub snoozed: u64,
    /// Those whose promised time has passed without a reply.
    pub overdue: u64,
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
    /// Where the person is told that a reply waits, if they asked for it.
    pub reply_mail: Option<String>,
    /// What the person said of the answers.
    pub feedback: Vec<GivenFeedback>,
    /// The cases that came of it.
    pub cases: Vec<Case>,
    /// What happened to those cases, oldest first.
    pub case_events: Vec<CaseEvent>,
}

/// Everything kept about one person: all conversations that are known to be theirs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PersonExport {
    /// Each conversation with its messages, answers and cases.
    pub conversations: Vec<ConversationExport>,
    /// What advisers wrote beside each case.
    pub cases: Vec<NotedCase>,
}

/// What stands beside one case of a person.
#[derive(Debug, Clone, Serialize)]
pub struct NotedCase {
    /// Which case.
    pub case: CaseReference,
    /// Notes.
    pub notes: Vec<CaseNote>,
    /// Unsent drafts.
    pub drafts: Vec<Draft>,
    /// The data protection request that it carries.
    pub request: Option<Request>,
}

/// Where the case log begins since retention removed what was older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogStart {
    /// The last event that was removed.
    pub seq: u64,
    /// Its hash: what the first event that is left follows from.
    pub hash: String,
    /// When it had happened.
    pub at: Timestamp,
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

/// What went over of one table when a database moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// The sum of the rows' SHA-256, 64 hexadecimal digits; the same on both sides.
    pub hash: String,
}
