//! Opens what commands share: configuration, knowledge, snapshot, store, runtime.
//! What never lives here: a command's own work.

use std::{
    fs::{File, TryLockError},
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use waymark::{
    assistant::{Desk, Snapshot, Staffing},
    base::{Chance, Clock, SealKey, Secret},
    config::Config,
    knowledge::{Feeds, Library, load, read_feeds, read_folder},
    store::Store,
    voice::{Hear, Say, Voice},
};

use crate::senses::Senses;

/// The configuration: the named file must be there, the default one may be.
pub(crate) fn config(path: Option<&Path>) -> Result<Config> {
    let file = path.unwrap_or_else(|| Path::new("waymark.toml"));
    Ok(Config::read(file, path.is_some())?)
}

/// The knowledge as it could be read, with the local services that were imported. Complaints are `waymark check`'s business;
/// an empty folder is not.
pub(crate) fn library(config: &Config) -> Result<Library> {
    let folder = &config.knowledge.path;
    let files = read_folder(folder)
        .with_context(|| format!("knowledge.path: cannot read {}", folder.display()))?;
    let (mut library, _) = load(&files);
    library.feeds = feeds(config);
    if library.articles.is_empty() {
        bail!("knowledge.path: {} holds no article", folder.display());
    }
    Ok(library)
}

/// The imported directories of local services; what cannot be read of them is logged and left out.
pub(crate) fn feeds(config: &Config) -> Feeds {
    let (feeds, complaints) = read_feeds(&config.knowledge.services);
    for complaint in complaints {
        tracing::warn!("imported services: {complaint}");
    }
    feeds
}

/// The snapshot that turns read.
pub(crate) fn snapshot(config: &Config, staffing: Staffing) -> Result<Snapshot> {
    Senses::open(config)?.read(indexed(library(config)?, staffing)?)
}

/// A snapshot of any library, by words alone: the knowledge as it is, or as it was.
pub(crate) fn indexed(library: Library, staffing: Staffing) -> Result<Snapshot> {
    Snapshot::new(library, staffing).context("the index could not be built")
}

/// A desk over a store that is thrown away: `ask`, `eval` and `diff` open no live case.
pub(crate) fn throw_away_desk(config: &Config, clock: Clock) -> Result<Desk> {
    let store = Store::open_in_memory()?;
    Ok(Desk::new(
        store,
        clock,
        Chance::System,
        snapshot(config, config.staffing())?,
    ))
}

/// Where the password of the PostgreSQL server comes from.
const STORE_PASSWORD: &str = "WAYMARK_STORE_PASSWORD";

/// The live store.
pub(crate) fn store(config: &Config) -> Result<Store> {
    let opened = match config.store.url.as_str() {
        "" => Store::open_sealed(&config.store.path, seal_key()?),
        url => Store::open_server(url, store_password().as_ref(), seal_key()?),
    };
    opened.with_context(|| config.store.shown())
}

/// The key that seals what people wrote and the second factors of staff, if the environment holds one.
///
/// # Errors
/// One line that names it, when it is none.
pub(crate) fn seal_key() -> Result<Option<SealKey>> {
    key(SealKey::VARIABLE)
}

/// A key out of a variable of the environment.
pub(crate) fn key(variable: &'static str) -> Result<Option<SealKey>> {
    let text = std::env::var(variable).unwrap_or_default();
    match text.as_str() {
        "" => Ok(None),
        text => text.parse().map(Some).context(variable),
    }
}

/// The password of the PostgreSQL server, if it needs one.
pub(crate) fn store_password() -> Option<Secret> {
    std::env::var(STORE_PASSWORD).ok().map(Secret::new)
}

/// Whether there is a live store: a file that was made, or a server.
pub(crate) fn has_store(config: &Config) -> bool {
    !config.store.url.is_empty() || config.store.path.exists()
}

/// The live store, which must be there already: looking makes no database.
pub(crate) fn kept(config: &Config) -> Result<Store> {
    if !has_store(config) {
        bail!(
            "store.path: {} does not exist yet; start `waymark serve` first",
            config.store.path.display()
        );
    }
    store(config)
}

/// Says to others that the service runs, as long as the file is held.
pub(crate) fn serving(config: &Config) -> Result<File> {
    let held = flag(config)?;
    match held.try_lock_shared() {
        Ok(()) => Ok(held),
        Err(TryLockError::WouldBlock) => bail!("a backup is being put in place: wait for it"),
        Err(TryLockError::Error(e)) => Err(e).context("store.path: its folder cannot be locked"),
    }
}

/// Keeps the service from starting, as long as the file is held; `None` when it runs.
pub(crate) fn alone(config: &Config) -> Result<Option<File>> {
    let held = flag(config)?;
    match held.try_lock() {
        Ok(()) => Ok(Some(held)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e).context("store.path: its folder cannot be locked"),
    }
}

/// The folder of a file, made if it is not there: only its owner may enter.
pub(crate) fn folder_of(place: &Path) -> Result<()> {
    let Some(folder) = place.parent().filter(|f| !f.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .with_context(|| format!("{} cannot be made", folder.display()))
}

/// An empty file beside the database; the operating system lets go of its lock when the process ends, however it ends.
fn flag(config: &Config) -> Result<File> {
    let mut path = config.store.path.as_os_str().to_owned();
    path.push(".serving");
    let path = Path::new(&path);
    folder_of(path)?;
    let opened = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    opened.with_context(|| format!("{} cannot be written", path.display()))
}

/// Hearing and speaking, as far as they are set up.
pub(crate) fn voice(config: &Config) -> Voice {
    match config.voice.enabled {
        true => Voice::open(&config.voice.settings(&config.models.dir)),
        false => Voice::off("it is switched off"),
    }
}

/// Waits until it is known whether hearing and speaking are there.
pub(crate) async fn wait_for(voice: &Voice) {
    while voice.hearing() == Hear::Loading || voice.speaking() == Say::Loading {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A runtime for the asynchronous rooms.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}
