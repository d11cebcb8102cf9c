//! The results page (`--report`) and the layout of the figures as JSON. No times: kept under version control, the same
//! behaviour gives the same page to the letter.
//! What never lives here: working figures out.

use std::{fmt::Write, path::Path};

use anyhow::{Context, Result};
use jiff::civil::Date;
use serde_json::{Map, Value};
use waymark::{base::long_date, casework::Outcome};

use super::judged::Judged;

/// Figures in the order of the page, with what they say.
const FIGURES: [(&str, &str); 14] = [
    ("outcome_accuracy", "the outcome is the one expected"),
    (
        "success_at_1",
        "the first article is a right one (success@1)",
    ),
    (
        "recall_at_5",
        "a right article is among the first five (recall@5)",
    ),
    ("recall_at_10", "among the first ten (recall@10)"),
    ("ndcg_at_10", "nDCG@10"),
    ("mrr_at_10", "MRR@10"),
    ("must_contain_pass", "the reply says what it must"),
    ("must_not_contain_pass", "and nothing that it must not"),
    ("urgent_recall", "clear cries for help heard"),
    ("urgent_recall_ambiguous", "doubtful ones heard"),
    ("urgent_false_alarm_rate", "false alarms (less is better)"),
    (
        "answered_wrongly",
        "of the questions answered: out of scope, or no right article cited (less is better)",
    ),
    (
        "scope_auroc",
        "the search's confidence tells ours from not ours (AUROC, word lists off)",
    ),
    (
        "out_of_scope_answered_wrongly_at_90",
        "out of scope answered, were 90% of right answers kept (less is better, word lists off)",
    ),
];
/// Columns of the table of sets.
const COLUMNS: [(&str, &str); 8] = [
    ("outcome_accuracy", "outcome"),
    ("success_at_1", "success@1"),
    ("recall_at_5", "recall@5"),
    ("recall_at_10", "recall@10"),
    ("ndcg_at_10", "nDCG@10"),
    ("mrr_at_10", "MRR@10"),
    ("must_contain_pass", "must say"),
    ("answered_wrongly", "answered wrongly"),
];

/// What the figures depend on beside code, knowledge and questions.
pub(super) struct Setting {
    /// The day it was.
    pub(super) day: Date,
    /// Whether the embedding model was in use.
    pub(super) semantic: bool,
}

/// Writes the page, and the figures as JSON beside it.
pub(super) fn write(
    path: &Path,
    setting: &Setting,
    judged: &[Judged],
    figures: &Map<String, Value>,
) -> Result<()> {
    let page = page(setting, judged, figures);
    std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
    let beside = path.with_extension("json");
    let json = laid_out(&Value::Object(figures.clone()), 0) + "\n";
    std::fs::write(&beside, json).with_context(|| format!("cannot write {}", beside.display()))
}

/// JSON with a line for each figure, each set and each point of a curve, so that a comparison by lines says something.
pub(super) fn laid_out(value: &Value, depth: usize) -> String {
    let pad = "  ".repeat(depth + 1);
    let lines: Vec<String> = match value {
        Value::Object(map) if depth < 2 => map
            .iter()
            .map(|(k, v)| {
                format!(
                    "{pad}{}: {}",
                    Value::from(k.as_str()),
                    laid_out(v, depth + 1)
                )
            })
            .collect(),
        Value::Array(all) if depth < 2 => all.iter().map(|v| format!("{pad}{v}")).collect(),
        _ => Vec::new(),
    };
    if lines.is_empty() {
        return value.to_string();
    }
    let (open, close) = if value.is_object() {
        ('{', '}')
    } else {
        ('[', ']')
    };
    format!(
        "{open}\n{}\n{}{close}",
        lines.join(",\n"),
        "  ".repeat(depth)
    )
}

fn page(setting: &Setting, judged: &[Judged], figures: &Map<String, Value>) -> String {
    let day = long_date(setting.day);
    let model = if setting.semantic {
        "in use"
    } else {
        "not in use"
    };
    let mut page = format!(
        "# How the question sets fare\n\n{} questions, asked as on {day}; embedding model {model}. Written by `make results`; \
         the same figures stand in the JSON file of the same name. In brackets: 95% interval, from drawing the questions \
         again 1,000 times; where nothing went wrong it says nothing, and of n questions some 3/n may still go wrong. The sets \
         were written by the project: they guard against getting worse and promise nothing \
         about other people's questions.\n",
        judged.len()
    );
    overall(&mut page, figures);
    table(&mut page, "By set", "set", figures.get("subsets"));
    table(&mut page, "By language", "language", figures.get("langs"));
    confusion(&mut page, figures.get("confusion"));
    curve(&mut page, figures.get("curve"));
    faults(&mut page, judged);
    page
}

