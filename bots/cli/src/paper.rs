//! `waymark atrs` and `waymark dpia`: papers for a council's officers, as Markdown, filled from configuration and knowledge.
//! What only an officer can say stays a marked blank. What never lives here: the papers' text (templates), judgement.

mod facts;
mod models;
mod risks;

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use askama::Template;
use clap::Args;
use jiff::civil::Date;
use waymark::base::Clock;

use crate::open;
use facts::Facts;

#[derive(Args)]
pub(crate) struct Atrs {
    /// As things stand on this day.
    #[arg(long)]
    on: Option<Date>,
}

#[derive(Args)]
pub(crate) struct Dpia {
    /// As things stand on this day.
    #[arg(long)]
    on: Option<Date>,
}

/// The Algorithmic Transparency Recording Standard's record.
#[derive(Template)]
#[template(path = "atrs.md", escape = "none")]
struct AtrsPaper {
    facts: Facts,
}

/// The evidence for a data protection impact assessment.
#[derive(Template)]
#[template(path = "dpia.md", escape = "none")]
struct DpiaPaper {
    facts: Facts,
}

impl Atrs {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let facts = gather(config, self.on)?;
        print(&AtrsPaper { facts })
    }
}

impl Dpia {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let facts = gather(config, self.on)?;
        print(&DpiaPaper { facts })
    }
}

fn gather(config: Option<&Path>, on: Option<Date>) -> Result<Facts> {
    let config = open::config(config)?;
    let library = open::library(&config)?;
    let today = on.unwrap_or_else(|| Clock::System.now().today);
    Ok(Facts::new(&config, &library, today))
}

fn print(paper: &impl Template) -> Result<ExitCode> {
    crate::out::line(paper.render()?.trim_end());
    Ok(ExitCode::SUCCESS)
}
