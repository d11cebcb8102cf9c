//! The section of reports: from how many on a count is shown.
//! What never lives here: what a report counts (casework).

use serde::Deserialize;

use crate::casework::SMALLEST;

/// `[reports]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReportsSection {
    /// Counts below it are not shown, nor others from which they could be worked out.
    pub smallest: u64,
}

impl Default for ReportsSection {
    fn default() -> Self {
        Self { smallest: SMALLEST }
    }
}

impl ReportsSection {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.smallest < 2 {
            return Err(
                "reports.smallest is at least 2: a count of one could be one person".into(),
            );
        }
        Ok(())
    }
}
