//! Sends alerts to staff, e-mail and signed requests that hold a reference and codes, and tells people by e-mail that a reply waits.
//! Never what anybody wrote.
//! What never lives here: when to alert (casework), what was sent already (store).

use std::time::Duration;

use anyhow::{Context, Result, bail};
use hmac::{Hmac, KeyInit, Mac};
use lettre::{
    Message, SmtpTransport, Transport,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use sha2::Sha256;
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};
use waymark::{
    base::Secret,
    casework::{Alert, AlertWay, AlertWhy, on_call_now},
    config::{Config, MailSecurity},
};

/// A server that does not answer by then has failed; it is tried again later.
const PATIENCE: Duration = Duration::from_secs(20);
const MAIL_PASSWORD: &str = "WAYMARK_MAIL_PASSWORD";
const WEBHOOK_SECRET: &str = "WAYMARK_WEBHOOK_SECRET";

/// What is needed to send.
pub(crate) struct Sender {
    config: Config,
    mail: Option<SmtpTransport>,
    web: Agent,
    secret: Option<Secret>,
}

/// Why a person was not told.
pub(crate) struct Untold {
    pub(crate) why: String,
    /// Whether trying again would change nothing.
    pub(crate) for_ever: bool,
}

impl Sender {
    /// Ready to send in the configured ways.
    ///
    /// # Errors
    /// When a secret is missing, or an address cannot be read.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        let ways = config.alerts.ways();
        let secret = secret(WEBHOOK_SECRET);
        if ways.contains(&AlertWay::Webhook) && secret.is_none() {
            bail!("alerts.webhook_url needs {WEBHOOK_SECRET} in the environment");
        }
        let mails = ways.contains(&AlertWay::Email) || config.mail.replies;
        if mails {
            config.mail.from.parse::<Mailbox>().context("mail.from")?;
        }
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let web = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .tls_config(tls)
            .build();
        Ok(Self {
            mail: mails.then(|| mail(config)).transpose()?,
            web: web.into(),
            secret,
            config: config.clone(),
        })
    }

    /// Sends one alert. Blocks.
    ///
    /// # Errors
    /// Why it did not leave; it may be tried again.
    pub(crate) fn send(&self, alert: &Alert, now: jiff::Timestamp) -> Result<()> {
        match alert.way {
            AlertWay::Email => self.send_mail(alert, now),
            AlertWay::Webhook => self.post(alert, now),
        }
    }

    /// Tells a person that a reply waits. Blocks.
    ///
    /// # Errors
    /// Why it did not leave, without the address.
    pub(crate) fn tell(&self, to: &str, subject: &str, body: &str) -> Result<(), Untold> {
        let never = |why: &str| Untold {
            why: why.to_owned(),
            for_ever: true,
        };
        let mail = self.mail.as_ref().ok_or_else(|| never("mail.host"))?;
        let from = self.config.mail.from.parse::<Mailbox>();
        let letter = Message::builder()
            .from(from.map_err(|_| never("mail.from"))?)
            .to(to.parse().map_err(|_| never("the address is none"))?)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body.to_owned())
            .map_err(|_| never("the e-mail cannot be written"))?;
        // What a mail server answers may repeat the address: its code alone is told.
        mail.send(&letter).map(drop).map_err(|error| Untold {
            why: error.status().map_or_else(
                || "the mail server cannot be reached".to_owned(),
                |code| format!("the mail server answered {code}"),
            ),
            for_ever: error.is_permanent(),
        })
    }

    fn send_mail(&self, alert: &Alert, now: jiff::Timestamp) -> Result<()> {
        let settings = &self.config.alerts;
        let Some(mail) = &self.mail else {
            return Ok(());
        };
        let area = alert.area.as_deref();
        let to = on_call_now(&settings.on_call(), &settings.email_to, area, now);
        if to.is_empty() {
            bail!("nobody is on call, and alerts.email_to is empty");
        }
        let (case, service) = (&alert.case, &self.config.service.name);
        let mut letter = Message::builder()
            .from(self.config.mail.from.parse().context("mail.from")?)
            .subject(format!("{service}: {} {case}", said(alert.why)))
            // The same for every try, so that a mail server can tell a repeated one.
            .message_id(Some(format!("<{}@waymark.invalid>", name(alert))))
            .header(ContentType::TEXT_PLAIN);
        for address in to {
            letter = letter.to(address.parse().context("alerts.email_to")?);
        }
        let body = format!(
            "{}: {case}\nPriority: {:?}\nArea: {}\nOpen it in the console, or with: waymark cases show {case}\n",
            said(alert.why),
            alert.priority,
            area.unwrap_or("not known"),
        );
        mail.send(&letter.body(body)?).context("the mail server")?;
        Ok(())
    }

    fn post(&self, alert: &Alert, now: jiff::Timestamp) -> Result<()> {
        let Some(secret) = &self.secret else {
            bail!("{WEBHOOK_SECRET} is not set");
        };
        let body = serde_json::to_string(&serde_json::json!({
            "event": "case.alert",
            "case": alert.case,
            "why": alert.why,
            "step": alert.step,
            "priority": alert.priority,
            "area": alert.area,
            "decided": alert.decided,
        }))?;
        let at = now.as_second();
        let response = self
            .web
            .post(&self.config.alerts.webhook_url)
            .header("content-type", "application/json")
            .header("waymark-delivery", name(alert))
            .header("waymark-signature", signature(secret, at, &body)?)
            .send(&body)
            .context("alerts.webhook_url")?;
        if !response.status().is_success() {
            bail!("alerts.webhook_url answered {}", response.status());
        }
        Ok(())
    }
}

