//! Moonshine tiny: the quick engine, for a second opinion and for when many wait. It takes no prompt.
//! What never lives here: whether to believe it (understand.rs).

use std::{collections::HashMap, path::Path};

use ort::{
    session::Session,
    value::{DynValue, ValueType},
};

use super::onnx::{Onnx, flag, floats, integers};
use crate::voice::{decode::HEARING_RATE, transcript::Transcript};

/// The tokens a text begins and ends with.
const BEGIN: i64 = 1;
const END: i64 = 2;
/// The engine loses its way in longer sound; it is cut where it is quietest between these seconds.
const LONGEST: usize = 28;
const CUT: std::ops::Range<usize> = 16..26;
/// What begins a word in its list of pieces.
const SPACE: &str = "\u{2581}";

/// The engine, loaded.
pub(crate) struct Moonshine {
    encoder: Session,
    decoder: Session,
    pieces: Vec<Vec<u8>>,
    /// Heads and their width in the decoder's memory.
    memory: (usize, usize),
}

impl Moonshine {
    /// Loads it from its three files.
    pub(crate) fn open(
        onnx: &Onnx,
        [encoder, decoder, pieces]: [&Path; 3],
    ) -> Result<Self, String> {
        let read = std::fs::read(pieces).map_err(|e| format!("{}: {e}", pieces.display()))?;
        let decoder = onnx.model(decoder, 1)?;
        let memory = decoder
            .inputs()
            .iter()
            .find_map(|input| match input.dtype() {
                ValueType::Tensor { shape, .. } if input.name().ends_with("0.decoder.key") => {
                    let dimension = |at: usize| usize::try_from(*shape.get(at)?).ok();
                    Some((dimension(1)?, dimension(3)?))
                }
                _ => None,
            });
        Ok(Self {
            encoder: onnx.model(encoder, 1)?,
            memory: memory.ok_or("the decoder's memory has no shape")?,
            pieces: pieces_of(&read).ok_or("the list of pieces breaks off")?,
            decoder,
        })
    }

    /// What is said in 16 kHz samples.
    pub(crate) fn hear(&mut self, samples: &[f32]) -> Result<Transcript, String> {
        let mut pieces = Vec::new();
        let mut rest = samples;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(quietest(rest));
            pieces.extend(self.part(part)?);
            rest = after;
        }
        Ok(Transcript::of(pieces))
    }

    fn part(&mut self, samples: &[f32]) -> Result<Vec<(Vec<u8>, f32)>, String> {
        let failed = |e: ort::Error| e.to_string();
        let length = samples.len();
        let mut inputs = vec![(
            "input_values".to_owned(),
            floats(&[1, length], samples.to_vec())?,
        )];
        if takes(&self.encoder, "attention_mask") {
            inputs.push((
                "attention_mask".to_owned(),
                integers(&[1, length], vec![1; length])?,
            ));
        }
        let output = self.encoder.outputs().first().map(|o| o.name().to_owned());
        let mut states = self.encoder.run(inputs).map_err(failed)?;
        let hidden = output
            .and_then(|name| states.remove(name))
            .ok_or("the encoder is silent")?;
        drop(states);
        let mask = takes(&self.decoder, "encoder_attention_mask");
        let names: Vec<String> = self
            .decoder
            .inputs()
            .iter()
            .map(|i| i.name().to_owned())
            .collect();
        let mut memory: HashMap<String, DynValue> = HashMap::new();
        for name in names.iter().filter(|n| n.starts_with("past_key_values")) {
            let (heads, width) = self.memory;
            memory.insert(name.clone(), floats(&[0, heads, 1, width], Vec::new())?);
        }
        let (mut token, mut pieces) = (BEGIN, Vec::new());
        // More tokens than anybody says in the time are a loop.
        let most = length * 13 / 2 / usize::try_from(HEARING_RATE).unwrap_or(1) + 2;
        for step in 0..most {
            let mut inputs: Vec<(String, ort::session::SessionInputValue<'_>)> = vec![
                (
                    "input_ids".to_owned(),
                    integers(&[1, 1], vec![token])?.into(),
                ),
                ("encoder_hidden_states".to_owned(), (&hidden).into()),
                ("use_cache_branch".to_owned(), flag(step > 0)?.into()),
            ];
            if mask {
                let ones = integers(&[1, length], vec![1; length])?;
                inputs.push(("encoder_attention_mask".to_owned(), ones.into()));
            }
            inputs.extend(
                memory
                    .iter()
                    .map(|(name, value)| (name.clone(), value.into())),
            );
            let mut outputs = self.decoder.run(inputs).map_err(failed)?;
            let (next, sure) = likeliest(&outputs)?;
            if next == END {
                break;
            }
            let piece = usize::try_from(next)
                .ok()
                .and_then(|at| self.pieces.get(at));
            pieces.push((piece.ok_or("an unknown piece")?.clone(), sure));
            token = next;
            for name in &names {
                let Some(layer) = name.strip_prefix("past_key_values") else {
                    continue;
                };
                // What the encoder said does not change after the first step.
                let renewed = step == 0 || layer.contains("decoder");
                if let Some(value) = renewed
                    .then(|| outputs.remove(format!("present{layer}")))
                    .flatten()
                {
                    memory.insert(name.clone(), value);
                }
            }
        }
        Ok(pieces)
    }
}

