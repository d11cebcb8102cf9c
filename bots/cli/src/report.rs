//! `waymark report`: the figures of a period on the terminal or in a file, as the console shows them.
//! What never lives here: counting, withholding (casework), what a file looks like (bots/web).

use std::{
    fs,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use jiff::civil::Date;
use waymark::{
    base::Clock,
    casework::{Period, Reach},
};
use waymark_web::{ReportFormat, report};

use crate::open;

#[derive(Args)]
pub(crate) struct Report {
    /// The first day, such as 2026-07-01.
    #[arg(long, requires = "to")]
    from: Option<Date>,
    /// The last day; it is included.
    #[arg(long, requires = "from")]
    to: Option<Date>,
    /// A quarter instead, such as 2026-Q3; without days and quarter the last whole one.
    #[arg(long, conflicts_with_all = ["from", "to"])]
    quarter: Option<Period>,
    /// csv, json, xlsx or md.
    #[arg(long, default_value = "md")]
    format: ReportFormat,
    /// Only these areas, such as kent; may be given several times.
    #[arg(long)]
    area: Vec<String>,
    /// Into this file instead of onto the terminal.
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Report {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let now = Clock::System.now();
        let period = match (self.quarter, self.from, self.to) {
            (Some(quarter), _, _) => quarter,
            (None, Some(from), Some(to)) => Period::new(from, to)?,
            _ => Period::quarter_of(now.today).before(),
        };
        let library = open::library(&config)?;
        if let Some(unknown) = self.area.iter().find(|a| !library.areas.contains_key(*a)) {
            let known: Vec<&str> = library.areas.keys().map(String::as_str).collect();
            bail!(
                "'{unknown}' is not an area we know; known are {}",
                known.join(", ")
            );
        }
        let reach = match self.area.is_empty() {
            true => Reach::Everywhere,
            false => Reach::of(self.area),
        };
        let store = open::kept(&config)?;
        let told = open::runtime()?.block_on(report(
            &store,
            &library,
            &config.service.name,
            &reach,
            period,
            config.reports.smallest,
            now.instant,
        ));
        store.close_blocking();
        let bytes = self.format.write(&told?).map_err(anyhow::Error::msg)?;
        match &self.out {
            Some(path) => fs::write(path, bytes)
                .with_context(|| format!("{} cannot be written", path.display()))?,
            None => match std::io::stdout().lock().write_all(&bytes) {
                // A reader that has gone (`| head`).
                Err(e) if e.kind() == ErrorKind::BrokenPipe => {}
                written => written?,
            },
        }
        Ok(ExitCode::SUCCESS)
    }
}
