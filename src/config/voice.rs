//! The section of hearing and speaking.
//! What never lives here: engines and figures (voice).

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::voice::{self, Care, Limits, voices};

/// `[voice]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceSection {
    /// Whether it hears and speaks where the models are there. The environment's `WAYMARK_VOICE=off` switches it off too.
    pub enabled: bool,
    /// `careful` or `quick`: some seconds a recording, or a tenth of that and more words heard wrongly.
    pub hearing: String,
    /// Seconds that a recording may have.
    pub longest_seconds: u32,
    /// The voice that speaks when nobody wishes for another.
    pub speaker: String,
    /// Another ONNX Runtime than the fetched one: the path of its library. Empty: the fetched one.
    pub onnxruntime: PathBuf,
}

impl Default for VoiceSection {
    fn default() -> Self {
        Self {
            enabled: true,
            hearing: "careful".into(),
            longest_seconds: 180,
            speaker: voices().next().unwrap_or("bf_emma").into(),
            onnxruntime: PathBuf::new(),
        }
    }
}

/// Bytes of a recording: three minutes as a telephone records them, one as a studio does.
const MOST_BYTES: usize = 8 << 20;

impl VoiceSection {
    /// As the voice reads it; the models stand in this folder.
    pub fn settings(&self, models: &Path) -> voice::Settings {
        let named = !self.onnxruntime.as_os_str().is_empty();
        voice::Settings {
            models: models.to_owned(),
            runtime: named.then(|| self.onnxruntime.clone()),
            care: if self.hearing == "quick" {
                Care::Quick
            } else {
                Care::Careful
            },
            limits: Limits {
                bytes: MOST_BYTES,
                seconds: self.longest_seconds,
            },
            speaker: self.speaker.clone(),
            threads: 1,
        }
    }
}

impl VoiceSection {
    pub(super) fn check(&self) -> Result<(), String> {
        if !["careful", "quick"].contains(&self.hearing.as_str()) {
            return Err("voice.hearing is \"careful\" or \"quick\"".into());
        }
        if !voices().any(|name| name == self.speaker) {
            let known: Vec<&str> = voices().collect();
            return Err(format!("voice.speaker is one of {}", known.join(", ")));
        }
        Ok(())
    }
}
