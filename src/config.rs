//! The one configuration file, made of plain sections; unknown keys are refused; secrets only by environment.
//! Only the bots import this. What never lives here: defaults that a room needs to know (they stand in the room).

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    assistant::{AreaStaffing, Hours, Staffing},
    casework::{AlertRules, AlertWay, Grant, OnCall, Retention, ServiceHours, ShortDay},
    voice::{self, Care, Limits, voices},
};

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
    /// When and how staff are alerted.
    pub alerts: AlertsSection,
    /// How e-mail is sent.
    pub mail: MailSection,
    /// How long what is kept is kept.
    pub retention: RetentionSection,
    /// How staff sign in.
    pub console: ConsoleSection,
    /// The identity provider that staff sign in with.
    pub single_sign_on: SingleSignOnSection,
    /// How the pages look.
    pub theme: ThemeSection,
    /// How it hears and speaks.
    pub voice: VoiceSection,
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
    /// When advisers work: `mon-thu 09:00-12:30`; a pause is two of one day. Empty: the hours of each area in the knowledge.
    pub hours: Vec<String>,
    /// Days closed beside the bank holidays: `2026-12-24`.
    pub closed: Vec<String>,
    /// Days with hours of their own: `2026-12-24 09:00-12:00`.
    pub short_days: Vec<String>,
    /// What differs by area: `[advisers.areas.kent]` with the same keys but for the first two.
    pub areas: AdviserAreas,
}

/// Area ids with what differs there.
pub type AdviserAreas = BTreeMap<String, AdviserArea>;

/// `[advisers.areas.NAME]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdviserArea {
    reply_within_hours: Option<u32>,
    urgent_within_minutes: Option<u32>,
    hours: Vec<String>,
    closed: Vec<String>,
    short_days: Vec<String>,
}

impl Default for AdvisersSection {
    fn default() -> Self {
        Self {
            enabled: false,
            duty_adviser: false,
            reply_within_hours: 8,
            urgent_within_minutes: 60,
            hours: Vec::new(),
            closed: Vec::new(),
            short_days: Vec::new(),
            areas: AdviserAreas::new(),
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

/// `[voice]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceSection {
    /// Whether it hears and speaks where the models are there. The environment's `WAYMARK_VOICE=off` switches it off too.
    pub enabled: bool,
    /// `careful` or `quick`: some seconds a recording, or a tenth of that and more words heard wrongly.
    pub hearing: String,
    /// Seconds that a recording may have.
    pub longest_seconds: u32,
    /// The voice that speaks when nobody wishes for another.
    pub speaker: String,
    /// Another ONNX Runtime than the fetched one: the path of its library. Empty: the fetched one.
    pub onnxruntime: PathBuf,
}

impl Default for VoiceSection {
    fn default() -> Self {
        Self {
            enabled: true,
            hearing: "careful".into(),
            longest_seconds: 180,
            speaker: voices().next().unwrap_or("bf_emma").into(),
            onnxruntime: PathBuf::new(),
        }
    }
}

/// Bytes of a recording: three minutes as a telephone records them, one as a studio does.
const MOST_BYTES: usize = 8 << 20;

impl VoiceSection {
    /// As the voice reads it; the models stand in this folder.
    pub fn settings(&self, models: &Path) -> voice::Settings {
        let named = !self.onnxruntime.as_os_str().is_empty();
        voice::Settings {
            models: models.to_owned(),
            runtime: named.then(|| self.onnxruntime.clone()),
            care: if self.hearing == "quick" {
                Care::Quick
            } else {
                Care::Careful
            },
            limits: Limits {
                bytes: MOST_BYTES,
                seconds: self.longest_seconds,
            },
            speaker: self.speaker.clone(),
            threads: 1,
        }
    }
}

impl AdvisersSection {
    /// What cannot be read as hours was refused when the file was.
    fn staffing(&self) -> Staffing {
        let area = |(id, area): (&String, &AdviserArea)| {
            let own = AreaStaffing {
                hours: hours(&area.hours, &area.closed, &area.short_days).unwrap_or_default(),
                reply_minutes: area.reply_within_hours.map(|h| i64::from(h) * 60),
                urgent_minutes: area.urgent_within_minutes.map(i64::from),
            };
            (id.clone(), own)
        };
        Staffing {
            advisers: self.enabled,
            duty_adviser: self.enabled && self.duty_adviser,
            reply_minutes: i64::from(self.reply_within_hours) * 60,
            urgent_minutes: i64::from(self.urgent_within_minutes),
            hours: hours(&self.hours, &self.closed, &self.short_days).unwrap_or_default(),
            areas: self.areas.iter().map(area).collect(),
            ..Staffing::default()
        }
    }

    fn check(&self) -> Result<(), String> {
        let say = |key: &str| {
            let key = key.to_owned();
            move |what: String| format!("{key}: {what}")
        };
        hours(&self.hours, &self.closed, &self.short_days).map_err(say("advisers"))?;
        for (id, area) in &self.areas {
            let key = format!("advisers.areas.{id}");
            hours(&area.hours, &area.closed, &area.short_days).map_err(say(&key))?;
        }
        Ok(())
    }
}

/// Written hours read; one sentence for what is none.
fn hours(weekly: &[String], closed: &[String], short: &[String]) -> Result<Hours, String> {
    let day = |text: &String| {
        let bad = |_| format!("'{text}' is not a day; write it as '2026-12-24'");
        text.parse::<Date>().map_err(bad)
    };
    Ok(Hours {
        weekly: weekly
            .iter()
            .map(|h| ServiceHours::parse(h))
            .collect::<Result<_, _>>()?,
        closed: closed.iter().map(day).collect::<Result<_, _>>()?,
        short: short
            .iter()
            .map(|d| ShortDay::parse(d))
            .collect::<Result<_, _>>()?,
    })
}

/// `[alerts]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AlertsSection {
    /// Who is told by e-mail when nobody is on call.
    pub email_to: Vec<String>,
    /// Who is on call when: `mon-fri 09:00-17:00 duty@example.org`, for one area `kent sat-sun 00:00-23:59 weekend@example.org`.
    pub on_call: Vec<String>,
    /// Where signed alerts are posted; the key is `WAYMARK_WEBHOOK_SECRET`.
    pub webhook_url: String,
    /// An urgent case that nobody opened within so many minutes.
    pub unopened_minutes: u32,
    /// A case so many minutes before the time that the person was told.
    pub late_before_minutes: u32,
    /// Minutes after that at which it is told of again; the first is 0.
    pub steps_minutes: Vec<u32>,
}

impl Default for AlertsSection {
    fn default() -> Self {
        Self {
            email_to: Vec::new(),
            on_call: Vec::new(),
            webhook_url: String::new(),
            unopened_minutes: 15,
            late_before_minutes: 60,
            steps_minutes: vec![0, 30, 120],
        }
    }
}

impl AlertsSection {
    /// When to alert. An urgent case is told of at once where somebody is on duty.
    pub fn rules(&self, duty_adviser: bool) -> AlertRules {
        AlertRules {
            at_once: duty_adviser,
            unopened_minutes: i64::from(self.unopened_minutes),
            late_before_minutes: i64::from(self.late_before_minutes),
            steps: self.steps_minutes.iter().copied().map(i64::from).collect(),
        }
    }

