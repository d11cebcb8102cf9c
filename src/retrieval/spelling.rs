//! Correction of unknown words towards the knowledge's own words (SymSpell deletes, OSA distance).
//! Rule: words under 4 letters never, 4 to 7 one edit, 8 and more two edits; only
//! words that are neither in the knowledge nor ordinary English.
//! What never lives here: fuzzy matching of known words (measured: it ruins ranking).

use std::collections::{HashMap, HashSet};

/// A corrector, immutable once built.
#[derive(Debug, Default)]
pub struct Corrector {
    targets: Vec<(String, u32)>,
    deletes: HashMap<String, Vec<u32>>,
    known: HashSet<String>,
    longest: usize,
}

/// Targets shorter than this are never corrected to.
const SHORTEST: usize = 4;

impl Corrector {
    /// From the knowledge's words with their counts and the list of ordinary words.
    pub fn new<'a>(
        words: impl Iterator<Item = (&'a String, &'a u32)>,
        common: &HashSet<String>,
    ) -> Self {
        let mut corrector = Self {
            known: common.clone(),
            ..Self::default()
        };
        for (word, count) in words {
            corrector.known.insert(word.clone());
            let latin = word.bytes().all(|b| b.is_ascii_lowercase());
            if !latin || word.len() < SHORTEST {
                continue;
            }
            let Ok(index) = u32::try_from(corrector.targets.len()) else {
                break;
            };
            corrector.targets.push((word.clone(), *count));
            corrector.longest = corrector.longest.max(word.len());
            for form in deletes(word, edits(word.len())) {
                corrector.deletes.entry(form).or_default().push(index);
            }
        }
        corrector
    }

    /// Whether a word is the knowledge's own or ordinary English.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// The word meant, if `word` is unknown and near enough to one.
    pub fn correct(&self, word: &str) -> Option<&str> {
        let latin = word.bytes().all(|b| b.is_ascii_lowercase());
        if !latin || word.len() + 1 < SHORTEST || self.known.contains(word) {
            return None;
        }
        // Three letters: only a forgotten one (`sik`), never another word of three.
        let short = word.len() < SHORTEST;
        let most = edits(word.len());
        // Nothing of ours is that long; and the forms of a word grow with the square of its length.
        if word.len() > self.longest + most {
            return None;
        }
        let mut best: Option<(usize, bool, std::cmp::Reverse<u32>, &str)> = None;
        let mut seen = HashSet::new();
        for form in deletes(word, most) {
            for index in self.deletes.get(&form).into_iter().flatten() {
                if !seen.insert(*index) {
                    continue;
                }
                let (target, count) = &self.targets[usize::try_from(*index).unwrap_or(0)];
                let distance = distance(word, target);
                let other_start = word.as_bytes().first() != target.as_bytes().first();
                if distance > most || (short && (other_start || target.len() != SHORTEST)) {
                    continue;
                }
                let rank = (
                    distance,
                    other_start,
                    std::cmp::Reverse(*count),
                    target.as_str(),
                );
                if best.as_ref().is_none_or(|b| rank < *b) {
                    best = Some(rank);
                }
            }
        }
        best.map(|(_, _, _, target)| target)
    }
}

fn edits(length: usize) -> usize {
    if length >= 8 { 2 } else { 1 }
}

/// The word and every form with up to `most` letters taken out.
fn deletes(word: &str, most: usize) -> HashSet<String> {
    let mut forms = HashSet::from([word.to_owned()]);
    let mut edge = vec![word.to_owned()];
    for _ in 0..most {
        let mut next = Vec::new();
        for form in &edge {
            for at in 0..form.len() {
                let mut shorter = form.clone();
                shorter.remove(at);
                if forms.insert(shorter.clone()) {
                    next.push(shorter);
                }
            }
        }
        edge = next;
    }
    forms
}

/// Optimal string alignment distance in letters: insert, delete, replace, swap neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row[j] = least;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}
