//! The section that says how the queue is staffed, with its written hours read.
//! What never lives here: what follows from it for a case (casework), who is told when nobody works (alerts.rs).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    assistant::{AreaStaffing, Hours, Staffing},
    casework::{ServiceHours, ShortDay},
};

/// `[advisers]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdvisersSection {
    /// Whether advisers work the queue. Without them no reply time is promised.
    pub enabled: bool,
    /// Whether somebody is told at once of an urgent case. Only then do we say so.
    pub duty_adviser: bool,
    /// Service hours within which a normal case is answered.
    pub reply_within_hours: u32,
    /// Service minutes within which an urgent case is seen.
    pub urgent_within_minutes: u32,
    /// When advisers work: `mon-thu 09:00-12:30`; a pause is two of one day. Empty: the hours of each area in the knowledge.
    pub hours: Vec<String>,
    /// Days closed beside the bank holidays: `2026-12-24`.
    pub closed: Vec<String>,
    /// Days with hours of their own: `2026-12-24 09:00-12:00`.
    pub short_days: Vec<String>,
    /// What differs by area: `[advisers.areas.kent]` with the same keys but for the first two.
    pub areas: AdviserAreas,
}

/// Area ids with what differs there.
pub type AdviserAreas = BTreeMap<String, AdviserArea>;

/// `[advisers.areas.NAME]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdviserArea {
    reply_within_hours: Option<u32>,
    urgent_within_minutes: Option<u32>,
    hours: Vec<String>,
    closed: Vec<String>,
    short_days: Vec<String>,
}

impl Default for AdvisersSection {
    fn default() -> Self {
        Self {
            enabled: false,
            duty_adviser: false,
            reply_within_hours: 8,
            urgent_within_minutes: 60,
            hours: Vec::new(),
            closed: Vec::new(),
            short_days: Vec::new(),
            areas: AdviserAreas::new(),
        }
    }
}

impl AdvisersSection {
    /// What cannot be read as hours was refused when the file was.
    pub(super) fn staffing(&self) -> Staffing {
        let area = |(id, area): (&String, &AdviserArea)| {
            let own = AreaStaffing {
                hours: hours(&area.hours, &area.closed, &area.short_days).unwrap_or_default(),
                reply_minutes: area.reply_within_hours.map(|h| i64::from(h) * 60),
                urgent_minutes: area.urgent_within_minutes.map(i64::from),
            };
            (id.clone(), own)
        };
        Staffing {
            advisers: self.enabled,
            duty_adviser: self.enabled && self.duty_adviser,
            reply_minutes: i64::from(self.reply_within_hours) * 60,
            urgent_minutes: i64::from(self.urgent_within_minutes),
            hours: hours(&self.hours, &self.closed, &self.short_days).unwrap_or_default(),
            areas: self.areas.iter().map(area).collect(),
            ..Staffing::default()
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let say = |key: &str| {
            let key = key.to_owned();
            move |what: String| format!("{key}: {what}")
        };
        hours(&self.hours, &self.closed, &self.short_days).map_err(say("advisers"))?;
        for (id, area) in &self.areas {
            let key = format!("advisers.areas.{id}");
            hours(&area.hours, &area.closed, &area.short_days).map_err(say(&key))?;
        }
        Ok(())
    }
}

/// Written hours read; one sentence for what is none.
fn hours(weekly: &[String], closed: &[String], short: &[String]) -> Result<Hours, String> {
    let day = |text: &String| {
        let bad = |_| format!("'{text}' is not a day; write it as '2026-12-24'");
        text.parse::<Date>().map_err(bad)
    };
    Ok(Hours {
        weekly: weekly
            .iter()
            .map(|h| ServiceHours::parse(h))
            .collect::<Result<_, _>>()?,
        closed: closed.iter().map(day).collect::<Result<_, _>>()?,
        short: short
            .iter()
            .map(|d| ShortDay::parse(d))
            .collect::<Result<_, _>>()?,
    })
}
