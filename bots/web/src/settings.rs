//! What an operator may set about the web face.
//! What never lives here: reading the configuration file (the library's config; bots/cli fills this in).

use std::{collections::BTreeMap, time::Duration};

use waymark::{
    base::{SealKey, Secret},
    casework::{Grant, Outgoing, SMALLEST},
    delivery::Stretch,
    store::SessionLimits,
};

use crate::theme::Theme;

/// What only those who run the service can say of its accessibility. Everything may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// The day the statement was signed off, in words.
    pub prepared: String,
    /// The day of the last independent audit, in words.
    pub audited: String,
    /// Who made it.
    pub audited_by: String,
    /// Problems that it left open, one sentence each.
    pub problems: Vec<String>,
}

/// A chat app in which a conversation can go on.
#[derive(Debug, Clone)]
pub struct ChatApp {
    /// What people call it.
    pub name: String,
    /// Our account there, as the store knows it.
    pub account: String,
    /// Where a link leads: `{bot}` is our account's public name, `{key}` opens the conversation once.
    pub link: String,
    /// How it shows a message: one list of stretches for each message that arrives. Advisers see it before they send.
    pub drawn: fn(&Outgoing) -> Vec<Vec<Stretch>>,
}

/// Settings of the web face. Every one has a default that works on a fresh machine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the service is called on its pages.
    pub service_name: String,
    /// Who runs it, in words: `Kent County Council`. Empty: the pages do not say.
    pub run_by: String,
    /// How people reach whoever runs it, in words. Empty: the pages do not say.
    pub contact: String,
    /// Where security researchers write, as a URI: `mailto:security@example.org`. Empty: no security.txt is served.
    pub security_contact: String,
    /// When advisers work, in words. Empty: the pages do not say.
    pub hours: String,
    /// Where "Leave this page" leads.
    pub exit_to: String,
    /// Websites that may show the chat in a frame, as origins: `https://www.kent.gov.uk`. Cookies then go to frames too.
    pub widget_origins: Vec<String>,
    /// What the accessibility statement says beyond what is true of every installation.
    pub statement: Statement,
    /// Colours and logo.
    pub theme: Theme,
    /// The largest request body that is read whole, in bytes.
    pub max_body_bytes: usize,
    /// The largest recording that is heard, in bytes.
    pub max_recording_bytes: usize,
    /// The longest recording, in seconds: told by the recorder, held by the library.
    pub max_recording_seconds: u32,
    /// Whether pages are served over TLS: cookies are then `Secure`, and browsers are told to insist on TLS.
    pub secure_cookies: bool,
    /// How long the browser keeps the conversation's cookie.
    pub cookie_days: u32,
    /// Days that a conversation without a case is kept; 0: until somebody deletes it. Told on the privacy page.
    pub anonymous_days: u32,
    /// Years that the words of a closed case are kept; 0: until somebody deletes them. Told there too.
    pub case_years: u32,
    /// New conversations, feedback, copies and erasures that one client may ask for in a minute; 0 is no limit.
    pub requests_per_minute: u32,
    /// Files (style, script, picture) that one client may ask for in a minute; 0 is no limit.
    pub files_per_minute: u32,
    /// Behind a reverse proxy: the header in which it names the client's address, `x-forwarded-for`. Empty: nobody's
    /// word but the connection's own is taken.
    pub client_address_header: String,
    /// Open event streams that one conversation may have (one a tab).
    pub streams_per_conversation: usize,
    /// The chat app in which a conversation can go on, if there is one.
    pub chat_app: Option<ChatApp>,
    /// Whether people may ask for an e-mail that a reply waits.
    pub reply_mail: bool,
    /// Counts below it are not shown in reports.
    pub smallest_count: u64,
    /// The adviser console.
    pub console: ConsoleSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            service_name: "Waymark".to_owned(),
            run_by: String::new(),
            contact: String::new(),
            security_contact: String::new(),
            hours: String::new(),
            exit_to: "https://www.bbc.co.uk/weather".to_owned(),
            widget_origins: Vec::new(),
            statement: Statement::default(),
            theme: Theme::default(),
            max_body_bytes: 64 * 1024,
            max_recording_bytes: 8 << 20,
            max_recording_seconds: 180,
            secure_cookies: false,
            cookie_days: 30,
            anonymous_days: 90,
            case_years: 6,
            requests_per_minute: 60,
            files_per_minute: 600,
            client_address_header: String::new(),
            streams_per_conversation: 6,
            chat_app: None,
            reply_mail: false,
            smallest_count: SMALLEST,
            console: ConsoleSettings::default(),
        }
    }
}

impl Settings {
    /// Where browsers reach us from outside, without a slash at its end; empty when nobody said.
    pub(crate) fn address(&self) -> &str {
        self.console.address.trim_end_matches('/')
    }
}

/// Settings of the adviser console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// Where browsers reach us from outside: `https://waymark.example.org`. Single sign-on needs it.
    pub address: String,
    /// A session ends after so long without a request.
    pub idle: Duration,
    /// A session ends after so long in any case.
    pub absolute: Duration,
    /// After so long, a sensitive act asks once more who it is.
    pub proof: Duration,
    /// Whether local accounts need a second factor.
    pub second_factor: bool,
    /// Signing in with the identity provider, when there is one.
    pub single_sign_on: Option<SingleSignOnSettings>,
    /// What second factors are sealed with in the store; without it they stand there as they are.
    pub seal: Option<SealKey>,
}

impl Default for ConsoleSettings {
    fn default() -> Self {
        Self {
            address: String::new(),
            idle: Duration::from_secs(60 * 60),
            absolute: Duration::from_secs(12 * 60 * 60),
            proof: Duration::from_secs(15 * 60),
            second_factor: true,
            single_sign_on: None,
            seal: None,
        }
    }
}

impl ConsoleSettings {
    /// As the store takes them.
    pub(crate) fn limits(&self) -> SessionLimits {
        SessionLimits {
            idle: self.idle,
            absolute: self.absolute,
        }
    }
}

/// An identity provider (OpenID Connect).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleSignOnSettings {
    /// Its issuer address.
    pub issuer: String,
    /// What it knows us by.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: Option<Secret>,
    /// Its roles (claim `roles`) in our words.
    pub roles: BTreeMap<String, Grant>,
}
