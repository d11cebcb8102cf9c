//! Fetches a feed page by page, and the details of services whose list row is shallow. Bounded in time, pages and bytes.
//! What never lives here: what is on a page (knowledge).

use std::{
    cell::Cell,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};
use url::Url;
use waymark::{
    base::Stopwatch,
    knowledge::{Import, More, PageRead},
};

/// One answer, and all of them together; bytes.
const LARGEST_PAGE: u64 = 16 << 20;
const LARGEST_FEED: u64 = 256 << 20;
const MOST_PAGES: u32 = 5_000;
/// Asked for; a feed may give fewer.
const PER_PAGE: &str = "100";
const LONGEST_ANSWER: Duration = Duration::from_secs(30);
const LONGEST_IMPORT: Duration = Duration::from_secs(3600);
const REDIRECTS: u32 = 4;
/// An answer that fails for a passing reason is asked for so often.
const TRIES: usize = 3;
/// Details asked for at once: few, for it is somebody else's server.
const AT_ONCE: usize = 4;
/// After so many failures in a row the feed is taken to offer no details.
const FAILURES: usize = 5;

/// Takes a whole feed in; the address of its list of services.
///
/// # Errors
/// When a page cannot be had or read, the pages go in a circle, or a bound is reached.
pub(super) fn whole_feed(from: &Url, import: &mut Import) -> Result<Url> {
    let web = Web::new();
    let list = pages(&web, from, import)?;
    details(&web, &list, import);
    Ok(list)
}

/// Takes every page in; the address of the list they are of.
fn pages(web: &Web, from: &Url, import: &mut Import) -> Result<Url> {
    let bar = ProgressBar::new_spinner();
    let mut list = from.clone();
    let mut read = first_page(web, &list, import)?;
    if read.about {
        list = below(from, "services").ok_or_else(|| anyhow!("'{from}' has no path"))?;
        read = first_page(web, &list, import)?;
    }
    if read.about {
        bail!("{list}: no list of services");
    }
    let mut told = read.fresh;
    if read.first == Some(false) {
        // Pages count from 0 here.
        told += page(web, &list, 0, import)?.map_or(0, |p| p.fresh);
    }
    let mut number = 1;
    while read.more != More::No && read.rows > 0 {
        number += 1;
        bar.set_message(format!("page {number}, {} services", import.held()));
        bar.tick();
        if number > MOST_PAGES {
            bail!("{list}: more than {MOST_PAGES} pages");
        }
        let all = |told: usize| {
            read.total
                .is_some_and(|t| u64::try_from(told).unwrap_or(0) >= t)
        };
        let Some(next) = page(web, &list, number, import)? else {
            if read.more == More::Yes && !all(told) {
                bail!(
                    "{list}: page {number} is missing, though the one before says that more follow"
                );
            }
            break;
        };
        told += next.fresh;
        if next.fresh == 0 && next.rows > 0 {
            if next.more == More::Yes && !all(told) {
                bail!(
                    "{list}: page {number} brings nothing new and says that more follow: the pages go in a circle"
                );
            }
            break;
        }
        read = next;
    }
    bar.finish_and_clear();
    if let Some(total) = read.total
        && u64::try_from(told).unwrap_or(0) < total
    {
        import.complain(format!(
            "the feed says that it holds {total} services; {told} came"
        ));
    }
    Ok(list)
}

/// The first page; a feed that knows no page size is asked again without one.
fn first_page(web: &Web, list: &Url, import: &mut Import) -> Result<PageRead> {
    if let Some(read) = page(web, list, 1, import)? {
        return Ok(read);
    }
    web.plain.set(true);
    page(web, list, 1, import)?.ok_or_else(|| anyhow!("{list}: there is nothing there"))
}

/// One page; `None` where the feed says that there is none.
fn page(web: &Web, list: &Url, number: u32, import: &mut Import) -> Result<Option<PageRead>> {
    let mut url = list.clone();
    let kept: Vec<(String, String)> = list
        .query_pairs()
        .filter(|(key, _)| key != "page")
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    let sized = kept.iter().any(|(key, _)| key == "per_page") || web.plain.get();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .append_pair("page", &number.to_string());
    if !sized {
        url.query_pairs_mut().append_pair("per_page", PER_PAGE);
    }
    let Some(bytes) = web.get(&url)? else {
        return Ok(None);
    };
    let read = import.take_page(&bytes);
    read.map(Some)
        .with_context(|| format!("page {number} of {list}"))
}

/// Asks for the details of shallow rows, a few at a time. Whatever fails is complained about; the rows stay as they are.
fn details(web: &Web, list: &Url, import: &mut Import) {
    let ids = import.shallow();
    if ids.is_empty() {
        return;
    }
    let bar = ProgressBar::new(u64::try_from(ids.len()).unwrap_or(0));
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} details, {eta} left") {
        bar.set_style(style);
    }
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = sync_channel(AT_ONCE);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            let (web, sender) = (web.another(), sender.clone());
            let (ids, next, stop) = (&ids, &next, &stop);
            scope.spawn(move || ask(&web, list, ids, next, stop, &sender));
        }
        drop(sender);
        take_in(&receiver, &ids, &stop, import, &bar);
    });
    bar.finish_and_clear();
}

