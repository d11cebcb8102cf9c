//! The one configuration file, made of plain sections; unknown keys are refused; secrets only by environment.
//! Only the bots import this. What never lives here: defaults that a room needs to know (they stand in the room).

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::assistant::Staffing;

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
    /// How the pages look.
    pub theme: ThemeSection,
    /// What the accessibility statement says.
    pub accessibility: AccessibilitySection,
    /// The chat on other websites.
    pub widget: WidgetSection,
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
    /// When advisers work, in words, shown on pages: `Monday to Friday, 9am to 5pm`. Empty: the pages do not say.
    pub hours: String,
    /// Where "Leave this page" leads: a page that says nothing about who looked at what before.
    pub exit_to: String,
}

impl Default for ServiceSection {
    fn default() -> Self {
        Self {
            name: "Waymark".into(),
            run_by: String::new(),
            contact: String::new(),
            security_contact: String::new(),
            hours: String::new(),
            exit_to: "https://www.bbc.co.uk/weather".into(),
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

/// `[theme]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThemeSection {
    /// The colour of header and main buttons, `#rrggbb`.
    pub colour: String,
    /// The colour of words on it.
    pub on_colour: String,
    /// The colour of links.
    pub link: String,
    /// A picture for the header, SVG or PNG. Empty: the name alone.
    pub logo: PathBuf,
}

impl Default for ThemeSection {
    fn default() -> Self {
        Self {
            colour: "#0b5563".into(),
            on_colour: "#ffffff".into(),
            link: "#0b5563".into(),
            logo: PathBuf::new(),
        }
    }
}

/// `[accessibility]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AccessibilitySection {
    /// The day the statement was signed off, in words: `1 December 2026`. Empty: not yet.
    pub prepared: String,
    /// The day of the last independent audit, in words. Empty: none was made.
    pub audited: String,
    /// Who made it.
    pub audited_by: String,
    /// Problems that it left open, one sentence each.
    pub problems: Vec<String>,
}

/// `[widget]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct WidgetSection {
    /// Websites that may show the chat, as origins: `https://www.kent.gov.uk`. Needs TLS for cookies to reach it there.
    pub origins: Vec<String>,
}

/// An origin as a browser writes it, perhaps with a star for part of the host or for the port.
fn is_origin(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"));
    host.is_some_and(|host| {
        let good = |c: char| c.is_ascii_alphanumeric() || ".-:*[]".contains(c);
        !host.is_empty() && host != "*" && host.chars().all(good)
    })
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
        if let Some(wrong) = config.widget.origins.iter().find(|o| !is_origin(o)) {
            return Err(format!(
                "widget.origins: '{wrong}' is no origin like https://www.example.gov.uk"
            ));
        }
        if config.advisers.duty_adviser && !config.advisers.enabled {
            return Err("advisers.duty_adviser needs advisers.enabled = true".into());
        }
        Ok(config)
    }
}