    /// In which ways; none means that nobody is alerted.
    pub fn ways(&self) -> Vec<AlertWay> {
        let mail = !self.email_to.is_empty() || !self.on_call.is_empty();
        let hook = !self.webhook_url.is_empty();
        let ways = [(mail, AlertWay::Email), (hook, AlertWay::Webhook)];
        ways.into_iter()
            .filter_map(|(on, way)| on.then_some(way))
            .collect()
    }

    /// Who is on call when. What cannot be read was refused when the file was.
    pub fn on_call(&self) -> Vec<OnCall> {
        self.on_call
            .iter()
            .filter_map(|o| OnCall::parse(o).ok())
            .collect()
    }

    fn check(&self, mail: &MailSection) -> Result<(), String> {
        for entry in &self.on_call {
            OnCall::parse(entry).map_err(|what| format!("alerts.on_call: {what}"))?;
        }
        if self.ways().contains(&AlertWay::Email) && (mail.host.is_empty() || mail.from.is_empty())
        {
            return Err("alerts.email_to and alerts.on_call need mail.host and mail.from".into());
        }
        let rising = self.steps_minutes.first() == Some(&0) && self.steps_minutes.is_sorted();
        if !rising {
            return Err("alerts.steps_minutes starts with 0 and rises".into());
        }
        let url = self.webhook_url.as_str();
        if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(format!(
                "alerts.webhook_url: '{url}' is not an https address"
            ));
        }
        Ok(())
    }
}

/// `[mail]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailSection {
    /// The mail server; empty: no e-mail is sent.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept private: `starttls`, `tls` or `none` (only for a server on the same machine).
    pub security: MailSecurity,
    /// The name to sign in with; the password is `WAYMARK_MAIL_PASSWORD`. Empty: no sign-in.
    pub user: String,
    /// Who it comes from: `Waymark <waymark@example.org>`.
    pub from: String,
}

/// How the connection to the mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// Begins in the clear and is encrypted before anything is said.
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// Not at all.
    None,
}

