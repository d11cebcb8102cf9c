//! `waymark serve`: the web chat and its API, until SIGTERM or SIGINT; requests under way finish.
//! What never lives here: routes (bots/web), what to say.

use std::{
    io::ErrorKind,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use tokio::{net::TcpListener, sync::watch};
use tracing_subscriber::EnvFilter;
use waymark::{
    assistant::{Desk, Snapshot},
    base::{Chance, Clock, SealKey, Stopwatch},
    config::Config,
    knowledge::{Library, Severity, check, feeds_mark, load, read_folder},
};
use waymark_web::{Colours, Logo, Settings, Statement, Theme, Web};

use crate::{adviser, letters::Letters, open, senses::Senses, telegram, workers};

/// How often another process's writes (`waymark cases reply`) are looked for.
const OTHERS: Duration = Duration::from_millis(500);
/// How often the knowledge folder is looked at for a change.
const EDITS: Duration = Duration::from_secs(3);

#[derive(Args)]
pub(crate) struct Serve {
    /// Listen here instead of `server.listen`, such as 127.0.0.1:8081.
    #[arg(long)]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let mut config = open::config(config)?;
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        logs();
        let watch = Stopwatch::start();
        let store = open::store(&config)?;
        let _serving = open::serving(&config)?;
        let senses = Senses::open(&config)?;
        // Words alone answer at once; going by meaning follows as soon as the models have read the knowledge.
        let snapshot = open::indexed(open::library(&config)?, config.staffing())?;
        let desk = Desk::new(store.clone(), Clock::System, Chance::System, snapshot)
            .with_voice(open::voice(&config));
        let served = open::runtime()?.block_on(serve(&config, desk, senses, watch));
        store.close_blocking();
        served?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Logs go to stderr as text, or as JSON with `WAYMARK_LOG=json`; `RUST_LOG` chooses what. Nothing that people write is ever logged.
fn logs() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,tantivy=warn"));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr);
    match std::env::var("WAYMARK_LOG").as_deref() {
        Ok("json") => logs.json().init(),
        _ => logs.init(),
    }
}

async fn serve(config: &Config, desk: Desk, senses: Senses, watch: Stopwatch) -> Result<()> {
    let listener = listen(config.server.listen, "server.listen").await?;
    let metrics = listen(config.server.metrics_listen, "server.metrics_listen").await?;
    let settings = settings(config, adviser::seal_key(desk.store()).await?)?;
    let health = desk.health().await;
    tracing::info!(
        articles = health.articles,
        sections = health.sections,
        ms = watch.millis(),
        "ready on http://{} (metrics on http://{}/metrics)",
        config.server.listen,
        config.server.metrics_listen
    );
    for note in &health.notes {
        tracing::info!("{note}");
    }
    desk.look_at_switches().await?;
    workers::start(&desk, config).await?;
    tokio::spawn(others(desk.clone()));
    tokio::spawn(edits(desk.clone(), config.clone(), senses));
    let (stop, stops) = watch::channel(false);
    let mut web = Web::new(desk.clone(), settings);
    if let Some(letters) = Letters::open(config)? {
        web = web.with_post(Arc::new(letters));
    }
    let telegram = match telegram::service(config, desk.clone()).await? {
        Some(service) => {
            web = web.beside(service.hooks());
            Some(tokio::spawn(service.run(stops)))
        }
        None => None,
    };
    // Shown once only: not before everything that may stop the start has been looked at.
    adviser::first_run(desk.store(), config).await?;
    let ending = async move {
        stopped().await;
        // Nobody listening any more is as good as told.
        let _ = stop.send(true);
    };
    waymark_web::serve(web, listener, Some(metrics), ending).await?;
    if let Some(telegram) = telegram {
        telegram.await.context("the Telegram service broke off")?;
    }
    tracing::info!("stopped");
    Ok(())
}

/// Colours that can be read and a logo that can be shown, or one line that names the key.
fn theme(config: &Config) -> Result<Theme> {
    let section = &config.theme;
    let logo = match section.logo.as_os_str().is_empty() {
        true => None,
        false => {
            let path = &section.logo;
            let bytes = std::fs::read(path)
                .with_context(|| format!("theme.logo: cannot read {}", path.display()))?;
            Some(Logo::new(&path.to_string_lossy(), bytes).map_err(anyhow::Error::msg)?)
        }
    };
    let colours = Colours {
        colour: &section.colour,
        on_colour: &section.on_colour,
        link: &section.link,
    };
    Theme::new(colours, logo).map_err(anyhow::Error::msg)
}

fn settings(config: &Config, seal: Option<SealKey>) -> Result<Settings> {
    Ok(Settings {
        service_name: config.service.name.clone(),
        run_by: config.service.run_by.clone(),
        contact: config.service.contact.clone(),
        security_contact: config.service.security_contact.clone(),
        hours: config.service.hours.clone(),
        exit_to: config.service.exit_to.clone(),
        widget_origins: config.widget.origins.clone(),
        theme: theme(config)?,
        anonymous_days: config.retention.anonymous_days,
        case_years: config.retention.case_years,
        statement: Statement {
            prepared: config.accessibility.prepared.clone(),
            audited: config.accessibility.audited.clone(),
            audited_by: config.accessibility.audited_by.clone(),
            problems: config.accessibility.problems.clone(),
        },
        max_recording_seconds: config.voice.longest_seconds,
        secure_cookies: config.server.secure_cookies,
        client_address_header: config.server.client_address_header.clone(),
        chat_app: telegram::chat_app(config)?,
        smallest_count: config.reports.smallest,
        reply_mail: config.mail.replies,
        console: adviser::console(config, seal),
        ..Settings::default()
    })
}

async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(e) if e.kind() == ErrorKind::AddrInUse => {
            bail!("{key}: {address} is in use; is waymark running already?")
        }
        Err(e) => Err(e).with_context(|| format!("{key}: cannot listen on {address}")),
    }
}

