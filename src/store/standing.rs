//! The store's verb of how the service stands now, for those who watch it.
//! What never lives here: SQL, metrics (bots/web).

use jiff::civil::Date;

use super::{Store, error::Result, sql::standing};
use crate::casework::{Channel, Outcome};

/// What waits, and what was done today.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Events that came in and are not answered.
    pub inbox: u64,
    /// Messages, or parts of them, that are not sent.
    pub outbox: u64,
    /// Alerts to staff that are not sent.
    pub alerts: u64,
    /// Turns of today on every channel, by how they ended.
    pub turns: Vec<(Channel, Outcome, u64)>,
}

impl Store {
    /// How the service stands on a day in England.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn standing(&self, today: Date) -> Result<Standing> {
        self.read(move |db| standing::now(db, today)).await
    }
}
