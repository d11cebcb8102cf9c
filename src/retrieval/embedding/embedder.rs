//! An opened model: texts to vectors of length 1, one thread a call.
//! What never lives here: keeping vectors (vectors.rs), the sums (encoder.rs).

use std::{
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use rayon::{ThreadPool, ThreadPoolBuilder};
use sha2::{Digest, Sha256};
use tokenizers::Tokenizer;

use super::{
    e5::{self, Marks},
    encoder::Encoder,
    minilm,
    model::{Model, ModelFile, Role},
    unigram::Unigram,
};
use crate::retrieval::meaning::{Embed, EmbedError};

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Not fetched: things work with less.
    #[error("{0} is not there")]
    Absent(PathBuf),
    /// Other bytes than the pinned ones: half a download, or tampered with.
    #[error("{0} is not the file it should be (its SHA-256 is another)")]
    Wrong(PathBuf),
    /// A file cannot be read, or no threads are to be had.
    #[error("embedding model: {0}")]
    System(#[from] std::io::Error),
    /// The engine refuses: a fault of ours.
    #[error("embedding model: {0}")]
    Engine(#[from] candle_core::Error),
}

enum Cutter {
    WordPiece(Box<Tokenizer>),
    Unigram(Unigram, Marks),
}

/// An opened model. Shared between threads; several calls run side by side, as many as there are cores.
pub struct Embedder {
    model: Model,
    fingerprint: [u8; 32],
    cutter: Cutter,
    encoder: Encoder,
    /// One thread each. The engine spreads its work over the pool it is called in: in a pool of one it stays on one core,
    /// so that questions do not slow one another down.
    lanes: Vec<ThreadPool>,
    next: AtomicUsize,
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
        let mut digest = Sha256::new();
        let mut files = Vec::new();
        for file in model.files() {
            let bytes = read(&model.path(models, file), file)?;
            digest.update(file.sha256);
            files.push(bytes);
        }
        let (encoder, cutter) = match (model, files.as_slice()) {
            (Model::MiniLm, [weights, tokenizer]) => {
                let cutter = minilm::tokenizer(tokenizer).map_err(candle_core::Error::wrap)?;
                (
                    minilm::encoder(weights)?,
                    Cutter::WordPiece(Box::new(cutter)),
                )
            }
            (Model::E5, [file]) => {
                let e5 = e5::read(file)?;
                (e5.encoder, Cutter::Unigram(e5.unigram, e5.marks))
            }
            _ => return Err(candle_core::Error::msg("a model with other files").into()),
        };
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let lanes = (0..cores)
            .map(|lane| {
                ThreadPoolBuilder::new()
                    .num_threads(1)
                    .thread_name(move |_| format!("embed-{lane}"))
                    .build()
            })
            .collect::<Result<_, _>>()
            .map_err(std::io::Error::other)?;
        Ok(Self {
            model,
            fingerprint: digest.finalize().into(),
            cutter,
            encoder,
            lanes,
            next: AtomicUsize::new(0),
        })
    }

    /// Which model this is.
    pub fn model(&self) -> Model {
        self.model
    }

    /// The vectors of some texts, in their order, each of `Model::dimensions` numbers and of length 1: the dot product of two is
    /// their cosine. Longer texts than `Model::token_limit` are cut. Runs on one thread.
    ///
    /// # Errors
    /// The engine's: a fault of ours, never of the text.
    pub fn embed(&self, role: Role, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        let lane = self.next.fetch_add(1, Ordering::Relaxed) % self.lanes.len().max(1);
        let work = || {
            let tokens = texts
                .iter()
                .map(|text| self.tokens(role, text))
                .collect::<Result<Vec<_>, _>>()?;
            self.encoder.forward(&tokens)
        };
        Ok(match self.lanes.get(lane) {
            Some(lane) => lane.install(work)?,
            None => work()?,
        })
    }

    fn tokens(&self, role: Role, text: &str) -> candle_core::Result<Vec<u32>> {
        let text = format!("{}{text}", self.model.prefix(role));
        match &self.cutter {
            Cutter::WordPiece(tokenizer) => {
                let encoding = tokenizer.encode_fast(text, true);
                Ok(encoding
                    .map_err(candle_core::Error::wrap)?
                    .get_ids()
                    .to_vec())
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
        self.fingerprint
    }

    fn question(&self, text: &str) -> Result<Vec<f32>, EmbedError> {
        let mut vectors = self
            .embed(Role::Question, &[text])
            .map_err(|e| EmbedError(e.to_string()))?;
        vectors
            .pop()
            .ok_or_else(|| EmbedError("no vector came back".into()))
    }
}

fn read(path: &Path, file: &ModelFile) -> Result<Vec<u8>, ModelError> {
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