/// Ends on SIGINT or SIGTERM.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
    tracing::info!("stopping: requests under way finish");
}

/// An adviser's reply from another process reaches the person's open page.
async fn others(desk: Desk) {
    let mut tick = tokio::time::interval(OTHERS);
    loop {
        tick.tick().await;
        if let Err(error) = desk.store().poll_other_processes().await {
            tracing::warn!(%error, "cannot look for other processes' writes");
        }
        match desk.look_at_switches().await {
            Ok(changed) => {
                for switch in changed {
                    let (channel, off) = (switch.channel, switch.off);
                    let (by, reason) = (switch.actor, switch.reason);
                    tracing::warn!(?channel, off, %by, %reason, "a channel was switched");
                }
            }
            Err(error) => tracing::warn!(%error, "cannot look at the channels' switches"),
        }
    }
}

/// Swaps in changed knowledge and newly imported services whole. A broken edit keeps the last good snapshot and names the complaint.
async fn edits(desk: Desk, config: Config, senses: Senses) {
    if !senses.is_empty() {
        tracing::info!(
            "the models are reading the knowledge (minutes the first time); words alone find meanwhile"
        );
    }
    for reader in senses.in_turn() {
        let now = desk.clone();
        let read = tokio::task::spawn_blocking(move || {
            let library = Library::clone(&now.library());
            reader.read(Snapshot::new(library, now.staffing())?)
        });
        match read.await {
            Ok(Ok(snapshot)) => {
                desk.swap(snapshot);
                tracing::info!("the models have read the knowledge: finding goes by meaning too");
            }
            Ok(Err(error)) => tracing::error!("words alone find, for the models failed: {error:#}"),
            Err(error) => tracing::error!(%error, "words alone find, for the models broke off"),
        }
    }
    let folder: PathBuf = config.knowledge.path.clone();
    let mut seen = (
        desk.library().hash.clone(),
        feeds_mark(&config.knowledge.services),
    );
    let mut tick = tokio::time::interval(EDITS);
    loop {
        tick.tick().await;
        let (folder, config, last) = (folder.clone(), config.clone(), seen.clone());
        let senses = senses.clone();
        let looked =
            tokio::task::spawn_blocking(move || changed(&folder, &config, &senses, &last)).await;
        match looked {
            Ok(Ok(Some((now, snapshot)))) => {
                seen = now;
                if let Some(snapshot) = snapshot {
                    desk.swap(snapshot);
                    tracing::info!(
                        articles = desk.library().articles.len(),
                        services = desk.library().feeds.len(),
                        "the knowledge has changed and is live"
                    );
                }
            }
            Ok(Ok(None)) => {}
            Ok(Err(error)) => {
                tracing::warn!("the knowledge cannot be read; the last good one stays: {error:#}")
            }
            Err(error) => tracing::error!(%error, "reading the knowledge failed"),
        }
    }
}

/// What the knowledge and the imported services were when they were last read.
type Seen = (String, String);

/// What they are now and, if the knowledge is free of errors, the new snapshot; `None` when nothing changed.
fn changed(
    folder: &Path,
    config: &Config,
    senses: &Senses,
    last: &Seen,
) -> Result<Option<(Seen, Option<Snapshot>)>> {
    let files = read_folder(folder)?;
    let feeds = feeds_mark(&config.knowledge.services);
    if (waymark::knowledge::hash(&files), &feeds) == (last.0.clone(), &last.1) {
        return Ok(None);
    }
    let (mut library, mut complaints) = load(&files);
    complaints.extend(check(&library, &files, Clock::System.now().today));
    let seen = (library.hash.clone(), feeds);
    if let Some(error) = complaints.iter().find(|c| c.severity == Severity::Error) {
        tracing::warn!("the changed knowledge is not used, the last good one stays: {error}");
        return Ok(Some((seen, None)));
    }
    library.feeds = open::feeds(config);
    let snapshot = Snapshot::new(library, config.staffing())?;
    Ok(Some((seen, Some(senses.read(snapshot)?))))
}
