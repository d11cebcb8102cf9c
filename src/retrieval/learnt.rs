//! What was learnt from question sets, as data (learnt.toml): the weights of the ranking, the logistic that turns absolute
//! measures into a probability, and the bands of that probability. One set for words alone, one for each model.
//! What never lives here: what is done in which band (assistant decides); learning (tests/ranking).

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{
    confidence::Features,
    rank::{SIGNAL_NAMES, SIGNALS},
};

/// Changes whenever signals, features or what is indexed change, so that what was learnt before is not used after.
pub const INDEX_VERSION: u32 = 4;

const DATA: &str = include_str!("learnt.toml");

/// What was learnt does not belong to this engine or this model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LearntError {
    /// The file does not say what it must.
    #[error("what was learnt cannot be read: {0}")]
    Unreadable(String),
    /// Learnt for another index.
    #[error(
        "what was learnt is for index version {found}, this is version {INDEX_VERSION}: run tests/ranking/fit.py"
    )]
    OtherIndex {
        /// The version it names.
        found: u32,
    },
    /// Learnt with other weights.
    #[error(
        "what was learnt for '{leg}' is for another model than the one found: run `waymark models verify`"
    )]
    OtherModel {
        /// `meaning` or `tongues`.
        leg: &'static str,
    },
}

/// From where on a probability is enough.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// At least this likely: answer.
    pub answer: f64,
    /// At least this likely: ask which of the nearest was meant. Less: no answer.
    pub ask: f64,
}

/// When a message belongs to a rule by its examples.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByExample {
    /// How sharp the soft maximum over examples is.
    pub sharp: f64,
    /// It must be so much likelier to be the rule's than to be a question that is answered.
    pub margin: f64,
}

/// Reads one feature.
type Measure = fn(&Features) -> f64;

/// What was learnt for one way of finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Learnt {
    weights: [f64; SIGNALS],
    bias: f64,
    confidence: Vec<(Measure, f64)>,
    /// The bands.
    pub bands: Bands,
    /// sha256 of the model's weights; `None` for words alone.
    pub model: Option<String>,
    /// Rules by their examples; `None` for words alone.
    pub examples: Option<ByExample>,
}

impl Learnt {
    /// The weighted sum of a section's signals.
    pub fn sum(&self, signals: &[f64; SIGNALS]) -> f64 {
        self.weights.iter().zip(signals).map(|(w, s)| w * s).sum()
    }

    /// The probability, 0 to 1, that the best section answers.
    pub fn probability(&self, features: &Features) -> f64 {
        let sum: f64 = self
            .confidence
            .iter()
            .map(|(get, w)| w * get(features))
            .sum();
        1.0 / (1.0 + (-(self.bias + sum)).exp())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    index_version: u32,
    #[expect(dead_code, reason = "for people")]
    learnt_on: String,
    words: Leg,
    meaning: Leg,
    spoken: Leg,
    tongues: Leg,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leg {
    model: Option<String>,
    examples: Option<ByExample>,
    bands: Bands,
    bias: f64,
    ranking: BTreeMap<String, f64>,
    confidence: BTreeMap<String, f64>,
}

/// Everything learnt.
#[derive(Debug, Clone)]
pub struct AllLearnt {
    /// Words alone.
    pub words: Learnt,
    /// Words and the English model.
    pub meaning: Learnt,
    /// Other languages by pieces of words alone.
    pub spoken: Learnt,
    /// Other languages, with the model of many languages.
    pub tongues: Learnt,
}

/// What is compiled in, read once.
///
/// # Errors
/// `Unreadable` or `OtherIndex`.
pub fn learnt() -> Result<&'static AllLearnt, LearntError> {
    static READ: LazyLock<Result<AllLearnt, LearntError>> = LazyLock::new(|| read(DATA));
    READ.as_ref().map_err(Clone::clone)
}

fn read(text: &str) -> Result<AllLearnt, LearntError> {
    let file: File = toml::from_str(text).map_err(|e| LearntError::Unreadable(e.to_string()))?;
    if file.index_version != INDEX_VERSION {
        return Err(LearntError::OtherIndex {
            found: file.index_version,
        });
    }
    Ok(AllLearnt {
        words: leg(file.words)?,
        meaning: leg(file.meaning)?,
        spoken: leg(file.spoken)?,
        tongues: leg(file.tongues)?,
    })
}

fn leg(leg: Leg) -> Result<Learnt, LearntError> {
    let mut weights = [0.0; SIGNALS];
    for (name, weight) in &leg.ranking {
        let at = SIGNAL_NAMES.iter().position(|n| n == name);
        let slot = at.and_then(|at| weights.get_mut(at));
        *slot.ok_or_else(|| LearntError::Unreadable(format!("no signal is called '{name}'")))? =
            *weight;
    }
    let confidence = leg
        .confidence
        .iter()
        .map(|(name, weight)| {
            Features::named(name)
                .map(|get| (get, *weight))
                .ok_or_else(|| LearntError::Unreadable(format!("no feature is called '{name}'")))
        })
        .collect::<Result<_, _>>()?;
    Ok(Learnt {
        weights,
        bias: leg.bias,
        confidence,
        bands: leg.bands,
        model: leg.model,
        examples: leg.examples,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compiled_in_belongs_to_this_index() {
        learnt().unwrap();
    }

    #[test]
    fn another_index_is_refused() {
        let other = DATA.replacen(
            &format!("index_version = {INDEX_VERSION}"),
            "index_version = 1",
            1,
        );
        assert_eq!(
            read(&other).err(),
            Some(LearntError::OtherIndex { found: 1 })
        );
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let other = DATA.replacen("coverage =", "covrage =", 1);
        assert!(matches!(read(&other), Err(LearntError::Unreadable(_))));
    }
}