/// `t=SECONDS,v1=HEX`: HMAC-SHA256 over the seconds, a full stop and the body. Whoever checks it refuses old seconds.
fn signature(secret: &Secret, at: i64, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes())
        .context("the webhook's secret")?;
    mac.update(format!("{at}.{body}").as_bytes());
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    Ok(format!("t={at},v1={hex}"))
}

/// Names one alert: the same for every try.
fn name(alert: &Alert) -> String {
    let why = match alert.why {
        AlertWhy::Urgent => "urgent",
        AlertWhy::Unopened => "unopened",
        AlertWhy::Late => "late",
    };
    format!("{}-{why}-{}", alert.case, alert.step)
}

fn said(why: AlertWhy) -> &'static str {
    match why {
        AlertWhy::Urgent => "An urgent case has come in",
        AlertWhy::Unopened => "Nobody has opened an urgent case",
        AlertWhy::Late => "A reply is due or late",
    }
}

/// The configured mail server.
///
/// # Errors
/// When its password is missing, or its name is no name.
pub(crate) fn mail(config: &Config) -> Result<SmtpTransport> {
    let settings = &config.mail;
    let host = settings.host.as_str();
    let tls = || TlsParameters::new(host.to_owned()).context("mail.host");
    let builder = SmtpTransport::builder_dangerous(host)
        .port(settings.port)
        .timeout(Some(PATIENCE))
        .tls(match settings.security {
            MailSecurity::Starttls => Tls::Required(tls()?),
            MailSecurity::Tls => Tls::Wrapper(tls()?),
            MailSecurity::None => Tls::None,
        });
    if settings.user.is_empty() {
        return Ok(builder.build());
    }
    let Some(password) = secret(MAIL_PASSWORD) else {
        bail!("mail.user needs {MAIL_PASSWORD} in the environment");
    };
    let credentials = Credentials::new(settings.user.clone(), password.reveal().to_owned());
    Ok(builder.credentials(credentials).build())
}

fn secret(name: &str) -> Option<Secret> {
    let value = std::env::var(name).ok().filter(|v| !v.is_empty())?;
    Some(Secret::new(value))
}
