//! The store's verbs of backing up and restoring: a copy while it runs, whether a file is sound, erasures to be done again.
//! What never lives here: the backup's own form, encryption, where it is put (bots/cli).

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Store,
    error::Result,
    sql::{ledger, sessions},
    sqlite::copy,
};

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erased {
    /// A conversation, with what its cases held of it.
    Conversation,
    /// The words of a case.
    Case,
}

/// One erasure that somebody asked for or decided, by the id of what went. What went by age is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Erasure {
    /// Of what kind.
    pub what: Erased,
    /// Its id or reference.
    pub id: String,
    /// When it was first done.
    pub at: Timestamp,
}

impl Store {
    /// The newest schema that this program reads and writes.
    pub fn schema() -> u32 {
        copy::schema()
    }

    /// Copies the whole database into a new file as it stands at one instant, while others read and write.
    ///
    /// # Errors
    /// `Full`, or when `to` exists or cannot be written.
    pub async fn copy_to(&self, to: &Path) -> Result<()> {
        let to = to.to_owned();
        self.read(move |db| copy::to(db, &to)).await
    }

    /// Reads every page and every index; takes seconds for a large database. False for a server's: its own tools check them
    /// (`pg_amcheck`).
    ///
    /// # Errors
    /// `Corrupt` when something does not fit.
    pub async fn check_pages(&self) -> Result<bool> {
        self.read(copy::check).await
    }

    /// Ends every session and sign-in under way and takes back every invitation: what a backup held of them must open nothing.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_all_sessions(&self) -> Result<()> {
        self.write(|w| sessions::end_all(w.db)).await
    }

    /// Erasures after number `seq` (0: from the first), each with its number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn erasures_after(&self, seq: u64) -> Result<Vec<(u64, Erasure)>> {
        self.read(move |db| ledger::after(db, seq)).await
    }

    /// Erases again, after a restore, what was erased since the backup was made; says how many were still there. The log tells each
    /// on its case, by `restore`.
    ///
    /// # Errors
    /// When the database cannot be written; then none of it was done.
    pub async fn erase_again(&self, ledger: Vec<Erasure>, at: Timestamp) -> Result<u64> {
        self.write(move |w| ledger::again(w, &ledger, at)).await
    }
}
