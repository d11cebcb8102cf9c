//! `waymark embed`: the vectors of texts, for tests/triage/train_vectors.py to learn from.
//! What never lives here: learning.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use waymark::retrieval::{Embedder, Model, Role};

/// Texts embedded at once.
const BATCH: usize = 16;

#[derive(Args)]
pub(crate) struct Embed {
    /// A text a line.
    file: PathBuf,
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
    pub(crate) fn run(self, _: Option<&Path>) -> Result<ExitCode> {
        let model = match self.model {
            Which::English => Model::MiniLm,
            Which::Tongues => Model::E5,
        };
        let embedder = Embedder::open(model, &self.models)?;
        let file = File::open(&self.file)
            .with_context(|| format!("cannot read {}", self.file.display()))?;
        let texts: Vec<String> = BufReader::new(file).lines().collect::<Result<_, _>>()?;
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
}
