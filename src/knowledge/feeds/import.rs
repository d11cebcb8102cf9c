//! A feed's pages and details, taken in one after another -> services and complaints. Pure, and bounded in memory whatever comes.
//! What never lives here: HTTP, the disk.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    listing::Listing,
    merge::{duplicates, join},
    page::{Envelope, MOST_ROWS, PageRead},
    row::{self, Row},
};
use crate::knowledge::complaint::Complaint;

/// A single service is never this long; bytes.
const LONGEST_ROW: usize = 1024 * 1024;
/// So many complaints are kept; the rest is counted.
const MOST_COMPLAINTS: usize = 1_000;

/// A page that cannot be used: the import ends with it and what was there before stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FeedError(String);

/// What was read and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Pages.
    pub pages: usize,
    /// Rows on them.
    pub rows: usize,
    /// Details that were asked for one by one and came.
    pub details: usize,
    /// Services kept.
    pub kept: usize,
    /// Rows that told of a service already told of.
    pub merged: usize,
    /// Services kept that are over, or that nobody has looked at for two years: not shown on the day of the import.
    pub over: usize,
    /// Services left out because their directory calls them closed.
    pub closed: usize,
    /// Rows that are no service.
    pub unusable: usize,
}

/// What an import has come to.
#[derive(Debug, Default)]
pub struct Imported {
    /// `v1` or `v3`.
    pub standard: String,
    /// The licence the feed names.
    pub licence: Option<String>,
    /// Services, by name.
    pub listings: Vec<Listing>,
    /// What was read.
    pub counts: Counts,
    /// What was left out; `line` is the row's number over all pages.
    pub complaints: Vec<Complaint>,
    /// How many more complaints there were.
    pub more_complaints: usize,
}

/// An import under way.
#[derive(Debug)]
pub struct Import {
    name: String,
    today: Date,
    services: BTreeMap<String, Listing>,
    closed: HashSet<String>,
    shallow: BTreeSet<String>,
    pages_seen: HashSet<[u8; 32]>,
    done: Imported,
}

impl Import {
    /// Begins one; `name` stands in complaints.
    pub fn new(name: &str, today: Date) -> Self {
        Self {
            name: name.to_owned(),
            today,
            services: BTreeMap::new(),
            closed: HashSet::new(),
            shallow: BTreeSet::new(),
            pages_seen: HashSet::new(),
            done: Imported::default(),
        }
    }

    /// Takes a page (or a whole file) in.
    ///
    /// # Errors
    /// When it is no page of services, or there are too many of them.
    pub fn take_page(&mut self, bytes: &[u8]) -> Result<PageRead, FeedError> {
        let new_page = self.pages_seen.insert(Sha256::digest(bytes).into());
        let page = Envelope::read(bytes).map_err(FeedError)?;
        let mut read = PageRead {
            rows: 0,
            fresh: 0,
            first: page.first,
            more: page.more(),
            total: page.total,
            about: page.is_about(),
        };
        if let Some(standard) = page.standard {
            self.done.standard = standard.to_owned();
        }
        self.done.licence = self.done.licence.take().or(page.licence);
        let Some(rows) = page.rows else {
            if read.about {
                return Ok(read);
            }
            return Err(FeedError(
                "there is no list of services in it ('contents' or 'content')".into(),
            ));
        };
        self.done.counts.pages += 1;
        for raw in rows {
            read.rows += 1;
            self.done.counts.rows += 1;
            if self.done.counts.rows > MOST_ROWS {
                return Err(FeedError(format!("there are more than {MOST_ROWS} rows")));
            }
            let fresh = self.take_row(raw.get(), page.name.as_deref());
            read.fresh += usize::from(fresh.unwrap_or(new_page));
        }
        Ok(read)
    }