impl Default for MailSection {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            security: MailSecurity::Starttls,
            user: String::new(),
            from: String::new(),
        }
    }
}

/// `[retention]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSection {
    /// Days after its last message that a conversation without a case is kept; 0: until somebody deletes it.
    pub anonymous_days: u32,
    /// Years after its closing that the words of a case are kept; 0: until somebody deletes them.
    pub case_years: u32,
    /// Years that the codes of the case log are kept; 0: for ever.
    pub audit_years: u32,
    /// Days that recordings are kept. Only 0: none is ever kept.
    pub audio_days: u32,
}

impl Default for RetentionSection {
    fn default() -> Self {
        Self {
            anonymous_days: 90,
            case_years: 6,
            audit_years: 6,
            audio_days: 0,
        }
    }
}

impl RetentionSection {
    /// As casework reads it.
    pub fn rules(&self) -> Retention {
        let kept = |n: u32| (n > 0).then_some(n);
        Retention {
            anonymous_days: kept(self.anonymous_days),
            case_years: kept(self.case_years),
            audit_years: kept(self.audit_years),
        }
    }

    fn check(&self) -> Result<(), String> {
        if self.audio_days != 0 {
            return Err("retention.audio_days: recordings are never kept, so it is 0".into());
        }
        if self.audit_years > 0 && (self.case_years == 0 || self.audit_years < self.case_years) {
            return Err("retention.audit_years is at least retention.case_years: the log of a case outlives its words".into());
        }
        Ok(())
    }
}

/// `[console]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleSection {
    /// Where browsers reach this service from outside: `https://waymark.example.org`. Empty: links name `server.listen`.
    pub address: String,
    /// A session ends after so many minutes without a request.
    pub idle_minutes: u32,
    /// A session ends after so many hours in any case.
    pub session_hours: u32,
    /// Whether accounts of this service need a second factor (an authenticator app).
    pub second_factor: bool,
}

impl Default for ConsoleSection {
    fn default() -> Self {
        Self {
            address: String::new(),
            idle_minutes: 60,
            session_hours: 12,
            second_factor: true,
        }
    }
}

/// Roles as the identity provider calls them, and what they are here: `"Waymark.Kent" = "adviser@kent"`.
pub type RoleNames = BTreeMap<String, Grant>;

/// `[single_sign_on]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SingleSignOnSection {
    /// Its issuer address; empty: there is none.
    pub issuer: String,
    /// What it knows this service by. The secret comes by the environment: `WAYMARK_SINGLE_SIGN_ON_SECRET`.
    pub client_id: String,
    /// Its roles (claim `roles`) in our words. Whoever has none of them is not let in.
    pub roles: RoleNames,
}

/// Whether secrets may travel to this address: over TLS, or within this machine.
fn is_safe_address(address: &str) -> bool {
    let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let ends = |rest: &str| rest.is_empty() || rest.starts_with([':', '/']);
    address.len() > "https://".len() && address.starts_with("https://")
        || local
            .iter()
            .any(|l| address.strip_prefix(l).is_some_and(ends))
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
        if config.advisers.duty_adviser && !config.advisers.enabled {
            return Err("advisers.duty_adviser needs advisers.enabled = true".into());
        }
        config.advisers.check()?;
        config.single_sign_on_is_whole()?;
        config.alerts.check(&config.mail)?;
        config.retention.check()?;
        if !["careful", "quick"].contains(&config.voice.hearing.as_str()) {
            return Err("voice.hearing is \"careful\" or \"quick\"".into());
        }
        if !voices().any(|name| name == config.voice.speaker) {
            let known: Vec<&str> = voices().collect();
            return Err(format!("voice.speaker is one of {}", known.join(", ")));
        }
        Ok(config)
    }

    fn single_sign_on_is_whole(&self) -> Result<(), String> {
        let (console, provider) = (&self.console, &self.single_sign_on);
        if console.idle_minutes == 0 || console.session_hours == 0 {
            return Err("console.idle_minutes and console.session_hours must be at least 1".into());
        }
        if !console.address.is_empty() && !is_safe_address(&console.address) {
            return Err("console.address must begin with https://".into());
        }
        if provider.issuer.is_empty() {
            return Ok(());
        }
        if !is_safe_address(&provider.issuer) {
            return Err("single_sign_on.issuer must begin with https://".into());
        }
        if provider.client_id.is_empty() || console.address.is_empty() {
            return Err(
                "single_sign_on.issuer needs single_sign_on.client_id and console.address".into(),
            );
        }
        if provider.roles.is_empty() {
            return Err("single_sign_on.roles is empty: nobody could be let in".into());
        }
        Ok(())
    }
}
