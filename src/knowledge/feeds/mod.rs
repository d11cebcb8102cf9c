//! Local services as structured records: what a directory in the Open Referral UK format lists, made safe and kept as files.
//! `Import` turns a feed's pages into `Listing`s and complaints; `Feed` is one file of them; `Feeds` is what a snapshot holds.
//! What never lives here: HTTP (bots/cli), searching (retrieval), curated services (registers.rs).

mod clean;
mod disk;
mod field;
mod import;
mod listing;
mod merge;
mod page;
mod row;
mod times;

pub use disk::{FeedFileError, forget_feed, good_name, keep_feed, mark, read_feed, read_feeds};
pub use import::{Counts, FeedError, Import, Imported};
pub use listing::{Feed, FeedHead, Feeds, Listing, ListingRef};
pub use page::{More, PageRead};
