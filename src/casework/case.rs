//! The case: a logged hand-over with a reference, and its append-only, hash-chained events.
//! What never lives here: text in events (they hold ids and codes only, so that erasing text leaves the chain whole).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::base::{CaseReference, ConversationId, ReceiptId};

/// How soon a case must be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Somebody may come to harm.
    Urgent,
    /// A deadline or much money hangs on it.
    High,
    /// All else.
    Normal,
}

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// A question.
    Question,
    /// Harm or risk of harm.
    Safeguarding,
    /// A complaint.
    Complaint,
    /// Access, erasure or another data protection request.
    DataProtection,
    /// Wants to start with a direct payment.
    SetUp,
    /// Finding and keeping a PA.
    Recruitment,
    /// Monitoring, returns, unspent money.
    Money,
    /// Anything else.
    Other,
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Nobody has it yet.
    Waiting,
    /// An adviser has it.
    Claimed,
    /// The adviser asked something back.
    WaitingForPerson,
    /// Put aside until a time.
    Snoozed,
    /// Done; a new message opens it again.
    Closed,
}

/// What the adviser needs in order not to ask everything again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Packet {
    /// The person's own words, latest last.
    pub own_words: Vec<String>,
    /// Which law seems to govern.
    pub regime: Option<String>,
    /// Which council.
    pub area: Option<String>,
    /// Who is asking.
    pub audience: Option<String>,
    /// The language spoken.
    pub language: String,
    /// Answers given before.
    pub receipts: Vec<ReceiptId>,
    /// What could not be answered.
    pub unanswered: Option<String>,
    /// The nearest sections found, as `article#section`.
    pub nearest: Vec<String>,
    /// Whether it is safe to write here, once the person has said.
    pub safe_to_contact: Option<String>,
}

/// A case to be opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewCase {
    /// Its reference.
    pub reference: CaseReference,
    /// The conversation it came from.
    pub conversation: ConversationId,
    /// How soon.
    pub priority: Priority,
    /// About what.
    pub kind: CaseKind,
    /// Why it was handed over, from the closed list.
    pub reason: String,
    /// Which council's queue; `None` is the common one.
    pub area: Option<String>,
    /// What the adviser needs.
    pub packet: Packet,
    /// When the person was told to expect a reply.
    pub reply_expected_by: Option<Timestamp>,
}

/// A case as kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// What it was opened with; the packet is brought up to date by later turns.
    #[serde(flatten)]
    pub opened: NewCase,
    /// Where it stands.
    pub state: CaseState,
    /// The adviser who has it.
    pub adviser: Option<String>,
    /// When it was opened.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

/// What happened to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseEventKind {
    /// Opened by a hand-over.
    Opened,
    /// The person wrote again.
    PersonWrote,
    /// The person said how it is safe to reach them.
    ContactSafety,
    /// An adviser looked at it.
    Read,
    /// An adviser took it.
    Claimed,
    /// An adviser replied.
    Replied,
    /// Closed with an outcome.
    Closed,
    /// Opened again by a new message.
    Reopened,
    /// The person went back to the assistant.
    BackToAssistant,
    /// Its text was erased.
    Erased,
    /// A message to the person did not go, or may not have.
    DeliveryFailed,
    /// The person cannot be reached on their channel any more.
    Unreachable,
    /// They can be reached again.
    Reachable,
}

impl CaseEventKind {
    /// The word used in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::PersonWrote => "person_wrote",
            Self::ContactSafety => "contact_safety",
            Self::Read => "read",
            Self::Claimed => "claimed",
            Self::Replied => "replied",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::BackToAssistant => "back_to_assistant",
            Self::Erased => "erased",
            Self::DeliveryFailed => "delivery_failed",
            Self::Unreachable => "unreachable",
            Self::Reachable => "reachable",
        }
    }
}

/// An event to be appended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCaseEvent {
    /// Which case.
    pub case: CaseReference,
    /// What happened.
    pub kind: CaseEventKind,
    /// Who did it: `person`, `assistant`, or an adviser's account name.
    pub actor: String,
    /// Ids and codes only, never text: `message=01h…`, `safe=no`.
    pub detail: String,
}

/// An event as kept, linked to the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseEvent {
    /// Rises by one over all cases.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: NewCaseEvent,
    /// Hash of the event before it.
    pub previous: String,
    /// `chain_hash` of this one.
    pub hash: String,
}

/// SHA-256, hexadecimal, over the previous hash and this event's fields, each with its length before it so that no two
/// different events read the same.
pub fn chain_hash(previous: &str, seq: u64, at: Timestamp, event: &NewCaseEvent) -> String {
    let mut digest = Sha256::new();
    let (seq, at) = (seq.to_string(), at.to_string());
    let fields = [
        previous,
        &seq,
        &at,
        event.case.as_str(),
        event.kind.as_str(),
        &event.actor,
        &event.detail,
    ];
    for field in fields {
        digest.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_le_bytes());
        digest.update(field.as_bytes());
    }
    digest
        .finalize()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}
