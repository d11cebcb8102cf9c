//! `waymark services`: import a directory of local services, list what was imported, forget a directory.
//! What never lives here: what a feed means (knowledge), HTTP (services/fetch.rs).

mod fetch;

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use url::Url;
use waymark::{
    assistant::Snapshot,
    base::Clock,
    config::Config,
    knowledge::{
        Feed, FeedHead, Import, Imported, Library, More, forget_feed, good_name, keep_feed,
        read_feed,
    },
    retrieval::ServiceQuery,
};

use crate::{open, out};

/// A file larger than this is no directory of services; bytes.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;
/// So many complaints are printed.
const TOLD: usize = 20;

#[derive(Args)]
pub(crate) struct Services {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Take over a directory in the Open Referral UK format (version 1 or 3).
    Import(ImportArgs),
    /// What was imported: the feeds, or the services that fit some words.
    List {
        /// What to look for, such as "day centre Maidstone".
        query: Option<String>,
        /// Council: kent, cambridgeshire, peterborough.
        #[arg(long)]
        area: Option<String>,
    },
    /// Take an imported directory away.
    Forget {
        /// Its name, as `waymark services list` shows it.
        name: String,
    },
}

#[derive(Args)]
struct ImportArgs {
    /// A JSON file, or the web address of a feed's list of services (or of the feed itself).
    from: String,
    /// What to call it; without it, after the file or the web address.
    #[arg(long)]
    name: Option<String>,
    /// The area of whatever does not say where it is: kent, cambridgeshire, peterborough.
    #[arg(long)]
    area: Option<String>,
    /// The licence under which the directory may be used, as its publisher calls it.
    #[arg(long)]
    licence: Option<String>,
    /// Take it even if it holds less than half of what is there now.
    #[arg(long)]
    accept_fewer: bool,
}

impl Services {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        match self.what {
            What::Import(import) => import.run(&config),
            What::List { query, area } => list(&config, query.as_deref(), area.as_deref()),
            What::Forget { name } => forget(&config, &name),
        }
    }
}

impl ImportArgs {
    fn run(self, config: &Config) -> Result<ExitCode> {
        let folder = &config.knowledge.services;
        if self.area.is_some() {
            known_area(&open::library(config)?, self.area.as_deref())?;
        }
        let url = web_address(&self.from)?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => named_after(&self.from, url.as_ref()),
        };
        if !good_name(&name) {
            bail!("--name: '{name}' must be lower case letters, digits and hyphens, at most 60");
        }
        let today = Clock::System.now().today;
        let mut import = Import::new(&name, today);
        let source = match &url {
            Some(url) => fetch::whole_feed(url, &mut import)?.to_string(),
            None => read_file(Path::new(&self.from), &mut import)?,
        };
        let done = import.finish();
        tell(&done);
        let before = read_feed(folder, &name, &mut Vec::new())
            .ok()
            .flatten()
            .map_or(0, |f| f.listings.iter().filter(|l| l.holds(today)).count());
        self.suspicious(&done, before)?;
        let head = FeedHead {
            name,
            source,
            standard: done.standard,
            licence: self.licence.or(done.licence),
            area: self.area,
            fetched: today,
            counts: done.counts,
        };
        let feed = Feed {
            head,
            listings: done.listings,
        };
        let path = keep_feed(folder, &feed)?;
        out::line(format!(
            "{} services kept in {}, {} of them to be shown today ({before} before); a running service takes them up within seconds",
            feed.listings.len(),
            path.display(),
            done.counts.kept - done.counts.over
        ));
        Ok(ExitCode::SUCCESS)
    }

    /// What is there stays rather than be replaced by a feed that has plainly gone wrong.
    fn suspicious(&self, done: &Imported, before: usize) -> Result<()> {
        let counts = done.counts;
        let shown = counts.kept - counts.over;
        let stays = if before > 0 {
            "; what was imported before stays"
        } else {
            ""
        };
        if counts.kept == 0 {
            bail!(
                "there is no open service in it ({} rows: {} closed, {} unusable){stays}",
                counts.rows,
                counts.closed,
                counts.unusable
            );
        }
        if counts.unusable * 2 > counts.rows {
            bail!(
                "{} of {} rows cannot be used: this is not a feed of services{stays}",
                counts.unusable,
                counts.rows
            );
        }
        if shown * 2 < before && !self.accept_fewer {
            bail!(
                "it holds {shown} services that may be shown and the last import held {before}: is the feed whole? --accept-fewer takes it{stays}"
            );
        }
        Ok(())
    }
}

