//! When staff are alerted of a case: an urgent one at once, one that nobody has opened, one about to be late; once for each step
//! of the escalation. And who is told at which hour. Pure.
//! What never lives here: sending (bots), what was sent already (store).

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{Calendar, Case, CaseState, Priority, ServiceHours};
use crate::base::CaseReference;

/// Why staff are alerted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertWhy {
    /// An urgent case has come in.
    Urgent,
    /// An urgent case that nobody has opened.
    Unopened,
    /// The time that the person was told is near, or has passed.
    Late,
}

/// When to alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRules {
    /// Whether an urgent case is told of at once.
    pub at_once: bool,
    /// An urgent case that nobody opened within so many minutes.
    pub unopened_minutes: i64,
    /// A case so many minutes before the time that the person was told.
    pub late_before_minutes: i64,
    /// Minutes after that at which it is told of: the first step is 0, rising.
    pub steps: Vec<i64>,
}

/// In which way staff are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertWay {
    /// By e-mail.
    Email,
    /// By a signed request.
    Webhook,
}

/// One alert, to be sent in one way. Ids and codes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Which case.
    pub case: CaseReference,
    /// Why.
    pub why: AlertWhy,
    /// Which step of the escalation, from 0.
    pub step: u32,
    /// In which way.
    pub way: AlertWay,
    /// When it was decided.
    pub decided: Timestamp,
    /// How often it was tried in vain.
    pub tries: u32,
    /// How urgent the case is.
    pub priority: Priority,
    /// Whose queue it is in.
    pub area: Option<String>,
}

/// What a case gives reason to tell now, with the highest step that is due. Steps that were missed are not made up for one by one:
/// whoever comes late is told once.
pub fn alerts_due(case: &Case, rules: &AlertRules, now: Timestamp) -> Vec<(AlertWhy, u32)> {
    let mut due = Vec::new();
    if case.state == CaseState::Closed {
        return due;
    }
    if gives_reason(case, AlertWhy::Urgent) && rules.at_once {
        due.push((AlertWhy::Urgent, 0));
    }
    if gives_reason(case, AlertWhy::Unopened) {
        let from = case.created.checked_add(rules.unopened_minutes.minutes());
        due.extend(step(from.ok(), rules, now).map(|s| (AlertWhy::Unopened, s)));
    }
    if gives_reason(case, AlertWhy::Late) {
        let by = case.opened.reply_expected_by;
        let from = by.and_then(|by| by.checked_sub(rules.late_before_minutes.minutes()).ok());
        due.extend(step(from, rules, now).map(|s| (AlertWhy::Late, s)));
    }
    due
}

/// Whether the reason still stands: what somebody has seen to meanwhile is not told of any more.
pub fn gives_reason(case: &Case, why: AlertWhy) -> bool {
    let open = case.state != CaseState::Closed;
    let unopened = case.opened.priority == Priority::Urgent && case.first_opened.is_none();
    match why {
        AlertWhy::Urgent | AlertWhy::Unopened => open && unopened,
        AlertWhy::Late => {
            open && case.first_replied.is_none() && case.opened.reply_expected_by.is_some()
        }
    }
}

fn step(from: Option<Timestamp>, rules: &AlertRules, now: Timestamp) -> Option<u32> {
    let from = from?;
    let passed = rules.steps.iter().take_while(|minutes| {
        from.checked_add(minutes.minutes())
            .is_ok_and(|at| at <= now)
    });
    u32::try_from(passed.count()).ok()?.checked_sub(1)
}

/// Who is on call when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCall {
    /// For cases of this area only.
    pub area: Option<String>,
    /// In these hours.
    pub hours: ServiceHours,
    /// The e-mail address.
    pub to: String,
}

impl OnCall {
    /// Reads `mon-fri 09:00-17:00 duty@example.org`, or the same after an area: `kent sat-sun 00:00-23:59 weekend@example.org`.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (area, rest) = match words.as_slice() {
            [area, rest @ ..] if rest.len() == 3 => (Some((*area).to_owned()), rest),
            rest => (None, rest),
        };
        let [days, times, to] = rest else {
            return Err(format!(
                "'{text}' does not say who is on call; write it as 'mon-fri 09:00-17:00 duty@example.org'"
            ));
        };
        Ok(Self {
            area,
            hours: ServiceHours::parse(&format!("{days} {times}"))?,
            to: (*to).to_owned(),
        })
    }
}

/// Who is told by e-mail of a case of this area: whoever is on call now, else the standing list.
pub fn on_call_now(
    list: &[OnCall],
    otherwise: &[String],
    area: Option<&str>,
    now: Timestamp,
) -> Vec<String> {
    let mut to: Vec<String> = Vec::new();
    for entry in list {
        let ours = entry.area.is_none() || entry.area.as_deref() == area;
        let open = || Calendar::new(vec![entry.hours.clone()], [], &[]).is_open(now);
        if ours && open() && !to.contains(&entry.to) {
            to.push(entry.to.clone());
        }
    }
    if to.is_empty() {
        to.extend_from_slice(otherwise);
    }
    to
}
