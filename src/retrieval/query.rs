//! A question on its way into the index: what the caller wants, and the words it becomes.
//! What never lives here: the conversation (assistant resolves follow-ups before it asks).

use std::collections::HashMap;

use jiff::civil::Date;

use super::{
    spelling::Corrector,
    vocabulary::{Vocabulary, is_little, stems},
};
use crate::{
    base::{Lang, words},
    knowledge::{Audience, Regime, Term},
};

/// What to search for.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// The question.
    pub text: &'a str,
    /// The language it is asked in.
    pub lang: &'a Lang,
    /// What the conversation was about before: counts less.
    pub context: Option<&'a str>,
    /// The article the conversation was about: slightly preferred, its related ones a little.
    pub near: Option<usize>,
    /// The day asked about: sections outside their validity are left out.
    pub day: Date,
    /// The day it is: articles past their review date plus grace are left out.
    pub today: Date,
    /// Council, if known.
    pub area: Option<&'a str>,
    /// Which law, if known.
    pub regime: Option<Regime>,
    /// Who is asking, if known.
    pub audience: Option<Audience>,
    /// How many candidates at most.
    pub limit: usize,
}

/// One stem of a question with its weight.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) stem: String,
    pub(super) weight: f64,
    /// Whether the person typed it so (not expanded, not corrected, not from the context).
    pub(super) typed: bool,
}

/// A form as words, and the words it adds.
type Expansion = (Vec<String>, Vec<String>);

/// Phrases of the term table, by their first word: found phrase -> the stems it adds.
#[derive(Debug, Default)]
pub(super) struct Expansions {
    by_first: HashMap<String, Vec<Expansion>>,
}

/// An expansion counts less than the word itself.
const EXPANDED: f64 = 0.6;
/// A word without a topic still counts a little: dropping question words hurts short questions.
const LITTLE: f64 = 0.3;
/// A corrected word counts nearly as much.
const CORRECTED: f64 = 0.85;
/// The context of a follow-up counts less than what was just asked.
const CONTEXT: f64 = 0.5;

impl Expansions {
    pub(super) fn new(terms: &[Term]) -> Self {
        let mut expansions = Self::default();
        for term in terms {
            let forms: Vec<&str> = term
                .short
                .iter()
                .chain([&term.long])
                .chain(&term.also)
                .map(String::as_str)
                .collect();
            for form in &forms {
                let from = words(form);
                let Some(first) = from.first().cloned() else {
                    continue;
                };
                // Every other way of saying it is reached through the long form and the short one.
                let others = term
                    .short
                    .iter()
                    .chain([&term.long])
                    .filter(|o| o.as_str() != *form);
                let to: Vec<String> = others
                    .flat_map(|o| words(o))
                    .filter(|w| !from.contains(w))
                    .collect();
                expansions
                    .by_first
                    .entry(first)
                    .or_default()
                    .push((from, to));
            }
        }
        expansions
    }

    fn of(&self, words: &[String]) -> Vec<String> {
        let mut out = Vec::new();
        for at in 0..words.len() {
            for (from, to) in self.by_first.get(&words[at]).into_iter().flatten() {
                if words[at..].starts_with(from) {
                    out.extend(to.iter().cloned());
                }
            }
        }
        out
    }
}

/// The stems a question becomes, and the question as corrected where a word was.
pub(super) fn tokens(
    query: &Query<'_>,
    analyzer: &mut tantivy::tokenizer::TextAnalyzer,
    expansions: &Expansions,
    corrector: &Corrector,
    vocabulary: &Vocabulary,
) -> (Vec<Token>, Option<String>) {
    let typed = words(query.text);
    let mut corrected = Vec::with_capacity(typed.len());
    let mut changed = false;
    let mut out: Vec<Token> = Vec::new();
    for word in typed.iter().flat_map(|word| apart(corrector, word)) {
        let meant = corrector.correct(word).or_else(|| corrector.by_sound(word));
        changed |= meant.is_some();
        let (text, weight) = meant.map_or((word, 1.0), |m| (m, CORRECTED));
        corrected.push(text.to_owned());
        for stem in stems(analyzer, text) {
            // A word that is neither ours nor English is noise (a name, text-speak, a slip too far to mend).
            let noise = meant.is_none() && !corrector.knows(word);
            let weight = if noise || is_little(&stem) {
                LITTLE
            } else {
                weight
            };
            push(&mut out, stem, weight, meant.is_none());
        }
    }
    for word in expansions.of(&corrected) {
        for stem in stems(analyzer, &word) {
            push(&mut out, stem, EXPANDED, false);
        }
    }
    if let Some(context) = query.context {
        for stem in stems(analyzer, context) {
            if !is_little(&stem) && vocabulary.knows(&stem) {
                push(&mut out, stem, CONTEXT, false);
            }
        }
    }
    changed |= corrected.len() > typed.len();
    (out, changed.then(|| corrected.join(" ")))
}

/// The word, or the two that were written as one.
fn apart<'a>(corrector: &Corrector, word: &'a str) -> impl Iterator<Item = &'a str> {
    let parted = corrector
        .correct(word)
        .is_none()
        .then(|| corrector.parted(word));
    let (one, two) = parted.flatten().map_or((word, None), |(a, b)| (a, Some(b)));
    std::iter::once(one).chain(two)
}

fn push(tokens: &mut Vec<Token>, stem: String, weight: f64, typed: bool) {
    match tokens.iter_mut().find(|t| t.stem == stem) {
        Some(token) => {
            token.weight = token.weight.max(weight);
            token.typed |= typed;
        }
        None => tokens.push(Token {
            stem,
            weight,
            typed,
        }),
    }
}
