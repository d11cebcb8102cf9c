//! What is kept of a service that a directory lists, of the feed it came from, and of all feeds.
//! What never lives here: how it was written in the feed (row.rs), the disk (disk.rs).

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::import::Counts;

/// A directory that has not looked at an entry for this long does not vouch for it any more: it is not shown.
const VOUCHED_YEARS: i64 = 2;

/// One service as a directory lists it: plain text without markup, addresses or line breaks. Names of contact persons are
/// never kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Listing {
    /// The feed's own id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who runs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// What it is for, in the directory's words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// For whom, in the directory's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Youngest age in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_age: Option<u8>,
    /// Oldest age in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_age: Option<u8>,
    /// Phone as people write it in England: `01632 960123`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Web page, `http` or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it is open, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// What it costs, in the directory's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// Towns it is in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub towns: Vec<String>,
    /// Postcodes it is in, `ME14 1XX`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub postcodes: Vec<String>,
    /// Where people may come from, in the directory's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<String>,
    /// Latitude and longitude of its first place, degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<(f64, f64)>,
    /// Terms of the directory's taxonomies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The day the directory last assured or changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<Date>,
    /// The last day it is on offer, if the directory says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Listing {
    /// Whether it may be shown on a day: it has not ended, and the directory has looked at it within two years (a directory
    /// that never says so is taken at its word).
    pub fn holds(&self, day: Date) -> bool {
        let looked_at = |checked: Date| day <= checked.saturating_add(VOUCHED_YEARS.years());
        self.until.is_none_or(|until| day <= until) && self.checked.is_none_or(looked_at)
    }

    /// SHA-256 of the record, hexadecimal: changes whenever it changes.
    pub fn hash(&self) -> String {
        let digest = Sha256::digest(serde_json::to_vec(self).unwrap_or_default());
        digest.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Where a feed's records come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FeedHead {
    /// File name without its ending; `[a-z0-9-]`.
    pub name: String,
    /// Address or file it was read from.
    pub source: String,
    /// `v1` or `v3` of Open Referral UK.
    pub standard: String,
    /// Licence, if the feed or the operator names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The area of whatever does not say where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The day it was fetched.
    pub fetched: Date,
    /// What was read and what became of it.
    pub counts: Counts,
}

/// One feed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Feed {
    /// Where it comes from.
    pub head: FeedHead,
    /// Its services, by name.
    pub listings: Vec<Listing>,
}

/// A listing's place among the feeds of one snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListingRef {
    /// Index of the feed.
    pub feed: usize,
    /// Index in the feed.
    pub listing: usize,
}

/// Every imported feed, by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feeds(pub Vec<Feed>);

impl Feeds {
    /// The listing at a place with its feed. `None` for a place of another snapshot.
    pub fn at(&self, place: ListingRef) -> Option<(&FeedHead, &Listing)> {
        let feed = self.0.get(place.feed)?;
        Some((&feed.head, feed.listings.get(place.listing)?))
    }

    /// Every listing with its place.
    pub fn listings(&self) -> impl Iterator<Item = (ListingRef, &FeedHead, &Listing)> {
        self.0.iter().enumerate().flat_map(|(number, feed)| {
            let place = move |listing| ListingRef {
                feed: number,
                listing,
            };
            let all = feed.listings.iter().enumerate();
            all.map(move |(at, listing)| (place(at), &feed.head, listing))
        })
    }

    /// How many listings.
    pub fn len(&self) -> usize {
        self.0.iter().map(|f| f.listings.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The feeds by name.
    pub fn by_name(&self) -> BTreeMap<&str, &Feed> {
        self.0.iter().map(|f| (f.head.name.as_str(), f)).collect()
    }
}