type Answer = (usize, Result<Vec<u8>>);

/// Asks until there is no more to ask or it is told to stop.
fn ask(
    web: &Web,
    list: &Url,
    ids: &[String],
    next: &AtomicUsize,
    stop: &AtomicBool,
    sender: &SyncSender<Answer>,
) {
    while !stop.load(Ordering::Relaxed) {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(id) = ids.get(at) else {
            return;
        };
        let answer = below(list, id)
            .ok_or_else(|| anyhow!("no address"))
            .and_then(|url| web.get(&url))
            .and_then(|found| found.ok_or_else(|| anyhow!("it is not there")));
        if sender.send((at, answer)).is_err() {
            return;
        }
    }
}

fn take_in(
    receiver: &Receiver<Answer>,
    ids: &[String],
    stop: &AtomicBool,
    import: &mut Import,
    bar: &ProgressBar,
) {
    let (watch, mut bytes, mut failures, mut came) = (Stopwatch::start(), 0_u64, 0, 0);
    for (at, answer) in receiver {
        let id = ids.get(at).map_or("", String::as_str);
        bar.inc(1);
        if stop.load(Ordering::Relaxed) {
            continue;
        }
        let good = match answer {
            Ok(body) => {
                bytes += u64::try_from(body.len()).unwrap_or(0);
                import.take_detail(id, &body)
            }
            Err(error) => {
                import.complain(format!("the details of '{id}' cannot be had: {error:#}"));
                false
            }
        };
        failures = if good { 0 } else { failures + 1 };
        came += usize::from(good);
        if failures == FAILURES || bytes > LARGEST_FEED || watch.elapsed() > LONGEST_IMPORT {
            import.complain(format!(
                "no more details are asked for: {came} of {} came",
                ids.len()
            ));
            stop.store(true, Ordering::Relaxed);
        }
    }
}

/// An address with one step more, its query gone.
fn below(url: &Url, step: &str) -> Option<Url> {
    let mut url = url.clone();
    url.set_query(None);
    url.path_segments_mut().ok()?.pop_if_empty().push(step);
    Some(url)
}

/// What fetches, and what it has fetched so far.
struct Web {
    agent: Agent,
    watch: Stopwatch,
    bytes: Cell<u64>,
    /// Whether the feed refused a page size.
    plain: Cell<bool>,
}

impl Web {
    fn new() -> Self {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .timeout_global(Some(LONGEST_ANSWER))
            .max_redirects(REDIRECTS)
            .max_response_header_size(32 << 10)
            .accept("application/json")
            .user_agent("waymark (Open Referral UK import)")
            .build();
        Self {
            agent: config.new_agent(),
            watch: Stopwatch::start(),
            bytes: Cell::new(0),
            plain: Cell::new(false),
        }
    }

    /// For another thread; connections are shared.
    fn another(&self) -> Self {
        Self {
            agent: self.agent.clone(),
            watch: self.watch,
            bytes: Cell::new(0),
            plain: Cell::new(self.plain.get()),
        }
    }

    /// The answer's body; `None` for what the server says is not there.
    fn get(&self, url: &Url) -> Result<Option<Vec<u8>>> {
        if self.watch.elapsed() > LONGEST_IMPORT {
            bail!("the import takes longer than an hour");
        }
        let mut last = anyhow!("not asked");
        for _ in 0..TRIES {
            match self.once(url) {
                Ok(Ok(found)) => return Ok(found),
                Ok(Err(passing)) => last = passing,
                Err(lasting) => return Err(lasting),
            }
        }
        Err(last)
    }

    /// One try: what came, or a reason that may pass, or an error that will not.
    fn once(&self, url: &Url) -> Result<Result<Option<Vec<u8>>>> {
        let mut response = match self.agent.get(url.as_str()).call() {
            Ok(response) => response,
            Err(
                e @ (ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed),
            ) => {
                return Ok(Err(anyhow!("{url}: {e}")));
            }
            Err(e) => return Err(anyhow!("{url}: {e}")),
        };
        let status = response.status().as_u16();
        match status {
            200 => {}
            204 | 400 | 404 | 410 | 416 | 422 => return Ok(Ok(None)),
            500..600 => return Ok(Err(anyhow!("{url}: the server answers {status}"))),
            _ => bail!("{url}: the server answers {status}"),
        }
        let body = response
            .body_mut()
            .with_config()
            .limit(LARGEST_PAGE)
            .read_to_vec();
        let bytes = match body {
            Ok(bytes) => bytes,
            Err(ureq::Error::BodyExceedsLimit(_)) => {
                bail!("{url}: more than {} MB", LARGEST_PAGE >> 20)
            }
            Err(e) => return Ok(Err(anyhow!("{url}: {e}"))),
        };
        self.bytes
            .set(self.bytes.get() + u64::try_from(bytes.len()).unwrap_or(0));
        if self.bytes.get() > LARGEST_FEED {
            bail!("the feed is larger than {} MB", LARGEST_FEED >> 20);
        }
        Ok(Ok(Some(bytes)))
    }
}