fn takes(session: &Session, input: &str) -> bool {
    session.inputs().iter().any(|i| i.name() == input)
}

/// The likeliest next token, and how likely it is.
fn likeliest(outputs: &ort::session::SessionOutputs<'_>) -> Result<(i64, f32), String> {
    let logits = outputs.get("logits").ok_or("no logits")?;
    let (shape, numbers) = logits
        .try_extract_tensor::<f32>()
        .map_err(|e| e.to_string())?;
    let width = shape
        .last()
        .and_then(|w| usize::try_from(*w).ok())
        .unwrap_or(0);
    let row = numbers
        .len()
        .checked_sub(width)
        .and_then(|from| numbers.get(from..));
    let row = row.ok_or("no logits")?;
    let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let (at, most) = best.ok_or("no logits")?;
    let sum: f32 = row.iter().map(|x| (x - most).exp()).sum();
    Ok((i64::try_from(at).map_err(|e| e.to_string())?, 1.0 / sum))
}

/// Where to cut: nowhere in short sound, else in the middle of the quietest tenth of a second.
fn quietest(samples: &[f32]) -> usize {
    let rate = usize::try_from(HEARING_RATE).unwrap_or(1);
    if samples.len() <= LONGEST * rate {
        return samples.len();
    }
    let (window, step) = (rate / 10, rate / 20);
    let loudness = |at: &usize| -> f32 {
        let part = samples.get(*at..*at + window).unwrap_or(&[]);
        part.iter().map(|x| x * x).sum()
    };
    let places = (CUT.start * rate..CUT.end * rate).step_by(step);
    let place = places.min_by(|a, b| loudness(a).total_cmp(&loudness(b)));
    place.map_or(samples.len(), |at| at + window / 2)
}

/// The pieces in order of their numbers; their own space becomes one.
fn pieces_of(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut pieces = Vec::new();
    while let [first, rest @ ..] = bytes {
        let (length, rest) = match (usize::from(*first), rest) {
            (short @ ..128, rest) => (short, rest),
            (first, [second, rest @ ..]) => (usize::from(*second) * 128 + first - 128, rest),
            _ => return None,
        };
        let (piece, rest) = rest.split_at_checked(length)?;
        let text = String::from_utf8_lossy(piece).replace(SPACE, " ");
        pieces.push(if piece.is_ascii() {
            piece.to_vec()
        } else {
            text.into_bytes()
        });
        bytes = rest;
    }
    Some(pieces)
}
