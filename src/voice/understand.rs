//! From what engines made of a recording to what is believed: our words put right, figures written, doubts named.
//! What never lives here: sound, sentences for people. It is pure: the same words give the same result.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::{
    figures::{has_figures, same_figures, written},
    heard::{Doubt, Engine, Heard, Nothing},
    lexicon::Lexicon,
    mixed::mixed,
    transcript::Transcript,
};
use crate::base::{without_fillers, words};

/// Less sure than this is not believed at all.
const REJECTED: f32 = 0.5;
/// Less sure than this may be no English at all, and nobody's figures are doubted for it.
const DOUBTFUL: f32 = 0.7;
/// Less sure than this is asked about, unless two engines heard the same.
const SURE: f32 = 0.85;
/// A figure less sure than this is asked about, unless two engines heard the same.
const SURE_FIGURE: f32 = 0.7;
/// A word less sure than this is not believed for being one of our terms.
const FAINT_TERM: f32 = 0.4;
/// Other readings that are offered.
const MOST: usize = 3;

/// What the engines made of one recording.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Evidence {
    /// By whom, the one to be believed first, first.
    pub(crate) transcripts: Vec<(Option<Engine>, Transcript)>,
    /// Another language than English, if it sounds like one.
    pub(crate) language: Option<[u8; 2]>,
    /// Seconds of sound.
    pub(crate) seconds: f32,
}

/// Whether a second look is worth it: what the first engine heard may be no English at all.
pub(crate) fn doubtful(transcript: &Transcript) -> bool {
    transcript.confidence < DOUBTFUL
}

/// One transcript, made readable.
struct Reading<'a> {
    engine: Option<Engine>,
    from: &'a Transcript,
    text: String,
}

/// What is believed of a recording in which somebody speaks.
pub(crate) fn understand(lexicon: &Lexicon, evidence: &Evidence) -> Heard {
    // Triage reads even what is not believed.
    let readings: Vec<Reading<'_>> = evidence
        .transcripts
        .iter()
        .map(|(engine, from)| Reading {
            engine: *engine,
            from,
            text: readable(lexicon, &from.text()),
        })
        .filter(|r| !words(&r.text).is_empty())
        .collect();
    let nothing = |nothing| Heard {
        alternatives: readings.iter().map(|r| r.text.clone()).take(MOST).collect(),
        nothing: Some(nothing),
        seconds: evidence.seconds,
        ..Heard::default()
    };
    if let Some(language) = evidence.language {
        return nothing(Nothing::OtherLanguage(language));
    }
    let mut readings: Vec<&Reading<'_>> = readings.iter().collect();
    // Who is sure goes before who is not; among those the order stays.
    readings.sort_by_key(|r| r.from.confidence < REJECTED);
    let Some((first, others)) = readings.split_first() else {
        return nothing(Nothing::Unclear);
    };
    let same = |a: &str, b: &str| words(a).concat() == words(b).concat();
    let agreed = others
        .iter()
        .any(|o| same(&o.text, &first.text) || same_but_terms(lexicon, first, &o.text));
    let alone = evidence.transcripts.len() > 1 && !others.iter().any(|o| shares(first, o));
    let least = if alone { SURE } else { REJECTED };
    if first.from.confidence < least && !agreed {
        return nothing(Nothing::Unclear);
    }
    let near = lexicon.near(&first.text);
    let figure = figure_doubted(first, others);
    let doubt = if near.is_some() {
        Some(Doubt::NearTerm)
    } else if figure {
        Some(Doubt::Figure)
    } else if first.from.confidence < SURE && !agreed {
        Some(Doubt::Unsure)
    } else {
        None
    };
    let mut alternatives: Vec<String> = Vec::new();
    let second = others.first();
    let both = second.and_then(|o| mixed(lexicon, &first.text, &o.text));
    let others = others.iter().map(|o| o.text.clone());
    for other in near.into_iter().chain(both).chain(others) {
        if !same(&other, &first.text) && !alternatives.iter().any(|a| same(a, &other)) {
            alternatives.push(other);
        }
    }
    alternatives.truncate(MOST);
    Heard {
        text: first.text.clone(),
        alternatives,
        confidence: first.from.confidence,
        words: first.from.words.clone(),
        doubt,
        nothing: None,
        seconds: evidence.seconds,
        engine: first.engine,
    }
}

/// Whether two engines have a word in common: where they have none, there may have been none.
fn shares(one: &Reading<'_>, other: &Reading<'_>) -> bool {
    let heard = words(&other.text);
    words(&one.text).iter().any(|word| heard.contains(word))
}

/// Whether another engine heard the same but for our own terms, which only the first was told to expect.
fn same_but_terms(lexicon: &Lexicon, first: &Reading<'_>, other: &str) -> bool {
    let (here, there) = (words(&first.text), words(other));
    let terms = here.iter().filter(|word| lexicon.holds(word)).count();
    let faint = first.from.words.iter().any(|w| w.confidence < FAINT_TERM);
    let parts = capture_diff_slices(Algorithm::Lcs, &here, &there);
    let alike = parts.iter().filter(|part| part.tag() == DiffTag::Equal);
    let common: usize = alike.map(|part| part.old_range().len()).sum();
    terms > 0 && !faint && common + terms >= here.len() && there.len() <= common + 2 * terms
}

/// Fillers and loops dropped, our words and figures as they are written.
fn readable(lexicon: &Lexicon, text: &str) -> String {
    written(&lexicon.put_right(&without_loops(&without_fillers(text))))
}

/// A figure that another engine heard differently, or that was hardly heard and nobody confirms.
fn figure_doubted(first: &Reading<'_>, others: &[&Reading<'_>]) -> bool {
    let mut confirmed = false;
    for other in others.iter().filter(|o| o.from.confidence >= DOUBTFUL) {
        if !same_figures(&other.text, &first.text) {
            return true;
        }
        confirmed = true;
    }
    let words = &first.from.words;
    let faint = words
        .iter()
        .any(|w| has_figures(&w.text) && w.confidence < SURE_FIGURE);
    faint && has_figures(&first.text) && !confirmed
}

/// Sentences said again are an engine that has lost its way: each is kept once.
fn without_loops(text: &str) -> String {
    let mut said: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut kept: Vec<&str> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        // A full stop between figures ends nothing.
        let ends = rest
            .match_indices(['.', '?', '!'])
            .map(|(at, mark)| at + mark.len());
        let end = ends
            .into_iter()
            .find(|end| rest[*end..].starts_with(' '))
            .unwrap_or(rest.len());
        let (sentence, after) = rest.split_at(end);
        rest = after.trim_start();
        let folded = words(sentence);
        // A short "yes." may well be said twice.
        if folded.len() < 3 || said.insert(folded) {
            kept.push(sentence.trim());
        }
    }
    kept.join(" ")
}
