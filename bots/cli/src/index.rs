//! `waymark index`: builds the index once and prints its figures.
//! What never lives here: the index itself (retrieval).

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use waymark::{
    base::Stopwatch,
    config::Config,
    retrieval::{Index as SearchIndex, Model},
};

use crate::{open, senses::Senses};

#[derive(Args)]
pub(crate) struct Index {
    /// `build` has the models read what they have not read yet, which takes minutes the first time; `info` only tells.
    #[arg(value_enum, default_value = "info")]
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Build,
    Info,
}

impl Index {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let watch = Stopwatch::start();
        let library = open::library(&config)?;
        let read = watch.millis();
        let info = SearchIndex::build(&library)?.info();
        let built = watch.millis();
        let (articles, knowledge) = (library.articles.len(), library.hash.clone());
        if self.what == What::Build {
            let snapshot = open::indexed(library, config.staffing())?;
            Senses::open(&config)?.read(snapshot)?;
        }
        let figures = json!({
            "articles": articles,
            "sections": info.sections,
            "questions": info.questions,
            "words": info.words,
            "vectors": kept(&config),
            "knowledge": knowledge,
            "read_ms": read,
            "build_ms": built - read,
            "vectors_ms": watch.millis() - built,
        });
        crate::out::line(serde_json::to_string_pretty(&figures)?);
        Ok(ExitCode::SUCCESS)
    }
}

/// By model: whether its files are there, how many vectors are kept, in how many bytes.
fn kept(config: &Config) -> Map<String, Value> {
    let of = |model: Model| {
        let present = (model.files().iter()).all(|f| model.path(&config.models.dir, f).is_file());
        let (count, bytes) = model.kept(&config.models.vectors);
        json!({"present": present, "count": count, "bytes": bytes})
    };
    Model::ALL
        .into_iter()
        .map(|model| (model.name().to_owned(), of(model)))
        .collect()
}
