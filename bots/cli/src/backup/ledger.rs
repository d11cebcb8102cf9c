//! The list of erasures beside the database: a line each, only ever added to. It outlives the database, so that whoever was erased
//! since an older backup is erased again when it is put back, by whatever means.
//! What never lives here: words; what went by age (it goes again by age).

use std::{
    collections::HashSet,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use waymark::{
    base::Clock,
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

    /// Brings the two level. At first, what the list knows and the database does not is erased again: such a database is older than
    /// its list. Then, as at every call, what the database knows and the list does not is added to the list.
    ///
    /// # Errors
    /// When either cannot be read or written; the next call makes up for it.
    pub(crate) async fn keep(&mut self, store: &Store) -> Result<()> {
        let known = match &mut self.known {
            Some(known) => known,
            none => none.insert(erased_again(&self.path, store).await?),
        };
        let news = store.erasures_after(self.seen).await?;
        let Some(last) = news.last().map(|(seq, _)| *seq) else {
            return Ok(());
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

/// Erases what the list knows and the database does not; returns what is listed.
async fn erased_again(path: &Path, store: &Store) -> Result<HashSet<(Erased, String)>> {
    let listed = read(path)?;
    let done = store.erasures_after(0).await?;
    let done: HashSet<(Erased, String)> = done.into_iter().map(|(_, e)| (e.what, e.id)).collect();
    let known = |e: &Erasure| (e.what, e.id.clone());
    let unknown = listed.iter().filter(|e| !done.contains(&known(e)));
    let unknown: Vec<Erasure> = unknown.cloned().collect();
    if !unknown.is_empty() {
        let again = store
            .erase_again(unknown, Clock::System.now().instant)
            .await?;
        tracing::warn!("this database is older than its list of erasures: {again} were done again");
    }
    Ok(listed.iter().map(known).collect())
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
