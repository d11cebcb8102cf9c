//! The only source of chance. Tests seed it, so that every identifier in a transcript is the same each time.
//! What never lives here: what the bytes are used for (ids.rs).

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};

/// The operating system's random bytes, or a reproducible stream.
#[derive(Debug, Clone)]
pub enum Chance {
    /// The operating system's generator.
    System,
    /// SHA-256 of a seed and a counter: for tests and for measuring, never for what must stay secret.
    Seeded {
        /// Names the stream.
        seed: u64,
        /// How often it was drawn from.
        drawn: Arc<AtomicU64>,
    },
}

impl Chance {
    /// A reproducible stream.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded {
            seed,
            drawn: Arc::new(AtomicU64::new(0)),
        }
    }

    /// Thirty-two fresh bytes.
    ///
    /// # Errors
    /// When the operating system has no random source; nothing secret can then be made.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where chance is drawn"
    )]
    pub fn draw(&self) -> std::io::Result<[u8; 32]> {
        let mut bytes = [0_u8; 32];
        match self {
            Self::System => {
                getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
            }
            Self::Seeded { seed, drawn } => {
                let n = drawn.fetch_add(1, Ordering::Relaxed);
                bytes = expand(seed.to_le_bytes(), n);
            }
        }
        Ok(bytes)
    }
}

/// SHA-256 over a seed and a counter.
pub(super) fn expand(seed: impl AsRef<[u8]>, counter: u64) -> [u8; 32] {
    Sha256::new()
        .chain_update(seed)
        .chain_update(counter.to_le_bytes())
        .finalize()
        .into()
}
