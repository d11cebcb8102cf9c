//! Triage by meaning: linear sums over the vector of a message or of a piece of it; the numbers are data (`triage-vectors.txt`).
//! What never lives here: making vectors (retrieval), training (tests/triage).

use std::collections::BTreeMap;

use super::Alarm;
use crate::knowledge::complaint::Complaint;

/// A linear sum over a vector.
#[derive(Debug, Clone, Default)]
struct Sum {
    bias: f64,
    weights: Vec<f64>,
}

impl Sum {
    fn of(&self, vector: &[f32]) -> f64 {
        let products = self
            .weights
            .iter()
            .zip(vector)
            .map(|(w, x)| w * f64::from(*x));
        self.bias + products.sum::<f64>()
    }
}

/// What one model's vectors tell about cries for help.
#[derive(Debug, Clone, Default)]
pub struct VectorAlarm {
    /// At least this: a cry; perhaps one.
    short: (f64, f64),
    /// The same for a long message, and how much the word model counts beside its loudest piece.
    long: (f64, f64, f64),
    /// How much the word model, the vector and a constant count in a short message.
    mix: (f64, f64, f64),
    alarm: Sum,
    kinds: Vec<(String, Sum)>,
}

/// A message as it is listened to.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// Vectors of the whole message, or of the pieces of a long one.
    pub vectors: &'a [std::sync::Arc<Vec<f32>>],
    /// Whether these are pieces of a long message.
    pub long: bool,
    /// What the word model makes of the message.
    pub words: f64,
}

impl VectorAlarm {
    /// What it makes of a message; `None` when it sounds like no cry for help.
    pub fn hear(&self, heard: Heard<'_>) -> Option<Alarm> {
        let loudest = heard
            .vectors
            .iter()
            .map(|v| (self.alarm.of(v), v))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let (loudness, vector) = loudest?;
        let ((clear, check), score) = if heard.long {
            let (clear, check, words) = self.long;
            ((clear, check), words * heard.words + loudness)
        } else {
            let (words, meaning, constant) = self.mix;
            (
                self.short,
                words * heard.words + meaning * loudness + constant,
            )
        };
        if score < check {
            return None;
        }
        let kind = self
            .kinds
            .iter()
            .max_by(|a, b| a.1.of(vector).total_cmp(&b.1.of(vector)))?;
        Some(Alarm {
            clear: score >= clear,
            kind: kind.0.clone(),
        })
    }

    /// Kinds it can name.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.kinds.iter().map(|(kind, _)| kind.as_str())
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        let name = words.next()?;
        let kind = if name == "kind" { words.next()? } else { "" };
        let numbers: Vec<f64> = words.map(str::parse).collect::<Result<_, _>>().ok()?;
        match (name, numbers.as_slice()) {
            ("clear", [clear]) => self.short.0 = *clear,
            ("check", [check]) => self.short.1 = *check,
            ("long", [clear, check, words]) => self.long = (*clear, *check, *words),
            ("mix", [words, meaning, constant]) => self.mix = (*words, *meaning, *constant),
            ("alarm", [bias, weights @ ..]) => self.alarm = sum(*bias, weights),
            ("kind", [bias, weights @ ..]) => {
                self.kinds.push((kind.to_owned(), sum(*bias, weights)))
            }
            _ => return None,
        }
        Some(())
    }
}

fn sum(bias: f64, weights: &[f64]) -> Sum {
    Sum {
        bias,
        weights: weights.to_vec(),
    }
}

/// Reads `triage-vectors.txt`: `leg NAME` opens a model's part (`english`, `tongues`); then thresholds and sums, a line each.
pub(in crate::knowledge) fn read(
    text: &str,
    complaints: &mut Vec<Complaint>,
) -> BTreeMap<String, VectorAlarm> {
    let mut legs: BTreeMap<String, VectorAlarm> = BTreeMap::new();
    let mut open = String::new();
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let read = match line.strip_prefix("leg ") {
            Some(name) => {
                open = name.to_owned();
                legs.insert(open.clone(), VectorAlarm::default());
                Some(())
            }
            None => legs.get_mut(&open).and_then(|leg| leg.line(line)),
        };
        if read.is_none() {
            let wrong = "this line cannot be read";
            complaints.push(Complaint::error("triage-vectors.txt", number + 1, wrong));
        }
    }
    legs
}
