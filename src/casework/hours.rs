//! When advisers answer: service hours and the time a person is told to expect a reply.
//! What never lives here: the wall clock (base), bank holidays of a year (knowledge brings them as dates).

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

/// Opening hours of one weekday range, local time in England: `mon-fri 09:00-17:00`.
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
        let (opens, closes) = times.split_once('-').ok_or_else(bad)?;
        let time = |t: &str| Time::strptime("%H:%M", t.trim()).map_err(|_| bad());
        let hours = Self {
            from_day: weekday(first).ok_or_else(bad)?,
            to_day: weekday(last).ok_or_else(bad)?,
            opens: time(opens)?,
            closes: time(closes)?,
        };
        if hours.opens < hours.closes {
            Ok(hours)
        } else {
            Err(bad())
        }
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

/// Whether `at` falls into the hours, on a day that is not closed.
pub fn is_open(hours: &[ServiceHours], closed: &[Date], at: Timestamp) -> bool {
    let local = at.to_zoned(london());
    let (date, time) = (local.date(), local.time());
    !closed.contains(&date)
        && hours
            .iter()
            .any(|h| h.covers(date.weekday()) && h.opens <= time && time < h.closes)
}

/// The instant by which `minutes` of service time have passed since `from`. `None` without any hours within 60 days.
pub fn reply_expected_by(
    hours: &[ServiceHours],
    closed: &[Date],
    from: Timestamp,
    minutes: i64,
) -> Option<Timestamp> {
    let zone = london();
    let start = from.to_zoned(zone.clone());
    let mut left = minutes.max(0);
    for offset in 0..60 {
        let date = start.date().checked_add(offset.days()).ok()?;
        if closed.contains(&date) {
            continue;
        }
        let mut today: Vec<&ServiceHours> =
            hours.iter().filter(|h| h.covers(date.weekday())).collect();
        today.sort_by_key(|h| h.opens);
        for slot in today {
            let opens = date
                .to_datetime(slot.opens)
                .to_zoned(zone.clone())
                .ok()?
                .timestamp();
            let closes = date
                .to_datetime(slot.closes)
                .to_zoned(zone.clone())
                .ok()?
                .timestamp();
            let begin = opens.max(from);
            if begin >= closes {
                continue;
            }
            let room = (closes.as_second() - begin.as_second()) / 60;
            if left <= room {
                return begin.checked_add(left.minutes()).ok();
            }
            left -= room;
        }
    }
    None
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
