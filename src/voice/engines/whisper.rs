//! Whisper: the careful engine. Full context, our own terms as its prompt, greedy, one thread.
//! What never lives here: whether to believe it (understand.rs).

use std::{path::Path, sync::Once};

use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState,
};

use crate::voice::transcript::Transcript;

/// A prompt of more tokens leaves too little room for what is heard.
const MOST_PROMPT: usize = 200;
/// Shorter sound is filled up with silence: the engine does not take it.
const LEAST_SAMPLES: usize = 17_600;

/// The engine, loaded.
pub(crate) struct Whisper {
    context: WhisperContext,
    /// What it works with, some 200 MB: only while a recording is heard.
    state: Option<WhisperState>,
}

impl Whisper {
    /// Loads it.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        static QUIET: Once = Once::new();
        // Its own log would go to stderr, words of people among it.
        QUIET.call_once(whisper_rs::install_logging_hooks);
        let mut wishes = WhisperContextParameters::default();
        // Its attention in one piece is twice as slow on a processor.
        wishes.use_gpu(false).flash_attn(false);
        let failed = |e: whisper_rs::WhisperError| format!("{}: {e}", path.display());
        let context = WhisperContext::new_with_params(path, wishes).map_err(failed)?;
        Ok(Self {
            context,
            state: None,
        })
    }

    /// What is said in 16 kHz samples. `terms`, most important last, are what the engine should expect to hear.
    pub(crate) fn hear(&mut self, samples: &[f32], terms: &[String]) -> Result<Transcript, String> {
        let mut wishes = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        wishes.set_n_threads(1);
        wishes.set_language(Some("en"));
        wishes.set_no_context(true);
        wishes.set_suppress_nst(true);
        wishes.set_temperature_inc(0.0);
        wishes.set_print_special(false);
        wishes.set_print_progress(false);
        wishes.set_print_realtime(false);
        wishes.set_print_timestamps(false);
        let prompt = self.prompt(terms);
        wishes.set_initial_prompt(&prompt);
        let mut padded;
        let samples = if samples.len() < LEAST_SAMPLES {
            padded = samples.to_vec();
            padded.resize(LEAST_SAMPLES, 0.0);
            &padded
        } else {
            samples
        };
        let state = self.context.create_state().map_err(|e| e.to_string())?;
        let state = self.state.insert(state);
        state.full(wishes, samples).map_err(|e| e.to_string())?;
        let mut pieces = Vec::new();
        for segment in state.as_iter() {
            for at in 0..segment.n_tokens() {
                let Some(token) = segment.get_token(at) else {
                    continue;
                };
                let bytes = token.to_bytes().map_err(|e| e.to_string())?;
                // Time stamps and the like.
                if !bytes.starts_with(b"[_") && !bytes.starts_with(b"<|") {
                    pieces.push((bytes.to_vec(), token.token_probability()));
                }
            }
        }
        Ok(Transcript::of(pieces))
    }

    /// How likely what was heard last is English, and which language it is likeliest: it costs as much as hearing.
    pub(crate) fn language(&self) -> Result<(f32, [u8; 2]), String> {
        let state = self.state.as_ref().ok_or("nothing was heard yet")?;
        let (likeliest, all) = state.lang_detect(0, 1).map_err(|e| e.to_string())?;
        let english = whisper_rs::get_lang_id("en").and_then(|id| usize::try_from(id).ok());
        let english = english.and_then(|id| all.get(id)).copied().unwrap_or(0.0);
        let name = whisper_rs::get_lang_str(likeliest)
            .unwrap_or("en")
            .as_bytes();
        let letters = name
            .get(..2)
            .and_then(|two| two.try_into().ok())
            .unwrap_or(*b"en");
        Ok((english, letters))
    }

    /// Gives back what it works with: nothing is left of what was heard.
    pub(crate) fn forget(&mut self) {
        self.state = None;
    }

    /// As many of the terms as there is room for, the last ones first.
    fn prompt(&self, terms: &[String]) -> String {
        let mut kept: Vec<&str> = Vec::new();
        let mut room = MOST_PROMPT;
        for term in terms.iter().rev() {
            let Ok(tokens) = self.context.tokenize(&format!(" {term},"), MOST_PROMPT) else {
                continue;
            };
            let Some(left) = room.checked_sub(tokens.len()) else {
                break;
            };
            room = left;
            kept.push(term);
        }
        kept.reverse();
        if kept.is_empty() {
            String::new()
        } else {
            format!("{}.", kept.join(", "))
        }
    }
}
