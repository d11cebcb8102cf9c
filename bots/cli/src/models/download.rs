//! Outbound HTTP for model files: a text, or a large file that goes on where it was broken off.
//! What never lives here: which address, what the bytes mean.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use ureq::{
    Agent, Body,
    http::{Response, StatusCode, header},
    tls::{RootCerts, TlsConfig},
};
use url::Url;

/// More than any source has: somebody who sends more is not believed.
const MOST: u64 = 256 << 20;
/// A listing of a project's files.
const MOST_TEXT: u64 = 8 << 20;
/// Kept free beside what is written.
const SPARE: u64 = 64 << 20;
/// A line that is not there in this time, or an answer that does not begin, is as good as offline.
const LINE: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(30);

fn agent() -> Agent {
    // The machine's own trust store: councils' networks often have a certificate of their own in it.
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .timeout_connect(Some(LINE))
        .timeout_recv_response(Some(ANSWER))
        .build()
        .into()
}

/// A page as text.
pub(super) fn text(address: &Url, accept: &str) -> Result<String> {
    let request = agent().get(address.as_str()).header(header::ACCEPT, accept);
    let mut response = request.call().map_err(offline)?;
    if !response.status().is_success() {
        bail!("the answer was {}", response.status());
    }
    let body = response.body_mut().with_config().limit(MOST_TEXT);
    body.read_to_string().map_err(offline)
}

/// Downloads into `<folder>/<name>` and returns that path. What is there of an earlier try is not asked for again.
/// `needed`: bytes that will be written beside the file later, for which there must be room too.
pub(super) fn to_folder(address: &Url, name: &str, folder: &Path, needed: u64) -> Result<PathBuf> {
    let whole = folder.join(name);
    let part = folder.join(format!("{name}.part"));
    let have = fs::metadata(&part).map_or(0, |found| found.len());
    let mut response = ask(address, have)?;
    if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        // More is there than there should be: from the beginning.
        fs::remove_file(&part)?;
        response = ask(address, 0)?;
    }
    let goes_on = response.status() == StatusCode::PARTIAL_CONTENT && begins_at(&response, have);
    if !goes_on && response.status() != StatusCode::OK {
        bail!("the answer was {}", response.status());
    }
    let have = if goes_on { have } else { 0 };
    let total = length(&response).map(|rest| rest + have);
    if total.is_some_and(|total| total > MOST) {
        bail!("the file is larger than any source's");
    }
    let free = fs4::available_space(folder)?;
    let room = total.unwrap_or(MOST) - have + needed + SPARE;
    if free < room {
        bail!(
            "the disk has {} left, {} are needed",
            super::megabytes(free),
            super::megabytes(room)
        );
    }
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .append(goes_on)
        .truncate(!goes_on)
        .open(&part)?;
    receive(response, file, have, total)?;
    fs::rename(&part, &whole)?;
    Ok(whole)
}

fn ask(address: &Url, have: u64) -> Result<Response<Body>> {
    let mut request = agent().get(address.as_str());
    if have > 0 {
        request = request.header(header::RANGE, format!("bytes={have}-"));
    }
    request.call().map_err(offline)
}

fn header_of(response: &Response<Body>, name: header::HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

/// Whether a part is the one that was asked for: `bytes 100-199/200`.
fn begins_at(response: &Response<Body>, have: u64) -> bool {
    header_of(response, header::CONTENT_RANGE).and_then(|range| {
        range
            .strip_prefix("bytes ")?
            .split('-')
            .next()?
            .parse()
            .ok()
    }) == Some(have)
}

fn length(response: &Response<Body>) -> Option<u64> {
    header_of(response, header::CONTENT_LENGTH)?.parse().ok()
}

/// Writes what comes, with a bar where somebody looks on; a broken line leaves what came for the next try.
fn receive(response: Response<Body>, mut file: File, have: u64, total: Option<u64>) -> Result<()> {
    if let Some(total) = total {
        let left = super::megabytes(total - have);
        crate::out::line(format!(
            "  {} to download, {left} left",
            super::megabytes(total)
        ));
    }
    let bar = ProgressBar::new(total.unwrap_or(0));
    let style = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    bar.set_style(ProgressStyle::with_template(style)?);
    bar.set_position(have);
    let mut body = response.into_body().into_with_config().limit(MOST).reader();
    let mut block = vec![0; 1 << 16];
    let mut came = have;
    loop {
        let length = body
            .read(&mut block)
            .context("the line broke off; try again")?;
        match block.get(..length) {
            None | Some([]) => break,
            Some(bytes) => file.write_all(bytes)?,
        }
        came += u64::try_from(length)?;
        bar.set_position(came);
    }
    bar.finish_and_clear();
    file.sync_all()?;
    if total.is_some_and(|total| total != came) {
        bail!("the line broke off; try again");
    }
    Ok(())
}

/// What a network that is not there says in many ways, said in one.
fn offline(error: ureq::Error) -> anyhow::Error {
    use ureq::Error::{ConnectionFailed, HostNotFound, Io, Timeout};
    match error {
        HostNotFound | ConnectionFailed | Timeout(_) | Io(_) => {
            anyhow::anyhow!("not reachable: is this machine online?")
        }
        other => other.into(),
    }
}
