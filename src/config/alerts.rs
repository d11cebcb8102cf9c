//! The sections of alerts and of the mail server that carries them.
//! What never lives here: what an alert says, and its sending (bots/cli).

use serde::Deserialize;

use crate::casework::{AlertRules, AlertWay, OnCall};

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

    pub(super) fn check(&self, mail: &MailSection) -> Result<(), String> {
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
    /// People may ask for an e-mail that a reply waits: a link and no word of it. Needs `console.address` too.
    pub replies: bool,
}

impl MailSection {
    pub(super) fn check(&self, address: &str) -> Result<(), String> {
        let ready = !self.host.is_empty() && !self.from.is_empty() && !address.is_empty();
        match self.replies && !ready {
            true => Err("mail.replies needs mail.host, mail.from and console.address".into()),
            false => Ok(()),
        }
    }
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
            replies: false,
        }
    }
}
