//! What an engine made of a recording: words, each with how sure it was of them.
//! What never lives here: whether to believe it (understand.rs).

use super::{
    heard::{Engine, Heard, HeardWord},
    lexicon::Lexicon,
    understand::{Evidence, understand},
};

/// What an engine made of a recording.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Transcript {
    /// Its words in order, with their punctuation.
    pub words: Vec<HeardWord>,
    /// How sure of the whole, 0 to 1: the geometric mean over its pieces.
    pub confidence: f32,
}

impl Transcript {
    /// Its words as a text.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|w| w.text.as_str()).collect();
        words.join(" ")
    }

    /// From the pieces of an engine: a piece that begins with a space begins a word.
    pub fn of(pieces: impl IntoIterator<Item = (Vec<u8>, f32)>) -> Self {
        let mut words: Vec<(Vec<u8>, f32)> = Vec::new();
        let (mut total, mut count) = (0.0_f64, 0_u32);
        for (bytes, sure) in pieces {
            total += f64::from(sure.max(LEAST)).ln();
            count += 1;
            match words.last_mut() {
                Some((word, least)) if !bytes.starts_with(b" ") => {
                    word.extend(bytes);
                    *least = least.min(sure);
                }
                _ => words.push((bytes, sure)),
            }
        }
        let words = words.into_iter().filter_map(|(bytes, confidence)| {
            let text = String::from_utf8_lossy(&bytes).trim().to_owned();
            (!text.is_empty()).then_some(HeardWord { text, confidence })
        });
        let mean = if count == 0 {
            0.0
        } else {
            (total / f64::from(count)).exp()
        };
        Self {
            words: words.collect(),
            #[expect(clippy::cast_possible_truncation, reason = "a number from 0 to 1")]
            confidence: mean as f32,
        }
    }
}

/// No piece counts for less: one of them must not make the whole worthless.
const LEAST: f32 = 1e-6;

/// What is believed of a recording that these engines heard so: the second half of hearing, by itself.
pub fn reading(lexicon: &Lexicon, heard: &[(Engine, Transcript)], seconds: f32) -> Heard {
    let transcripts = heard
        .iter()
        .map(|(engine, t)| (Some(*engine), t.clone()))
        .collect();
    let evidence = Evidence {
        transcripts,
        language: None,
        seconds,
    };
    understand(lexicon, &evidence)
}
