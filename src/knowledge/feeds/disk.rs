//! Feeds as files: one `NAME.jsonl` a feed, its head in the first line and a service in each further one. A file is replaced
//! whole or not at all.
//! What never lives here: what is in a feed (import.rs).

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::listing::{Feed, FeedHead, Feeds, Listing};
use crate::knowledge::complaint::Complaint;

const ENDING: &str = "jsonl";

/// The folder or one of its files cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {what}")]
pub struct FeedFileError {
    path: String,
    what: String,
}

fn at(path: &Path) -> impl Fn(io::Error) -> FeedFileError {
    let path = path.display().to_string();
    move |e| FeedFileError {
        path: path.clone(),
        what: e.to_string(),
    }
}

/// Whether a feed may be called so: lower case letters, digits and hyphens, at most 60.
pub fn good_name(name: &str) -> bool {
    (1..=60).contains(&name.len())
        && !name.starts_with('-')
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn path_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.{ENDING}"))
}

/// Puts a feed in the place of what was there under its name; a crash leaves the old one or the new one, whole.
///
/// # Errors
/// When the folder cannot be made or written.
pub fn keep_feed(folder: &Path, feed: &Feed) -> Result<PathBuf, FeedFileError> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let (path, next) = (
        path_of(folder, &feed.head.name),
        folder.join(format!("{}.{ENDING}.next", feed.head.name)),
    );
    let write = || -> io::Result<()> {
        let mut out = BufWriter::new(File::create(&next)?);
        serde_json::to_writer(&mut out, &feed.head)?;
        for listing in &feed.listings {
            out.write_all(b"\n")?;
            serde_json::to_writer(&mut out, listing)?;
        }
        out.write_all(b"\n")?;
        out.into_inner().map_err(|e| e.into_error())?.sync_all()?;
        fs::rename(&next, &path)?;
        // The name itself must last too.
        File::open(folder)?.sync_all()
    };
    write().map_err(|e| {
        let _ = fs::remove_file(&next);
        at(&path)(e)
    })?;
    Ok(path)
}

/// Takes a feed away; whether it was there.
///
/// # Errors
/// When it is there and cannot be removed.
pub fn forget_feed(folder: &Path, name: &str) -> Result<bool, FeedFileError> {
    let path = path_of(folder, name);
    match fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(at(&path)(e)),
    }
}

/// One feed; `None` when it is not there. Lines that cannot be read are complained about and left out.
///
/// # Errors
/// When the file or its first line cannot be read.
pub fn read_feed(
    folder: &Path,
    name: &str,
    complaints: &mut Vec<Complaint>,
) -> Result<Option<Feed>, FeedFileError> {
    let path = path_of(folder, name);
    let file = match File::open(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(at(&path))?,
    };
    let mut lines = BufReader::new(file).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()));
    let head: FeedHead = serde_json::from_str(&first.map_err(at(&path))?)
        .map_err(|e| at(&path)(io::Error::other(format!("the first line: {e}"))))?;
    let mut listings = Vec::new();
    for (number, line) in lines.enumerate() {
        match serde_json::from_str::<Listing>(&line.map_err(at(&path))?) {
            Ok(listing) => listings.push(listing),
            Err(e) => complaints.push(Complaint::warning(
                &format!("{name}.{ENDING}"),
                number + 2,
                e.to_string(),
            )),
        }
    }
    Ok(Some(Feed {
        head: FeedHead {
            name: name.to_owned(),
            ..head
        },
        listings,
    }))
}

/// Every feed of a folder, by name; no folder is no feed. A feed that cannot be read is left out and complained about.
pub fn read_feeds(folder: &Path) -> (Feeds, Vec<Complaint>) {
    let (mut feeds, mut complaints) = (Feeds::default(), Vec::new());
    for (name, _, _) in files(folder) {
        match read_feed(folder, &name, &mut complaints) {
            Ok(feed) => feeds.0.extend(feed),
            Err(e) => {
                let file = format!("{name}.{ENDING}");
                complaints.push(Complaint::error(&file, 1, e.what));
            }
        }
    }
    (feeds, complaints)
}

/// Changes whenever a feed of the folder does: names, sizes and times, without reading them.
pub fn mark(folder: &Path) -> String {
    let all = files(folder);
    let each = all
        .iter()
        .map(|(name, size, time)| format!("{name} {size} {time:?}"));
    each.collect::<Vec<_>>().join("\n")
}

/// Name, size and time of every feed file, by name.
fn files(folder: &Path) -> Vec<(String, u64, Option<std::time::SystemTime>)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let name = path.file_stem()?.to_str()?.to_owned();
            let ours = path.extension().is_some_and(|e| e == ENDING) && good_name(&name);
            let about = entry.metadata().ok().filter(|m| ours && m.is_file())?;
            Some((name, about.len(), about.modified().ok()))
        })
        .collect();
    found.sort();
    found
}
