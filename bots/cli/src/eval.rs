//! `waymark eval`: runs question sets through the desk and prints metrics as JSON (contract.md).
//! What never lives here: answering. The store is thrown away; no live case is opened.

mod item;
mod metrics;

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result};
use clap::Args;
use waymark::{
    assistant::{Desk, Input, Reply, Said, Stated},
    base::{Chance, Clock, Stopwatch},
    casework::Channel,
    knowledge::Audience,
    store::Store,
};

use self::{
    item::Item,
    metrics::{Judged, judge, metrics},
};
use crate::open;

#[derive(Args)]
pub(crate) struct Eval {
    /// Question sets, one JSON object a line.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One JSON object a question: what came out and how it was judged.
    #[arg(long)]
    out: Option<PathBuf>,
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
        let mut items = Vec::new();
        for file in &self.files {
            items.extend(item::read(file)?);
        }
        let clock = self.on.map_or(Clock::System, Clock::fixed_on);
        let desk = Desk::new(
            Store::open_in_memory()?,
            clock,
            Chance::System,
            open::snapshot(&config, config.advisers.staffing())?,
        );
        let mut out = match &self.out {
            Some(path) => {
                let file = File::create(path)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                Some(BufWriter::new(file))
            }
            None => None,
        };
        let runtime = open::runtime()?;
        let mut judged: Vec<Judged> = Vec::with_capacity(items.len());
        for item in items {
            let (reply, took) = runtime.block_on(ask(&desk, &item))?;
            let result = judge(&item, &reply, took);
            if let Some(out) = &mut out {
                serde_json::to_writer(&mut *out, &result.line(&item, &reply))?;
                out.write_all(b"\n")?;
            }
            judged.push(result);
        }
        let figures = metrics(&judged);
        crate::out::line(serde_json::to_string_pretty(&figures)?);
        let mut missed = Vec::new();
        for floor in &self.floor {
            let (name, least) = floor.split_once('=').context("--floor takes name=value")?;
            let least: f64 = least.parse().context("--floor takes a number")?;
            let got = figures.get(name).and_then(serde_json::Value::as_f64);
            let got = got.with_context(|| format!("--floor: no figure '{name}'"))?;
            let holds = if name.contains("false_alarm") {
                got <= least
            } else {
                got >= least
            };
            if !holds {
                missed.push(format!("{name} is {got:.4}, the floor is {least}"));
            }
        }
        for line in &missed {
            eprintln!("waymark eval: {line}");
        }
        Ok(if missed.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// Asks every turn of an item in a conversation of its own; the last reply counts.
async fn ask(desk: &Desk, item: &Item) -> Result<(Reply, Duration)> {
    let stated = Stated {
        area: item.area.clone(),
        lang: item.lang.as_deref().and_then(|l| l.parse().ok()),
        on: item.on,
        audience: item.audience.as_deref().and_then(Audience::parse),
        regime: None,
    };
    // An area that the knowledge does not hold must not stop a whole run.
    let known = stated
        .area
        .as_deref()
        .is_none_or(|a| desk.library().areas.contains_key(a));
    let stated = if known {
        stated
    } else {
        Stated {
            area: None,
            ..stated
        }
    };
    let (id, _) = desk.start(Channel::Terminal, stated.clone()).await?;
    let mut last = None;
    for turn in &item.turns {
        let input = Input {
            what: Said::Text(turn.clone()),
            channel: Channel::Terminal,
            stated: stated.clone(),
        };
        let watch = Stopwatch::start();
        let reply = desk.turn(&id, None, input).await?;
        last = Some((reply, watch.elapsed()));
    }
    last.with_context(|| format!("item {} asks nothing", item.id))
}
