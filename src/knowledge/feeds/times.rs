//! When a service is open, and the last day of what has one.
//! What never lives here: whether it is shown on a day (listing.rs).

use jiff::civil::Date;
use serde_json::Value;

use super::{
    clean,
    field::{day, keep, many, plain, text},
    listing::Listing,
    row::{LOOKED_AT, SHORT},
};

/// When it is open, and the last day of whatever has one.
pub(super) fn when(service: &Value, today: Date, listing: &mut Listing) {
    let at = || many(service, "service_at_locations");
    let own = many(service, "schedules").chain(many(service, "regular_schedules"));
    let there = at().flat_map(|p| {
        let kinds = ["schedules", "regular_schedule", "regular_schedules"];
        kinds.into_iter().flat_map(move |k| many(p, k))
    });
    let all: Vec<&Value> = own.chain(there).take(LOOKED_AT).collect();
    let ends: Vec<Option<Date>> = all.iter().map(|s| last_day(s)).collect();
    let over = |end: &Option<Date>| end.is_some_and(|end| end < today);
    let hours = all.iter().zip(&ends).filter(|(_, end)| !over(end));
    let mut words: Vec<String> = Vec::new();
    for (schedule, _) in hours {
        keep(&mut words, opening(schedule));
    }
    listing.hours = clean::text(&words.join("; "), SHORT);
    // It is over only when every one of its times is.
    let of_times = if ends.iter().all(Option::is_some) {
        ends.iter().flatten().max().copied()
    } else {
        None
    };
    let own = ["valid_to", "end_date", "expiry_date"]
        .into_iter()
        .filter_map(|k| day(service, k))
        .min();
    listing.until = match (of_times, own) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}

/// The last day of one of its times; an event that does not recur ends on the day it begins.
fn last_day(schedule: &Value) -> Option<Date> {
    let stated = ["valid_to", "until", "dtend"]
        .into_iter()
        .filter_map(|k| day(schedule, k))
        .min();
    let recurs = ["freq", "byday", "weekday", "bymonthday", "interval"]
        .iter()
        .any(|k| plain(schedule, k).is_some());
    stated.or_else(|| day(schedule, "dtstart").filter(|_| !recurs))
}

/// `Thu, Fri 10:00 to 18:00`, or the directory's own words.
fn opening(schedule: &Value) -> Option<String> {
    let clock = |key: &str| plain(schedule, key).and_then(|t| t.get(..5).map(str::to_owned));
    let days = plain(schedule, "byday").or_else(|| plain(schedule, "weekday"));
    let days: Vec<&str> = days
        .as_deref()
        .unwrap_or("")
        .split(',')
        .filter_map(weekday)
        .collect();
    let own = text(schedule, "description", SHORT);
    match (days.is_empty(), clock("opens_at"), clock("closes_at")) {
        _ if own.is_some() => own,
        (false, Some(opens), Some(closes)) => {
            Some(format!("{} {opens} to {closes}", days.join(", ")))
        }
        (false, ..) => Some(days.join(", ")),
        (true, Some(opens), Some(closes)) => Some(format!("{opens} to {closes}")),
        _ => None,
    }
}

/// `Mon` for `MO`, `1MO` (the first of a month), `monday`, `1`.
fn weekday(written: &str) -> Option<&'static str> {
    const DAYS: [(&str, &str); 7] = [
        ("mo", "Mon"),
        ("tu", "Tue"),
        ("we", "Wed"),
        ("th", "Thu"),
        ("fr", "Fri"),
        ("sa", "Sat"),
        ("su", "Sun"),
    ];
    let low = written.trim().to_ascii_lowercase();
    if let Ok(number) = low.parse::<usize>() {
        return DAYS.get(number.checked_sub(1)?).map(|d| d.1);
    }
    let letters = low.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    DAYS.iter()
        .find(|(start, _)| letters.starts_with(start))
        .map(|d| d.1)
}
