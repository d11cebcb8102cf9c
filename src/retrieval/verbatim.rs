//! Questions held that are asked again word for word; one for the meaning of a word ("what is an ISF") in whatever frame.
//! What never lives here: likeness (topical.rs, meaning.rs), what a word means (the articles).

use std::collections::HashMap;

use tantivy::tokenizer::TextAnalyzer;

use super::{meaning::spoken_questions, vocabulary::stems};
use crate::{base::words, knowledge::Library};

/// What comes before the word whose meaning is asked for.
const BEFORE: &[&[&str]] = &[
    &["what", "exactly", "is"],
    &["what", "is", "meant", "by"],
    &["what", "is", "the", "meaning", "of"],
    &["what", "do", "you", "mean", "by"],
    &["what", "do", "they", "mean", "by"],
    &["what", "is"],
    &["what", "are"],
    &["what", "does"],
    &["what", "do"],
    &["whats"],
    &["wats"],
    &["wot", "is"],
    &["wots"],
    &["meaning", "of"],
    &["define"],
    &["explain"],
];
/// What comes after it.
const AFTER: &[&[&str]] = &[
    &["stand", "for"],
    &["stands", "for"],
    &["mean"],
    &["means"],
    &["meaning"],
];
const ARTICLES: [&str; 5] = ["a", "an", "the", "these", "this"];
/// More words than this are more than a word's meaning.
const MOST: usize = 5;

/// Each question held, in English or not, and the section that answers it; not those that several do.
#[derive(Debug, Default)]
pub(super) struct Verbatim {
    words: HashMap<String, Option<usize>>,
    meanings: HashMap<String, Option<usize>>,
}

impl Verbatim {
    /// Takes in every question of the library; sections are numbered as in `Library::sections`.
    pub(super) fn new(library: &Library, analyzer: &mut TextAnalyzer) -> Self {
        let english = library.sections().enumerate().flat_map(|(number, held)| {
            let questions = held.2.questions.iter();
            questions.map(move |question| (number, question.as_str()))
        });
        let languages = library.asked.languages();
        let others = languages.flat_map(|lang| spoken_questions(library, lang));
        let mut held = Self::default();
        for (number, question) in english.chain(others) {
            let words = words(question);
            if let Some(meaning) = meaning_of(&words, analyzer) {
                only(&mut held.meanings, meaning, number);
            }
            only(&mut held.words, words.join(" "), number);
        }
        held
    }

    /// The section that holds this very question, or one for the same word's meaning, if one section alone does.
    pub(super) fn section(&self, question: &str, analyzer: &mut TextAnalyzer) -> Option<usize> {
        let words = words(question);
        if let Some(held) = self.words.get(&words.join(" ")) {
            return *held;
        }
        *self.meanings.get(&meaning_of(&words, analyzer)?)?
    }
}

fn only(map: &mut HashMap<String, Option<usize>>, key: String, number: usize) {
    let held = map.entry(key).or_insert(Some(number));
    *held = held.filter(|h| *h == number);
}

/// The stems of the word whose meaning is asked for, if the question asks for no more.
fn meaning_of(words: &[String], analyzer: &mut TextAnalyzer) -> Option<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let before = BEFORE.iter().find(|frame| words.starts_with(frame));
    let rest = words.get(before.map_or(0, |frame| frame.len())..)?;
    let after = AFTER.iter().find(|frame| rest.ends_with(frame));
    let rest = rest.get(..rest.len() - after.map_or(0, |frame| frame.len()))?;
    // "what does a PA" without "mean" asks what somebody does.
    let verb = before.is_some_and(|frame| matches!(frame.last(), Some(&"does" | &"do")));
    if before.is_none() && after.is_none() || verb && after.is_none() {
        return None;
    }
    let from = usize::from(rest.first().is_some_and(|word| ARTICLES.contains(word)));
    let rest = rest.get(from..)?;
    if rest.is_empty() || rest.len() > MOST {
        return None;
    }
    Some(stems(analyzer, &rest.join(" ")).join(" ")).filter(|key| !key.is_empty())
}
