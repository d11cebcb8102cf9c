//! One item of a question set, as contract.md gives it (unknown fields are ignored), and how it is asked.
//! What never lives here: judging what came out (eval, diff).

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use regex::Regex;
use serde::Deserialize;
use waymark::{
    assistant::{Desk, Input, Reply, Said, Stated},
    base::Stopwatch,
    casework::Channel,
    knowledge::Audience,
};

#[derive(Deserialize)]
struct Raw {
    id: String,
    q: Option<String>,
    #[serde(default)]
    turns: Vec<String>,
    lang: Option<String>,
    area: Option<String>,
    audience: Option<String>,
    expect: Option<String>,
    outcome: Option<String>,
    #[serde(default)]
    either: bool,
    #[serde(default)]
    ambiguous: bool,
    urgent: Option<bool>,
    #[serde(default)]
    articles: Vec<String>,
    #[serde(default)]
    must_contain: Vec<String>,
    #[serde(default)]
    must_not_contain: Vec<String>,
    on: Option<Date>,
    subset: Option<String>,
}

/// An item ready to be asked.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) turns: Vec<String>,
    pub(crate) lang: Option<String>,
    pub(crate) area: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) expect: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) either: bool,
    pub(crate) ambiguous: bool,
    pub(crate) urgent: Option<bool>,
    pub(crate) articles: Vec<String>,
    pub(crate) must_contain: Vec<Regex>,
    pub(crate) must_not_contain: Vec<Regex>,
    pub(crate) on: Option<Date>,
    pub(crate) subset: Option<String>,
}

/// Reads a set; the first line that cannot be read is named.
pub(crate) fn read(path: &Path) -> Result<Vec<Item>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut items = Vec::new();
    for (number, line) in text
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
    {
        let at = || format!("{}:{}", path.display(), number + 1);
        let raw: Raw = serde_json::from_str(line).with_context(at)?;
        items.push(item(raw).with_context(at)?);
    }
    Ok(items)
}

fn item(raw: Raw) -> Result<Item> {
    const EXPECTED: [&str; 5] = ["answer", "clarify", "escalate", "signpost", "refuse"];
    if let Some(word) = raw.expect.as_deref().filter(|e| !EXPECTED.contains(e)) {
        bail!("expect '{word}' is none of {EXPECTED:?}");
    }
    let turns = if raw.turns.is_empty() {
        raw.q.into_iter().collect()
    } else {
        raw.turns
    };
    if turns.is_empty() {
        bail!("neither q nor turns");
    }
    let patterns = |all: Vec<String>| -> Result<Vec<Regex>> {
        all.iter()
            .map(|p| Regex::new(p).with_context(|| format!("pattern {p}")))
            .collect()
    };
    Ok(Item {
        id: raw.id,
        turns,
        lang: raw.lang,
        area: raw.area,
        audience: raw.audience,
        expect: raw.expect,
        outcome: raw.outcome,
        either: raw.either,
        ambiguous: raw.ambiguous,
        urgent: raw.urgent,
        articles: raw.articles,
        must_contain: patterns(raw.must_contain)?,
        must_not_contain: patterns(raw.must_not_contain)?,
        on: raw.on,
        subset: raw.subset,
    })
}

impl Item {
    /// Asks every turn in a conversation of its own; the last reply counts, with how long it took.
    pub(crate) async fn ask(&self, desk: &Desk) -> Result<(Reply, Duration)> {
        let library = desk.library();
        // An area that the knowledge does not hold must not stop a whole run.
        let known = |area: &String| library.areas.contains_key(area);
        let stated = Stated {
            area: self.area.clone().filter(known),
            lang: self.lang.as_deref().and_then(|l| l.parse().ok()),
            on: self.on,
            audience: self.audience.as_deref().and_then(Audience::parse),
            regime: None,
            about: None,
            switched_off: None,
        };
        let (id, _) = desk.start(Channel::Terminal, stated.clone()).await?;
        let mut last = None;
        for turn in &self.turns {
            let input = Input {
                what: Said::Text(turn.clone()),
                channel: Channel::Terminal,
                stated: stated.clone(),
            };
            let watch = Stopwatch::start();
            let reply = desk.turn(&id, None, input).await?;
            last = Some((reply, watch.elapsed()));
        }
        last.with_context(|| format!("item {} asks nothing", self.id))
    }
}
