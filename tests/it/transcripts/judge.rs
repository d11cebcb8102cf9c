//! Judges one reply: against what its transcript wants, and against what holds for every reply there is.
//! What never lives here: running a turn (drive.rs).

use std::{collections::HashSet, sync::LazyLock, sync::OnceLock};

use regex::Regex;
use serde_json::Value;

use super::read::Want;
use crate::world;

/// What the store holds after a turn.
pub(super) struct Kept {
    /// Texts of all messages, oldest first.
    pub(super) messages: Vec<String>,
    /// The conversation's cases as JSON, oldest first.
    pub(super) cases: Vec<Value>,
    /// Kinds and details of their events, `contact_safety safe=no`.
    pub(super) events: Vec<String>,
}

/// `None` when it is as wanted, else what came instead.
pub(super) fn miss(want: &Want, reply: &Value, kept: &Kept) -> Option<String> {
    let text = |key: &str| reply[key].as_str().unwrap_or("null").to_owned();
    let whole = whole(reply);
    let case = &reply["case"];
    let same = |got: String, wanted: &str| (got != wanted).then_some(got);
    match want {
        Want::Outcome(w) => same(text("outcome"), w),
        Want::Reason(w) => same(text("reason"), w),
        Want::Lang(w) => same(text("language"), w),
        Want::Area(w) => same(text("area"), w),
        Want::Regime(w) => same(text("regime"), w),
        Want::AsOf(w) => same(text("as_of"), w),
        Want::Urgent(w) => same(reply["urgent"].to_string(), &w.to_string()),
        Want::Says(p) => (!p.is_match(&whole)).then(|| clip(&whole)),
        Want::Not(p) => p.find(&whole).map(|m| format!("found '{}'", m.as_str())),
        Want::Short(p) => (!p.is_match(&text("summary"))).then(|| text("summary")),
        Want::Cites(w) => cites(reply, w),
        Want::Standing(w) => every(&reply["citations"], "standing", w),
        Want::Case(w) => same((!case.is_null()).to_string(), &w.to_string()),
        Want::Cases(w) => same(kept.cases.len().to_string(), &w.to_string()),
        Want::Priority(w) => same(case["priority"].as_str().unwrap_or("null").to_owned(), w),
        Want::Expected(w) => {
            let by = case["reply_expected_by"].as_str().unwrap_or("null");
            (!by.starts_with(w.as_str())).then(|| by.to_owned())
        }
        Want::Option(w) => (!labels(reply).contains(w)).then(|| format!("{:?}", labels(reply))),
        Want::NoOption(w) => labels(reply).contains(w).then(|| "it is there".to_owned()),
        Want::Order(w) => order(&whole, w),
        Want::Packet(p) => {
            let packets: Vec<String> = kept.cases.iter().map(|c| c["packet"].to_string()).collect();
            let found = packets.last().is_some_and(|last| p.is_match(last));
            (!found).then(|| format!("{packets:?}"))
        }
        Want::Event(w) => {
            let found = kept
                .events
                .iter()
                .any(|e| e.trim_end() == w || e.starts_with(&format!("{w} ")));
            (!found).then(|| format!("{:?}", kept.events))
        }
        Want::History(p) => {
            let found = kept.messages.iter().any(|m| p.is_match(m));
            (!found).then(|| format!("{} messages without it", kept.messages.len()))
        }
        Want::Messages(w) => same(kept.messages.len().to_string(), &w.to_string()),
    }
}

/// Everything that is shown: the short answer and the whole.
fn whole(reply: &Value) -> String {
    let part = |key: &str| reply[key].as_str().unwrap_or("").to_owned();
    format!("{}\n{}", part("summary"), part("body_markdown"))
}

fn clip(text: &str) -> String {
    let start: String = text.chars().take(600).collect();
    start.replace('\n', " / ")
}

fn labels(reply: &Value) -> Vec<String> {
    let options = reply["options"].as_array().into_iter().flatten();
    options
        .filter_map(|o| o["label"].as_str().map(str::to_owned))
        .collect()
}