    /// Whether the row's service is new; `None` for a row that is no service.
    fn take_row(&mut self, raw: &str, organisation: Option<&str>) -> Option<bool> {
        let value: Value = match parse(raw) {
            Ok(value) => value,
            Err(why) => {
                self.unusable(&why);
                return None;
            }
        };
        if self.done.standard.is_empty() {
            let old = ["service_taxonomys", "regular_schedules", "eligibilitys"];
            let is_old = old.iter().any(|key| value.get(key).is_some());
            self.done.standard = if is_old { "v1" } else { "v3" }.to_owned();
        }
        let mut notes = Vec::new();
        let row = row::read(&value, organisation, self.today, &mut notes);
        for note in notes {
            self.complain(note);
        }
        match row {
            Row::Unusable(why) => {
                self.unusable(why);
                None
            }
            Row::Closed(id) => {
                let told = self.services.remove(&id).is_some();
                Some(self.closed.insert(id) && !told)
            }
            Row::Service { listing, shallow } => {
                let id = listing.id.clone();
                if shallow {
                    self.shallow.insert(id.clone());
                }
                let was_closed = self.closed.remove(&id);
                match self.services.get_mut(&id) {
                    Some(known) => {
                        self.done.counts.merged += 1;
                        join(known, *listing);
                        Some(false)
                    }
                    None => {
                        self.services.insert(id, *listing);
                        Some(!was_closed)
                    }
                }
            }
        }
    }

    /// Ids of services whose row held nothing but one-to-one fields: the rest may stand at `/services/{id}`.
    pub fn shallow(&self) -> Vec<String> {
        let told = |id: &&String| self.services.contains_key(*id);
        self.shallow.iter().filter(told).cloned().collect()
    }

    /// Takes the details of one service in. What cannot be used is complained about; the row stays as it is.
    pub fn take_detail(&mut self, id: &str, bytes: &[u8]) -> bool {
        let read = std::str::from_utf8(bytes)
            .map_err(|_| "not UTF-8 text".to_owned())
            .and_then(parse);
        let mut notes = Vec::new();
        let row = read.map(|value| row::read(&value, None, self.today, &mut notes));
        for note in notes {
            self.complain(note);
        }
        let known = self.services.get_mut(id);
        match (row, known) {
            (Ok(Row::Service { listing, .. }), Some(known)) if listing.id == id => {
                join(known, *listing);
                self.done.counts.details += 1;
                true
            }
            (Ok(Row::Closed(found)), Some(_)) if found == id => {
                self.services.remove(id);
                self.closed.insert(found);
                self.done.counts.details += 1;
                true
            }
            (row, _) => {
                let why = row
                    .err()
                    .unwrap_or_else(|| "they are of something else".into());
                self.complain(format!("the details of '{id}' cannot be used: {why}"));
                false
            }
        }
    }

    /// A complaint of whoever fetches.
    pub fn complain(&mut self, text: String) {
        if self.done.complaints.len() < MOST_COMPLAINTS {
            let row = self.done.counts.rows.max(1);
            self.done
                .complaints
                .push(Complaint::warning(&self.name, row, text));
        } else {
            self.done.more_complaints += 1;
        }
    }

    fn unusable(&mut self, why: &str) {
        self.done.counts.unusable += 1;
        self.complain(format!("left out: {why}"));
    }

    /// How many services are held now.
    pub fn held(&self) -> usize {
        self.services.len()
    }

    /// Ends it: duplicates are joined, services stand by name.
    pub fn finish(mut self) -> Imported {
        let (mut listings, joined) = duplicates(self.services.into_values().collect());
        listings.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
        self.done.counts.merged += joined;
        self.done.counts.closed = self.closed.len();
        self.done.counts.over = listings.iter().filter(|l| !l.holds(self.today)).count();
        self.done.counts.kept = listings.len();
        self.done.listings = listings;
        self.done
    }
}

/// One record. Nesting deeper than serde_json's 128 levels is an error, hence no stack is used up.
fn parse(raw: &str) -> Result<Value, String> {
    if raw.len() > LONGEST_ROW {
        return Err(format!("it is {} bytes long", raw.len()));
    }
    serde_json::from_str(raw).map_err(|e| format!("it cannot be read: {e}"))
}
