//! The section of backups: for whom they are encrypted, where the list of erasures is kept.
//! What never lives here: how a backup is made (bots/cli).

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// `[backup]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BackupSection {
    /// The age recipients (`age1...`) that backups are encrypted for; empty: they are not encrypted.
    pub recipients: Vec<String>,
    /// Where erasures are listed, so that restoring an older backup brings nobody back. Empty: beside the database.
    pub erased: PathBuf,
}

impl BackupSection {
    /// The list's path, given the database's.
    pub fn erased_beside(&self, database: &Path) -> PathBuf {
        if self.erased.as_os_str().is_empty() {
            let mut name = database.as_os_str().to_owned();
            name.push(".erased");
            return name.into();
        }
        self.erased.clone()
    }
}