/// `None` for a file.
fn web_address(from: &str) -> Result<Option<Url>> {
    if !from.contains("://") {
        return Ok(None);
    }
    let url = Url::parse(from).with_context(|| format!("'{from}' is no web address"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        bail!("'{from}': only http:// and https:// addresses are read");
    }
    if !url.username().is_empty() || url.password().is_some() {
        bail!("a web address with a user name or password is not read");
    }
    Ok(Some(url))
}

/// Takes a file in; its own name, for where it stood is nobody's business.
fn read_file(path: &Path, import: &mut Import) -> Result<String> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST_FILE {
        bail!("{}: more than {} MB", path.display(), LARGEST_FILE >> 20);
    }
    let page = import
        .take_page(&bytes)
        .with_context(|| path.display().to_string())?;
    if page.about {
        bail!(
            "{}: it tells about a feed and holds no services",
            path.display()
        );
    }
    if page.more == More::Yes {
        import.complain("this file is one page of several; import the web address for all".into());
    }
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(name.to_string_lossy().into_owned())
}

fn named_after(from: &str, url: Option<&Url>) -> String {
    let stem = PathBuf::from(from);
    let stem = stem.file_stem().map(|s| s.to_string_lossy().into_owned());
    let of = url
        .and_then(|u| u.host_str().map(str::to_owned))
        .or(stem)
        .unwrap_or_default();
    let of = of.trim_start_matches("www.").to_lowercase();
    let parts = of.split(|c: char| !c.is_ascii_alphanumeric());
    let name = parts
        .filter(|p| !p.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    name.chars().take(60).collect()
}

fn known_area(library: &Library, area: Option<&str>) -> Result<()> {
    if let Some(area) = area.filter(|a| !library.areas.contains_key(*a)) {
        let known: Vec<&str> = library.areas.keys().map(String::as_str).collect();
        bail!(
            "--area: '{area}' is not an area; known are {}",
            known.join(", ")
        );
    }
    Ok(())
}

fn tell(done: &Imported) {
    let shown = done.complaints.iter().take(TOLD);
    for complaint in shown {
        out::line(format!("row {}: {}", complaint.line, complaint.text));
    }
    let more = done.complaints.len().saturating_sub(TOLD) + done.more_complaints;
    if more > 0 {
        out::line(format!("... and {more} more complaints"));
    }
    let counts = done.counts;
    out::line(format!(
        "Open Referral UK {}: {} pages, {} rows, {} details; {} told twice, {} past their dates, {} closed, {} unusable",
        done.standard,
        counts.pages,
        counts.rows,
        counts.details,
        counts.merged,
        counts.over,
        counts.closed,
        counts.unusable
    ));
}

fn list(config: &Config, query: Option<&str>, area: Option<&str>) -> Result<ExitCode> {
    let library = open::library(config)?;
    known_area(&library, area)?;
    let today = Clock::System.now().today;
    let Some(query) = query else {
        for feed in &library.feeds.0 {
            let head = &feed.head;
            let of_area = area.is_none_or(|a| head.area.as_deref() == Some(a));
            if of_area {
                let showable = feed.listings.iter().filter(|l| l.holds(today)).count();
                out::line(format!(
                    "{}: {} services, {showable} to be shown today; fetched {} from {}; area {}; licence {}",
                    head.name,
                    feed.listings.len(),
                    head.fetched,
                    head.source,
                    head.area.as_deref().unwrap_or("as each says"),
                    head.licence.as_deref().unwrap_or("not stated"),
                ));
            }
        }
        if library.feeds.0.is_empty() {
            out::line("nothing has been imported yet (waymark services import)");
        }
        return Ok(ExitCode::SUCCESS);
    };
    let snapshot = Snapshot::new(library, config.staffing())?;
    let wanted = ServiceQuery {
        text: query,
        day: today,
        area,
        limit: 20,
    };
    for found in snapshot.services.find(&snapshot.library, &wanted)? {
        if let Some((head, listing)) = snapshot.library.feeds.at(found.place) {
            let parts = [
                Some(listing.name.clone()),
                (!listing.towns.is_empty()).then(|| listing.towns.join(", ")),
                listing.phone.clone(),
                listing.url.clone(),
                Some(format!("{} {}", head.name, listing.id)),
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            out::line(parts.join(" | "));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn forget(config: &Config, name: &str) -> Result<ExitCode> {
    if !good_name(name) || !forget_feed(&config.knowledge.services, name)? {
        bail!("there is no imported feed '{name}' (waymark services list shows them)");
    }
    out::line(format!("{name} is forgotten"));
    Ok(ExitCode::SUCCESS)
}
