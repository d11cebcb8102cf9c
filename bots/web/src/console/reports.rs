//! Reports over time, for whoever may read them: charts with their tables, files to take away, the data dictionary. No names, no
//! words, no references.
//! What never lives here: counting (casework), what a file looks like (reports).

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde::Deserialize;
use waymark::casework::{Act, Period};

use super::{
    page,
    queue::Menu,
    session::Staff,
    views::{Frame, Wrong},
};
use crate::{
    app::App,
    reports::{Format, ReportTold, Sheet, chart, dictionary, tell},
    trouble::Trouble,
};

const HERE: &str = "/console/reports";
/// Quarters that the menu offers.
const QUARTERS: usize = 8;

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// `2026-Q3`; it wins over the days.
    #[serde(default)]
    quarter: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// For the file.
    #[serde(default)]
    format: String,
}

impl Asked {
    /// The period asked for; without one, the last whole quarter.
    fn period(&self, today: Date) -> Result<Period, &'static str> {
        let (from, to) = (self.from.trim(), self.to.trim());
        if !self.quarter.is_empty() {
            return self.quarter.parse().map_err(|_| "Choose a quarter");
        }
        if from.is_empty() && to.is_empty() {
            return Ok(Period::quarter_of(today).before());
        }
        let day = |text: &str| text.parse::<Date>().ok();
        match (day(from), day(to)) {
            (Some(from), Some(to)) => Period::new(from, to)
                .map_err(|_| "The last day must be on or after the first, within ten years"),
            _ => Err("Enter both days, such as 2026-07-01"),
        }
    }
}

/// One table as the page shows it.
struct SheetView {
    sheet: Sheet,
    chart: String,
    /// Label and count, as shown.
    lines: Vec<(String, String)>,
    total: String,
}

/// One time as the page shows it.
struct TimeView {
    title: &'static str,
    meaning: &'static str,
    half: String,
    nine_in_ten: String,
}

#[derive(Template)]
#[template(path = "console/reports.html")]
struct ReportsPage {
    frame: Frame,
    wrong: Option<Wrong>,
    quarters: Vec<Menu>,
    from: String,
    to: String,
    period: String,
    areas: String,
    withholding: String,
    /// Those in which something was counted.
    sheets: Vec<SheetView>,
    /// The titles of the others.
    empty: Vec<&'static str>,
    times: Vec<TimeView>,
    not_in_it: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "console/dictionary.html")]
struct DictionaryPage {
    frame: Frame,
    entries: Vec<crate::reports::Entry>,
}

async fn told(app: &App, staff: &Staff, period: Period) -> Result<ReportTold, Trouble> {
    let reach = staff.account.grants.reach(Act::SeeReports);
    let now = app.desk.clock().now().instant;
    let (store, library) = (app.desk.store(), app.desk.library());
    let (name, smallest) = (&app.settings.service_name, app.settings.smallest_count);
    Ok(tell(store, &library, name.trim(), &reach, period, smallest, now).await?)
}

/// `GET /console/reports`.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let today = app.desk.clock().now().today;
    let last = Period::quarter_of(today).before();
    let (period, wrong) = match asked.period(today) {
        Ok(period) => (period, None),
        Err(words) => (
            last,
            Some(Wrong {
                field: "from",
                words: words.to_owned(),
            }),
        ),
    };
    let report = told(&app, &staff, period).await?;
    let hours = |hours: Option<f64>| {
        hours.map_or_else(|| "not shown".to_owned(), |h| format!("{h:.1} hours"))
    };
    let times = report.times.iter().map(|time| TimeView {
        title: time.title,
        meaning: time.meaning,
        half: hours(time.half_hours),
        nine_in_ten: hours(time.nine_in_ten_hours),
    });
    let kept = |typed: &str, day: Date| match wrong {
        Some(_) => typed.to_owned(),
        None => day.to_string(),
    };
    let (empty, counted): (Vec<&Sheet>, Vec<&Sheet>) = report
        .tables
        .iter()
        .partition(|s| s.lines.is_empty() && !s.withheld);
    page(&ReportsPage {
        frame: Frame::inside(&app, &staff, HERE),
        quarters: quarters(today, period),
        from: kept(&asked.from, period.from),
        to: kept(&asked.to, period.to),
        period: period.to_string(),
        areas: report.areas_told(),
        withholding: report.withholding(),
        times: times.collect(),
        sheets: counted.into_iter().map(|s| sheet(&report, s)).collect(),
        empty: empty.into_iter().map(|s| s.title).collect(),
        not_in_it: report.not_in_it.clone(),
        wrong,
    })
}

fn sheet(report: &ReportTold, sheet: &Sheet) -> SheetView {
    let lines = sheet.lines.iter();
    SheetView {
        chart: chart(report, sheet),
        lines: lines
            .map(|l| (l.label.clone(), report.shown(l.count)))
            .collect(),
        total: report.shown(sheet.total),
        sheet: sheet.clone(),
    }
}

/// The quarter that is running and those before it.
fn quarters(today: Date, chosen: Period) -> Vec<Menu> {
    let running = Period::quarter_of(today);
    std::iter::successors(Some(running), |q| Some(q.before()))
        .take(QUARTERS)
        .map(|quarter| Menu {
            value: quarter.code(),
            words: short(quarter, quarter == running),
            on: quarter == chosen,
        })
        .collect()
}

/// A quarter's name that a menu on a phone has room for: `Oct to Dec 2026`.
fn short(quarter: Period, running: bool) -> String {
    let (from, to) = (quarter.from.strftime("%b"), quarter.to.strftime("%b %Y"));
    let so_far = if running { ", so far" } else { "" };
    format!("{from} to {to}{so_far}")
}

/// `GET /console/reports/file`: the same to take away.
pub(crate) async fn file(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let today = app.desk.clock().now().today;
    let period = asked.period(today).map_err(|_| Trouble::NotFound)?;
    let format: Format = asked.format.parse().map_err(|_| Trouble::NotFound)?;
    let report = told(&app, &staff, period).await?;
    let body = format.write(&report).map_err(|error| {
        tracing::error!(error, "a report could not be written");
        Trouble::Fault
    })?;
    let name = format!("report-{}.{}", period.code(), format.ending());
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, body).into_response())
}

/// `GET /console/reports/dictionary`: what each table counts.
pub(crate) async fn meanings(State(app): State<App>, staff: Staff) -> Result<Response, Trouble> {
    page(&DictionaryPage {
        frame: Frame::inside(&app, &staff, HERE),
        entries: dictionary().collect(),
    })
}
