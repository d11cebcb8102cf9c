//! `waymark restore`: puts the database of a backup in place, where there is none and nothing runs, after checking it whole and
//! erasing again whoever was erased since.
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
    /// The backup.
    file: PathBuf,
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
        if !config.store.url.is_empty() {
            bail!("store.url names a PostgreSQL server: restore with its own tools (pg_restore)");
        }
        let place = &config.store.path;
        let _alone = match self.check {
            true => None,
            false => Some(free(&config)?),
        };
        let mut again = ledger::read(&config.backup.erased_beside(place))?;
        for list in &self.erased {
            if !list.exists() {
                bail!("{} is not there", list.display());
            }
            again.extend(ledger::read(list)?);
        }
        open::folder_of(place)?;
        let scrap = Scrap::at(beside(place, ".restoring"))?;
        let about = pack::unpack(&self.file, self.identity.as_deref(), create(&scrap.0)?)?;
        let done = open::runtime()?.block_on(made_ready(&config, &scrap.0, again, self.check));
        let (events, erased) = done?;
        out::line(format!(
            "{}: made {:.0} by Waymark {}, schema {}, {} bytes, SHA-256 as noted",
            self.file.display(),
            about.made,
            about.version,
            about.schema,
            about.bytes
        ));
        out::line(format!(
            "every page is sound; the logs are whole: {events} events"
        ));
        if self.check {
            out::line("nothing was put in place: it was only checked");
            return Ok(ExitCode::SUCCESS);
        }
        // Not renamed: that would replace what a service has made there meanwhile.
        fs::hard_link(&scrap.0, place)
            .with_context(|| format!("{} cannot be put in place", place.display()))?;
        out::line(format!(
            "{} erasures since the backup were done again",
            erased
        ));
        out::line(format!(
            "{} is in place; every session was ended. Look through `waymark adviser list`, then start the service",
            place.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// Nothing is there and nobody serves; as long as the answer is held, nobody begins to.
fn free(config: &Config) -> Result<fs::File> {
    let place = &config.store.path;
    let Some(alone) = open::alone(config)? else {
        bail!("the service is running: stop it first");
    };
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

/// Checks the unpacked database, brings its schema up to date, erases again, ends sessions. Says how many events its log has and
/// how much was erased again.
async fn made_ready(
    config: &Config,
    file: &Path,
    again: Vec<Erasure>,
    only_checked: bool,
) -> Result<(u64, u64)> {
    let store = Store::open_sealed(file, open::seal_key()?)?;
    let done = async {
        let events = sound(&store).await?;
        if only_checked {
            return Ok((events, 0));
        }
        let erased = store
            .erase_again(again, Clock::System.now().instant)
            .await?;
        store.end_all_sessions().await?;
        sound(&store).await?;
        Ledger::of(config).keep(&store).await?;
        Ok((events, erased))
    }
    .await;
    // Folds the log in: the file alone is renamed.
    store.close().await;
    done
}
