//! Correction of unknown words towards the knowledge's own words (SymSpell deletes, OSA distance).
//! Rule: words under 4 letters never, 4 to 7 one edit, 8 and more two edits; only
//! words that are neither in the knowledge nor ordinary English. What is further away but sounds the same (`penshun`) is taken for it
//! (Double Metaphone, Philips 2000), and two words written as one (`howmuch`) are parted.
//! What never lives here: fuzzy matching of known words (measured: it ruins ranking).

use std::collections::{HashMap, HashSet};

use rphonetic::DoubleMetaphone;

use super::vocabulary::is_little;

/// A corrector, immutable once built.
#[derive(Debug, Default)]
pub struct Corrector {
    targets: Vec<(String, u32)>,
    deletes: HashMap<String, Vec<u32>>,
    sounds: HashMap<String, Vec<u32>>,
    ours: HashSet<String>,
    known: HashSet<String>,
    longest: usize,
}

/// Targets shorter than this are never corrected to.
const SHORTEST: usize = 4;
/// Of two words written as one, each has so many letters or is one of the little words.
const PART: usize = 3;

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
            if latin && word.len() >= PART {
                corrector.ours.insert(word.clone());
            }
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
            for sound in sounds(word) {
                corrector.sounds.entry(sound).or_default().push(index);
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

    /// The knowledge's word that an unknown one sounds like, with at least half its letters; the nearest, then the most frequent.
    pub(super) fn by_sound(&self, word: &str) -> Option<&str> {
        let latin = word.bytes().all(|b| b.is_ascii_lowercase());
        let long = word.len() > self.longest + SHORTEST;
        if !latin || word.len() < SHORTEST || long || self.known.contains(word) {
            return None;
        }
        let alike = sounds(word)
            .into_iter()
            .filter_map(|sound| self.sounds.get(&sound))
            .flatten()
            .filter_map(|index| self.targets.get(usize::try_from(*index).ok()?));
        let near = alike.filter_map(|(target, count)| {
            let distance = distance(word, target);
            let most = word.len().max(target.len()).div_ceil(2);
            let rank = (distance, std::cmp::Reverse(*count), target.as_str());
            (distance < most).then_some(rank)
        });
        near.min().map(|(_, _, target)| target)
    }

    /// The two words that an unknown one is made of; the longest first one wins.
    pub(super) fn parted<'a>(&self, word: &'a str) -> Option<(&'a str, &'a str)> {
        let latin = word.bytes().all(|b| b.is_ascii_lowercase());
        if !latin || self.known.contains(word) || word.len() > self.longest {
            return None;
        }
        let ours = |part: &str| is_little(part) || self.ours.contains(part);
        let mut cuts = (1..word.len()).rev().map(|at| word.split_at(at));
        cuts.find(|(one, two)| ours(one) && ours(two))
    }
}

/// How a word sounds, in one way or two. In England an r is heard before a vowel alone: `sawt` sounds like `sort`.
fn sounds(word: &str) -> Vec<String> {
    let vowel = |c: &char| "aeiouy".contains(*c);
    let letters: Vec<char> = word.chars().collect();
    let heard = letters.iter().enumerate().filter(|(at, letter)| {
        let before_vowel = letters
            .get(at + 1)
            .is_some_and(|next| vowel(next) || *next == 'r');
        **letter != 'r' || *at == 0 || before_vowel
    });
    let heard: String = heard.map(|(_, letter)| *letter).collect();
    let code = DoubleMetaphone::new(Some(CODE)).double_metaphone(&heard);
    let mut ways = vec![code.primary(), code.alternate()];
    ways.dedup();
    ways.retain(|way| way.len() > 1);
    ways
}

/// Sounds of a word that are compared.
const CODE: usize = 8;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn corrector() -> Corrector {
        let ours = [
            "pension", "notice", "money", "daughter", "holiday", "wages", "week", "check", "dbs",
            "holidays",
        ];
        let counted: Vec<(String, u32)> = ours.iter().map(|w| ((*w).to_owned(), 3)).collect();
        Corrector::new(
            counted.iter().map(|(w, n)| (w, n)),
            &HashSet::from(["luke".to_owned()]),
        )
    }

    #[test]
    fn what_sounds_the_same_is_meant() {
        let corrector = corrector();
        for (typed, meant) in [
            ("penshun", Some("pension")),
            ("notiss", Some("notice")),
            ("munny", Some("money")),
            ("wajers", Some("wages")),
            // Known, too short, too different in sound or in letters.
            ("dorter", None),
            ("luke", None),
            ("nts", None),
            ("natasha", None),
        ] {
            assert_eq!(corrector.by_sound(typed), meant, "{typed}");
        }
    }

    #[test]
    fn two_words_written_as_one_are_parted() {
        let corrector = corrector();
        for (typed, meant) in [
            ("howmuch", Some(("how", "much"))),
            ("aweek", Some(("a", "week"))),
            ("dbscheck", Some(("dbs", "check"))),
            ("callum", None),
            ("luke", None),
        ] {
            assert_eq!(corrector.parted(typed), meant, "{typed}");
        }
    }
}
