//! `waymark eval`: runs question sets through the desk and prints metrics as JSON (contract.md).
//! What never lives here: answering. The store is thrown away; no live case is opened.

mod doubt;
mod figures;
mod interval;
mod judged;
mod report;
mod spoken;

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Map, Value};
use waymark::{
    assistant::{Desk, Reply},
    base::Clock,
    knowledge::Audience,
    retrieval::Query,
};

use self::judged::{Judged, judge};
use crate::{
    open,
    questions::{self, Item},
};

#[derive(Args)]
pub(crate) struct Eval {
    /// Question sets, one JSON object a line.
    #[arg(required_unless_present = "voice")]
    files: Vec<PathBuf>,
    /// Recordings instead: a folder with clips.jsonl (see tests/voice/README.md).
    #[arg(long, value_name = "DIR", conflicts_with_all = ["files", "report"])]
    voice: Option<PathBuf>,
    /// One JSON object a question: what came out and how it was judged.
    #[arg(long)]
    out: Option<PathBuf>,
    /// A page to read and to keep under version control, without times; the same figures as JSON beside it.
    #[arg(long, value_name = "FILE.md")]
    report: Option<PathBuf>,
    /// The day it is; 22 November 2026 keeps results comparable. Items with `on` go by their own.
    #[arg(long)]
    on: Option<jiff::civil::Date>,
    /// Exit 1 unless these floors hold, such as success_at_1=0.8,urgent_recall=1.
    #[arg(long, value_delimiter = ',')]
    floor: Vec<String>,
}

impl Eval {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        if let Some(folder) = &self.voice {
            let clock = self.on.map_or(Clock::System, Clock::fixed_on);
            let all = spoken::run(&config, clock, folder, self.out.as_deref())?;
            crate::out::line(report::laid_out(&Value::Object(all.clone()), 0));
            return self.hold(&all);
        }
        let mut items = Vec::new();
        for file in &self.files {
            items.extend(questions::read(file)?);
        }
        let clock = self.on.map_or(Clock::System, Clock::fixed_on);
        let desk = open::throw_away_desk(&config, clock)?;
        let judged = self.judge(&desk, items)?;
        let mut all = figures::sets(&judged)?;
        if let Some(path) = &self.report {
            let semantic = open::runtime()?.block_on(desk.health()).semantic;
            let setting = report::Setting {
                day: clock.now().today,
                semantic,
            };
            report::write(path, &setting, &judged, &all)?;
        }
        figures::add_times(&mut all, &judged);
        crate::out::line(report::laid_out(&Value::Object(all.clone()), 0));
        self.hold(&all)
    }

    /// Asks and judges every item, and writes the line of each where `--out` wants them.
    fn judge(&self, desk: &Desk, items: Vec<Item>) -> Result<Vec<Judged>> {
        let mut out = match &self.out {
            Some(path) => {
                let file = File::create(path);
                let file = file.with_context(|| format!("cannot write {}", path.display()))?;
                Some(BufWriter::new(file))
            }
            None => None,
        };
        let runtime = open::runtime()?;
        let mut judged = Vec::with_capacity(items.len());
        for item in items {
            let (reply, took) = runtime.block_on(item.ask(desk))?;
            let result = judge(&item, &reply, took, score(desk, &item, &reply)?);
            if let Some(out) = &mut out {
                serde_json::to_writer(&mut *out, &result.line(&item, &reply))?;
                out.write_all(b"\n")?;
            }
            judged.push(result);
        }
        if let Some(mut out) = out {
            out.flush()?;
        }
        Ok(judged)
    }

    fn hold(&self, figures: &Map<String, Value>) -> Result<ExitCode> {
        let mut code = ExitCode::SUCCESS;
        for floor in &self.floor {
            let (name, least) = floor.split_once('=').context("--floor takes name=value")?;
            let least: f64 = least.parse().context("--floor takes a number")?;
            let got = figures.get(name).and_then(Value::as_f64);
            let got = got.with_context(|| format!("--floor: no figure '{name}'"))?;
            let most = name.contains("false_alarm") || name.contains("answered_wrongly");
            let holds = if most { got <= least } else { got >= least };
            if !holds {
                eprintln!("waymark eval: {name} is {got:.4}, the floor is {least}");
                code = ExitCode::FAILURE;
            }
        }
        Ok(code)
    }
}

/// What the search makes of a question, also of one that a word list settled before it was searched: only so does the score
/// show what it can tell apart by itself.
fn score(desk: &Desk, item: &Item, reply: &Reply) -> Result<f64> {
    let Some(text) = item.turns.last().filter(|_| reply.candidates.is_empty()) else {
        return Ok(reply.confidence);
    };
    let snapshot = desk.snapshot();
    let query = Query {
        text,
        lang: &item
            .lang
            .as_deref()
            .and_then(|l| l.parse().ok())
            .unwrap_or_default(),
        context: None,
        near: None,
        day: item.on.unwrap_or(reply.as_of),
        today: item.on.unwrap_or(desk.clock().now().today),
        area: item.area.as_deref(),
        regime: None,
        audience: item.audience.as_deref().and_then(Audience::parse),
        limit: 1,
    };
    Ok(snapshot.index.search(&snapshot.library, &query)?.confidence)
}
