//! The sections of the service itself: who runs it, where it listens, where its files stand.
//! What never lives here: how its pages look (pages.rs).

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

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
    /// A PostgreSQL server in its place, which several nodes may share: `postgres://user@host:5432/database`. The password
    /// comes by `WAYMARK_STORE_PASSWORD`. Empty: the file.
    pub url: String,
}

impl StoreSection {
    /// What is kept where, as it may be shown.
    pub fn shown(&self) -> String {
        match self.url.is_empty() {
            true => format!("store.path: {}", self.path.display()),
            false => "store.url".to_owned(),
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let Some((_, rest)) = self.url.split_once("://") else {
            return match self.url.is_empty() {
                true => Ok(()),
                false => Err("store.url looks like postgres://user@host:5432/database".into()),
            };
        };
        if !self.url.starts_with("postgres://") && !self.url.starts_with("postgresql://") {
            return Err("store.url must begin with postgres://".into());
        }
        let user = rest
            .split(['/', '?'])
            .next()
            .and_then(|a| a.rsplit_once('@'));
        if user.is_some_and(|(user, _)| user.contains(':')) || self.url.contains("password=") {
            return Err(
                "store.url must not hold the password: put it into WAYMARK_STORE_PASSWORD".into(),
            );
        }
        Ok(())
    }
}

impl Default for StoreSection {
    fn default() -> Self {
        Self {
            path: PathBuf::from("data/waymark.db"),
            url: String::new(),
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
