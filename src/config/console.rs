//! The sections of the console: its sessions, and the identity provider that staff sign in with.
//! What never lives here: sign-in itself (bots/web), roles (casework).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::casework::Grant;

/// `[console]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleSection {
    /// Where browsers reach this service from outside: `https://waymark.example.org`; return links name it too. Empty: invitations
    /// name `server.listen`, return links begin with a slash.
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

impl SingleSignOnSection {
    /// It and the console need each other's keys.
    pub(super) fn check(&self, console: &ConsoleSection) -> Result<(), String> {
        if console.idle_minutes == 0 || console.session_hours == 0 {
            return Err("console.idle_minutes and console.session_hours must be at least 1".into());
        }
        if !console.address.is_empty() && !is_safe_address(&console.address) {
            return Err("console.address must begin with https://".into());
        }
        if self.issuer.is_empty() {
            return Ok(());
        }
        if !is_safe_address(&self.issuer) {
            return Err("single_sign_on.issuer must begin with https://".into());
        }
        if self.client_id.is_empty() || console.address.is_empty() {
            return Err(
                "single_sign_on.issuer needs single_sign_on.client_id and console.address".into(),
            );
        }
        if self.roles.is_empty() {
            return Err("single_sign_on.roles is empty: nobody could be let in".into());
        }
        Ok(())
    }
}
