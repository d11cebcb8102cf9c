//! The only wall clock in Waymark, and how dates are read and said. Everything else is handed a `Now`.
//! What never lives here: service hours and deadlines (casework).

use std::time::Duration;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Where time comes from: the machine's clock, or a fixed instant for tests and `--on`.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's wall clock.
    System,
    /// Always the same instant.
    Fixed(Timestamp),
}

impl Clock {
    /// A clock that stands still at noon, London time, on `date`.
    pub fn fixed_on(date: Date) -> Self {
        let noon = date
            .at(12, 0, 0, 0)
            .to_zoned(london())
            .map(|z| z.timestamp());
        Self::Fixed(noon.unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// The present instant with its London calendar day.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the wall clock is read"
    )]
    pub fn now(&self) -> Now {
        match self {
            Self::System => Now::at(Timestamp::now()),
            Self::Fixed(instant) => Now::at(*instant),
        }
    }
}

/// An instant and the calendar day it is in England (Europe/London).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// The instant, UTC.
    pub instant: Timestamp,
    /// The day in England.
    pub today: Date,
}

impl Now {
    /// The instant with its London day.
    pub fn at(instant: Timestamp) -> Self {
        Self {
            instant,
            today: instant.to_zoned(london()).date(),
        }
    }

    /// The first instant of a day in England.
    pub fn starting(day: Date) -> Self {
        let start = day.at(0, 0, 0, 0).to_zoned(london());
        Self::at(start.map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp()))
    }

    /// Local wall time in England, as (hour, minute).
    pub fn local_time(&self) -> (i8, i8) {
        let local = self.instant.to_zoned(london());
        (local.hour(), local.minute())
    }
}

/// Measures how long something took. Monotonic, never a date.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "durations for timing_ms and metrics start here"
    )]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Milliseconds since the start, to three decimals.
    pub fn millis(&self) -> f64 {
        (self.elapsed().as_secs_f64() * 1_000_000.0).round() / 1000.0
    }
}

/// `22 November 2026`.
pub fn long_date(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS[usize::try_from(date.month() - 1).unwrap_or(0).min(11)];
    format!("{} {month} {}", date.day(), date.year())
}

/// `5pm on Tuesday 24 November`: an instant as people say it, London time.
pub fn plain_time(instant: Timestamp) -> String {
    let local = instant.to_zoned(london());
    let hour = match local.hour() {
        0 => 12,
        h if h > 12 => h - 12,
        h => h,
    };
    let half = if local.hour() < 12 { "am" } else { "pm" };
    let clock = match local.minute() {
        0 => format!("{hour}{half}"),
        m => format!("{hour}.{m:02}{half}"),
    };
    const DAYS: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let day = DAYS[usize::try_from(local.weekday().to_monday_zero_offset())
        .unwrap_or(0)
        .min(6)];
    let date = long_date(local.date());
    let without_year = date.rsplit_once(' ').map_or(date.as_str(), |(d, _)| d);
    format!("{clock} on {day} {without_year}")
}

fn london() -> TimeZone {
    // The zone file is compiled in (jiff feature tzdb-bundle-always), so UTC is never really reached.
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}
