//! Figures over many judged replies, over all and per subset and language: ranking, outcomes, alarms, doubt, times.
//! What never lives here: judging one reply (judged.rs), how figures are shown (report.rs).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    doubt,
    interval::intervals,
    judged::{Judged, Ranks},
};

/// Figures by name.
pub(super) type Figures = Vec<(&'static str, f64)>;

/// The figures over all, and those of each subset and each language under `subsets` and `langs`.
///
/// # Errors
/// None with a seeded stream of chance.
pub(super) fn sets(all: &[Judged]) -> std::io::Result<Map<String, Value>> {
    let mut whole = block(&all.iter().collect::<Vec<_>>())?;
    for (name, by) in GROUPS {
        let mut blocks = Map::new();
        for (key, some) in groups(all, by) {
            blocks.insert(key.to_owned(), Value::Object(block(&some)?));
        }
        whole.insert(name.into(), Value::Object(blocks));
    }
    Ok(whole)
}

/// Adds how long turns took, and where: the one thing that is not the same at the next run.
pub(super) fn add_times(figures: &mut Map<String, Value>, all: &[Judged]) {
    figures.extend(times(&all.iter().collect::<Vec<_>>()));
    for (name, by) in GROUPS {
        for (key, some) in groups(all, by) {
            if let Some(Value::Object(block)) = figures.get_mut(name).and_then(|g| g.get_mut(key)) {
                block.extend(times(&some));
            }
        }
    }
}

type By = fn(&Judged) -> &str;

const GROUPS: [(&str, By); 2] = [("subsets", |j| &j.subset), ("langs", |j| &j.lang)];

fn groups(all: &[Judged], by: By) -> BTreeMap<&str, Vec<&Judged>> {
    let mut groups: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for one in all {
        groups.entry(by(one)).or_default().push(one);
    }
    groups
}

fn block(some: &[&Judged]) -> std::io::Result<Map<String, Value>> {
    let mut block: Map<String, Value> = figures(some)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(rounded(value))))
        .collect();
    block.insert("count".into(), json!(number(some.len())));
    let intervals: Map<String, Value> = intervals(some, figures)?
        .into_iter()
        .map(|(name, ends)| (name.to_owned(), json!(ends.map(rounded))))
        .collect();
    block.insert("intervals".into(), Value::Object(intervals));
    block.insert("confusion".into(), json!(confusion(some)));
    let curve = doubt::curve(some);
    if !curve.is_empty() {
        block.insert("curve".into(), Value::Array(curve));
    }
    Ok(block)
}

/// How often which outcome came where which was expected.
fn confusion<'a>(some: &[&'a Judged]) -> BTreeMap<&'a str, BTreeMap<&'static str, usize>> {
    let mut matrix: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for one in some.iter().filter(|j| j.outcome.is_some()) {
        let row = matrix.entry(&one.expected).or_default();
        *row.entry(one.got).or_default() += 1;
    }
    matrix
}

fn figures(some: &[&Judged]) -> Figures {
    let ranked = || some.iter().filter_map(|j| j.ranks.as_ref());
    let within = |k: usize| share(ranked().map(move |r| r.found.iter().any(|p| *p < k)));
    let cries = |doubtful: bool| {
        let wanted = move |j: &&&Judged| j.urgent_wanted == Some(true) && j.ambiguous == doubtful;
        share(some.iter().filter(wanted).map(|j| j.urgent_said))
    };
    // Whatever is not marked urgent must not raise the alarm.
    let calm = some.iter().filter(|j| j.urgent_wanted != Some(true));
    let all = [
        (
            "outcome_accuracy",
            share(some.iter().filter_map(|j| j.outcome)),
        ),
        ("success_at_1", within(1)),
        ("recall_at_5", within(5)),
        ("recall_at_10", within(10)),
        ("ndcg_at_10", mean(ranked().map(ndcg))),
        ("mrr_at_10", mean(ranked().map(reciprocal))),
        ("urgent_recall", cries(false)),
        ("urgent_recall_ambiguous", cries(true)),
        (
            "urgent_false_alarm_rate",
            share(calm.map(|j| j.urgent_said)),
        ),
        (
            "must_contain_pass",
            share(some.iter().filter_map(|j| j.contains)),
        ),
        (
            "must_not_contain_pass",
            share(some.iter().filter_map(|j| j.clean)),
        ),
        (
            "answered_wrongly",
            share(some.iter().filter_map(|j| j.answered).map(|right| !right)),
        ),
        ("scope_auroc", doubt::auroc(some)),
        (
            "out_of_scope_answered_wrongly_at_90",
            doubt::strangers_answered(some),
        ),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

type Millis = fn(&Judged) -> f64;

/// Milliseconds: the whole turn, the turn before it is kept, finding sections.
fn times(some: &[&Judged]) -> Map<String, Value> {
    let parts: [(&str, Millis); 3] = [
        ("latency", |j| j.took.as_secs_f64() * 1000.0),
        ("step", |j| j.step),
        ("retrieve", |j| j.retrieve),
    ];
    let mut times = Map::new();
    for (name, part) in parts {
        let mut millis: Vec<f64> = some.iter().map(|j| part(j)).collect();
        millis.sort_by(f64::total_cmp);
        for percent in [50, 95, 99] {
            let at = (millis.len() * percent / 100).min(millis.len().saturating_sub(1));
            let value = millis.get(at).copied().unwrap_or(0.0);
            times.insert(format!("{name}_ms_p{percent}"), json!(rounded(value)));
        }
    }
    times
}

/// nDCG@10 with every right article worth the same.
fn ndcg(ranks: &Ranks) -> f64 {
    let gain = |p: usize| 1.0 / (number(p) + 2.0).log2();
    let got: f64 = ranks
        .found
        .iter()
        .filter(|p| **p < 10)
        .map(|p| gain(*p))
        .sum();
    let ideal: f64 = (0..ranks.right.min(10)).map(gain).sum();
    if ideal > 0.0 { got / ideal } else { 0.0 }
}

fn reciprocal(ranks: &Ranks) -> f64 {
    let first = ranks.found.iter().min().filter(|p| **p < 10);
    first.map_or(0.0, |p| 1.0 / (number(*p) + 1.0))
}

fn share(some: impl Iterator<Item = bool>) -> Option<f64> {
    mean(some.map(|b| f64::from(u8::from(b))))
}

fn mean(some: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = some.fold((0.0, 0_usize), |(s, n), v| (s + v, n + 1));
    (count > 0).then(|| sum / number(count))
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

pub(super) fn number(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
