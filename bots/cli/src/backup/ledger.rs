//! The list of erasures beside the database: a line each, only ever added to. It outlives the database, so that a restore from an
//! older backup erases again whoever was erased since.
//! What never lives here: words; what went by age (it goes again by age).

use std::{
    collections::HashSet,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use waymark::{
    config::Config,
    store::{Erased, Erasure, Store},
};

/// The list as a process keeps it up.
pub(crate) struct Ledger {
    path: PathBuf,
    /// What is in it; `None` before it was read.
    known: Option<HashSet<(Erased, String)>>,
    /// How far the database was looked at.
    seen: u64,
}

impl Ledger {
    /// Where the configuration has it.
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            path: config.backup.erased_beside(&config.store.path),
            known: None,
            seen: 0,
        }
    }

    /// Adds what the database knows and the list does not.
    ///
    /// # Errors
    /// When either cannot be read, or the list cannot be written; the next call makes up for it.
    pub(crate) async fn keep(&mut self, store: &Store) -> Result<()> {
        let news = store.erasures_after(self.seen).await?;
        let Some(last) = news.last().map(|(seq, _)| *seq) else {
            return Ok(());
        };
        let known = match &mut self.known {
            Some(known) => known,
            none => {
                let listed = read(&self.path)?.into_iter();
                none.insert(listed.map(|e| (e.what, e.id)).collect())
            }
        };
        let missing: Vec<Erasure> = news
            .into_iter()
            .map(|(_, erasure)| erasure)
            .filter(|e| !known.contains(&(e.what, e.id.clone())))
            .collect();
        append(&self.path, &missing)
            .with_context(|| format!("{} cannot be written", self.path.display()))?;
        known.extend(missing.into_iter().map(|e| (e.what, e.id)));
        self.seen = last;
        Ok(())
    }
}

fn append(path: &Path, news: &[Erasure]) -> Result<()> {
    if news.is_empty() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut lines = String::new();
    for erasure in news {
        lines.push_str(&serde_json::to_string(erasure)?);
        lines.push('\n');
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(lines.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

/// What a list holds; an absent one holds nothing. A last line that a crash cut off is left out: the database still knows it.
pub(super) fn read(path: &Path) -> Result<Vec<Erasure>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e).with_context(|| format!("{} cannot be read", path.display())),
    };
    let lines = text.split_inclusive('\n').filter(|l| l.ends_with('\n'));
    lines
        .filter(|line| !line.trim().is_empty())
        .enumerate()
        .map(|(at, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}: line {} is damaged", path.display(), at + 1))
        })
        .collect()
}