fn overall(page: &mut String, figures: &Map<String, Value>) {
    page.push_str("\n## Over all\n\n| what | share | name |\n|---|---|---|\n");
    for (name, says) in FIGURES {
        let Some(value) = figures.get(name).and_then(Value::as_f64) else {
            continue;
        };
        let end = |at: usize| figures.get("intervals")?.get(name)?.get(at)?.as_f64();
        let (low, high) = (end(0).unwrap_or(value), end(1).unwrap_or(value));
        let _ = writeln!(
            page,
            "| {says} | {value:.3} ({low:.3} to {high:.3}) | `{name}` |"
        );
    }
}

/// One row a set.
fn table(page: &mut String, title: &str, first: &str, blocks: Option<&Value>) {
    let Some(blocks) = blocks.and_then(Value::as_object) else {
        return;
    };
    let heads = COLUMNS.map(|(_, head)| head).join(" | ");
    let _ = writeln!(page, "\n## {title}\n\n| {first} | questions | {heads} |");
    let _ = writeln!(page, "|---|{}", "---|".repeat(COLUMNS.len() + 1));
    for (name, block) in blocks {
        let count = block.get("count").and_then(Value::as_f64).unwrap_or(0.0);
        let cells = COLUMNS.map(|(column, _)| cell(block.get(column)));
        let _ = writeln!(page, "| {name} | {count} | {} |", cells.join(" | "));
    }
}

fn cell(value: Option<&Value>) -> String {
    let value = value.and_then(Value::as_f64);
    value.map_or_else(String::new, |v| format!("{v:.3}"))
}

fn confusion(page: &mut String, matrix: Option<&Value>) {
    let Some(matrix) = matrix.and_then(Value::as_object) else {
        return;
    };
    let heads = Outcome::ALL.map(Outcome::as_str);
    let seen = |head: &&str| matrix.values().any(|row| row.get(*head).is_some());
    let heads: Vec<&str> = heads.into_iter().filter(|head| seen(head)).collect();
    page.push_str("\n## Expected (rows) and what came (columns)\n\n");
    let _ = writeln!(page, "| expected | {} |", heads.join(" | "));
    let _ = writeln!(page, "|---|{}", "---|".repeat(heads.len()));
    for (expected, row) in matrix {
        let count = |head: &&str| row.get(*head).map_or_else(String::new, Value::to_string);
        let cells: Vec<String> = heads.iter().map(count).collect();
        let _ = writeln!(page, "| {expected} | {} |", cells.join(" | "));
    }
}

fn curve(page: &mut String, points: Option<&Value>) {
    let Some(points) = points.and_then(Value::as_array) else {
        return;
    };
    page.push_str(
        "\n## Answering less, answering less wrongly\n\nOf the questions that are ours to answer or plainly are not: were only \
         the most confident answered, the share of those answered wrongly (not ours, or another article first). Word lists \
         off: the search alone.\n\n| answered | down to confidence | of these wrongly |\n|---|---|---|\n",
    );
    for point in points {
        let part = |name: &str| point.get(name).and_then(Value::as_f64).unwrap_or(0.0);
        let _ = writeln!(
            page,
            "| {:.0}% | {:.2} | {:.3} |",
            part("coverage") * 100.0,
            part("confidence"),
            part("wrong")
        );
    }
}

fn faults(page: &mut String, judged: &[Judged]) {
    page.push_str("\n## Not right yet\n");
    let mut subset = "";
    let mut sorted: Vec<&Judged> = judged.iter().filter(|j| !j.faults().is_empty()).collect();
    sorted.sort_by_key(|j| (&j.subset, &j.id));
    for one in sorted {
        if one.subset != subset {
            subset = &one.subset;
            let _ = writeln!(page, "\n### {subset}\n");
        }
        let (faults, question) = (one.faults().join("; "), one.question.replace('\n', " "));
        let _ = writeln!(page, "- `{}` {question}: *{faults}*", one.id);
    }
}
