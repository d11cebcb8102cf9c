//! `waymark restore`: puts the database of a backup in place, where there is none and nothing runs, after checking it whole and
//! erasing again whoever was erased since; does the same for what a PostgreSQL server's own tools have put back.
//! What never lives here: overwriting anything.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use waymark::{
    base::Clock,
    config::Config,
    store::{Erasure, Store},
};

use super::{Ledger, Scrap, beside, create, ledger, pack, sound};
use crate::{open, out};

#[derive(Args)]
pub(crate) struct Restore {
    /// The backup. None where `store.url` names a server: there its own tools put the database back first.
    file: Option<PathBuf>,
    /// The file with the age identity (AGE-SECRET-KEY-...) that it is encrypted for.
    #[arg(long)]
    identity: Option<PathBuf>,
    /// A list of erasures to be done again, beside the one that stands at `backup.erased`; may be given several times.
    #[arg(long)]
    erased: Vec<PathBuf>,
    /// Only check it; put nothing in place.
    #[arg(long)]
    check: bool,
}

impl Restore {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let server = !config.store.url.is_empty();
        if server && self.file.is_some() {
            bail!(
                "store.url names a PostgreSQL server: put its dump back with its own tools (pg_restore, psql), then \
                 `waymark restore` without a file erases again whoever was erased since"
            );
        }
        let mut again = ledger::read(&config.backup.erased_beside(&config.store.path))?;
        for list in &self.erased {
            if !list.exists() {
                bail!("{} is not there", list.display());
            }
            again.extend(ledger::read(list)?);
        }
        match self.file.as_deref() {
            Some(file) => self.put_in_place(&config, file, again),
            None if server => self.made_good(&config, again),
            None => bail!("name the backup"),
        }
    }

    /// What the server's own tools have put back.
    fn made_good(&self, config: &Config, again: Vec<Erasure>) -> Result<ExitCode> {
        let _alone = match self.check {
            true => None,
            false => Some(alone(config)?),
        };
        let store = open::kept(config)?;
        let erased = self.made_ready(config, store, again)?;
        if !self.check {
            told(erased);
            out::line(
                "every session was ended. Look through `waymark adviser list`, then start the nodes",
            );
        }
        Ok(ExitCode::SUCCESS)
    }

    fn put_in_place(&self, config: &Config, file: &Path, again: Vec<Erasure>) -> Result<ExitCode> {
        let place = &config.store.path;
        let _alone = match self.check {
            true => None,
            false => Some(free(config)?),
        };
        open::folder_of(place)?;
        let scrap = Scrap::at(beside(place, ".restoring"))?;
        let about = pack::unpack(file, self.identity.as_deref(), create(&scrap.0)?)?;
        let store = Store::open_sealed(&scrap.0, open::seal_key()?)?;
        let erased = self.made_ready(config, store, again)?;
        out::line(format!(
            "{}: made {:.0} by Waymark {}, schema {}, {} bytes, SHA-256 as noted",
            file.display(),
            about.made,
            about.version,
            about.schema,
            about.bytes
        ));
        if self.check {
            return Ok(ExitCode::SUCCESS);
        }
        // Not renamed: that would replace what a service has made there meanwhile.
        fs::hard_link(&scrap.0, place)
            .with_context(|| format!("{} cannot be put in place", place.display()))?;
        told(erased);
        out::line(format!(
            "{} is in place; every session was ended. Look through `waymark adviser list`, then start the service",
            place.display()
        ));
        Ok(ExitCode::SUCCESS)
    }

    /// Checks the database, brings its schema up to date, erases again, ends sessions. Says how much was erased again.
    fn made_ready(&self, config: &Config, store: Store, again: Vec<Erasure>) -> Result<u64> {
        let done = open::runtime()?.block_on(async {
            out::line(sound(&store).await?);
            if self.check {
                out::line("nothing was changed: it was only checked");
                return Ok(0);
            }
            let now = Clock::System.now().instant;
            let erased = store.erase_again(again, now).await?;
            store.end_all_sessions().await?;
            sound(&store).await?;
            Ledger::of(config).keep(&store).await?;
            Ok(erased)
        });
        // Folds the log in: a file alone is put in place.
        store.close_blocking();
        done
    }
}

fn told(erased: u64) {
    out::line(format!(
        "{erased} erasures since the backup were done again"
    ));
}

/// Nobody serves on this machine; as long as the answer is held, nobody begins to.
fn alone(config: &Config) -> Result<fs::File> {
    let alone = open::alone(config)?;
    alone.context("the service is running: stop it first")
}

/// Nothing is there and nobody serves.
fn free(config: &Config) -> Result<fs::File> {
    let place = &config.store.path;
    let alone = alone(config)?;
    for ending in ["", "-wal", "-journal"] {
        let there = beside(place, ending);
        if there.exists() {
            bail!(
                "{} is there: nothing is ever overwritten; move the old files of the database away first",
                there.display()
            );
        }
    }
    Ok(alone)
}
