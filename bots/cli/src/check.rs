//! `waymark check`: prints what is wrong with the knowledge.
//! What never lives here: what is looked for (knowledge/check.rs in the library).

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use waymark::{
    assistant::missing_messages,
    base::Clock,
    knowledge::{Severity, check, load, read_folder},
};

use crate::open;

#[derive(Args)]
pub(crate) struct Check {
    /// Warnings fail too (an overdue review never does).
    #[arg(long)]
    strict: bool,
    /// As things stand on this day.
    #[arg(long)]
    on: Option<jiff::civil::Date>,
    /// List everything that rests on an unconfirmed source.
    #[arg(long)]
    unconfirmed: bool,
}

impl Check {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let folder = &config.knowledge.path;
        let files = read_folder(folder)
            .with_context(|| format!("cannot read the knowledge folder {}", folder.display()))?;
        let (library, mut complaints) = load(&files);
        let day = self.on.unwrap_or_else(|| Clock::System.now().today);
        complaints.extend(check(&library, &files, day));
        complaints.extend(missing_messages(&library));
        complaints.sort();
        if self.unconfirmed {
            for line in waymark::knowledge::unconfirmed(&library) {
                crate::out::line(line);
            }
            return Ok(ExitCode::SUCCESS);
        }
        for complaint in &complaints {
            crate::out::line(format!("{}/{complaint}", folder.display()));
        }
        let count = |s| complaints.iter().filter(|c| c.severity == s).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        crate::out::line(format!(
            "{} articles, {} sections, {} sources, {} questions people ask: {errors} errors, {warnings} warnings, {} notices",
            library.articles.len(),
            library.sections().count(),
            library.registers.sources.len(),
            library
                .sections()
                .map(|(_, _, s)| s.questions.len())
                .sum::<usize>(),
            count(Severity::Notice),
        ));
        let failed = errors > 0 || (self.strict && warnings > 0);
        Ok(if failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}
