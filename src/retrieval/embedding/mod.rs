//! Text to vectors: the models, their engine, and the file that keeps vectors between starts.
//! What never lives here: ranking with vectors (search.rs), fetching model files (bots/cli).

mod model;

#[cfg(feature = "semantic")]
mod adapter;
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
mod vectors;

#[cfg(feature = "semantic")]
pub use embedder::{Embedder, ModelError};
pub use model::{Model, Role};
#[cfg(feature = "semantic")]
pub use vectors::Vectors;

/// Numbers as every file here holds them: 32 bits, little-endian.
#[cfg(feature = "semantic")]
fn numbers(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks_exact(size_of::<f32>())
        .filter_map(|number| Some(f32::from_le_bytes(number.try_into().ok()?)))
        .collect()
}
