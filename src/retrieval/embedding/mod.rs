//! Text to vectors: the models, their engine, and the file that keeps vectors between starts.
//! What never lives here: ranking with vectors (search.rs), fetching model files (bots/cli).

mod model;

#[cfg(feature = "semantic")]
mod e5;
#[cfg(feature = "semantic")]
mod embedder;
#[cfg(feature = "semantic")]
mod encoder;
#[cfg(feature = "semantic")]
mod minilm;
#[cfg(feature = "semantic")]
mod unigram;

#[cfg(feature = "semantic")]
pub use embedder::{Embedder, ModelError};
pub use model::{Model, ModelFile, Role};
