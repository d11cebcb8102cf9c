//! `waymark signals`: what the ranking saw of each candidate, one JSON object a question, for tests/ranking/fit.py to learn from.
//! What never lives here: learning; judging.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};
use waymark::{
    base::{Clock, Lang},
    knowledge::Audience,
    retrieval::{Query, Ranking, SIGNAL_NAMES},
};

use crate::open;

/// More than a reply shows: the right section must be among them for anything to be learnt.
const CANDIDATES: usize = 60;

#[derive(Args)]
pub(crate) struct Signals {
    /// Question sets; items with several turns are left out.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where to write.
    #[arg(long)]
    out: PathBuf,
    /// The day it is.
    #[arg(long)]
    on: jiff::civil::Date,
}

impl Signals {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let snapshot = open::snapshot(&config, config.staffing())?;
        let today = Clock::fixed_on(self.on).now().today;
        let file = File::create(&self.out);
        let file = file.with_context(|| format!("cannot write {}", self.out.display()))?;
        let mut out = BufWriter::new(file);
        for path in &self.files {
            let file =
                File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
            for line in BufReader::new(file).lines() {
                let item: Value = serde_json::from_str(&line?)
                    .with_context(|| format!("{} is not JSON lines", path.display()))?;
                let Some(asked) = item.get("q").and_then(Value::as_str) else {
                    continue;
                };
                let word = |key: &str| item.get(key).and_then(Value::as_str);
                let lang: Lang = word("lang")
                    .and_then(|l| l.parse().ok())
                    .unwrap_or_default();
                let query = Query {
                    text: asked,
                    lang: &lang,
                    context: None,
                    near: None,
                    day: word("on").and_then(|d| d.parse().ok()).unwrap_or(today),
                    today,
                    area: word("area"),
                    regime: None,
                    audience: word("audience").and_then(Audience::parse),
                    limit: CANDIDATES,
                };
                let ranking = snapshot.index.search(&snapshot.library, &query)?;
                let row = row(&item, &lang, &ranking, &snapshot);
                serde_json::to_writer(&mut out, &row)?;
                out.write_all(b"\n")?;
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn row(
    item: &Value,
    lang: &Lang,
    ranking: &Ranking,
    snapshot: &waymark::assistant::Snapshot,
) -> Value {
    let candidates: Vec<Value> = ranking
        .candidates
        .iter()
        .zip(&ranking.scored)
        .filter_map(|(candidate, scored)| {
            let (article, section) = snapshot.library.at(candidate.place)?;
            Some(json!({
                "article": article.id,
                "section": section.anchor,
                "fit": scored.fit,
                "signals": scored.signals,
            }))
        })
        .collect();
    json!({
        "id": item.get("id"),
        "subset": item.get("subset"),
        "lang": lang.code(),
        "expect": item.get("expect"),
        "articles": item.get("articles"),
        "names": SIGNAL_NAMES,
        "features": ranking.features,
        "confidence": ranking.confidence,
        "candidates": candidates,
    })
}
