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
use waymark::retrieval::{Embed as _, Embedder, Model, Role, section_texts};

use crate::open;

/// Texts embedded at once.
const BATCH: usize = 16;

#[derive(Args)]
pub(crate) struct Embed {
    /// A text a line; without it the knowledge: its sections, then their questions, told a line each in OUT.jsonl.
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
        let texts = match &self.file {
            Some(file) => {
                let open =
                    File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
                BufReader::new(open).lines().collect::<Result<_, _>>()?
            }
            None => self.knowledge(config, &embedder)?,
        };
        let file = File::create(&self.out)
            .with_context(|| format!("cannot write {}", self.out.display()))?;
        let mut out = BufWriter::new(file);
        for batch in texts.chunks(BATCH) {
            let batch: Vec<&str> = batch.iter().map(String::as_str).collect();
            for vector in embedder.embed(Role::Question, &batch)? {
                for number in vector {
                    out.write_all(&number.to_le_bytes())?;
                }
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    /// The texts of every section in pairs (what is asked of it, what it tells), then every question and every example of a rule; tells
    /// of each a line beside OUT (which article or rule it belongs to), after a line with the model's fingerprint.
    fn knowledge(&self, config: Option<&Path>, embedder: &Embedder) -> Result<Vec<String>> {
        let library = open::library(&open::config(config)?)?;
        let path = self.out.with_added_extension("jsonl");
        let file = File::create(&path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        let mut told = BufWriter::new(file);
        let fingerprint = embedder.fingerprint();
        let model: String = fingerprint
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        writeln!(told, "{}", json!({ "model": model }))?;
        let mut texts = Vec::new();
        let sections = section_texts(&library);
        let mut questions = Vec::new();
        for ((_, article, _), section) in library.sections().zip(sections) {
            for text in [section.asked, section.told] {
                writeln!(
                    told,
                    "{}",
                    json!({ "article": article.id, "question": false })
                )?;
                texts.push(text);
            }
            questions.extend(section.questions.into_iter().map(|q| (&article.id, q)));
        }
        for rule in &library.rules.examples {
            questions.extend(rule.examples.iter().map(|e| (&rule.rule, e.clone())));
        }
        for (article, text) in questions {
            writeln!(told, "{}", json!({ "article": article, "question": true }))?;
            texts.push(text);
        }
        told.flush()?;
        Ok(texts)
    }
}
