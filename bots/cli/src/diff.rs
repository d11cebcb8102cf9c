//! `waymark diff REV`: asks the question sets of the knowledge as it stood at a git revision and as it is now, and shows
//! which answers change and why.
//! What never lives here: answering. Stores are thrown away; no live case is opened.

mod compare;
mod page;
mod revision;
mod unseen;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use waymark::{
    assistant::{Desk, Reply, Snapshot},
    base::{Chance, Clock},
    config::Config,
    knowledge::{Files, load},
    store::Store,
};

use self::{
    compare::{Cause, Side, places, reasons},
    revision::Repository,
};
use crate::{
    open, out,
    questions::{self, Item},
};

/// Both sides draw the same identifiers, so that a case's reference is no difference.
const SEED: u64 = 1;

#[derive(Args)]
pub(crate) struct Diff {
    /// What to compare with: a commit, a branch or a tag of the repository that holds the knowledge.
    revision: String,
    /// Question sets, one JSON object a line; without them those in tests/questions/ of the repository.
    files: Vec<PathBuf>,
    /// The day it is, on both sides.
    #[arg(long)]
    on: Option<Date>,
    /// A page on which a content owner can sign off each change.
    #[arg(long, value_name = "FILE.html")]
    html: Option<PathBuf>,
    /// Everything as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// What was compared, and what came out.
#[derive(Serialize)]
struct Comparison {
    /// As it was given, and the commit it means.
    revision: String,
    commit: String,
    /// The day on both sides.
    on: Date,
    asked: usize,
    changes: Vec<Change>,
    /// What changed in the knowledge and no question of the sets shows.
    unseen: Vec<String>,
}

/// One answer that changes.
#[derive(Serialize)]
struct Change {
    id: String,
    /// What was asked, a turn each.
    turns: Vec<String>,
    /// The gravest of `why`.
    cause: Cause,
    why: Vec<String>,
    before: Shown,
    after: Shown,
}

/// One side of a change, as it was shown.
#[derive(Serialize)]
struct Shown {
    outcome: String,
    cites: Vec<String>,
    summary: String,
    body_markdown: String,
}

impl Shown {
    fn of(reply: &Reply) -> Self {
        Self {
            outcome: reply.outcome.as_str().to_owned(),
            cites: places(reply),
            summary: reply.summary.clone(),
            body_markdown: reply.body_markdown.clone(),
        }
    }
}

impl Diff {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let repository = Repository::of(&config.knowledge.path);
        let top = repository.top()?;
        let commit = repository.commit(&self.revision)?;
        let mut items = Vec::new();
        for file in self.sets(&top)? {
            items.extend(questions::read(&file)?);
        }
        let clock = self.on.map_or_else(
            || Clock::Fixed(Clock::System.now().instant),
            Clock::fixed_on,
        );
        let then = desk(clock, then(&config, &repository.files(&commit)?)?)?;
        let now = desk(clock, open::snapshot(&config, config.staffing())?)?;
        let (changes, cited) = changes(&then, &now, &items)?;
        let on = clock.now().today;
        let comparison = Comparison {
            revision: self.revision.clone(),
            commit,
            on,
            asked: items.len(),
            changes,
            unseen: unseen::unseen(&then.library(), &now.library(), on, &cited),
        };
        if let Some(path) = &self.html {
            let page = page::page(&comparison)?;
            let written = std::fs::write(path, page);
            written.with_context(|| format!("cannot write {}", path.display()))?;
        }
        if self.json {
            out::line(serde_json::to_string_pretty(&comparison)?);
        } else {
            print(&comparison);
        }
        Ok(ExitCode::SUCCESS)
    }

