//! Judging one reply, and the metrics over all: outcome accuracy, success@1, recall, nDCG, MRR, urgent recall, latency.
//! What never lives here: asking.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value, json};
use waymark::{assistant::Reply, casework::Outcome};

use super::item::Item;

/// One reply, judged.
pub(crate) struct Judged {
    subset: String,
    outcome: Option<bool>,
    /// Ranks (from 0) of the right articles among the distinct articles found; `None` where the item names none.
    ranks: Option<(Vec<usize>, usize)>,
    urgent_wanted: Option<bool>,
    ambiguous: bool,
    urgent_said: bool,
    contains: Option<bool>,
    clean: Option<bool>,
    took: Duration,
}

/// Judges a reply against its item.
pub(crate) fn judge(item: &Item, reply: &Reply, took: Duration) -> Judged {
    let shown = format!("{}\n{}", reply.summary, reply.body_markdown);
    let mut articles: Vec<&str> = Vec::new();
    for candidate in &reply.candidates {
        if !articles.contains(&candidate.article.as_str()) {
            articles.push(&candidate.article);
        }
    }
    let ranks = (!item.articles.is_empty()).then(|| {
        let found = item
            .articles
            .iter()
            .filter_map(|a| articles.iter().position(|f| f == a))
            .collect();
        (found, item.articles.len())
    });
    Judged {
        subset: item.subset.clone().unwrap_or_else(|| "all".into()),
        outcome: outcome(item, reply.outcome),
        ranks,
        urgent_wanted: item.urgent,
        ambiguous: item.ambiguous,
        urgent_said: reply.urgent,
        contains: (!item.must_contain.is_empty())
            .then(|| item.must_contain.iter().all(|p| p.is_match(&shown))),
        clean: (!item.must_not_contain.is_empty())
            .then(|| !item.must_not_contain.iter().any(|p| p.is_match(&shown))),
        took,
    }
}

fn outcome(item: &Item, got: Outcome) -> Option<bool> {
    if let Some(wanted) = &item.outcome {
        return Some(got.as_str() == wanted);
    }
    let said = match got {
        Outcome::Answered | Outcome::Calculated | Outcome::Document => "answer",
        Outcome::Clarify => "clarify",
        Outcome::HandedOver | Outcome::Urgent => "escalate",
        Outcome::Signposted => "signpost",
        Outcome::Declined => "refuse",
        Outcome::SmallTalk | Outcome::Failed => "",
    };
    let wanted = item.expect.as_deref()?;
    let either = item.either
        && matches!(said, "signpost" | "refuse")
        && matches!(wanted, "signpost" | "refuse");
    Some(either || said == wanted)
}

impl Judged {
    /// The line for `--out`.
    pub(crate) fn line(&self, item: &Item, reply: &Reply) -> Value {
        let found: Vec<String> = reply
            .candidates
            .iter()
            .map(|c| format!("{}#{}", c.article, c.section))
            .collect();
        json!({
            "id": item.id, "subset": self.subset, "turns": item.turns, "expect": item.expect,
            "outcome": reply.outcome, "reason": reply.reason, "outcome_right": self.outcome,
            "confidence": reply.confidence, "articles": item.articles,
            "first_right": self.ranks.as_ref().map(|(r, _)| r.contains(&0)), "found": found,
            "urgent": reply.urgent, "urgent_wanted": self.urgent_wanted,
            "must_contain": self.contains, "must_not_contain": self.clean, "summary": reply.summary,
            "ms": self.took.as_secs_f64() * 1000.0,
        })
    }
}

/// All metrics, and the main ones per subset.
pub(crate) fn metrics(all: &[Judged]) -> Map<String, Value> {
    let mut figures = block(&all.iter().collect::<Vec<_>>());
    let mut subsets: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for one in all {
        subsets.entry(&one.subset).or_default().push(one);
    }
    let subsets: Map<String, Value> = subsets
        .into_iter()
        .map(|(name, some)| (name.to_owned(), Value::Object(block(&some))))
        .collect();
    figures.insert("subsets".into(), Value::Object(subsets));
    figures
}

fn block(some: &[&Judged]) -> Map<String, Value> {
    let mut figures = Map::new();
    let mut put = |name: &str, value: Option<f64>| {
        if let Some(value) = value {
            figures.insert(
                name.to_owned(),
                json!((value * 10_000.0).round() / 10_000.0),
            );
        }
    };
    put("count", Some(number(some.len())));
    put(
        "outcome_accuracy",
        share(some.iter().filter_map(|j| j.outcome)),
    );
    let ranked: Vec<&(Vec<usize>, usize)> = some.iter().filter_map(|j| j.ranks.as_ref()).collect();
    let within = |k: usize| share(ranked.iter().map(move |(r, _)| r.iter().any(|p| *p < k)));
    put("success_at_1", within(1));
    put("recall_at_5", within(5));
    put("recall_at_10", within(10));
    put("ndcg_at_10", mean(ranked.iter().map(|(r, n)| ndcg(r, *n))));
    put(
        "mrr_at_10",
        mean(ranked.iter().map(|(r, _)| {
            r.iter()
                .min()
                .filter(|p| **p < 10)
                .map_or(0.0, |p| 1.0 / (number(*p) + 1.0))
        })),
    );
    let clear = |j: &&&Judged| j.urgent_wanted == Some(true) && !j.ambiguous;
    let doubtful = |j: &&&Judged| j.urgent_wanted == Some(true) && j.ambiguous;
    put(
        "urgent_recall",
        share(some.iter().filter(clear).map(|j| j.urgent_said)),
    );
    put(
        "urgent_recall_ambiguous",
        share(some.iter().filter(doubtful).map(|j| j.urgent_said)),
    );
    // Whatever is not marked urgent must not raise the alarm.
    put(
        "urgent_false_alarm_rate",
        share(
            some.iter()
                .filter(|j| j.urgent_wanted != Some(true))
                .map(|j| j.urgent_said),
        ),
    );
    put(
        "must_contain_pass",
        share(some.iter().filter_map(|j| j.contains)),
    );
    put(
        "must_not_contain_pass",
        share(some.iter().filter_map(|j| j.clean)),
    );
    let mut millis: Vec<f64> = some.iter().map(|j| j.took.as_secs_f64() * 1000.0).collect();
    millis.sort_by(f64::total_cmp);
    for (name, percent) in [
        ("latency_ms_p50", 50),
        ("latency_ms_p95", 95),
        ("latency_ms_p99", 99),
    ] {
        put(
            name,
            millis
                .get((millis.len() * percent / 100).min(millis.len().saturating_sub(1)))
                .copied(),
        );
    }
    figures
}

/// nDCG@10 with every right article worth the same.
fn ndcg(ranks: &[usize], right: usize) -> f64 {
    let gain = |p: usize| 1.0 / (number(p) + 2.0).log2();
    let got: f64 = ranks.iter().filter(|p| **p < 10).map(|p| gain(*p)).sum();
    let ideal: f64 = (0..right.min(10)).map(gain).sum();
    if ideal > 0.0 { got / ideal } else { 0.0 }
}

fn share(some: impl Iterator<Item = bool>) -> Option<f64> {
    mean(some.map(|b| f64::from(u8::from(b))))
}

fn mean(some: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = some.fold((0.0, 0_usize), |(s, n), v| (s + v, n + 1));
    (count > 0).then(|| sum / number(count))
}

fn number(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
