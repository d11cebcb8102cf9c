//! An opened model: texts to vectors of length 1, on the thread that asks.
//! What never lives here: keeping vectors (vectors.rs), the sums (encoder.rs).

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tokenizers::Tokenizer;

use super::{
    adapter::Adapter,
    e5::{self, Marks},
    encoder::Encoder,
    minilm,
    model::{Model, Role},
    unigram::Unigram,
};
use crate::{
    base::Pinned,
    retrieval::meaning::{Embed, EmbedError},
};

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Not fetched: things work with less.
    #[error("{0} is not there")]
    Absent(PathBuf),
    /// Other bytes than the pinned ones: half a download, or tampered with.
    #[error("{0} is not the file it should be (its SHA-256 is another)")]
    Wrong(PathBuf),
    /// A file cannot be read.
    #[error("embedding model: {0}")]
    System(#[from] std::io::Error),
    /// A file that is the right one holds something else than thought: a fault of ours.
    #[error("embedding model: {0}")]
    Unreadable(String),
}

impl ModelError {
    pub(super) fn unreadable(why: impl ToString) -> Self {
        Self::Unreadable(why.to_string())
    }
}

enum Cutter {
    WordPiece(Box<Tokenizer>),
    Unigram(Unigram, Marks),
}

/// An opened model. Immutable: any number of threads may call it at once, and each call stays on its own.
pub struct Embedder {
    model: Model,
    adapter: Adapter,
    cutter: Cutter,
    encoder: Encoder,
}

impl std::fmt::Debug for Embedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedder")
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

impl Embedder {
    /// Opens a model from the folder of all models; its files are checked against their pins.
    ///
    /// # Errors
    /// `Absent` when a file is not there; else it cannot be used and somebody should know.
    pub fn open(model: Model, models: &Path) -> Result<Self, ModelError> {
        let mut files = Vec::new();
        for file in model.files() {
            let bytes = read(&model.path(models, file), file)?;
            files.push(bytes);
        }
        let (encoder, cutter) = match (model, files.as_slice()) {
            (Model::MiniLm, [weights, tokenizer]) => {
                let cutter = Cutter::WordPiece(Box::new(minilm::tokenizer(tokenizer)?));
                (minilm::encoder(weights)?, cutter)
            }
            (Model::E5, [file]) => {
                let e5 = e5::read(file)?;
                (e5.encoder, Cutter::Unigram(e5.unigram, e5.marks))
            }
            _ => return Err(ModelError::unreadable("a model with other files")),
        };
        Ok(Self {
            model,
            adapter: Adapter::of(model)?,
            cutter,
            encoder,
        })
    }

    /// Which model this is.
    pub fn model(&self) -> Model {
        self.model
    }

    /// The vectors of some texts, in their order, each of `Model::dimensions` numbers and of length 1: the dot product of two is
    /// their cosine. Longer texts than `Model::token_limit` are cut. Runs on the caller's thread.
    ///
    /// # Errors
    /// When a text cannot be cut into tokens: a fault of ours, never of the text.
    pub fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        let tokens = texts
            .iter()
            .map(|text| self.tokens(role, text))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(self.encoder.apply(&tokens))
    }

    fn tokens(&self, role: Role, text: &str) -> Result<Vec<u32>, ModelError> {
        let text = format!("{}{text}", self.model.prefix(role));
        match &self.cutter {
            Cutter::WordPiece(tokenizer) => {
                let encoding = tokenizer.encode_fast(text, true);
                Ok(encoding.map_err(ModelError::unreadable)?.get_ids().to_vec())
            }
            Cutter::Unigram(unigram, marks) => {
                let mut tokens = vec![marks.begin];
                tokens.extend(unigram.tokens(&text));
                tokens.truncate(self.model.token_limit() - 1);
                tokens.push(marks.end);
                Ok(tokens)
            }
        }
    }
}

impl Embed for Embedder {
    fn width(&self) -> usize {
        self.model.dimensions()
    }

    fn fingerprint(&self) -> [u8; 32] {
        self.model.fingerprint()
    }

    fn many_languages(&self) -> bool {
        self.model == Model::E5
    }

    fn adapted(&self, vector: &[f32]) -> Vec<f32> {
        self.adapter.apply(vector)
    }

    fn questions(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let vectors = self.embed(Role::Question, texts);
        vectors.map_err(|e| EmbedError(e.to_string()))
    }
}

fn read(path: &Path, file: &Pinned) -> Result<Vec<u8>, ModelError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(ModelError::Absent(path.into()));
        }
        Err(e) => return Err(e.into()),
    };
    let found = Sha256::digest(&bytes);
    let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
    if found != file.sha256 {
        return Err(ModelError::Wrong(path.into()));
    }
    Ok(bytes)
}
