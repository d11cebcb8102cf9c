//! One step of a schema, of either database.
//! What never lives here: the steps (migrations/), how they are applied (sqlite/migrate.rs, postgres/migrate.rs).

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::error::StoreError;

/// One numbered file of migrations/.
pub(super) struct Migration {
    pub(super) number: u32,
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
}

impl Migration {
    /// What is recorded with it: a released file never changes.
    pub(super) fn sha256(&self) -> String {
        let mut out = String::with_capacity(64);
        for byte in Sha256::digest(self.sql.as_bytes()) {
            // Writing to a String never fails.
            let _ = write!(out, "{byte:02x}");
        }
        out
    }
}

pub(super) fn changed(name: &str) -> StoreError {
    StoreError::Other(format!(
        "the database was made with a different migration {name} than this Waymark has: start the Waymark that made it"
    ))
}
