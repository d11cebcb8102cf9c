//! The case log: what happened to a case, one event at a time, each linked to the one before by its hash.
//! What never lives here: text. Events hold ids and codes only, so that erasing text leaves the chain whole.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::StaffEvent;
use crate::base::CaseReference;

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
    /// Handed to an adviser.
    Assigned,
    /// Given back to the queue.
    Released,
    /// Put aside until a time.
    Snoozed,
    /// Taken up again after that time, or before it.
    Woken,
    /// A note was added.
    Noted,
    /// Priority, kind, area or client group were put right.
    Changed,
    /// How the person needs us to communicate was put right.
    NeedsChanged,
    /// Linked with another case.
    Linked,
    /// That link was taken away.
    Unlinked,
    /// A reply could not be delivered.
    DeliveryFailed,
    /// The person cannot be reached on their channel any more.
    Unreachable,
    /// They can be reached again.
    Reachable,
    /// A suggested reply was rejected.
    SuggestionRejected,
    /// The person was asked whether it helped.
    RatingAsked,
    /// The person said whether it helped.
    Rated,
    /// Staff were alerted.
    Alerted,
    /// A data protection request was recorded, or moved on.
    Request,
    /// Its content was exported.
    Exported,
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
            Self::Assigned => "assigned",
            Self::Released => "released",
            Self::Snoozed => "snoozed",
            Self::Woken => "woken",
            Self::Noted => "noted",
            Self::Changed => "changed",
            Self::NeedsChanged => "needs_changed",
            Self::Linked => "linked",
            Self::Unlinked => "unlinked",
            Self::DeliveryFailed => "delivery_failed",
            Self::Unreachable => "unreachable",
            Self::Reachable => "reachable",
            Self::SuggestionRejected => "suggestion_rejected",
            Self::RatingAsked => "rating_asked",
            Self::Rated => "rated",
            Self::Alerted => "alerted",
            Self::Request => "request",
            Self::Exported => "exported",
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
    /// Ids and codes only, never text: `message=01h…`, `safe=no`; several with a space between.
    pub detail: String,
}

impl NewCaseEvent {
    /// The code that its detail gives for `key`.
    pub fn code(&self, key: &str) -> Option<&str> {
        self.detail
            .split(' ')
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(k, value)| (k == key).then_some(value))
    }

    /// The same read as one of casework's words.
    pub(super) fn word<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let word = self.code(key)?.to_owned();
        serde_json::from_value(serde_json::Value::String(word)).ok()
    }
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
    let (seq, at) = (seq.to_string(), at.to_string());
    linked(&[
        previous,
        &seq,
        &at,
        event.case.as_str(),
        event.kind.as_str(),
        &event.actor,
        &event.detail,
    ])
}

/// The same for an event of the staff log.
pub fn staff_hash(previous: &str, event: &StaffEvent) -> String {
    let (seq, at) = (event.seq.to_string(), event.at.to_string());
    linked(&[
        "staff",
        previous,
        &seq,
        &at,
        &event.account,
        &event.kind,
        &event.actor,
        &event.detail,
    ])
}

fn linked(fields: &[&str]) -> String {
    let mut digest = Sha256::new();
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
