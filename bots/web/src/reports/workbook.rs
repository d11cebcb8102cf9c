//! A report as a workbook: a sheet that tells what it is, one a table, one for times and the dictionary.
//! What never lives here: what is in it.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{ReportTold, dictionary};

/// Of a sheet's name, by the format's own rule.
const NAME: usize = 31;

pub(super) fn write(report: &ReportTold) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap();
    about(book.add_worksheet(), report, &bold)?;
    for sheet in &report.tables {
        let page = book.add_worksheet();
        let name: String = sheet.id.chars().take(NAME).collect();
        page.set_name(name)?.set_column_width(0, 48)?;
        page.write_with_format(0, 0, sheet.title, &bold)?;
        page.write_with_format(1, 0, "Line", &bold)?;
        page.write_with_format(1, 1, sheet.unit, &bold)?;
        page.write_with_format(1, 2, "Code", &bold)?;
        let mut row = 2;
        for line in &sheet.lines {
            page.write(row, 0, &line.label)?;
            number(page, row, line.count)?;
            page.write(row, 2, &line.code)?;
            row += 1;
        }
        let last = if sheet.withheld {
            "Total (too few for single lines)"
        } else {
            "Total"
        };
        page.write_with_format(row, 0, last, &bold)?;
        number(page, row, sheet.total)?;
    }
    let page = book.add_worksheet();
    page.set_name("times")?.set_column_width(0, 48)?;
    let heads = [
        "What",
        "Half were quicker (hours)",
        "Nine in ten were quicker (hours)",
    ];
    for (column, head) in (0..).zip(heads) {
        page.write_with_format(0, column, head, &bold)?;
    }
    for (row, time) in (1..).zip(&report.times) {
        page.write(row, 0, time.title)?;
        for (column, hours) in (1..).zip([time.half_hours, time.nine_in_ten_hours]) {
            match hours {
                Some(hours) => page.write(row, column, hours)?,
                None => page.write(row, column, "not shown")?,
            };
        }
    }
    let page = book.add_worksheet();
    page.set_name("dictionary")?
        .set_column_width(0, 28)?
        .set_column_width(1, 36)?
        .set_column_width(3, 90)?;
    for (column, head) in (0..).zip(["Table", "Title", "Unit", "What it counts"]) {
        page.write_with_format(0, column, head, &bold)?;
    }
    for (row, entry) in (1..).zip(dictionary()) {
        page.write(row, 0, entry.id)?;
        page.write(row, 1, entry.title)?;
        page.write(row, 2, entry.unit)?;
        page.write_with_format(row, 3, entry.meaning, &wrapped)?;
    }
    book.save_to_buffer()
}

fn about(page: &mut Worksheet, report: &ReportTold, bold: &Format) -> Result<(), XlsxError> {
    page.set_name("report")?.set_column_width(0, 110)?;
    page.write_with_format(0, 0, format!("{}: report", report.service), bold)?;
    page.write(1, 0, format!("{}, {}", report.period, report.areas_told()))?;
    page.write(2, 0, format!("Made {:.0}", report.made))?;
    page.write(3, 0, report.withholding())?;
    page.write_with_format(5, 0, "Not in this report", bold)?;
    for (row, missing) in (6..).zip(&report.not_in_it) {
        page.write(row, 0, *missing)?;
    }
    Ok(())
}

fn number(page: &mut Worksheet, row: u32, count: Option<u64>) -> Result<(), XlsxError> {
    match count {
        Some(count) => page.write(row, 1, count)?,
        None => page.write(row, 1, "not shown")?,
    };
    Ok(())
}
