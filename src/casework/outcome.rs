//! The closed list of ways a turn can end. Statistics, console filters, tests and wording hang on it.
//! What never lives here: why it ended so (the reason is the assistant's).

use serde::{Deserialize, Serialize};

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A sourced answer was given.
    Answered,
    /// One question was asked back, with choices.
    Clarify,
    /// An adviser has it now, with a logged case.
    HandedOver,
    /// Not ours: the right body was named.
    Signposted,
    /// Not done, kindly: dishonest, unlawful, or nothing to do with us.
    Declined,
    /// Help first, and an urgent case.
    Urgent,
    /// A sum was worked out.
    Calculated,
    /// A document was made.
    Document,
    /// Greeting, thanks, who are you.
    SmallTalk,
    /// Our fault; apologised for, nothing lost.
    Failed,
}

impl Outcome {
    /// All of them, for tables and tests.
    pub const ALL: [Self; 10] = [
        Self::Answered,
        Self::Clarify,
        Self::HandedOver,
        Self::Signposted,
        Self::Declined,
        Self::Urgent,
        Self::Calculated,
        Self::Document,
        Self::SmallTalk,
        Self::Failed,
    ];

    /// The word used in JSON and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Clarify => "clarify",
            Self::HandedOver => "handed_over",
            Self::Signposted => "signposted",
            Self::Declined => "declined",
            Self::Urgent => "urgent",
            Self::Calculated => "calculated",
            Self::Document => "document",
            Self::SmallTalk => "small_talk",
            Self::Failed => "failed",
        }
    }
}
