//! The days that a report is about: whole days in England, both ends included; quarters of the financial year.
//! What never lives here: what was counted on them.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};
use serde::Serialize;

use crate::base::{Now, long_date};

/// From a day to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// No period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPeriod {
    /// It ends before it begins, or is longer than ten years.
    #[error("a period ends on or after the day it begins, and is not longer than ten years")]
    Order,
    /// Not a quarter's name.
    #[error("a quarter is written 2026-Q3: the calendar year, and 1 to 4")]
    Quarter,
}

impl Period {
    /// From a day to a day, both included.
    ///
    /// # Errors
    /// `Order`.
    pub fn new(from: Date, to: Date) -> Result<Self, BadPeriod> {
        let longest = from.checked_add(10.years()).unwrap_or(Date::MAX);
        if to < from || to > longest {
            return Err(BadPeriod::Order);
        }
        Ok(Self { from, to })
    }

    /// The quarter that a day is in.
    pub fn quarter_of(day: Date) -> Self {
        let first = (day.month() - 1) / 3 * 3 + 1;
        let from = date(day.year(), first, 1);
        let next = from.checked_add(3.months()).unwrap_or(Date::MAX);
        Self {
            from,
            to: next.yesterday().unwrap_or(next),
        }
    }

    /// The quarter before it.
    pub fn before(self) -> Self {
        Self::quarter_of(self.from.yesterday().unwrap_or(self.from))
    }

    /// Whether it is a whole quarter.
    pub fn is_quarter(self) -> bool {
        self == Self::quarter_of(self.from)
    }

    /// `2026-Q3` for a whole quarter, else both days.
    pub fn code(self) -> String {
        if self.is_quarter() {
            let quarter = (self.from.month() - 1) / 3 + 1;
            return format!("{}-Q{quarter}", self.from.year());
        }
        format!("{}_{}", self.from, self.to)
    }

    /// Its first instant, and the first instant after it.
    pub fn instants(self) -> (Timestamp, Timestamp) {
        let after = self.to.tomorrow().unwrap_or(self.to);
        (
            Now::starting(self.from).instant,
            Now::starting(after).instant,
        )
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", long_date(self.from), long_date(self.to))
    }
}

/// A quarter by its code.
impl FromStr for Period {
    type Err = BadPeriod;
    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        let (year, quarter) = text.split_once("-Q").ok_or(BadPeriod::Quarter)?;
        let year: i16 = year.parse().map_err(|_| BadPeriod::Quarter)?;
        let quarter: i8 = quarter.parse().map_err(|_| BadPeriod::Quarter)?;
        if !(2000..=2999).contains(&year) || !(1..=4).contains(&quarter) {
            return Err(BadPeriod::Quarter);
        }
        Ok(Self::quarter_of(date(year, quarter * 3, 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_whole_and_follow_each_other() {
        let third: Period = "2026-Q3".parse().unwrap();
        assert_eq!(
            (third.from, third.to),
            (date(2026, 7, 1), date(2026, 9, 30))
        );
        assert_eq!(third.code(), "2026-Q3");
        assert_eq!(third.before().code(), "2026-Q2");
        let first: Period = "2026-Q1".parse().unwrap();
        assert_eq!(first.before(), "2025-Q4".parse().unwrap());
        for wrong in ["2026", "2026-Q5", "2026-Q0", "x-Q1", "26-Q1"] {
            assert_eq!(wrong.parse::<Period>(), Err(BadPeriod::Quarter), "{wrong}");
        }
    }

    #[test]
    fn days_are_those_of_england_both_ends_included() {
        let summer = Period::new(date(2026, 7, 1), date(2026, 7, 1)).unwrap();
        let (from, until) = summer.instants();
        assert_eq!(from.to_string(), "2026-06-30T23:00:00Z");
        assert_eq!(until.to_string(), "2026-07-01T23:00:00Z");
        assert_eq!(
            Period::new(date(2026, 7, 2), date(2026, 7, 1)),
            Err(BadPeriod::Order)
        );
    }
}
