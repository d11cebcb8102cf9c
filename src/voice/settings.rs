//! How this service hears and speaks.
//! What never lives here: the configuration file (config.rs), a person's own wish (speaking).

use std::path::PathBuf;

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

/// Which engine hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Care {
    /// Whisper, with Moonshine as a second opinion: some seconds a recording.
    #[default]
    Careful,
    /// Moonshine alone: for small machines.
    Quick,
}
