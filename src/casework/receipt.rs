//! The record of one answer: what was cited, as it stood, so that it can be shown and audited later.
//! What never lives here: the answer's words (the message holds them).

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use crate::base::{ConversationId, ReceiptId};

/// One section that an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cited {
    /// Article id, `employment/sick-pay`.
    pub article: String,
    /// Section anchor.
    pub section: String,
    /// SHA-256 of the section's source text, hexadecimal: changes whenever the words change.
    pub content_hash: String,
    /// Rates shown, as `id=value`.
    pub rates: Vec<String>,
}

/// The record of one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// The conversation.
    pub conversation: ConversationId,
    /// How the turn ended.
    pub outcome: Outcome,
    /// Why, from a closed list per outcome.
    pub reason: Option<String>,
    /// The day the answer speaks about.
    pub as_of: Date,
    /// Calibrated probability that the first section answers, 0 to 1.
    pub confidence: f64,
    /// What it rests on.
    pub cited: Vec<Cited>,
    /// SHA-256 of the knowledge snapshot.
    pub library_hash: String,
    /// When.
    pub at: Timestamp,
}

/// Whether an answer helped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Which answer.
    pub receipt: ReceiptId,
    /// Did it help?
    pub helpful: bool,
    /// In the person's words; at most 2,000 characters are kept.
    pub comment: Option<String>,
}
