//! How hard a text is to read: Flesch-Kincaid grade (Kincaid et al. 1975), sentence length.
//! What never lives here: what is too hard (check).

use crate::base::{sentences, words};

/// The measures of one text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Reading age in years: Flesch-Kincaid grade + 5.
    pub age: f64,
    /// Words in the longest sentence.
    pub longest: usize,
}

/// Measures a plain text; `None` for one without words.
pub fn reading(plain: &str) -> Option<Reading> {
    let lengths: Vec<usize> = plain
        .lines()
        .flat_map(sentences)
        .map(|s| words(&s).len())
        .filter(|n| *n > 0)
        .collect();
    let all = words(plain);
    if all.is_empty() || lengths.is_empty() {
        return None;
    }
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    let syllables: usize = all.iter().map(|w| syllables(w)).sum();
    let per_sentence = count(all.len()) / count(lengths.len());
    let per_word = count(syllables) / count(all.len());
    let grade = 0.39 * per_sentence + 11.8 * per_word - 15.59;
    Some(Reading {
        age: (grade + 5.0).max(5.0),
        longest: lengths.iter().copied().max().unwrap_or(0),
    })
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
