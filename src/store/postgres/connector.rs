//! Reaching a PostgreSQL server: address, password, TLS, and how a session of ours is set up.
//! What never lives here: when to try again (session.rs), the schema (migrate.rs).

use std::{str::FromStr, sync::Arc, time::Duration};

use postgres::{Client, Config, config::Host};
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::errors::away;
use crate::{
    base::Secret,
    store::error::{Result, StoreError},
};

/// How long one attempt to connect may take.
const CONNECT: Duration = Duration::from_secs(5);
/// A peer that answers nothing for this long is gone.
const SILENT: Duration = Duration::from_secs(15);
/// The oldest server that will do: `gen_random_uuid` came with it.
const OLDEST: i64 = 130_000;

/// Set once a session. A node that hangs in the middle of a batch must not hold up the others: the server ends its session.
const SETTLE: &str = "SET lock_timeout = '10s'; SET statement_timeout = '5min';
    SET idle_in_transaction_session_timeout = '20s'; SET client_min_messages = warning;
    SET default_transaction_isolation = 'read committed'; SET standard_conforming_strings = on;
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// Where the server is and how to get in. Its address can be shown, its password cannot.
pub(in crate::store) struct Connector {
    config: Config,
    tls: MakeRustlsConnect,
    shown: String,
}

impl Connector {
    /// Reads `postgres://user@host:port/database`.
    ///
    /// # Errors
    /// `Other`, one line that never holds the password.
    pub(in crate::store) fn new(url: &str, password: Option<&Secret>) -> Result<Self> {
        let mut config = Config::from_str(url).map_err(|_| {
            StoreError::Other(
                "store.url cannot be read: it looks like postgres://user@host:5432/database"
                    .to_owned(),
            )
        })?;
        if let Some(password) = password {
            config.password(password.reveal());
        }
        config
            .application_name("waymark")
            .connect_timeout(CONNECT)
            .keepalives_idle(SILENT)
            .tcp_user_timeout(SILENT);
        let verified = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(BuilderVerifierExt::with_platform_verifier)
            .map_err(|e| StoreError::Other(format!("TLS cannot be set up: {e}")))?;
        Ok(Self {
            shown: shown(&config),
            tls: MakeRustlsConnect::new(verified.with_no_client_auth()),
            config,
        })
    }

    /// A new session, set up.
    ///
    /// # Errors
    /// `Busy` when the server is away or not up yet, `Other` when it does not let us in.
    pub(super) fn connect(&self) -> Result<Client> {
        let mut client = self.config.connect(self.tls.clone()).map_err(|error| {
            tracing::warn!(server = %self.shown, "PostgreSQL cannot be reached: {error}");
            match away(&error) {
                true => StoreError::Busy,
                false => StoreError::Other(format!("{}: {error}", self.shown)),
            }
        })?;
        client.batch_execute(SETTLE)?;
        Ok(client)
    }

    /// The first session: as `connect`, but an absent server is told in words, and what would not do is refused.
    pub(super) fn connect_first(&self) -> Result<Client> {
        let mut client = self.connect().map_err(|error| match error {
            StoreError::Busy => StoreError::Other(format!(
                "{} does not answer: is PostgreSQL running there, and may this machine reach it?",
                self.shown
            )),
            other => other,
        })?;
        let asked = client.query_one(
            "SELECT current_setting('server_version_num')::BIGINT, current_setting('server_encoding'), pg_is_in_recovery()",
            &[],
        )?;
        let (version, encoding, standby): (i64, String, bool) =
            (asked.get(0), asked.get(1), asked.get(2));
        let wrong = match (version < OLDEST, encoding != "UTF8", standby) {
            (true, _, _) => "is too old: PostgreSQL 13 or newer is needed",
            (_, true, _) => "does not keep UTF-8: make the database with ENCODING 'UTF8'",
            (_, _, true) => "is a standby that only reads: name the server that writes",
            _ => return Ok(client),
        };
        Err(StoreError::Other(format!("{} {wrong}", self.shown)))
    }

    /// The server as it may be shown: host, port, database.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }
}

fn shown(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let database = config.get_dbname().or(config.get_user()).unwrap_or("");
    format!("postgres://{host}:{port}/{database}")
}
