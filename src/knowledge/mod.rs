//! Files -> a `Library` snapshot plus complaints: articles, sections, sources, rates, facts, services, areas, terms,
//! word lists and messages (every sentence people are told); and the local services that directories list (feeds).
//! What never lives here: searching (retrieval), deciding what to say (assistant), the network, the clock.

mod alarm;
mod article;
mod asked;
mod check;
mod complaint;
mod examples;
mod feeds;
mod files;
mod library;
mod load;
mod markdown;
mod messages;
mod numbers;
mod phrases;
mod place;
mod readability;
mod registers;
mod rules;
mod samples;
mod signpost;
mod span;
mod speakable;
mod translation;

pub use alarm::{Alarm, AlarmModel, Heard, VectorAlarm};
pub use article::{
    Article, Audience, HandOverWhen, Regime, Section, SectionRef, Standing, Summary,
};
pub use asked::Asked;
pub use check::{check, unconfirmed};
pub use complaint::{Complaint, Severity};
pub use examples::{Examples, RuleList};
pub use feeds::{
    Counts, Feed, FeedError, FeedFileError, FeedHead, Feeds, Import, Imported, Listing, ListingRef,
    More, PageRead, forget_feed, good_name, keep_feed, mark as feeds_mark, read_feed, read_feeds,
};
pub use files::{Files, is_content, read_folder};
pub use library::{Library, Rendered};
pub use load::{files_hash as hash, load};
pub use messages::Messages;
pub use numbers::{SMALL_NUMBERS, TENS};
pub use phrases::{Phrase, PhraseSet, matchable};
pub use place::{Area, find_area};
pub use readability::{PlainWords, Reading};
pub use registers::{Certainty, Fact, HeardAs, Rate, Registers, Service, Source, Term};
pub use rules::{
    ClarifyRule, CouncilLine, HandOverRule, Intake, Rules, ScopeAction, ScopeRule, TriageKind,
    TriageLevel, TriageRule,
};
pub use signpost::{People, Signpost};
pub use span::Span;
pub use speakable::speakable;
pub use translation::{Translated, Translations};
