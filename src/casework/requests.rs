//! Data protection requests and complaints: what was asked, and the clocks that the law sets.
//! What never lives here: what is decided (a person's business), the wall clock.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::base::CaseReference;

/// A complaint is acknowledged within so many days of its receipt (Data Protection Act 2018, section 164A). Nothing stops this
/// clock.
pub const ACKNOWLEDGE_DAYS: i64 = 30;

/// What somebody asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// A copy of what is held about them.
    Access,
    /// That it is erased.
    Erasure,
    /// A complaint about how their data was handled.
    Complaint,
}

/// How it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Done as asked.
    Granted,
    /// Done in part.
    Partly,
    /// Not done; the reason stands in a note.
    Refused,
    /// The person took it back.
    Withdrawn,
}

/// While the clock stands still: we wait for who they are, or for what exactly they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// From.
    pub from: Timestamp,
    /// Until; `None` while it lasts.
    pub until: Option<Timestamp>,
}

/// One request with its clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The case that carries it.
    pub case: CaseReference,
    /// What was asked.
    pub kind: RequestKind,
    /// When it came in.
    pub received: Timestamp,
    /// When its receipt was acknowledged.
    pub acknowledged: Option<Timestamp>,
    /// When the clock stood still.
    pub stops: Vec<Stop>,
    /// Whether it was extended by two months, for it is complex.
    pub extended: bool,
    /// When it was decided.
    pub decided: Option<Timestamp>,
    /// How.
    pub decision: Option<Decision>,
}

/// Something that moves a request on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestMove {
    /// Its receipt was acknowledged to the person.
    Acknowledge,
    /// We asked the person something that we cannot go on without.
    StopClock,
    /// They have answered.
    StartClock,
    /// Two months more.
    Extend,
    /// It is decided.
    Decide(Decision),
}

/// Why it cannot be moved on so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestRefusal {
    /// It is decided.
    #[error("this request has been decided")]
    Decided,
    /// It stands still already.
    #[error("the clock is stopped already")]
    Stopped,
    /// It runs.
    #[error("the clock is running")]
    Running,
    /// Once each.
    #[error("that has been done already")]
    Done,
}

impl Request {
    /// A request that has come in.
    pub fn new(case: CaseReference, kind: RequestKind, received: Timestamp) -> Self {
        Self {
            case,
            kind,
            received,
            acknowledged: None,
            stops: Vec::new(),
            extended: false,
            decided: None,
            decision: None,
        }
    }

    /// Moves it on.
    ///
    /// # Errors
    /// Why that cannot be; nothing has changed then.
    pub fn moved(&self, by: RequestMove, now: Timestamp) -> Result<Self, RequestRefusal> {
        let mut next = self.clone();
        if self.decided.is_some() {
            return Err(RequestRefusal::Decided);
        }
        match by {
            RequestMove::Acknowledge if self.acknowledged.is_some() => {
                return Err(RequestRefusal::Done);
            }
            RequestMove::Acknowledge => next.acknowledged = Some(now),
            RequestMove::StopClock if self.stopped() => return Err(RequestRefusal::Stopped),
            RequestMove::StopClock => next.stops.push(Stop {
                from: now,
                until: None,
            }),
            RequestMove::StartClock if !self.stopped() => return Err(RequestRefusal::Running),
            RequestMove::StartClock => next.start(now),
            RequestMove::Extend if self.extended => return Err(RequestRefusal::Done),
            RequestMove::Extend => next.extended = true,
            RequestMove::Decide(decision) => {
                next.start(now);
                (next.decided, next.decision) = (Some(now), Some(decision));
            }
        }
        Ok(next)
    }

    fn start(&mut self, now: Timestamp) {
        if let Some(last) = self.stops.last_mut() {
            last.until.get_or_insert(now);
        }
    }

    /// Whether the clock stands still.
    pub fn stopped(&self) -> bool {
        self.stops.last().is_some_and(|s| s.until.is_none())
    }

    /// The end of the last day on which a complaint may be acknowledged; `None` for what needs no acknowledgement.
    pub fn acknowledge_by(&self) -> Option<Timestamp> {
        let needs = self.kind == RequestKind::Complaint && self.acknowledged.is_none();
        let due = || {
            let day = self.received.to_zoned(london()).date();
            end_of(day.checked_add(ACKNOWLEDGE_DAYS.days()).ok()?)
        };
        needs.then(due).flatten()
    }

    /// The end of the last day on which a request for access or erasure may be answered: one calendar month after its receipt (the
    /// last day of a shorter month), two more if extended, and the days on which the clock stood still. `None` for a complaint
    /// (without undue delay: the law sets no day) and while the clock stands still.
    pub fn respond_by(&self, now: Timestamp) -> Option<Timestamp> {
        if self.kind == RequestKind::Complaint || self.decided.is_some() || self.stopped() {
            return None;
        }
        let day = self.received.to_zoned(london()).date();
        let months: i64 = if self.extended { 3 } else { 1 };
        let day = day.checked_add(months.months()).ok()?;
        let stood = self.stops.iter().map(|s| {
            let until = s.until.unwrap_or(now);
            (until.as_second() - s.from.as_second()).max(0)
        });
        // A day begun is a day.
        let days = (stood.sum::<i64>() + 86_399) / 86_400;
        end_of(day.checked_add(days.days()).ok()?)
    }
}

fn end_of(day: jiff::civil::Date) -> Option<Timestamp> {
    let local = day.at(23, 59, 59, 0).to_zoned(london());
    local.map(|z| z.timestamp()).ok()
}

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}
