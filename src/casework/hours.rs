//! When advisers answer: a calendar of service hours with pauses, short days and closures, and the time a person is told to
//! expect a reply.
//! What never lives here: the wall clock (base), bank holidays of a year (knowledge brings them as dates).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

/// How far ahead a calendar is followed: a queue that opens on none of so many days promises nothing.
const DAYS_AHEAD: i64 = 60;

/// Opening hours of one weekday range, local time in England: `mon-fri 09:00-17:00`. A pause is two of them: `09:00-12:30` and
/// `13:15-17:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceHours {
    /// First day of the range.
    pub from_day: Weekday,
    /// Last day of the range, inclusive.
    pub to_day: Weekday,
    /// Opens.
    pub opens: Time,
    /// Closes.
    pub closes: Time,
}

impl ServiceHours {
    /// Reads `mon-fri 09:00-17:00` or `sat 09:00-13:00`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("'{text}' is not service hours; write them as 'mon-fri 09:00-17:00'");
        let (days, times) = text.split_once(' ').ok_or_else(bad)?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (opens, closes) = between(times).ok_or_else(bad)?;
        Ok(Self {
            from_day: weekday(first).ok_or_else(bad)?,
            to_day: weekday(last).ok_or_else(bad)?,
            opens,
            closes,
        })
    }

    fn covers(&self, day: Weekday) -> bool {
        let (from, to, day) = (
            self.from_day.to_monday_zero_offset(),
            self.to_day.to_monday_zero_offset(),
            day.to_monday_zero_offset(),
        );
        if from <= to {
            (from..=to).contains(&day)
        } else {
            day >= from || day <= to
        }
    }
}

/// A day with hours of its own: `2026-12-24 09:00-12:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortDay {
    /// Which day.
    pub date: Date,
    /// Opens.
    pub opens: Time,
    /// Closes.
    pub closes: Time,
}

impl ShortDay {
    /// Reads `2026-12-24 09:00-12:00`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad =
            || format!("'{text}' is not a day with hours; write it as '2026-12-24 09:00-12:00'");
        let (date, times) = text.split_once(' ').ok_or_else(bad)?;
        let (opens, closes) = between(times).ok_or_else(bad)?;
        let date = date.parse().map_err(|_| bad())?;
        Ok(Self {
            date,
            opens,
            closes,
        })
    }
}

/// When one queue is worked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    weekly: Vec<ServiceHours>,
    closed: BTreeSet<Date>,
    short: BTreeMap<Date, Vec<(Time, Time)>>,
}

impl Calendar {
    /// These hours every week but for the closed days; a short day has its own hours, even where the week has none or it is
    /// among the closed.
    pub fn new(
        weekly: Vec<ServiceHours>,
        closed: impl IntoIterator<Item = Date>,
        short: &[ShortDay],
    ) -> Self {
        let mut days: BTreeMap<Date, Vec<(Time, Time)>> = BTreeMap::new();
        for day in short {
            days.entry(day.date)
                .or_default()
                .push((day.opens, day.closes));
        }
        Self {
            weekly,
            closed: closed.into_iter().collect(),
            short: days,
        }
    }

    /// Whether `at` falls into the hours.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let date = at.to_zoned(london()).date();
        self.slots(date)
            .iter()
            .any(|(from, to)| *from <= at && at < *to)
    }

    /// The instant by which `minutes` of service time have passed since `from`. `None` without any hours within 60 days.
    pub fn after(&self, from: Timestamp, minutes: i64) -> Option<Timestamp> {
        let mut left = minutes.max(0).checked_mul(60)?;
        let start = from.to_zoned(london()).date();
        for offset in 0..DAYS_AHEAD {
            let date = start.checked_add(offset.days()).ok()?;
            for (opens, closes) in self.slots(date) {
                let begin = opens.max(from);
                let room = closes.as_second() - begin.as_second();
                if room <= 0 {
                    continue;
                }
                if left <= room {
                    return begin.checked_add(left.seconds()).ok();
                }
                left -= room;
            }
        }
        None
    }

    /// The hours of one day as instants, in order, none overlapping another. Clock changes are the zone's business: a slot over
    /// one is an hour longer or shorter.
    fn slots(&self, date: Date) -> Vec<(Timestamp, Timestamp)> {
        let mut times: Vec<(Time, Time)> = match self.short.get(&date) {
            Some(own) => own.clone(),
            None if self.closed.contains(&date) => Vec::new(),
            None => {
                let today = self.weekly.iter().filter(|h| h.covers(date.weekday()));
                today.map(|h| (h.opens, h.closes)).collect()
            }
        };
        times.sort();
        let mut merged: Vec<(Time, Time)> = Vec::new();
        for (opens, closes) in times {
            match merged.last_mut() {
                Some(last) if opens <= last.1 => last.1 = last.1.max(closes),
                _ => merged.push((opens, closes)),
            }
        }
        let instant = |time: Time| {
            let local = date.to_datetime(time).to_zoned(london());
            local.map(|z| z.timestamp()).ok()
        };
        let zoned = merged.into_iter();
        zoned
            .filter_map(|(opens, closes)| Some((instant(opens)?, instant(closes)?)))
            .collect()
    }
}

fn between(times: &str) -> Option<(Time, Time)> {
    let (opens, closes) = times.split_once('-')?;
    let time = |t: &str| Time::strptime("%H:%M", t.trim()).ok();
    let (opens, closes) = (time(opens)?, time(closes)?);
    (opens < closes).then_some((opens, closes))
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text.trim().to_ascii_lowercase().get(..3)? {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}
