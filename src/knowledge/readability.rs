//! How hard a text is to read: Flesch-Kincaid grade (Kincaid et al. 1975), sentence length, words with a plainer one.
//! What never lives here: what is too hard for which text (check).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{complaint::Complaint, files::Files, load::line_at, registers::Term};
use crate::base::{sentences, words};

const FILE: &str = "plain-words.toml";

/// The measures of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Reading age in years, to a tenth: Flesch-Kincaid grade + 5.
    pub age: f64,
    /// Words in the longest sentence.
    pub longest: usize,
    /// Words of three syllables or more that are no kept terms.
    pub long: Vec<String>,
    /// Hard words found, each with a plainer one.
    pub hard: Vec<(String, String)>,
}

/// What weighs on reading: terms that must stay, because letters, forms and the law use them and the glossary explains them;
/// and hard words, each with a plainer one.
#[derive(Debug, Clone, Default)]
pub struct PlainWords {
    kept: Vec<Vec<String>>,
    hard: Vec<(Vec<String>, String)>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct PlainWordsFile {
    #[serde(default)]
    kept: Vec<String>,
    #[serde(default)]
    hard: BTreeMap<String, String>,
}

impl PlainWords {
    /// Reads `plain-words.toml`; the short and long forms of `terms` are kept too.
    pub(super) fn read(files: &Files, terms: &[Term], complaints: &mut Vec<Complaint>) -> Self {
        let text = files.get(FILE).map_or("", String::as_str);
        let file: PlainWordsFile = toml::from_str(text).unwrap_or_else(|e| {
            let line = e.span().map_or(1, |s| line_at(text, s.start));
            complaints.push(Complaint::error(FILE, line, e.message().to_owned()));
            PlainWordsFile::default()
        });
        let forms = terms.iter().flat_map(|t| t.short.iter().chain([&t.long]));
        let mut kept: Vec<Vec<String>> = forms.chain(&file.kept).map(|t| words(t)).collect();
        kept.retain(|t| !t.is_empty());
        // The longest term that begins at a word is the one that is meant.
        kept.sort_by_key(|t| std::cmp::Reverse(t.len()));
        let hard = file.hard.into_iter();
        Self {
            kept,
            hard: hard.map(|(hard, plain)| (words(&hard), plain)).collect(),
        }
    }

    /// Measures a plain text; `None` for one without words. A word of a kept term counts as two syllables at most.
    pub fn measure(&self, plain: &str) -> Option<Reading> {
        let sentences: Vec<Vec<String>> = plain
            .lines()
            .flat_map(sentences)
            .map(|s| words(&s))
            .filter(|s| !s.is_empty())
            .collect();
        let mut reading = Reading {
            age: 0.0,
            longest: sentences.iter().map(Vec::len).max()?,
            long: Vec::new(),
            hard: Vec::new(),
        };
        let (mut all, mut spoken) = (0, 0);
        for sentence in &sentences {
            all += sentence.len();
            spoken += self.sentence(sentence, &mut reading);
        }
        let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        let per_sentence = count(all) / count(sentences.len());
        let per_word = count(spoken) / count(all);
        let grade = 0.39 * per_sentence + 11.8 * per_word - 15.59;
        reading.age = ((grade + 5.0).max(5.0) * 10.0).round() / 10.0;
        Some(reading)
    }

    /// Syllables of a sentence; its long and hard words are noted.
    fn sentence(&self, sentence: &[String], reading: &mut Reading) -> usize {
        let (mut at, mut spoken) = (0, 0);
        while at < sentence.len() {
            let rest = &sentence[at..];
            if let Some(term) = self.kept.iter().find(|t| begins(rest, t)) {
                let kept = &rest[..term.len()];
                spoken += kept.iter().map(|w| syllables(w).min(2)).sum::<usize>();
                at += term.len();
                continue;
            }
            if let Some((hard, plain)) = self.hard.iter().find(|(h, _)| begins(rest, h)) {
                reading.hard.push((hard.join(" "), plain.clone()));
            }
            let here = syllables(&rest[0]);
            if here > 2 {
                reading.long.push(rest[0].clone());
            }
            spoken += here;
            at += 1;
        }
        spoken
    }
}

/// Whether the words begin with the term, its last word in the plural or not.
fn begins(rest: &[String], term: &[String]) -> bool {
    let Some((last, before)) = term.split_last() else {
        return false;
    };
    rest.starts_with(before)
        && rest
            .get(before.len())
            .is_some_and(|w| w == last || w.strip_suffix('s') == Some(last))
}

/// Syllables by vowel groups, silent `e` dropped; a number counts as one.
fn syllables(word: &str) -> usize {
    if word.chars().any(|c| c.is_ascii_digit()) {
        return 1;
    }
    let mut groups = 0;
    let mut in_vowels = false;
    for c in word.chars() {
        let vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
        groups += usize::from(vowel && !in_vowels);
        in_vowels = vowel;
    }
    let silent = word.ends_with('e') && !word.ends_with("le") && groups > 1;
    let past =
        word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded") && groups > 1;
    (groups - usize::from(silent || past)).max(1)
}
