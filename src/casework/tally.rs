//! What is counted of a turn: codes and the day, nothing of what was said. It outlives the conversation.
//! What never lives here: words, ids.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::base::Lang;

/// One turn, as it is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The day in England.
    pub day: Date,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, from the closed list of its outcome.
    pub reason: Option<String>,
    /// Whether somebody may come to harm.
    pub urgent: bool,
    /// The article that it rests on, or that was nearest.
    pub article: Option<String>,
    /// Which council.
    pub area: Option<String>,
    /// Which law.
    pub regime: Option<String>,
    /// Who is asking.
    pub audience: Option<String>,
    /// The language that the person writes in.
    pub lang: Lang,
}
