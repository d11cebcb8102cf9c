//! Which sentence of a section speaks to the question: IDF overlap, measured best of the simple ways.
//! What never lives here: paraphrasing; a sentence is quoted or not.

use super::{
    index::Index,
    vocabulary::{is_little, stems},
};
use crate::base::sentences;

/// It must share this much more with the question than any sentence already shown.
const BETTER: f64 = 1.3;
/// Sentences that lean on the one before cannot stand alone.
const LEANING: [&str; 16] = [
    "It", "They", "This", "That", "These", "Those", "He", "She", "But", "And", "So", "Or", "If",
    "Then", "Both", "For",
];

/// The sentence of `plain` that shares clearly more with the question than the sentences of `shown`, and can stand alone;
/// `None` when what is shown already speaks to the question best.
pub fn best_sentence(index: &Index, question: &str, plain: &str, shown: &str) -> Option<String> {
    let mut analyzer = index.analyzer.clone();
    let wanted: Vec<String> = stems(&mut analyzer, question)
        .into_iter()
        .filter(|s| !is_little(s))
        .collect();
    let mut score = |sentence: &str| -> f64 {
        let held = stems(&mut analyzer, sentence);
        let shared = wanted.iter().filter(|w| held.contains(w));
        shared.map(|w| index.vocabulary.idf(w)).sum()
    };
    let already = sentences(shown)
        .iter()
        .map(|s| score(s))
        .fold(0.0, f64::max);
    let mut best: Option<(f64, String)> = None;
    for sentence in plain.lines().flat_map(sentences) {
        let first = sentence.split_whitespace().next().unwrap_or("");
        let stands =
            sentence.ends_with('.') && !LEANING.contains(&first) && !shown.contains(&sentence);
        if !stands {
            continue;
        }
        let value = score(&sentence);
        if value > already * BETTER && best.as_ref().is_none_or(|(b, _)| value > *b) {
            best = Some((value, sentence));
        }
    }
    best.filter(|(value, _)| *value > 0.0)
        .map(|(_, sentence)| sentence)
}
