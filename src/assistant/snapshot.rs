//! What a turn reads beside its state: the library, its index, and how this service is staffed. Swapped whole.
//! What never lives here: anything that changes during a turn.

use std::{collections::HashSet, sync::Arc};

use crate::{
    base::words,
    knowledge::{Library, matchable},
    retrieval::{Index, RetrievalError},
};

/// How this service is staffed: decides what people may be promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staffing {
    /// Whether advisers are set up at all. Without them no reply time is promised.
    pub advisers: bool,
    /// Whether somebody is told at once of an urgent case. Only then do we say so.
    pub duty_adviser: bool,
    /// Service minutes within which a normal case is answered.
    pub reply_minutes: i64,
    /// Service minutes within which an urgent case is seen.
    pub urgent_minutes: i64,
}

impl Default for Staffing {
    fn default() -> Self {
        Self {
            advisers: false,
            duty_adviser: false,
            reply_minutes: 480,
            urgent_minutes: 60,
        }
    }
}

/// Everything a turn reads.
#[derive(Debug)]
pub struct Snapshot {
    /// The curated knowledge.
    pub library: Arc<Library>,
    /// Its index.
    pub index: Index,
    /// How this service is staffed.
    pub staffing: Staffing,
    alarm_words: Vec<String>,
    alarm_set: HashSet<String>,
}

impl Snapshot {
    /// Builds the index of a library.
    ///
    /// # Errors
    /// When the index cannot be built.
    pub fn new(library: Library, staffing: Staffing) -> Result<Self, RetrievalError> {
        let index = Index::build(&library)?;
        let alarm_set: HashSet<String> = library
            .rules
            .triage
            .iter()
            .flat_map(|r| r.phrases.vocabulary())
            .collect();
        let mut alarm_words: Vec<String> =
            alarm_set.iter().filter(|w| w.len() >= 5).cloned().collect();
        alarm_words.sort();
        Ok(Self {
            library: Arc::new(library),
            index,
            staffing,
            alarm_words,
            alarm_set,
        })
    }

    /// The text for triage's second look: unknown words turned into the nearest word of the triage list, so that a cry
    /// for help is found however it is spelt.
    pub(super) fn towards_alarm(&self, text: &str) -> String {
        let known = |w: &str| {
            w.len() < 5 || self.alarm_set.contains(w) || self.library.common_words.contains(w)
        };
        let turned: Vec<String> = words(text)
            .into_iter()
            .map(|word| {
                if known(&word) {
                    word
                } else {
                    self.nearest_alarm(&word).unwrap_or(word)
                }
            })
            .collect();
        matchable(&turned.join(" "))
    }

    fn nearest_alarm(&self, word: &str) -> Option<String> {
        let most = if word.len() >= 8 { 2 } else { 1 };
        self.alarm_words
            .iter()
            .filter(|a| a.len().abs_diff(word.len()) <= most)
            .map(|a| (crate::retrieval::distance(word, a), a))
            .filter(|(d, _)| *d <= most)
            .min()
            .map(|(_, a)| a.clone())
    }
}
