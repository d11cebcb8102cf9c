//! How this service hears and speaks.
//! What never lives here: the configuration file (config), a person's own wish (speaking).

use std::path::PathBuf;

use super::heard::HearError;

/// How this service hears and speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The folder of all models.
    pub models: PathBuf,
    /// ONNX Runtime, where another than the fetched one is to be used.
    pub runtime: Option<PathBuf>,
    /// Which engine hears.
    pub care: Care,
    /// What a recording may be at most.
    pub limits: Limits,
    /// The voice that speaks when nobody wishes for another, one of [`super::voices`].
    pub speaker: String,
    /// Threads that speaking computes with.
    pub threads: usize,
}

/// What a recording may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Seconds of sound.
    pub seconds: u32,
}

impl Limits {
    /// Whether a recording may be so large and so long, as far as whoever sent it tells.
    ///
    /// # Errors
    /// `TooLarge` or `TooLong`, with what it may be.
    pub fn admit(self, bytes: Option<u64>, seconds: Option<u32>) -> Result<(), HearError> {
        let most = u64::try_from(self.bytes).unwrap_or(u64::MAX);
        if bytes.is_some_and(|bytes| bytes > most) {
            return Err(HearError::TooLarge(self.bytes));
        }
        if seconds.is_some_and(|seconds| seconds > self.seconds) {
            return Err(HearError::TooLong(self.seconds));
        }
        Ok(())
    }
}

/// Which engine hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Care {
    /// Whisper, with Moonshine as a second opinion: some seconds a recording.
    #[default]
    Careful,
    /// Moonshine alone: for small machines.
    Quick,
}
