//! Silero: where in a recording somebody speaks. Asked before any other engine, for those invent words over noise.
//! What never lives here: words.

use std::path::Path;

use whisper_rs::{WhisperVadContext, WhisperVadContextParams, WhisperVadParams};

/// The gate, loaded.
pub(crate) struct Gate(WhisperVadContext);

impl Gate {
    /// Loads it.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let mut wishes = WhisperVadContextParams::default();
        wishes.set_n_threads(1);
        wishes.set_use_gpu(false);
        let path = path.to_str().ok_or("the folder's name is not text")?;
        let gate = WhisperVadContext::new(path, wishes);
        gate.map(Self).map_err(|e| format!("{path}: {e}"))
    }

    /// Seconds of speech in 16 kHz samples.
    pub(crate) fn speech(&mut self, samples: &[f32]) -> Result<f32, String> {
        let found = self
            .0
            .segments_from_samples(WhisperVadParams::default(), samples);
        let spans = found.map_err(|e| e.to_string())?;
        // Its times are hundredths of a second.
        Ok(spans.map(|span| (span.end - span.start) / 100.0).sum())
    }
}
