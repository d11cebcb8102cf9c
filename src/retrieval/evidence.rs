//! Which sentence of a section to put first: IDF overlap with the question.
//! What never lives here: paraphrasing; a sentence is quoted or not.

use super::{
    index::Index,
    vocabulary::{is_little, stems},
};
use crate::base::sentences;

/// The sentence of `plain` that shares most with the question, with its position; `None` for an empty text.
pub fn best_sentence(index: &Index, question: &str, plain: &str) -> Option<(usize, String)> {
    let mut analyzer = index.analyzer.clone();
    let wanted: Vec<String> = stems(&mut analyzer, question)
        .into_iter()
        .filter(|s| !is_little(s))
        .collect();
    let all: Vec<String> = plain.lines().flat_map(sentences).collect();
    let mut best: Option<(f64, usize)> = None;
    for (at, sentence) in all.iter().enumerate() {
        let held = stems(&mut analyzer, sentence);
        let score: f64 = wanted
            .iter()
            .filter(|w| held.contains(w))
            .map(|w| index.vocabulary.idf(w))
            .sum();
        if best.is_none_or(|(b, _)| score > b) {
            best = Some((score, at));
        }
    }
    best.and_then(|(_, at)| all.get(at).map(|s| (at, s.clone())))
}
