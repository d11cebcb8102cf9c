//! A table as a picture: horizontal bars, drawn here as SVG. The table itself stands below it.
//! What never lives here: anything that the table does not say.

use std::fmt::Write as _;

use super::{ReportTold, Sheet};

/// Width in pixels: it fits the narrowest phone without scrolling.
const WIDE: u64 = 288;
/// Height of one line: its words, its bar.
const LINE: u64 = 42;
/// Width left for the number behind the longest bar.
const NUMBER: u64 = 64;
/// Letters of a label that fit.
const LETTERS: usize = 34;

/// The picture, or nothing where there is nothing to compare: one bar alone says nothing.
pub(crate) fn chart(report: &ReportTold, sheet: &Sheet) -> String {
    let most = sheet.lines.iter().filter_map(|l| l.count).max();
    let Some(most) = most.filter(|m| *m > 0 && sheet.lines.len() > 1) else {
        return String::new();
    };
    let tall = LINE * u64::try_from(sheet.lines.len()).unwrap_or(0) + 8;
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = write!(
        out,
        "<svg class=\"wm-chart\" role=\"img\" aria-label=\"Bar chart: {}. The table has the same figures.\" width=\"{WIDE}\" \
         height=\"{tall}\" viewBox=\"0 0 {WIDE} {tall}\" font-family=\"system-ui, sans-serif\" font-size=\"14\" fill=\"#0b0c0c\">",
        escaped(sheet.title)
    );
    for (place, line) in (0_u64..).zip(&sheet.lines) {
        let top = place * LINE;
        let label: String = match line.label.chars().count() > LETTERS {
            true => line.label.chars().take(LETTERS - 1).chain(['…']).collect(),
            false => line.label.clone(),
        };
        let _ = write!(
            out,
            "<text x=\"0\" y=\"{}\">{}</text>",
            top + 16,
            escaped(&label)
        );
        let long = line.count.map_or(0, |c| c * (WIDE - NUMBER) / most);
        if line.count.is_some() {
            let _ = write!(
                out,
                "<rect x=\"0\" y=\"{}\" width=\"{}\" height=\"14\" fill=\"#1d70b8\"/>",
                top + 22,
                long.max(1)
            );
        }
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            if line.count.is_some() { long + 6 } else { 0 },
            top + 34,
            report.shown(line.count)
        );
    }
    out.push_str("</svg>");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
