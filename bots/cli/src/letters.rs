//! Sends the letters that people ask for on the pages, by the configured mail server. Neither address nor words are kept or logged.
//! What never lives here: what a letter says and how many may be asked for (bots/web), alerts to staff (alerts.rs).

use anyhow::{Context, Result};
use lettre::{
    Address, Message, SmtpTransport, Transport,
    message::{Mailbox, header::ContentType},
};
use waymark::config::Config;
use waymark_web::{Post, Unsent};

use crate::alerts;

/// A mail server and who its letters come from.
pub(crate) struct Letters {
    from: Mailbox,
    server: SmtpTransport,
}

impl Letters {
    /// Ready to send, where a mail server is configured.
    ///
    /// # Errors
    /// When its password is missing, or `mail.from` cannot be read.
    pub(crate) fn open(config: &Config) -> Result<Option<Self>> {
        if config.mail.host.is_empty() || config.mail.from.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            from: config.mail.from.parse().context("mail.from")?,
            server: alerts::mail(config)?,
        }))
    }
}

impl Post for Letters {
    fn send(&self, to: &str, subject: &str, body: &str) -> Result<(), Unsent> {
        let to: Address = to.parse().map_err(|_| Unsent::BadAddress)?;
        let letter = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body.to_owned())
            .map_err(|_| Unsent::BadAddress)?;
        match self.server.send(&letter) {
            Ok(_) => Ok(()),
            Err(error) => {
                // What a mail server answers may repeat the address: only its number is told.
                let code = error.status().map(|code| code.to_string());
                tracing::warn!(code, "a letter that somebody asked for was not taken");
                Err(Unsent::NotTaken)
            }
        }
    }
}
