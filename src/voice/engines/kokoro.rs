//! Kokoro: sounds of speech -> speech, in one of its British voices.
//! What never lives here: how a text becomes sounds (phonemes.rs).

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use ort::session::Session;
use serde::Deserialize;

use super::onnx::{Onnx, floats, integers};

/// Samples a second that it speaks with.
pub(crate) const RATE: u32 = 24_000;
/// More sounds than this it cannot take at once.
const MOST: usize = 500;
/// Numbers in one row of a voice; which row depends on how many sounds there are.
const ROW: usize = 256;
const LAST_ROW: usize = 509;

/// The engine, loaded. Voices are read when they are first asked for.
pub(crate) struct Kokoro {
    session: Session,
    numbers: HashMap<char, i64>,
    folder: PathBuf,
    voices: HashMap<String, Vec<f32>>,
}

#[derive(Deserialize)]
struct Vocabulary {
    vocab: HashMap<char, i64>,
}

impl Kokoro {
    /// Loads it: the model, the numbers of its sounds, the folder of its voices.
    pub(crate) fn open(
        onnx: &Onnx,
        model: &Path,
        numbers: &Path,
        voices: &Path,
        threads: usize,
    ) -> Result<Self, String> {
        let failed = |e: &dyn ToString| format!("{}: {}", numbers.display(), e.to_string());
        let text = std::fs::read(numbers).map_err(|e| failed(&e))?;
        let read: Vocabulary = serde_json::from_slice(&text).map_err(|e| failed(&e))?;
        Ok(Self {
            session: onnx.model(model, threads)?,
            numbers: read.vocab,
            folder: voices.to_owned(),
            voices: HashMap::new(),
        })
    }

    /// Samples in -1.0..=1.0 of these sounds.
    pub(crate) fn say(
        &mut self,
        sounds: &str,
        voice: &str,
        speed: f32,
    ) -> Result<Vec<f32>, String> {
        let mut tokens: Vec<i64> = sounds
            .chars()
            .filter_map(|sound| self.numbers.get(&sound).copied())
            .take(MOST)
            .collect();
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        let row = tokens.len().min(LAST_ROW) * ROW;
        tokens.insert(0, 0);
        tokens.push(0);
        let style = self
            .voice(voice)?
            .get(row..row + ROW)
            .ok_or("the voice is too short")?
            .to_vec();
        let inputs = vec![
            ("tokens", integers(&[1, tokens.len()], tokens)?),
            ("style", floats(&[1, ROW], style)?),
            ("speed", floats(&[1], vec![speed])?),
        ];
        let name = self.session.outputs().first().map(|o| o.name().to_owned());
        let mut outputs = self.session.run(inputs).map_err(|e| e.to_string())?;
        let sound = name
            .and_then(|n| outputs.remove(n))
            .ok_or("it says nothing")?;
        let (_, samples) = sound
            .try_extract_tensor::<f32>()
            .map_err(|e| e.to_string())?;
        Ok(samples.to_vec())
    }

    fn voice(&mut self, name: &str) -> Result<&[f32], String> {
        if !self.voices.contains_key(name) {
            let path = self.folder.join(format!("{name}.bin"));
            let bytes = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let numbers = bytes.chunks_exact(size_of::<f32>());
            let numbers =
                numbers.filter_map(|four| Some(f32::from_le_bytes(four.try_into().ok()?)));
            self.voices.insert(name.to_owned(), numbers.collect());
        }
        self.voices
            .get(name)
            .map(Vec::as_slice)
            .ok_or_else(|| "no such voice".to_owned())
    }
}
