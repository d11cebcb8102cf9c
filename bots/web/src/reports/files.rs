//! A report as a file: CSV, JSON, markdown, XLSX.
//! What never lives here: what is in it.

use std::fmt::Write as _;
use std::str::FromStr;

use serde::Serialize;

use super::{ReportTold, Sheet, dictionary, workbook};

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One table for a spreadsheet, UTF-8 with its mark.
    Csv,
    /// Everything, with the dictionary.
    Json,
    /// A workbook, a sheet a table.
    Xlsx,
    /// To read.
    Markdown,
}

/// Not one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the format is csv, json, xlsx or md")]
pub struct BadFormat;

impl FromStr for Format {
    type Err = BadFormat;
    fn from_str(text: &str) -> Result<Self, BadFormat> {
        match text {
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "xlsx" => Ok(Self::Xlsx),
            "md" => Ok(Self::Markdown),
            _ => Err(BadFormat),
        }
    }
}

impl Format {
    /// How its file ends.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
            Self::Markdown => "md",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Markdown => "text/markdown; charset=utf-8",
        }
    }

    /// The report in this form.
    ///
    /// # Errors
    /// One line; none is expected.
    pub fn write(self, report: &ReportTold) -> Result<Vec<u8>, String> {
        match self {
            Self::Csv => csv(report).map_err(|e| e.to_string()),
            Self::Json => json(report).map_err(|e| e.to_string()),
            Self::Xlsx => workbook::write(report).map_err(|e| e.to_string()),
            Self::Markdown => Ok(markdown(report).into_bytes()),
        }
    }
}

fn json(report: &ReportTold) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Whole<'a> {
        #[serde(flatten)]
        report: &'a ReportTold,
        withholding: String,
    }
    serde_json::to_vec_pretty(&Whole {
        report,
        withholding: report.withholding(),
    })
}

/// One line a count; a withheld count is an empty cell with `yes` beside it. Times are lines too, in hours.
fn csv(report: &ReportTold) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(vec![0xef, 0xbb, 0xbf]);
    out.write_record([
        "from", "to", "table", "title", "unit", "code", "label", "value", "withheld",
    ])?;
    let (from, to) = (report.period.from.to_string(), report.period.to.to_string());
    let mut line = |sheet: (&str, &str, &str), code: &str, label: &str, value: Option<String>| {
        let withheld = if value.is_none() { "yes" } else { "no" };
        let value = value.unwrap_or_default();
        let (table, title, unit) = sheet;
        out.write_record([
            &from, &to, table, title, unit, code, label, &value, withheld,
        ])
    };
    for sheet in &report.tables {
        let head = (sheet.id, sheet.title, sheet.unit);
        let number = |count: Option<u64>| count.map(|c| c.to_string());
        for one in &sheet.lines {
            line(head, &one.code, &one.label, number(one.count))?;
        }
        line(head, "total", "Total", number(sheet.total))?;
    }
    for time in &report.times {
        let head = (time.id, time.title, "hours");
        let number = |hours: Option<f64>| hours.map(|h| format!("{h:.1}"));
        line(head, "half", "Half were quicker", number(time.half_hours))?;
        let nine = number(time.nine_in_ten_hours);
        line(head, "nine_in_ten", "Nine in ten were quicker", nine)?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

fn markdown(report: &ReportTold) -> String {
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = writeln!(
        out,
        "# {}: report\n\n{}, {}. Made {:.0}.\n\n{}\n",
        report.service,
        report.period,
        report.areas_told(),
        report.made,
        report.withholding()
    );
    for sheet in &report.tables {
        let _ = writeln!(out, "## {}\n\n{}\n", sheet.title, sheet.meaning);
        table(report, sheet, &mut out);
    }
    let _ = writeln!(
        out,
        "## Times\n\n| what | half were quicker | nine in ten were quicker |\n|---|---|---|"
    );
    let hours = |hours: Option<f64>| {
        hours.map_or_else(|| "not shown".to_owned(), |h| format!("{h:.1} hours"))
    };
    for time in &report.times {
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            time.title,
            hours(time.half_hours),
            hours(time.nine_in_ten_hours)
        );
    }
    let _ = writeln!(out, "\n## Not in this report\n");
    for missing in &report.not_in_it {
        let _ = writeln!(out, "- {missing}");
    }
    let _ = writeln!(out, "\n## What the tables count\n");
    for entry in dictionary() {
        let _ = writeln!(
            out,
            "- **{}** (`{}`): {}",
            entry.title, entry.id, entry.meaning
        );
    }
    out
}

fn table(report: &ReportTold, sheet: &Sheet, out: &mut String) {
    if sheet.withheld {
        let _ = writeln!(
            out,
            "Too few to show. Total: {}.\n",
            report.shown(sheet.total)
        );
        return;
    }
    let _ = writeln!(out, "| | {} |\n|---|---:|", sheet.unit);
    for line in &sheet.lines {
        let label = line.label.replace('|', "\\|");
        let _ = writeln!(out, "| {label} | {} |", report.shown(line.count));
    }
    let _ = writeln!(out, "| **Total** | {} |\n", report.shown(sheet.total));
}
