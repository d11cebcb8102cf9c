//! A channel's switch: whether the assistant answers on it, and what people are told if not.
//! What never lives here: what is said around it (knowledge/messages).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Channel;

/// How a channel's switch was last set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// Which channel.
    pub channel: Channel,
    /// Whether it is off.
    pub off: bool,
    /// Why, as people are told: one sentence.
    pub reason: String,
    /// Who set it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}
