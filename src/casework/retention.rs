//! How long what is kept is kept, by class. Pure: the cut-off instants of a day.
//! What never lives here: deleting (store), when it runs (bots).

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::Serialize;

/// How long each class is kept; `None` keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days after its last message that a conversation without a case is kept.
    pub anonymous_days: Option<u32>,
    /// Years after it was closed that a case is kept, with its conversation.
    pub case_years: Option<u32>,
    /// Years that an event of the case log or the staff log is kept.
    pub audit_years: Option<u32>,
}

/// Before which instant each class goes, on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutOff {
    /// Conversations without a case, by their last message.
    pub anonymous: Option<Timestamp>,
    /// Cases, by their closing.
    pub cases: Option<Timestamp>,
    /// Events of both logs.
    pub audit: Option<Timestamp>,
}

impl Retention {
    /// The cut-offs at an instant.
    pub fn cut_off(&self, now: Timestamp) -> CutOff {
        let years = |years: u32| {
            let local = now.to_zoned(TimeZone::UTC);
            local
                .checked_sub(i64::from(years).years())
                .ok()
                .map(|z| z.timestamp())
        };
        let days = |days: u32| now.checked_sub((i64::from(days) * 24).hours()).ok();
        CutOff {
            anonymous: self.anonymous_days.and_then(days),
            cases: self.case_years.and_then(years),
            audit: self.audit_years.and_then(years),
        }
    }
}

/// What a run deleted, or would delete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Retained {
    /// Whether it only looked.
    pub dry_run: bool,
    /// Conversations without a case.
    pub conversations: u64,
    /// Cases, with their words.
    pub cases: u64,
    /// Events of the case log.
    pub events: u64,
    /// Events of the staff log.
    pub staff_events: u64,
}
