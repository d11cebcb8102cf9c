//! The case: a logged hand-over with a reference, as it is opened and as it is kept.
//! What never lives here: what may be done with it (life.rs), what happened to it (event.rs).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Channel, Needs};
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
    /// How the person needs us to communicate, as far as they said so in the conversation.
    #[serde(default)]
    pub needs: Needs,
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
    /// What it was opened with; the packet is brought up to date by later turns, priority, kind and area by advisers.
    #[serde(flatten)]
    pub opened: NewCase,
    /// Where the person is: where a reply goes, or `phone` and `walk_in` for an enquiry that an adviser logged.
    pub channel: Channel,
    /// Where it stands.
    pub state: CaseState,
    /// The account name of the adviser who has it.
    pub adviser: Option<String>,
    /// Whom it is about, as far as somebody volunteered it.
    pub client_group: Option<ClientGroup>,
    /// How the person needs us to communicate: what they said, put right by advisers.
    pub needs: Needs,
    /// Put aside until then, while it is snoozed.
    pub snoozed_until: Option<Timestamp>,
    /// How it ended: an outcome code, once closed.
    pub outcome: Option<String>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// When an adviser first opened it.
    pub first_opened: Option<Timestamp>,
    /// When an adviser first replied.
    pub first_replied: Option<Timestamp>,
    /// Whether the last reply could not be delivered on the person's channel.
    pub undelivered: bool,
    /// When the person was asked whether it helped; once in the life of a case.
    pub rating_asked: Option<Timestamp>,
    /// What the person said to that.
    pub rating: Option<Rating>,
    /// When it was opened.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

impl Case {
    /// A case as it is at its opening: waiting, nobody's.
    pub fn new(opened: NewCase, channel: Channel, at: Timestamp) -> Self {
        let needs = opened.packet.needs.clone();
        Self {
            opened,
            channel,
            state: CaseState::Waiting,
            adviser: None,
            client_group: None,
            needs,
            snoozed_until: None,
            outcome: None,
            closed: None,
            first_opened: None,
            first_replied: None,
            undelivered: false,
            rating_asked: None,
            rating: None,
            created: at,
            updated: at,
        }
    }

    /// Whether the time that the person was told has passed without a reply.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let due = self.opened.reply_expected_by;
        self.state != CaseState::Closed
            && self.first_replied.is_none()
            && due.is_some_and(|by| by < now)
    }
}

/// Whom a case is about, in the groups by which councils count their take-up. Never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientGroup {
    /// An adult with a physical disability.
    PhysicalDisability,
    /// Somebody blind, deaf or both.
    Sensory,
    /// A learning disability.
    LearningDisability,
    /// Autism.
    Autism,
    /// Mental health.
    MentalHealth,
    /// An older person.
    OlderPerson,
    /// A disabled child and their family.
    DisabledChild,
    /// A young person on the way to adults' services.
    YoungAdult,
    /// An unpaid carer.
    Carer,
    /// A Personal Assistant.
    PersonalAssistant,
    /// Anybody else.
    Other,
}

/// Whether a closed case helped, as the person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// It did.
    Yes,
    /// In part.
    Partly,
    /// It did not.
    No,
    /// Would rather not say.
    Skipped,
}
