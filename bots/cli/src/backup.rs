//! `waymark backup`: one file that holds the whole database as it stands at one instant, checked before it is called done.
//! What never lives here: putting one back (restore.rs), the file's form (pack.rs).

mod ledger;
mod pack;
mod restore;

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use waymark::{
    base::Clock,
    config::Config,
    store::{ChainCheck, Store},
};

use crate::{open, out};

pub(crate) use ledger::Ledger;
pub(crate) use restore::Restore;

#[derive(Args)]
pub(crate) struct Backup {
    /// The file to be made, such as waymark-2026-11-22.backup.
    file: PathBuf,
    /// Encrypt for this age recipient (`age1...`) instead of those of `backup.recipients`; may be given several times.
    #[arg(long)]
    recipient: Vec<String>,
}

impl Backup {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        if self.file.exists() {
            bail!("{} is there already: name a new file", self.file.display());
        }
        let recipients = match self.recipient.is_empty() {
            true => &config.backup.recipients,
            false => &self.recipient,
        };
        let recipients = pack::recipients(recipients)?;
        let store = open::kept(&config)?;
        // Beside the database, where its words are anyway; it goes as soon as it is packed.
        let copy = Scrap::at(beside(&config.store.path, ".copying"))?;
        let copied = open::runtime()?.block_on(copied(&config, &store, &copy.0));
        store.close_blocking();
        let sound = copied?;
        let about = pack::About::of(&copy.0, Clock::System.now().instant)?;
        let part = Scrap::at(beside(&self.file, ".part"))?;
        let sealed = !recipients.is_empty();
        pack::pack(&about, &copy.0, recipients, create(&part.0)?)
            .with_context(|| format!("{} cannot be written", part.0.display()))?;
        fs::rename(&part.0, &self.file)
            .with_context(|| format!("{} cannot be written", self.file.display()))?;
        out::line(format!(
            "{}: {} bytes of database, schema {}, {} events of the logs, {}",
            self.file.display(),
            about.bytes,
            about.schema,
            sound.events,
            if sealed { "encrypted" } else { "NOT encrypted" }
        ));
        out::line(format!("sha256 of the database: {}", about.sha256));
        Ok(ExitCode::SUCCESS)
    }
}

/// Copies, and opens the copy as a restore would: a backup that cannot be read is none. Says how many events its log has.
async fn copied(config: &Config, store: &Store, to: &Path) -> Result<Sound> {
    Ledger::of(config).keep(store).await?;
    store.copy_to(to).await?;
    let copy = Store::open_sealed(to, open::seal_key()?)?;
    let whole = sound(&copy).await;
    copy.close().await;
    whole
}

/// What was found whole.
pub(crate) struct Sound {
    /// Of both logs.
    pub(crate) events: u64,
    pages: bool,
}

impl std::fmt::Display for Sound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pages = match self.pages {
            true => "every page is sound",
            false => "pages are for the server's own tools to check (pg_amcheck)",
        };
        write!(f, "{pages}; the logs are whole: {} events", self.events)
    }
}

/// Whether every page of a file and both logs are whole.
pub(crate) async fn sound(store: &Store) -> Result<Sound> {
    let pages = store.check_pages().await?;
    let mut events = 0;
    for log in [store.verify_chain().await?, store.verify_staff_log().await?] {
        match log {
            ChainCheck::Whole { events: some } => events += some,
            ChainCheck::Broken { why, .. } => bail!("a log is not whole: {why}"),
        }
    }
    Ok(Sound { events, pages })
}

/// The same name with something after it.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A new file that only its owner may read.
fn create(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .with_context(|| format!("{} cannot be made", path.display()))
}

/// A database file on the way, with what SQLite lays beside it; gone when it is let go.
struct Scrap(PathBuf);

impl Scrap {
    /// Nothing is left there of an earlier run that was cut off.
    fn at(path: PathBuf) -> Result<Self> {
        let scrap = Self(path);
        scrap.remove();
        if scrap.0.exists() {
            bail!("{} is in the way", scrap.0.display());
        }
        Ok(scrap)
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            // Mostly there is none.
            let _ = fs::remove_file(beside(&self.0, ending));
        }
    }
}

impl Drop for Scrap {
    fn drop(&mut self) {
        self.remove();
    }
}
