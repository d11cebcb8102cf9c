//! Reports as people read them: the tables of casework with their words, in every form in which they are taken away. Used by the
//! console and by the command line.
//! What never lives here: counting, withholding (casework), finding (store), who may read (console).

mod chart;
mod dictionary;
mod files;
mod languages;
mod workbook;

use jiff::Timestamp;
use serde::Serialize;
use waymark::{
    casework::{self, Period, Reach, Row},
    knowledge::Library,
    store::{Store, StoreError},
};

pub(crate) use chart::chart;
pub(crate) use dictionary::NOT_IN_IT;
pub use dictionary::{Entry, dictionary};
pub use files::{BadFormat, Format};

/// One line of a table in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The code, which stays the same from report to report.
    pub code: String,
    /// The code in words.
    pub label: String,
    /// How many; `None` where it is withheld.
    pub count: Option<u64>,
}

/// One table in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Its name in every form of the report.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is counted, and how.
    pub meaning: &'static str,
    /// What one of the counted is.
    pub unit: &'static str,
    /// The lines; codes that did not occur are left out.
    pub lines: Vec<Line>,
    /// All together; `None` where it is withheld.
    pub total: Option<u64>,
    /// Whether there were too few to show any line.
    pub withheld: bool,
}

/// How long something took, in hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Time {
    /// Its name in every form of the report.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is measured, and how.
    pub meaning: &'static str,
    /// Half were quicker; `None` where there were too few.
    pub half_hours: Option<f64>,
    /// Nine in ten were quicker; likewise.
    pub nine_in_ten_hours: Option<f64>,
}

/// A report in words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportTold {
    /// Who runs the service, and what it is called.
    pub service: String,
    /// `2026-Q3`, or both days.
    pub code: String,
    /// Of which days, both included.
    pub period: Period,
    /// When it was made.
    pub made: Timestamp,
    /// Of which areas: all, or the ids of those that its reader may see.
    pub areas: Vec<String>,
    /// Counts below it are withheld.
    pub smallest: u64,
    /// The tables.
    pub tables: Vec<Sheet>,
    /// The times.
    pub times: Vec<Time>,
    /// What the contract asks for and this report does not hold.
    pub not_in_it: Vec<&'static str>,
}

/// Counts, withholds, and puts it into words.
///
/// # Errors
/// When the database cannot be read.
pub async fn tell(
    store: &Store,
    library: &Library,
    service: &str,
    reach: &Reach,
    period: Period,
    smallest: u64,
    now: Timestamp,
) -> Result<ReportTold, StoreError> {
    let counted = store.counted(reach, period).await?;
    let report = casework::report(&counted, period, smallest, now);
    let hours = |seconds: Option<i64>| {
        let tenths = seconds.and_then(|s| i32::try_from((s + 180) / 360).ok());
        tenths.map(|t| f64::from(t) / 10.0)
    };
    let tables = report.tables.into_iter().map(|table| {
        let entry = dictionary::of(table.id);
        let words = |row: Row| Line {
            label: dictionary::label(library, table.id, &row.code),
            code: row.code,
            count: row.count,
        };
        Sheet {
            id: table.id,
            title: entry.title,
            meaning: entry.meaning,
            unit: entry.unit,
            lines: table.rows.into_iter().map(words).collect(),
            total: table.total,
            withheld: table.withheld,
        }
    });
    let times = report.waits.into_iter().map(|wait| {
        let entry = dictionary::of(wait.id);
        Time {
            id: wait.id,
            title: entry.title,
            meaning: entry.meaning,
            half_hours: hours(wait.half),
            nine_in_ten_hours: hours(wait.nine_in_ten),
        }
    });
    Ok(ReportTold {
        service: service.to_owned(),
        code: period.code(),
        period,
        made: now,
        areas: match reach {
            Reach::Everywhere => Vec::new(),
            Reach::Areas(areas) => areas.iter().cloned().collect(),
        },
        smallest,
        tables: tables.collect(),
        times: times.collect(),
        not_in_it: NOT_IN_IT.to_vec(),
    })
}

impl ReportTold {
    /// A count as it is shown.
    pub(crate) fn shown(&self, count: Option<u64>) -> String {
        count.map_or_else(|| "not shown".to_owned(), |c| c.to_string())
    }

    /// Why some counts are not shown, as a sentence.
    pub(crate) fn withholding(&self) -> String {
        format!(
            "Counts below {} are not shown, and nor are others from which they could be worked out, so that nobody can be made out. \
             A line that did not occur is left out.",
            self.smallest
        )
    }

    /// Of which areas, in words.
    pub(crate) fn areas_told(&self) -> String {
        match self.areas.is_empty() {
            true => "all areas".to_owned(),
            false => self.areas.join(", "),
        }
    }
}
