//! The words of a question that carry its topic, and how much of them a section, a title or a listed question holds.
//! What never lives here: ranking (rank.rs).

use super::{
    index::{Entry, Index, StemSet},
    query::Token,
    vocabulary::is_little,
};

/// The topical words of a question with what each tells.
pub(super) struct Topical<'a> {
    words: Vec<TopicalWord<'a>>,
    pub(super) total: f64,
    least: f64,
}

pub(super) struct TopicalWord<'a> {
    token: &'a Token,
    pub(super) id: Option<u32>,
    pub(super) idf: f64,
}

/// Expanded words weigh less than this and do not count in coverage.
const ASKED: f64 = 0.8;
/// In a follow-up the words carried from before count too: they are half of what is asked.
const ASKED_FURTHER: f64 = 0.5;

impl Index {
    fn idf_of(&self, id: u32) -> f64 {
        self.idf_by_id
            .get(usize::try_from(id).unwrap_or(usize::MAX))
            .copied()
            .unwrap_or(0.0)
    }
}

impl<'a> Topical<'a> {
    pub(super) fn new(index: &Index, tokens: &'a [Token], follows: bool) -> Self {
        let least = if follows { ASKED_FURTHER } else { ASKED };
        let words: Vec<TopicalWord<'a>> = tokens
            .iter()
            .filter(|t| !is_little(&t.stem))
            .map(|token| TopicalWord {
                token,
                id: index.stem_ids.get(&token.stem).copied(),
                idf: index.vocabulary.idf(&token.stem) * token.weight,
            })
            .collect();
        let total = words
            .iter()
            .filter(|w| w.token.weight >= least)
            .map(|w| w.idf)
            .sum();
        Self {
            words,
            total,
            least,
        }
    }

    pub(super) fn typed(&self) -> impl Iterator<Item = &TopicalWord<'a>> {
        self.words.iter().filter(|w| w.token.weight >= self.least)
    }

    /// IDF share of the question's own words that stand among `held`.
    pub(super) fn share(&self, held: &StemSet) -> f64 {
        let got: f64 = self
            .typed()
            .filter(|w| w.id.is_some_and(|id| held.contains(id)))
            .map(|w| w.idf)
            .sum();
        got / self.total.max(f64::MIN_POSITIVE)
    }

    /// How much of one of the section's questions the message holds: a long story may hold all of a short question.
    pub(super) fn contained(&self, index: &Index, entry: &Entry) -> f64 {
        let held = |id: &u32| {
            self.words
                .iter()
                .any(|w| w.id == Some(*id) && w.token.weight >= self.least)
        };
        let share = |(asked, whole): &(StemSet, f64)| {
            let ids: Vec<u32> = asked.iter().filter(held).collect();
            let topical = ids.iter().filter(|id| index.idf_of(**id) > 0.0).count();
            let sum: f64 = ids.iter().map(|id| index.idf_of(*id)).sum();
            if topical >= 2 {
                sum / whole.max(f64::MIN_POSITIVE)
            } else {
                0.0
            }
        };
        entry.asked.iter().map(share).fold(0.0, f64::max)
    }

    /// Likeness to the section's nearest question: IDF-weighted Jaccard, and coverage.
    pub(super) fn nearest(&self, index: &Index, entry: &Entry) -> (f64, f64) {
        let total = self.total.max(f64::MIN_POSITIVE);
        let mut best = (0.0_f64, 0.0_f64);
        for asked in &entry.asked {
            let mut shared = 0.0;
            let mut shared_asked = 0.0;
            for word in &self.words {
                if let Some(id) = word.id.filter(|id| asked.0.contains(*id)) {
                    shared += word.idf;
                    shared_asked += index.idf_of(id);
                }
            }
            let others = (asked.1 - shared_asked).max(0.0);
            let jaccard = shared / (total + others).max(f64::MIN_POSITIVE);
            best = (
                best.0.max(jaccard.min(1.0)),
                best.1.max((shared / total).min(1.0)),
            );
        }
        best
    }
}
