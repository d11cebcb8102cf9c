//! `waymark embed`: the vectors of texts, or of the knowledge, for tests/triage/train_vectors.py and tests/ranking/adapter.py.
//! What never lives here: learning.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde_json::json;
use waymark::retrieval::{Embed as _, Embedder, Model, Role, section_texts, spoken_questions};

use crate::open;

/// Texts embedded at once.
const BATCH: usize = 16;

#[derive(Args)]
pub(crate) struct Embed {
    /// A text a line; without it the knowledge: sections, questions, examples of rules, told a line each in OUT.jsonl.
    file: Option<PathBuf>,
    /// Where the numbers go: little-endian f32, one row a text.
    #[arg(long)]
    out: PathBuf,
    /// Which model.
    #[arg(long, value_enum, default_value = "english")]
    model: Which,
    /// Folder of the models.
    #[arg(long, default_value = "data/models")]
    models: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    English,
    Tongues,
}

impl Embed {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let model = match self.model {
            Which::English => Model::MiniLm,
            Which::Tongues => Model::E5,
        };
        let embedder = Embedder::open(model, &self.models)?;
        let texts: Vec<(Role, String)> = match &self.file {
            Some(file) => {
                let open =
                    File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
                let lines = BufReader::new(open).lines();
                let asked = lines.map(|line| Ok((Role::Question, line?)));
                asked.collect::<Result<_>>()?
            }
            None => self.knowledge(config, &embedder)?,
        };
        let file = File::create(&self.out)
            .with_context(|| format!("cannot write {}", self.out.display()))?;
        let mut out = BufWriter::new(file);
        for batch in texts.chunk_by(|a, b| a.0 == b.0) {
            for batch in batch.chunks(BATCH) {
                let role = batch.first().map_or(Role::Question, |(role, _)| *role);
                let batch: Vec<&str> = batch.iter().map(|(_, text)| text.as_str()).collect();
                for vector in embedder.embed(role, &batch)? {
                    for number in vector {
                        out.write_all(&number.to_le_bytes())?;
                    }
                }
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    /// The texts of every section in pairs (what is asked of it, what it tells), then every question, every example of a rule and,
    /// for the model of many languages, every question in another; tells of each a line beside OUT (which article or rule it is
    /// of, what it is, its language), after a line with the model's fingerprint.
    fn knowledge(&self, config: Option<&Path>, embedder: &Embedder) -> Result<Vec<(Role, String)>> {
        let library = open::library(&open::config(config)?)?;
        let fingerprint = embedder.fingerprint();
        let model: String = fingerprint.iter().map(|b| format!("{b:02x}")).collect();
        let mut told = vec![json!({ "model": model })];
        let mut texts = Vec::new();
        let mut add = |of: &str, what: &str, lang: &str, text: String| {
            told.push(json!({ "of": of, "what": what, "lang": lang }));
            let role = if what == "section" {
                Role::Passage
            } else {
                Role::Question
            };
            texts.push((role, text));
        };
        let sections = section_texts(&library);
        let articles: Vec<&str> = library.sections().map(|(_, a, _)| a.id.as_str()).collect();
        for (article, section) in articles.iter().zip(&sections) {
            add(article, "section", "en", section.asked.clone());
            add(article, "section", "en", section.told.clone());
        }
        for (article, section) in articles.iter().zip(&sections) {
            for question in &section.questions {
                add(article, "question", "en", question.clone());
            }
        }
        for rule in &library.rules.examples {
            for example in &rule.examples {
                add(&rule.rule, "example", "en", example.clone());
            }
        }
        if embedder.model() == Model::E5 {
            for lang in library.asked.languages() {
                for (section, question) in spoken_questions(&library, lang) {
                    let article = articles.get(section).copied().unwrap_or_default();
                    add(article, "question", lang.code(), question.to_owned());
                }
            }
        }
        let path = self.out.with_added_extension("jsonl");
        let lines: String = told.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(&path, lines).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(texts)
    }
}
