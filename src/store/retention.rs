//! The store's verbs of retention: what is past its time, and its deletion.
//! What never lives here: SQL, how long anything is kept (casework::retention).

use jiff::Timestamp;

use super::{Store, error::Result, shapes::LogStart, sql::retention};
use crate::casework::{CutOff, Retained};

impl Store {
    /// Deletes what is past its time, in small steps between which others may write; with `dry_run` only counts it. Conversations
    /// without a case go whole; of a case the words go, its codes when the log's events of it go; an undecided request holds its
    /// case. Of both logs the oldest events go.
    ///
    /// # Errors
    /// When the database cannot be written; what was deleted before stays deleted, and the next run goes on.
    pub async fn run_retention(
        &self,
        cut: CutOff,
        dry_run: bool,
        now: Timestamp,
    ) -> Result<Retained> {
        if dry_run {
            return self.read(move |db| retention::look(db, &cut)).await;
        }
        let mut all = Retained::default();
        loop {
            let done = self.write(move |w| retention::step(w, &cut, now)).await?;
            if done == Retained::default() {
                return Ok(all);
            }
            all.conversations += done.conversations;
            all.cases += done.cases;
            all.events += done.events;
            all.staff_events += done.staff_events;
        }
    }

    /// Where the staff log begins, if retention has removed older events.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn staff_log_start(&self) -> Result<Option<LogStart>> {
        self.read(retention::staff_start).await
    }

    /// Where the case log begins, if retention has removed older events.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn log_start(&self) -> Result<Option<LogStart>> {
        self.read(retention::start).await
    }
}
