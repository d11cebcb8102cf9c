//! `waymark check`: prints what is wrong with the knowledge.
//! What never lives here: what is looked for (knowledge/check.rs in the library).

use std::{cmp::Reverse, collections::BTreeMap, path::Path, process::ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use jiff::{ToSpan, civil::Date};
use waymark::{
    assistant::missing_messages,
    base::Clock,
    config::Config,
    knowledge::{Article, Library, Severity, check, load, read_folder},
};

use crate::open;

#[derive(Args)]
pub(crate) struct Check {
    /// Warnings fail too (an overdue review never does).
    #[arg(long)]
    strict: bool,
    /// As things stand on this day.
    #[arg(long)]
    on: Option<Date>,
    /// List everything that rests on an unconfirmed source.
    #[arg(long)]
    unconfirmed: bool,
    /// List the reviews that fall due within so many days, those first on which most answers rest.
    #[arg(long, value_name = "DAYS")]
    due: Option<u16>,
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
        complaints.extend(waymark_telegram::missing_messages(&library));
        complaints.sort();
        if self.unconfirmed {
            for line in waymark::knowledge::unconfirmed(&library) {
                crate::out::line(line);
            }
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(days) = self.due {
            due(&library, &config, day, days)?;
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

/// Prints the reviews that are due `days` after `day` or before. Without a database no answer rests on anything yet.
fn due(library: &Library, config: &Config, day: Date, days: u16) -> Result<()> {
    let cited = if open::has_store(config) {
        let store = open::store(config)?;
        open::runtime()?.block_on(store.receipts_by_article())?
    } else {
        BTreeMap::new()
    };
    let until = day.saturating_add(i32::from(days).days());
    let articles = library.articles.iter().filter(|a| a.review_by <= until);
    let mut due: Vec<(u64, &Article)> = articles
        .map(|a| (cited.get(&a.id).copied().unwrap_or(0), a))
        .collect();
    due.sort_by_key(|(answers, a)| (Reverse(*answers), a.review_by, &a.file));
    for (answers, article) in &due {
        let (folder, file) = (config.knowledge.path.display(), &article.file);
        let overdue = if article.review_by < day {
            " (overdue)"
        } else {
            ""
        };
        crate::out::line(format!(
            "{folder}/{file}: review by {}{overdue}, {answers} answers rest on it",
            article.review_by
        ));
    }
    crate::out::line(format!(
        "{} of {} articles are due by {until}",
        due.len(),
        library.articles.len()
    ));
    Ok(())
}
