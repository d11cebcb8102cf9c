//! The one configuration file, made of plain sections; unknown keys are refused; secrets only by environment.
//! Only the bots import this. What never lives here: defaults that a room needs to know (they stand in the room).

mod alerts;
mod backup;
mod channels;
mod console;
mod keeping;
mod pages;
mod reports;
mod service;
mod staffing;
mod voice;

use std::path::Path;

use serde::Deserialize;

use crate::assistant::Staffing;

pub use alerts::{AlertsSection, MailSection, MailSecurity};
pub use backup::BackupSection;
pub use channels::{DeliverySection, TelegramMode, TelegramSection};
pub use console::{ConsoleSection, RoleNames, SingleSignOnSection};
pub use keeping::RetentionSection;
pub use pages::{AccessibilitySection, ThemeSection, WidgetSection};
pub use reports::ReportsSection;
pub use service::{KnowledgeSection, ModelsSection, ServerSection, ServiceSection, StoreSection};
pub use staffing::{AdviserArea, AdviserAreas, AdvisersSection};
pub use voice::VoiceSection;

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
    /// How it is backed up.
    pub backup: BackupSection,
    /// Where the knowledge stands.
    pub knowledge: KnowledgeSection,
    /// Where the model files stand.
    pub models: ModelsSection,
    /// How it is staffed.
    pub advisers: AdvisersSection,
    /// When and how staff are alerted.
    pub alerts: AlertsSection,
    /// How e-mail is sent.
    pub mail: MailSection,
    /// How long what is kept is kept.
    pub retention: RetentionSection,
    /// What reports show.
    pub reports: ReportsSection,
    /// How staff sign in.
    pub console: ConsoleSection,
    /// The identity provider that staff sign in with.
    pub single_sign_on: SingleSignOnSection,
    /// How the pages look.
    pub theme: ThemeSection,
    /// How it hears and speaks.
    pub voice: VoiceSection,
    /// What the accessibility statement says.
    pub accessibility: AccessibilitySection,
    /// The chat on other websites.
    pub widget: WidgetSection,
    /// How fast messages go out on channels that we push to.
    pub delivery: DeliverySection,
    /// The Telegram bot.
    pub telegram: TelegramSection,
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
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !required => String::new(),
            Err(e) => {
                return Err(ConfigError {
                    file,
                    what: format!("cannot be read: {e}"),
                });
            }
        };
        let mut config = Self::parse(&text).map_err(|what| ConfigError { file, what })?;
        config.voice.enabled &= std::env::var("WAYMARK_VOICE").as_deref() != Ok("off");
        Ok(config)
    }

    /// How the service is staffed, and what it must keep, as the assistant reads it.
    pub fn staffing(&self) -> Staffing {
        Staffing {
            keeps_cases: self.retention.case_years > 0,
            ..self.advisers.staffing()
        }
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
        config.store.check()?;
        config.widget.check()?;
        if config.advisers.duty_adviser && !config.advisers.enabled {
            return Err("advisers.duty_adviser needs advisers.enabled = true".into());
        }
        config.advisers.check()?;
        config.single_sign_on.check(&config.console)?;
        config.alerts.check(&config.mail)?;
        config.mail.check(&config.console.address)?;
        config.retention.check()?;
        config.reports.check()?;
        config.voice.check()?;
        config.delivery.check()?;
        Ok(config)
    }
}
