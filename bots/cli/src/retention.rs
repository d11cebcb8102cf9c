//! `waymark retention`: deletes what is past its time, as `serve` does every day; with `--dry-run` only counts it.
//! What never lives here: how long anything is kept (casework, configuration).

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use clap::Args;
use waymark::base::Clock;

use crate::open;

#[derive(Args)]
pub(crate) struct Retention {
    /// Only count what would go.
    #[arg(long)]
    dry_run: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Retention {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let store = open::kept(&config)?;
        let now = Clock::System.now().instant;
        let cut = config.retention.rules().cut_off(now);
        let went = open::runtime()?.block_on(store.run_retention(cut, self.dry_run, now))?;
        store.close_blocking();
        if self.json {
            crate::out::line(serde_json::to_string(&went)?);
            return Ok(ExitCode::SUCCESS);
        }
        let verb = if self.dry_run { "would go" } else { "gone" };
        let before = |at: Option<jiff::Timestamp>| {
            at.map_or_else(|| "kept".to_owned(), |at| format!("before {at:.0}"))
        };
        crate::out::line(format!(
            "{verb}: {} conversations without a case ({})",
            went.conversations,
            before(cut.anonymous)
        ));
        crate::out::line(format!(
            "{verb}: the words of {} cases (closed {})",
            went.cases,
            before(cut.cases)
        ));
        crate::out::line(format!(
            "{verb}: {} events of the case log and {} of the staff log ({})",
            went.events,
            went.staff_events,
            before(cut.audit)
        ));
        Ok(ExitCode::SUCCESS)
    }
}
