//! What a turn reads beside its state: the library, its index, and how this service is staffed. Swapped whole.
//! What never lives here: anything that changes during a turn.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use super::staffing::Staffing;
use crate::{
    base::words,
    knowledge::Library,
    retrieval::{Corrector, Index, Meaning, RetrievalError, Services},
    voice::Lexicon,
};

/// Shorter words are too near to others to be turned into a word of alarm.
const ALARM_LETTERS: usize = 5;

/// Everything a turn reads.
#[derive(Debug)]
pub struct Snapshot {
    /// The curated knowledge.
    pub library: Arc<Library>,
    /// Its index.
    pub index: Index,
    /// The index of its local services.
    pub services: Services,
    /// How this service is staffed.
    pub staffing: Staffing,
    towards_alarm: Corrector,
    alarm_words: HashMap<String, u32>,
    lexicon: OnceLock<Lexicon>,
}

impl Snapshot {
    /// Builds the index of a library.
    ///
    /// # Errors
    /// When the index cannot be built.
    pub fn new(library: Library, staffing: Staffing) -> Result<Self, RetrievalError> {
        let index = Index::build(&library)?;
        let services = Services::build(&library)?;
        let mut alarm_words: HashMap<String, u32> = HashMap::new();
        for word in library
            .rules
            .triage
            .iter()
            .flat_map(|r| r.phrases.vocabulary())
        {
            *alarm_words.entry(word).or_default() += 1;
        }
        // What the articles themselves say is spelt as meant: "payday" is no "mayday".
        let mut ordinary = library.common_words.clone();
        for section in library.articles.iter().flat_map(|a| &a.sections) {
            ordinary.extend(words(&section.heading));
            ordinary.extend(words(&section.plain));
        }
        let towards_alarm = Corrector::new(
            alarm_words.iter().filter(|(w, _)| w.len() >= ALARM_LETTERS),
            &ordinary,
        );
        Ok(Self {
            library: Arc::new(library),
            index,
            services,
            staffing,
            towards_alarm,
            alarm_words,
            lexicon: OnceLock::new(),
        })
    }

    /// The same going by meaning too: English, other languages.
    ///
    /// # Errors
    /// When what was learnt belongs to another model.
    pub fn with_meaning(
        self,
        (english, tongues): (Option<Meaning>, Option<Meaning>),
    ) -> Result<Self, RetrievalError> {
        Ok(Self {
            index: self.index.with_meaning(english, tongues)?,
            ..self
        })
    }

    /// Its words as hearing needs them; gathered when somebody first speaks.
    pub fn lexicon(&self) -> &Lexicon {
        self.lexicon.get_or_init(|| Lexicon::of(&self.library))
    }

    /// The words for triage's second look: unknown words turned into the nearest word of the triage list, so that a cry for
    /// help is found however it is spelt. Folded words with single spaces.
    pub(super) fn towards_alarm(&self, folded: &str) -> String {
        let turn = |word| {
            let known = str::len(word) < ALARM_LETTERS || self.alarm_words.contains_key(word);
            let meant = if known {
                None
            } else {
                self.towards_alarm.correct(word)
            };
            meant.unwrap_or(word)
        };
        folded.split(' ').map(turn).collect::<Vec<_>>().join(" ")
    }
}
