//! Judging one reply against its item.
//! What never lives here: asking (questions.rs), figures over many (figures.rs).

use std::time::Duration;

use serde_json::{Value, json};
use waymark::{assistant::Reply, base::clip, casework::Outcome};

use crate::questions::Item;

/// Characters of a question that the results page shows.
const SHOWN: usize = 90;

/// Where the right articles of an item stand among the distinct articles found.
pub(super) struct Ranks {
    /// From 0, for each right article that was found.
    pub(super) found: Vec<usize>,
    /// How many are right.
    pub(super) right: usize,
}

/// One reply, judged.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) id: String,
    pub(super) question: String,
    pub(super) subset: String,
    pub(super) lang: String,
    /// What was expected, in the item's word; empty where it expects nothing.
    pub(super) expected: String,
    /// The outcome's word.
    pub(super) got: &'static str,
    pub(super) outcome: Option<bool>,
    /// `None` where the item names no article.
    pub(super) ranks: Option<Ranks>,
    /// Ours to answer (`true`), not ours (`false`), or neither: asked back, handed over, not said.
    pub(super) ours: Option<bool>,
    /// The search's own confidence.
    pub(super) score: f64,
    /// It was answered: whether rightly, that is, ours and citing a right article.
    pub(super) answered: Option<bool>,
    pub(super) urgent_wanted: Option<bool>,
    pub(super) ambiguous: bool,
    pub(super) urgent_said: bool,
    pub(super) contains: Option<bool>,
    pub(super) clean: Option<bool>,
    pub(super) took: Duration,
    /// Milliseconds of the turn before it was kept, and of finding sections.
    pub(super) step: f64,
    pub(super) retrieve: f64,
}

/// Judges a reply against its item.
pub(super) fn judge(item: &Item, reply: &Reply, took: Duration, score: f64) -> Judged {
    let shown = format!("{}\n{}", reply.summary, reply.body_markdown);
    let expected = item.outcome.clone().or_else(|| item.expect.clone());
    Judged {
        id: item.id.clone(),
        question: clip(item.turns.last().map_or("", String::as_str), SHOWN),
        subset: item.subset.clone().unwrap_or_else(|| "all".into()),
        lang: item.lang.clone().unwrap_or_else(|| "en".into()),
        expected: expected.unwrap_or_default(),
        got: reply.outcome.as_str(),
        outcome: outcome(item, reply.outcome),
        ranks: ranks(item, reply),
        ours: match item.expect.as_deref() {
            Some("answer") if !item.articles.is_empty() => Some(true),
            Some("signpost" | "refuse") => Some(false),
            _ => None,
        },
        score,
        answered: answered(item, reply),
        urgent_wanted: item.urgent,
        ambiguous: item.ambiguous,
        urgent_said: reply.urgent,
        contains: (!item.must_contain.is_empty())
            .then(|| item.must_contain.iter().all(|p| p.is_match(&shown))),
        clean: (!item.must_not_contain.is_empty())
            .then(|| !item.must_not_contain.iter().any(|p| p.is_match(&shown))),
        took,
        step: reply.timing_ms.total,
        retrieve: reply.timing_ms.retrieve,
    }
}

fn ranks(item: &Item, reply: &Reply) -> Option<Ranks> {
    let mut articles: Vec<&str> = Vec::new();
    for candidate in &reply.candidates {
        if !articles.contains(&candidate.article.as_str()) {
            articles.push(&candidate.article);
        }
    }
    let place = |article: &String| articles.iter().position(|f| f == article);
    (!item.articles.is_empty()).then(|| Ranks {
        found: item.articles.iter().filter_map(place).collect(),
        right: item.articles.len(),
    })
}

/// `None` where it was not answered, or where the item does not say what is right.
fn answered(item: &Item, reply: &Reply) -> Option<bool> {
    let expect = item.expect.as_deref()?;
    let cited = |article: &String| reply.citations.iter().any(|c| c.article == *article);
    (word(reply.outcome) == "answer").then(|| {
        expect == "answer" && (item.articles.is_empty() || item.articles.iter().any(cited))
    })
}

/// The word of `expect` for an outcome; none for small talk and our own faults.
fn word(got: Outcome) -> &'static str {
    match got {
        Outcome::Answered | Outcome::Calculated | Outcome::Document => "answer",
        Outcome::Clarify => "clarify",
        Outcome::HandedOver | Outcome::Urgent => "escalate",
        Outcome::Signposted => "signpost",
        Outcome::Declined => "refuse",
        Outcome::SmallTalk | Outcome::Failed => "",
    }
}

fn outcome(item: &Item, got: Outcome) -> Option<bool> {
    if let Some(wanted) = &item.outcome {
        return Some(got.as_str() == wanted);
    }
    let said = word(got);
    let wanted = item.expect.as_deref()?;
    let either = item.either
        && matches!(said, "signpost" | "refuse")
        && matches!(wanted, "signpost" | "refuse");
    Some(either || said == wanted)
}

impl Judged {
    /// Whether the first article found is a right one.
    pub(super) fn first_right(&self) -> Option<bool> {
        self.ranks.as_ref().map(|r| r.found.contains(&0))
    }

    /// What is not right, in words; empty when all is.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        match (self.urgent_wanted, self.urgent_said) {
            (Some(true), false) if self.ambiguous => faults.push("doubtful cry not heard".into()),
            (Some(true), false) => faults.push("cry not heard".into()),
            (Some(true), true) | (_, false) => {}
            (_, true) => faults.push("false alarm".into()),
        }
        if self.outcome == Some(false) {
            let (expected, got) = (&self.expected, self.got);
            faults.push(format!("{expected} expected, {got}"));
        }
        if let Some(ranks) = self.ranks.as_ref().filter(|r| !r.found.contains(&0)) {
            let place = ranks.found.iter().min();
            faults.push(place.map_or_else(
                || "right article not found".into(),
                |p| format!("right article at place {}", p + 1),
            ));
        }
        if self.contains == Some(false) {
            faults.push("does not say what it must".into());
        }
        if self.clean == Some(false) {
            faults.push("says what it must not".into());
        }
        faults
    }

    /// The line for `--out`.
    pub(super) fn line(&self, item: &Item, reply: &Reply) -> Value {
        let found: Vec<String> = reply
            .candidates
            .iter()
            .map(|c| format!("{}#{}", c.article, c.section))
            .collect();
        json!({
            "id": item.id, "subset": self.subset, "turns": item.turns, "expect": item.expect,
            "outcome": reply.outcome, "reason": reply.reason, "outcome_right": self.outcome,
            "confidence": reply.confidence, "score": self.score, "articles": item.articles,
            "first_right": self.first_right(), "found": found,
            "urgent": reply.urgent, "urgent_wanted": self.urgent_wanted,
            "must_contain": self.contains, "must_not_contain": self.clean, "summary": reply.summary,
            "ms": self.took.as_secs_f64() * 1000.0,
        })
    }
}
