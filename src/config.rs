//! The one configuration file, made of plain sections; unknown keys are refused; secrets only by environment.
//! Only the bots import this. What never lives here: defaults that a room needs to know (they stand in the room).

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{assistant::Staffing, delivery::Pace};

/// Why the configuration cannot be used: one line that names the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {what}")]
pub struct ConfigError {
    file: String,
    what: String,
}

/// `waymark.toml`. Every key has a default, so that an absent file serves on a fresh machine.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Who runs this service.
    pub service: ServiceSection,
    /// Where it listens.
    pub server: ServerSection,
    /// Where it keeps what people say.
    pub store: StoreSection,
    /// Where the knowledge stands.
    pub knowledge: KnowledgeSection,
    /// Where the model files stand.
    pub models: ModelsSection,
    /// How it is staffed.
    pub advisers: AdvisersSection,
    /// How fast messages go out on channels that we push to.
    pub delivery: DeliverySection,
    /// The Telegram bot.
    pub telegram: TelegramSection,
}

/// `[service]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceSection {
    /// Name shown on pages.
    pub name: String,
    /// Who runs it, shown on pages: `Kent County Council`. Empty: the pages do not say.
    pub run_by: String,
    /// How to reach the people who run it, shown on pages: an e-mail address or a sentence. Empty: the pages do not say.
    pub contact: String,
    /// For `/.well-known/security.txt`: `mailto:...` or `https://...`; empty: the file is not served.
    pub security_contact: String,
}

impl Default for ServiceSection {
    fn default() -> Self {
        Self {
            name: "Waymark".into(),
            run_by: String::new(),
            contact: String::new(),
            security_contact: String::new(),
        }
    }
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSection {
    /// Address and port of the pages and the API.
    pub listen: SocketAddr,
    /// Address and port of /metrics; keep it on loopback.
    pub metrics_listen: SocketAddr,
    /// Set it behind TLS: cookies are then sent only over https, and browsers are told to stay there.
    pub secure_cookies: bool,
    /// Behind a reverse proxy: the header in which it names the client's address, `x-forwarded-for`. Empty: nobody's word
    /// but the connection's own is taken.
    pub client_address_header: String,
}

impl Default for ServerSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_listen: SocketAddr::from(([127, 0, 0, 1], 9090)),
            secure_cookies: false,
            client_address_header: String::new(),
        }
    }
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSection {
    /// The SQLite file.
    pub path: PathBuf,
}

impl Default for StoreSection {
    fn default() -> Self {
        Self {
            path: PathBuf::from("data/waymark.db"),
        }
    }
}

/// `[knowledge]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KnowledgeSection {
    /// The folder.
    pub path: PathBuf,
    /// Where imported directories of local services are kept.
    pub services: PathBuf,
}

impl Default for KnowledgeSection {
    fn default() -> Self {
        Self {
            path: PathBuf::from("knowledge"),
            services: PathBuf::from("data/services"),
        }
    }
}

/// `[models]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelsSection {
    /// The folder of the model files that `waymark models fetch` brings. Without them words alone find.
    pub dir: PathBuf,
    /// Where the knowledge as the models read it is kept between starts.
    pub vectors: PathBuf,
}

impl Default for ModelsSection {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("data/models"),
            vectors: PathBuf::from("data/vectors"),
        }
    }
}

/// `[advisers]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdvisersSection {
    /// Whether advisers work the queue. Without them no reply time is promised.
    pub enabled: bool,
    /// Whether somebody is told at once of an urgent case. Only then do we say so.
    pub duty_adviser: bool,
    /// Service hours within which a normal case is answered.
    pub reply_within_hours: u32,
    /// Service minutes within which an urgent case is seen.
    pub urgent_within_minutes: u32,
}

impl Default for AdvisersSection {
    fn default() -> Self {
        Self {
            enabled: false,
            duty_adviser: false,
            reply_within_hours: 8,
            urgent_within_minutes: 60,
        }
    }
}

impl AdvisersSection {
    /// As the assistant reads it.
    pub fn staffing(&self) -> Staffing {
        Staffing {
            advisers: self.enabled,
            duty_adviser: self.enabled && self.duty_adviser,
            reply_minutes: i64::from(self.reply_within_hours) * 60,
            urgent_minutes: i64::from(self.urgent_within_minutes),
        }
    }
}

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

impl Config {
    /// Reads the file. An absent file is all defaults when `required` is false.
    ///
    /// # Errors
    /// One line with the file and the key.
    pub fn read(path: &Path, required: bool) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !required => {
                return Ok(Self::default());
            }
            Err(e) => {
                return Err(ConfigError {
                    file,
                    what: format!("cannot be read: {e}"),
                });
            }
        };
        Self::parse(&text).map_err(|what| ConfigError { file, what })
    }

    /// Reads a text.
    ///
    /// # Errors
    /// One line that names the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|e| {
            let at = e.span().map_or(0, |s| s.start);
            let before = text.as_bytes().iter().take(at);
            let line = before.filter(|b| **b == b'\n').count() + 1;
            let key = text.lines().nth(line - 1).unwrap_or("").trim();
            format!("line {line} ('{key}'): {}", e.message().replace('\n', " "))
        })?;
        if config.service.name.trim().is_empty() {
            return Err("service.name must not be empty".into());
        }
        if config.advisers.duty_adviser && !config.advisers.enabled {
            return Err("advisers.duty_adviser needs advisers.enabled = true".into());
        }
        if config.delivery.per_second == 0 {
            return Err("delivery.per_second must be at least 1".into());
        }
        Ok(config)
    }
}
