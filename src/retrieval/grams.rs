//! Questions held in another language, found by pieces of their words: no dictionary and no stemmer is needed, endings and
//! forgotten accents cost little, and it works where no model is.
//! What never lives here: English (index.rs), ranking (rank.rs).

use std::collections::HashMap;

use crate::base::words;

/// Letters in a piece: four tell stems apart and forgive endings.
const PIECE: usize = 4;

/// One language's questions.
#[derive(Debug, Default)]
pub(super) struct Grams {
    ids: HashMap<String, u32>,
    /// What a piece tells: the logarithm of how rare it is.
    idf: Vec<f64>,
    /// Which questions hold a piece.
    holders: Vec<Vec<u32>>,
    questions: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    entry: usize,
    pieces: Vec<u32>,
    /// Length of the question as a vector of what its pieces tell.
    length: f64,
}

impl Grams {
    /// Of questions, each with the index entry that answers it.
    pub(super) fn new(questions: &[(usize, &str)]) -> Self {
        let mut grams = Self::default();
        for (entry, text) in questions.iter().copied() {
            let number = u32::try_from(grams.questions.len()).unwrap_or(u32::MAX);
            let mut held = Vec::new();
            for piece in pieces(text) {
                let next = u32::try_from(grams.ids.len()).unwrap_or(u32::MAX);
                let id = *grams.ids.entry(piece).or_insert(next);
                if id == next {
                    grams.holders.push(Vec::new());
                }
                if let Some(holders) = grams.holders.get_mut(place(id)) {
                    holders.push(number);
                }
                held.push(id);
            }
            grams.questions.push(Held {
                entry,
                pieces: held,
                length: 0.0,
            });
        }
        let all = count(grams.questions.len());
        grams.idf = grams
            .holders
            .iter()
            .map(|h| (1.0 + all / count(h.len())).ln())
            .collect();
        for question in &mut grams.questions {
            let squares = question
                .pieces
                .iter()
                .filter_map(|p| grams.idf.get(place(*p)));
            question.length = squares.map(|idf| idf * idf).sum::<f64>().sqrt();
        }
        grams
    }

    /// Likeness of each entry's nearest question to a text, 0 to 1; entries that share nothing with it are left out.
    pub(super) fn nearest(&self, text: &str) -> HashMap<usize, f64> {
        let unseen = (1.0 + count(self.questions.len())).ln();
        let mut length = 0.0;
        let mut shared = vec![0.0_f64; self.questions.len()];
        for piece in pieces(text) {
            let id = self.ids.get(&piece).map(|id| place(*id));
            let idf = id.and_then(|id| self.idf.get(id)).copied();
            length += idf.unwrap_or(unseen).powi(2);
            let holders = id.and_then(|id| self.holders.get(id));
            for holder in holders.into_iter().flatten() {
                if let (Some(sum), Some(idf)) = (shared.get_mut(place(*holder)), idf) {
                    *sum += idf * idf;
                }
            }
        }
        let mut nearest: HashMap<usize, f64> = HashMap::new();
        for (question, sum) in self.questions.iter().zip(shared).filter(|(_, s)| *s > 0.0) {
            let likeness = sum / (question.length * length.sqrt()).max(f64::MIN_POSITIVE);
            let best = nearest.entry(question.entry).or_default();
            *best = best.max(likeness);
        }
        nearest
    }
}

/// The different pieces of a text: whole short words, four letters in a row of longer ones with their ends marked, and for
/// scripts without spaces (where a word is one sign) each sign and each pair.
fn pieces(text: &str) -> Vec<String> {
    let words = words(text);
    let mut out = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let letters: Vec<char> = format!("<{word}>").chars().collect();
        if letters.len() <= PIECE {
            out.push(word.clone());
            if letters.len() == 3
                && !word.is_ascii()
                && let Some(next) = words.get(at + 1).filter(|n| n.chars().count() == 1)
            {
                out.push(format!("{word}{next}"));
            }
        } else {
            out.extend(letters.windows(PIECE).map(|w| w.iter().collect::<String>()));
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn place(id: u32) -> usize {
    usize::try_from(id).unwrap_or(usize::MAX)
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_endings_and_forgotten_accents_are_found() {
        let held = [
            (0, "Ile płacę asystentce na zwolnieniu?"),
            (1, "Jak wypowiedzieć umowę?"),
        ];
        let grams = Grams::new(&held);
        let found = grams.nearest("place asystentka zwolnienie");
        assert!(found[&0] > 0.3, "{found:?}");
        assert!(found.get(&1).copied().unwrap_or(0.0) < 0.1, "{found:?}");
    }

    #[test]
    fn a_script_without_spaces_is_found() {
        let held = [(0, "我的助理生病了要付工资吗"), (1, "怎样解雇助理")];
        let grams = Grams::new(&held);
        let found = grams.nearest("助理生病");
        assert!(found[&0] > found[&1], "{found:?}");
    }

    #[test]
    fn nothing_is_like_nothing() {
        assert!(Grams::new(&[(0, ""), (1, "?")]).nearest("").is_empty());
    }
}
