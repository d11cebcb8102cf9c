//! `waymark index`: builds the index once and prints its figures.
//! What never lives here: the index itself (retrieval).

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use clap::{Args, ValueEnum};
use waymark::{base::Stopwatch, retrieval};

use crate::open;

#[derive(Args)]
pub(crate) struct Index {
    /// Both build it (it lives in memory) and tell the figures.
    #[arg(value_enum, default_value = "info")]
    what: What,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    Build,
    Info,
}

impl Index {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let (What::Build | What::Info) = self.what;
        let config = open::config(config)?;
        let watch = Stopwatch::start();
        let library = open::library(&config)?;
        let read = watch.millis();
        let index = retrieval::Index::build(&library)?;
        let info = index.info();
        let figures = serde_json::json!({
            "articles": library.articles.len(),
            "sections": info.sections,
            "questions": info.questions,
            "words": info.words,
            "vectors": 0,
            "knowledge": library.hash,
            "read_ms": read,
            "build_ms": watch.millis() - read,
        });
        crate::out::line(serde_json::to_string_pretty(&figures)?);
        Ok(ExitCode::SUCCESS)
    }
}