/// One of `article`, `article#section`, several with ` or ` between them.
fn cites(reply: &Value, wanted: &str) -> Option<String> {
    let citations = reply["citations"].as_array().cloned().unwrap_or_default();
    let found = wanted.split(" or ").any(|one| {
        let (article, section) = one.split_once('#').unwrap_or((one, ""));
        let here =
            |c: &Value| c["article"] == article && (section.is_empty() || c["section"] == section);
        citations.iter().any(here)
    });
    let got: Vec<String> = citations
        .iter()
        .map(|c| format!("{}#{}", c["article"], c["section"]).replace('"', ""))
        .collect();
    (!found).then(|| format!("{got:?}"))
}

fn every(list: &Value, key: &str, wanted: &str) -> Option<String> {
    let got: Vec<&str> = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|c| c[key].as_str())
        .collect();
    (!got.contains(&wanted)).then(|| format!("{got:?}"))
}

fn order(whole: &str, wanted: &[String]) -> Option<String> {
    let places: Vec<Option<usize>> = wanted.iter().map(|w| whole.find(w.as_str())).collect();
    let rising = places.iter().all(Option::is_some) && places.is_sorted();
    (!rising).then(|| format!("places {places:?} in {}", clip(whole)))
}

/// Fields of contract.md and what makes pages of them.
const FIELDS: [&str; 20] = [
    "outcome",
    "reason",
    "urgent",
    "summary",
    "body_markdown",
    "citations",
    "candidates",
    "confidence",
    "regime",
    "area",
    "as_of",
    "language",
    "options",
    "case",
    "attachments",
    "receipt",
    "timing_ms",
    "rule",
    "next",
    "details_markdown",
];
/// What no reply says: left-over holes, and manners of answers.md.
static NEVER: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"\{\{|\}\}",
        r"\{[a-z_]+\}",
        r"(?m)(?:^|\s)\[[a-z]+_[a-z_]+\](?:\s|$)",
        r"(?i)i'm afraid|please note that|unfortunately|as an ai\b",
        r"\w!(?:\s|$)",
        r"\((?:source|service|article):",
    ]
    .iter()
    .map(|p| Regex::new(p).unwrap())
    .collect()
});
static TARGET: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"https?://[^\s)>\]]+").unwrap());

/// What is wrong with a reply, whatever was asked.
pub(super) fn always(reply: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for field in FIELDS.iter().filter(|f| reply.get(**f).is_none()) {
        wrong.push(format!("field '{field}' is not there"));
    }
    let whole = whole(reply);
    for pattern in NEVER.iter() {
        if let Some(found) = pattern.find(&whole) {
            wrong.push(format!("says '{}'", found.as_str()));
        }
    }
    for url in TARGET
        .find_iter(&whole)
        .filter(|u| !registered().contains(u.as_str()))
    {
        wrong.push(format!("{} is in no register", url.as_str()));
    }
    if reply["body_markdown"]
        .as_str()
        .unwrap_or("")
        .trim()
        .is_empty()
    {
        wrong.push("says nothing".to_owned());
    }
    let (outcome, urgent) = (&reply["outcome"], reply["urgent"] == true);
    let count = |key: &str| reply[key].as_array().map_or(0, Vec::len);
    if outcome == "answered" && count("citations") == 0 {
        wrong.push("answers without a source".to_owned());
    }
    if outcome == "answered"
        && !["Correct as of", "as we know it on"]
            .iter()
            .any(|day| whole.contains(day))
        && reply["language"] == "en"
    {
        wrong.push("answers without the day it is correct for".to_owned());
    }
    if !urgent && count("options") > 4 {
        wrong.push(format!("{} buttons, at most four", count("options")));
    }
    // Urgent beside an answer: the gentle question and the numbers stand before it.
    let helped = outcome == "answered" && reply["help_markdown"].is_string();
    if (outcome == "urgent") != urgent && !(urgent && helped) {
        wrong.push("outcome and urgent do not agree".to_owned());
    }
    if outcome == "handed_over" && reply["case"].is_null() {
        wrong.push("hands over without a case".to_owned());
    }
    wrong
}

/// Every address in the registers of sources and services, and in the imported directories.
fn registered() -> &'static HashSet<String> {
    static HELD: OnceLock<HashSet<String>> = OnceLock::new();
    HELD.get_or_init(|| {
        let registers = &world::knowledge().library.registers;
        let sources = registers.sources.values().filter_map(|s| s.url.clone());
        let services = registers.services.values().filter_map(|s| s.url.clone());
        let library = world::with_services();
        let listed = library
            .feeds
            .listings()
            .filter_map(|(_, _, l)| l.url.clone());
        sources.chain(services).chain(listed).collect()
    })
}
