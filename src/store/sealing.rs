//! The store's verbs of sealing: how much of what people wrote is sealed, and sealing what was written before.
//! What never lives here: SQL, keys (seals.rs).

use super::{
    Store,
    error::{Result, StoreError},
    sql::{sealed, staff},
};
use crate::base::{SealKey, Secret};

/// How much of what people wrote is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sealing {
    /// Whether a key is set: what is written from now on is sealed.
    pub on: bool,
    /// Values that are sealed.
    pub sealed: u64,
    /// Each column that is sealed where there is a key, as `table.column`, and how many of its values are not.
    pub plain: Vec<(&'static str, u64)>,
}

impl Sealing {
    /// Values that are not sealed, of all columns.
    pub fn plain_values(&self) -> u64 {
        self.plain.iter().map(|(_, values)| values).sum()
    }
}

impl Store {
    /// Counts what is sealed and what is not. Reads every row: for an operator, now and then.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sealing(&self) -> Result<Sealing> {
        self.read(sealed::look).await
    }

    /// Seals what was written before the key was set, in small steps between which others may write; says how many values. What
    /// stood in the write-ahead log is overwritten at the end.
    ///
    /// # Errors
    /// `Refused` without a key. When the database cannot be written; what was sealed before stays sealed, and the next run goes on.
    pub async fn seal_all(&self) -> Result<u64> {
        let mut all = 0;
        loop {
            let step = |w: &mut super::writer::Work<'_>| match w.db.seals.on() {
                true => sealed::step(w),
                false => Err(StoreError::Refused("there is no key to seal with")),
            };
            match self.write(step).await? {
                0 => return Ok(all),
                some => all += some,
            }
        }
    }

    /// Changes the operator's key, in one transaction: every key is wrapped with the new one, and each second factor (account, as it
    /// is kept, as it is to be) replaced. Says how many keys. This store, and every other process, holds the old key still: they must
    /// end.
    ///
    /// # Errors
    /// One line when the old key is not set or another. When the database cannot be written; then nothing has changed.
    pub async fn change_key(
        &self,
        new: SealKey,
        factors: Vec<(String, Secret, Secret)>,
    ) -> Result<u64> {
        self.write(move |w| {
            let keys = w.db.wrap_anew(&new)?;
            for (account, from, to) in &factors {
                staff::replace_totp_secret(w.db, account, from, to)?;
            }
            w.truncate_log();
            Ok(keys)
        })
        .await
    }
}
