//! The store's verb of reports: what is counted of a period.
//! What never lives here: SQL, what a report makes of it (casework).

use super::{Store, error::Result, sql::tallies};
use crate::casework::{Counted, Period, Reach};

impl Store {
    /// Conversations begun, turns taken and cases opened in a period, as far as they are within reach: codes, days and instants. What
    /// people delete stays counted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn counted(&self, reach: &Reach, period: Period) -> Result<Counted> {
        let reach = reach.clone();
        let counted = self.read(move |db| tallies::counted(db, period)).await?;
        Ok(counted.within(&reach))
    }
}
