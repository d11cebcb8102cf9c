//! The sections of channels that we push to: their pace, and the Telegram bot.
//! What never lives here: how a channel sends (delivery, bots/telegram).

use serde::Deserialize;

use crate::delivery::Pace;

/// `[delivery]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliverySection {
    /// Messages a second that one bot sends.
    pub per_second: u32,
    /// Milliseconds between two messages to one person.
    pub gap_ms: u32,
    /// Seconds after which a message that may or may not have gone is sent once more.
    pub doubt_seconds: u32,
}

impl Default for DeliverySection {
    fn default() -> Self {
        let pace = Pace::default();
        Self {
            per_second: pace.per_second,
            gap_ms: pace.gap_ms,
            doubt_seconds: pace.doubt_seconds,
        }
    }
}

impl DeliverySection {
    /// As delivery reads it.
    pub fn pace(&self) -> Pace {
        Pace {
            per_second: self.per_second,
            gap_ms: self.gap_ms,
            doubt_seconds: self.doubt_seconds,
        }
    }
}

/// `[telegram]`; the token comes by `WAYMARK_TELEGRAM_TOKEN`, and without it there is no Telegram.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelegramSection {
    /// How events come: `polling` or `webhook`.
    pub mode: TelegramMode,
    /// With a webhook: where Telegram reaches this service, `https://waymark.example.org`.
    pub public_url: String,
    /// The Bot API.
    pub api_url: String,
}

impl Default for TelegramSection {
    fn default() -> Self {
        Self {
            mode: TelegramMode::Polling,
            public_url: String::new(),
            api_url: "https://api.telegram.org".into(),
        }
    }
}

/// How events come from Telegram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TelegramMode {
    /// We ask for them.
    Polling,
    /// Telegram delivers them.
    Webhook,
}

impl DeliverySection {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.per_second == 0 {
            return Err("delivery.per_second must be at least 1".into());
        }
        Ok(())
    }
}