    fn sets(&self, top: &Path) -> Result<Vec<PathBuf>> {
        if !self.files.is_empty() {
            return Ok(self.files.clone());
        }
        let folder = top.join("tests/questions");
        let mut sets: Vec<PathBuf> = std::fs::read_dir(&folder)
            .with_context(|| format!("{}: no question sets; name some", folder.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
            .collect();
        sets.sort();
        Ok(sets)
    }
}

/// The snapshot of what stood at the revision.
fn then(config: &Config, files: &Files) -> Result<Snapshot> {
    let (library, _) = load(files);
    if library.articles.is_empty() {
        let folder = config.knowledge.path.display();
        bail!("the revision holds no article under {folder}");
    }
    open::indexed(library, config.staffing())
}

fn desk(clock: Clock, snapshot: Snapshot) -> Result<Desk> {
    let store = Store::open_in_memory()?;
    Ok(Desk::new(store, clock, Chance::seeded(SEED), snapshot))
}

/// The answers that change, the gravest first, and every section that any answer cites.
fn changes(then: &Desk, now: &Desk, items: &[Item]) -> Result<(Vec<Change>, BTreeSet<String>)> {
    let runtime = open::runtime()?;
    let (old, new) = (then.library(), now.library());
    let (mut changes, mut cited) = (Vec::new(), BTreeSet::new());
    for item in items {
        let (before, _) = runtime.block_on(item.ask(then))?;
        let (after, _) = runtime.block_on(item.ask(now))?;
        cited.extend(places(&before));
        cited.extend(places(&after));
        let was = Side {
            library: &old,
            reply: &before,
        };
        let is = Side {
            library: &new,
            reply: &after,
        };
        let why = reasons(&was, &is);
        let Some(cause) = why.iter().map(|(cause, _)| *cause).min() else {
            continue;
        };
        changes.push(Change {
            id: item.id.clone(),
            turns: item.turns.clone(),
            cause,
            why: why.into_iter().map(|(_, text)| text).collect(),
            before: Shown::of(&before),
            after: Shown::of(&after),
        });
    }
    changes.sort_by_key(|change| change.cause);
    Ok((changes, cited))
}

/// A summary, then each change under its cause.
fn print(comparison: &Comparison) {
    let Comparison {
        revision,
        commit,
        on,
        asked,
        changes,
        unseen,
    } = comparison;
    let (short, count) = (commit.get(..12).unwrap_or(commit), changes.len());
    out::line(format!(
        "{count} of {asked} answers change from {revision} ({short}) to the knowledge as it is now, both as on {on}."
    ));
    for (cause, some) in by_cause(changes) {
        out::line(format!("\n== {} ({})", cause.title(), some.len()));
        for change in some {
            out::line(format!("\n{}  {}", change.id, change.turns.join(" | ")));
            for why in &change.why {
                out::line(format!("  why: {why}"));
            }
            let (old, new) = (&change.before.body_markdown, &change.after.body_markdown);
            for line in TextDiff::from_lines(old, new).iter_all_changes() {
                if line.tag() != ChangeTag::Equal {
                    out::line(format!("  {} {}", line.tag(), line.value().trim_end()));
                }
            }
        }
    }
    if !unseen.is_empty() {
        out::line("\n== Changed, and no question of the sets shows it");
        for what in unseen {
            out::line(format!("  {what}"));
        }
    }
}

/// Changes by cause, the gravest cause first.
fn by_cause(changes: &[Change]) -> BTreeMap<Cause, Vec<&Change>> {
    let mut groups: BTreeMap<Cause, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        groups.entry(change.cause).or_default().push(change);
    }
    groups
}

/// Runs of words that stayed, went or came.
fn pieces(old: &str, new: &str) -> Vec<(ChangeTag, String)> {
    let mut pieces: Vec<(ChangeTag, String)> = Vec::new();
    for change in TextDiff::from_words(old, new).iter_all_changes() {
        match pieces.last_mut().filter(|last| last.0 == change.tag()) {
            Some(last) => last.1.push_str(change.value()),
            None => pieces.push((change.tag(), change.value().to_owned())),
        }
    }
    pieces
}
