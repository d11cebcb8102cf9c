//! From when to when something holds: calendar days, both inclusive.
//! What never lives here: what holds.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

/// A span of days; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

impl Span {
    /// Whether the day lies inside.
    pub fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether it begins after the day.
    pub fn is_future(&self, day: Date) -> bool {
        self.from.is_some_and(|from| day < from)
    }

    /// The days that are in both.
    pub fn within(&self, outer: Span) -> Span {
        Span {
            from: match (self.from, outer.from) {
                (Some(a), Some(b)) => Some(a.max(b)),
                (a, b) => a.or(b),
            },
            to: match (self.to, outer.to) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }
}

/// A TOML date (`2026-04-06`, unquoted).
pub(super) fn date<'de, D: Deserializer<'de>>(source: D) -> Result<Date, D::Error> {
    let raw = toml::value::Datetime::deserialize(source)?;
    raw.to_string()
        .parse()
        .map_err(|_| serde::de::Error::custom(format!("'{raw}' is not a day; write 2026-04-06")))
}

/// An optional TOML date.
pub(super) fn maybe_date<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Date>, D::Error> {
    date(source).map(Some)
}

/// A list of TOML dates.
pub(super) fn dates<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Date>, D::Error> {
    let raw = Vec::<toml::value::Datetime>::deserialize(source)?;
    raw.iter()
        .map(|d| {
            d.to_string()
                .parse()
                .map_err(|_| serde::de::Error::custom(format!("'{d}' is not a day")))
        })
        .collect()
}
