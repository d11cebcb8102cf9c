//! Reports of a period: counts by code, small ones withheld so that nobody can be made out. Pure.
//! What never lives here: words for codes (bots/web), finding what is counted (store), anything about one person.

mod count;
mod period;
mod suppress;

pub use count::{CaseCounted, Counted, TurnsCounted, VisitsCounted, report};
pub use period::{BadPeriod, Period};

use serde::Serialize;

/// A count below it is not shown, unless it is nought.
pub const SMALLEST: u64 = 5;

/// What is counted in a table, so that tables of one base share their total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Conversations: as near to people as one comes without asking who they are.
    Conversations,
    /// Messages of people, each with the reply to it.
    Turns,
    /// Cases opened.
    Cases,
}

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// A code from a closed list, an area, a language, a month, an article's folder or id.
    pub code: String,
    /// How many; `None` where it is withheld.
    pub count: Option<u64>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its name in every form of the report.
    pub id: &'static str,
    /// What is counted.
    pub unit: Unit,
    /// Most first (months in order); codes that did not occur are left out.
    pub rows: Vec<Row>,
    /// All together; `None` where it is withheld.
    pub total: Option<u64>,
    /// Whether there were too few to show any line.
    pub withheld: bool,
}

/// How long something took: half were quicker than the first, nine in ten than the second. Seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Wait {
    /// `first_reply` or `closing`.
    pub id: &'static str,
    /// The median; `None` where there were too few.
    pub half: Option<i64>,
    /// The ninth decile; likewise.
    pub nine_in_ten: Option<i64>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Of which days.
    pub period: Period,
    /// Counts below it are withheld.
    pub smallest: u64,
    /// The tables, in the order in which they are shown.
    pub tables: Vec<Table>,
    /// The times.
    pub waits: Vec<Wait>,
}
