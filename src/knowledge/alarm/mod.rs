//! The learnt half of triage: how much a message sounds like a cry for help, beside the word list that knows what to look
//! for. A linear model over words, pairs of words and pieces of words; its weights are data (`triage-model.txt`).
//! What never lives here: what is done then (assistant), training (tests/triage/README.md tells how it was done).

mod vectors;

use std::collections::{BTreeMap, HashMap};

pub use vectors::{Heard, VectorAlarm};

use super::complaint::Complaint;

/// A likeness above which a message counts, and the kinds of help.
#[derive(Debug, Clone, Default)]
pub struct AlarmModel {
    bias: f64,
    /// At least this: a cry for help.
    clear: f64,
    /// At least this: perhaps one.
    check: f64,
    weights: HashMap<String, f64>,
    kinds: Vec<(String, f64, HashMap<String, f64>)>,
    by_meaning: BTreeMap<String, VectorAlarm>,
}

/// What the model makes of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// Sure, or perhaps.
    pub clear: bool,
    /// The likeliest kind of help.
    pub kind: String,
}

/// What a text becomes: words, pairs, pieces of four letters. Of what [`super::matchable`] makes.
fn features(text: &str) -> Vec<String> {
    let words: Vec<&str> = text
        .split(' ')
        .filter(|w| !w.is_empty() && *w != "_")
        .collect();
    let mut out = Vec::new();
    for (at, word) in words.iter().enumerate() {
        out.push(format!("w {word}"));
        if let Some(next) = words.get(at + 1) {
            out.push(format!("b {word} {next}"));
        }
        let letters: Vec<char> = std::iter::once('<')
            .chain(word.chars())
            .chain(['>'])
            .collect();
        if letters.len() >= 5 {
            out.extend(
                letters
                    .windows(4)
                    .map(|w| format!("c {}", w.iter().collect::<String>())),
            );
        }
    }
    out.sort();
    out.dedup();
    out
}

impl AlarmModel {
    /// What it makes of a text (folded words with single spaces); `None` when it sounds like no cry for help.
    pub fn hear(&self, text: &str) -> Option<Alarm> {
        // What is left when harmless words were taken out must still say something.
        let left = text.split(' ').filter(|w| *w != "_").count();
        if left < LEAST_LEFT && left < text.split(' ').count() {
            return None;
        }
        let features = features(text);
        let score = self.bias + dot(&self.weights, &features);
        if self.weights.is_empty() || score < self.check {
            return None;
        }
        let kind = self
            .kinds
            .iter()
            .map(|(kind, bias, weights)| (bias + dot(weights, &features), kind))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map_or_else(String::new, |(_, kind)| kind.clone());
        Some(Alarm {
            clear: score >= self.clear,
            kind,
        })
    }

    /// How much a text sounds like a cry for help by its words: the sum before any threshold.
    pub fn loudness(&self, text: &str) -> f64 {
        self.bias + dot(&self.weights, &features(text))
    }

    /// The part that goes by the vectors of a model: `english`, `tongues`.
    pub fn by_meaning(&self, leg: &str) -> Option<&VectorAlarm> {
        self.by_meaning.get(leg)
    }

    /// Reads the part that goes by meaning.
    pub(super) fn read_vectors(&mut self, text: &str, complaints: &mut Vec<Complaint>) {
        self.by_meaning = vectors::read(text, complaints);
    }

    /// Kinds it can name.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        let by_meaning = self.by_meaning.values().flat_map(VectorAlarm::kinds);
        self.kinds
            .iter()
            .map(|(kind, _, _)| kind.as_str())
            .chain(by_meaning)
    }

    /// Reads the weights: a line `bias 0.1`, `clear 1.2`, `check 0.3`; `kind NAME BIAS` opens a kind's weights; every other
    /// line is a weight, a tab and a feature.
    pub(super) fn read(text: &str, complaints: &mut Vec<Complaint>) -> Self {
        let mut model = Self::default();
        for (number, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            if model.line(line).is_none() {
                complaints.push(Complaint::error(
                    "triage-model.txt",
                    number + 1,
                    "this line cannot be read",
                ));
            }
        }
        model
    }

    fn line(&mut self, line: &str) -> Option<()> {
        if let Some((weight, feature)) = line.split_once('\t') {
            let weights = self
                .kinds
                .last_mut()
                .map_or(&mut self.weights, |(_, _, w)| w);
            weights.insert(feature.to_owned(), weight.parse().ok()?);
            return Some(());
        }
        let mut words = line.split(' ');
        match (words.next()?, words.next()?) {
            ("bias", value) => self.bias = value.parse().ok()?,
            ("clear", value) => self.clear = value.parse().ok()?,
            ("check", value) => self.check = value.parse().ok()?,
            ("kind", name) => {
                self.kinds
                    .push((name.to_owned(), words.next()?.parse().ok()?, HashMap::new()))
            }
            _ => return None,
        }
        Some(())
    }
}

/// Fewer words than this beside the harmless ones are not listened to.
const LEAST_LEFT: usize = 5;
/// How much the sum is damped by the number of features, so that long messages do not shout; learnt with the weights.
const DAMPING: f64 = 0.35;

/// Each feature counts once.
fn dot(weights: &HashMap<String, f64>, features: &[String]) -> f64 {
    let sum: f64 = features.iter().filter_map(|f| weights.get(f)).sum();
    let count = f64::from(u32::try_from(features.len()).unwrap_or(u32::MAX)).max(1.0);
    sum / count.powf(DAMPING)
}
