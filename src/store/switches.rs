//! The store's verbs of channels' switches.
//! What never lives here: SQL, what a switch means for a turn (assistant).

use super::{Store, error::Result, sql::switches};
use crate::casework::Switch;

impl Store {
    /// Sets a channel's switch. Every setting is kept.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn set_switch(&self, switch: Switch) -> Result<()> {
        self.write(move |w| switches::set(w.db, &switch)).await
    }

    /// How the switch of each channel stands that ever was set, by channel. Cheap: asked every second or so.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn switches(&self) -> Result<Vec<Switch>> {
        self.read(switches::standing).await
    }
}
