//! How a service is staffed: what people may be promised, and until when.
//! What never lives here: the promise in words (compose), the calendar's sums (casework).

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    casework::{Calendar, Priority, ServiceHours, ShortDay},
    knowledge::Area,
};

/// Hours where neither the configuration nor the area has any.
const OFFICE_HOURS: &str = "mon-fri 09:00-17:00";

/// How this service is staffed: decides what people may be promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staffing {
    /// Whether advisers are set up at all. Without them no reply time is promised.
    pub advisers: bool,
    /// Whether somebody is told at once of an urgent case. Only then do we say so.
    pub duty_adviser: bool,
    /// Service minutes within which a normal case is answered.
    pub reply_minutes: i64,
    /// Service minutes within which an urgent case is seen.
    pub urgent_minutes: i64,
    /// When advisers work; what it leaves out is the area's own.
    pub hours: Hours,
    /// Whether cases must be kept for a time: erasing a conversation that has one is then for a person to decide.
    pub keeps_cases: bool,
    /// What differs by area.
    pub areas: BTreeMap<String, AreaStaffing>,
}

impl Default for Staffing {
    fn default() -> Self {
        Self {
            advisers: false,
            duty_adviser: false,
            reply_minutes: 480,
            urgent_minutes: 60,
            hours: Hours::default(),
            keeps_cases: false,
            areas: BTreeMap::new(),
        }
    }
}

/// When advisers work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    /// By weekday; a pause is two of one day.
    pub weekly: Vec<ServiceHours>,
    /// Days closed beside the bank holidays.
    pub closed: Vec<Date>,
    /// Days with hours of their own.
    pub short: Vec<ShortDay>,
}

/// What differs for one area.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AreaStaffing {
    /// Hours; none are those of the whole service. Closed and short days come to those of the whole service.
    pub hours: Hours,
    /// Service minutes within which a normal case is answered.
    pub reply_minutes: Option<i64>,
    /// Service minutes within which an urgent case is seen.
    pub urgent_minutes: Option<i64>,
}

impl Staffing {
    /// When a case of this priority and area is to be answered; `None` where no advisers are set up: nothing is promised then.
    pub fn reply_expected_by(
        &self,
        priority: Priority,
        area: Option<&str>,
        areas: &BTreeMap<String, Area>,
        from: Timestamp,
    ) -> Option<Timestamp> {
        if !self.advisers {
            return None;
        }
        let own = area.and_then(|a| self.areas.get(a));
        let minutes = match priority {
            Priority::Urgent => own
                .and_then(|o| o.urgent_minutes)
                .unwrap_or(self.urgent_minutes),
            _ => own
                .and_then(|o| o.reply_minutes)
                .unwrap_or(self.reply_minutes),
        };
        self.calendar(area, areas).after(from, minutes)
    }

    /// When cases of an area are worked: the hours configured for it, else those of the service, else those in which its council
    /// answers; never on its bank holidays.
    pub fn calendar(&self, area: Option<&str>, areas: &BTreeMap<String, Area>) -> Calendar {
        let own = area.and_then(|a| self.areas.get(a));
        let council = area.and_then(|a| areas.get(a));
        let mut weekly = own.map_or_else(Vec::new, |o| o.hours.weekly.clone());
        if weekly.is_empty() {
            weekly.clone_from(&self.hours.weekly);
        }
        if weekly.is_empty() {
            let written = council.map_or(&[][..], |a| &a.service_hours);
            weekly = written
                .iter()
                .filter_map(|h| ServiceHours::parse(h).ok())
                .collect();
        }
        if weekly.is_empty() {
            weekly.extend(ServiceHours::parse(OFFICE_HOURS));
        }
        let mut closed = closed_days(area, areas);
        let mut short = self.hours.short.clone();
        closed.extend(&self.hours.closed);
        if let Some(own) = own {
            closed.extend(&own.hours.closed);
            short.extend(own.hours.short.iter().cloned());
        }
        Calendar::new(weekly, closed, &short)
    }
}

/// Days on which an area's council is closed: its own, else its parent's.
pub(super) fn closed_days(area: Option<&str>, areas: &BTreeMap<String, Area>) -> Vec<Date> {
    let own = area
        .and_then(|a| areas.get(a))
        .filter(|a| !a.closed.is_empty());
    own.or_else(|| areas.get("england"))
        .map_or_else(Vec::new, |a| a.closed.clone())
}
