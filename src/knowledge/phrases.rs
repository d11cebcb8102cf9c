//! Phrases that editors write in the word lists, and how they are found in what people type.
//! What never lives here: what a found phrase means (assistant).

use regex::{Regex, RegexSet, RegexSetBuilder};

use crate::base::words;

/// One phrase of a word list. Words are matched folded (lower case, no accents, no apostrophes), in order.
/// `a|b` either word; `word*` any ending; `..` up to two words between; `...` up to five words between; `^` start of the
/// message; `$` its end.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// As written.
    pub written: String,
    pattern: Regex,
}

impl Phrase {
    /// Reads a phrase.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(written: &str) -> Result<Self, String> {
        let mut pattern = String::from("(?:^| )");
        let mut glued = true; // whether the next word needs no space before it
        for part in written.split_whitespace() {
            match part {
                "^" => pattern = String::from("^"),
                "$" => pattern.push('$'),
                ".." | "..." => {
                    let most = if part == ".." { 2 } else { 5 };
                    pattern.push_str(&format!("(?: [^ ]+){{0,{most}}}?"));
                }
                word => {
                    if !glued {
                        pattern.push(' ');
                    }
                    pattern.push_str(&alternatives(word)?);
                    glued = false;
                }
            }
        }
        if glued {
            return Err(format!("phrase '{written}' holds no word"));
        }
        pattern.push_str("(?: |$)");
        let pattern = Regex::new(&pattern).map_err(|e| format!("phrase '{written}': {e}"))?;
        Ok(Self {
            written: written.to_owned(),
            pattern,
        })
    }

    /// Whether it occurs in a text made by [`matchable`].
    pub fn is_in(&self, text: &str) -> bool {
        self.pattern.is_match(text)
    }

    fn find(&self, text: &str) -> Option<(usize, usize)> {
        self.pattern.find(text).map(|m| (m.start(), m.end()))
    }
}

fn alternatives(word: &str) -> Result<String, String> {
    let mut options = Vec::new();
    for option in word.split('|') {
        let (stem, any_ending) = option
            .strip_suffix('*')
            .map_or((option, false), |s| (s, true));
        let folded = words(stem);
        if folded.is_empty() {
            return Err(format!("'{word}' holds no letters"));
        }
        let body = folded
            .iter()
            .map(|w| regex::escape(w))
            .collect::<Vec<_>>()
            .join(" ");
        options.push(if any_ending {
            format!("{body}[^ ]*")
        } else {
            body
        });
    }
    Ok(format!("(?:{})", options.join("|")))
}

/// A text in the form that phrases are matched on: folded words with single spaces.
pub fn matchable(text: &str) -> String {
    words(text).join(" ")
}

/// A list of phrases, looked for all at once.
#[derive(Debug, Clone)]
pub struct PhraseSet {
    phrases: Vec<Phrase>,
    together: RegexSet,
}

impl Default for PhraseSet {
    fn default() -> Self {
        Self {
            phrases: Vec::new(),
            together: RegexSet::empty(),
        }
    }
}

/// Room for the automaton of the longest list; it is built once a load.
const AUTOMATON_BYTES: usize = 256 * 1024 * 1024;

impl PhraseSet {
    /// Reads phrases; those that cannot be read are returned as sentences.
    pub fn parse(written: &[String]) -> (Self, Vec<String>) {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for phrase in written {
            match Phrase::parse(phrase) {
                Ok(phrase) => good.push(phrase),
                Err(sentence) => bad.push(sentence),
            }
        }
        let together = RegexSetBuilder::new(good.iter().map(|p| p.pattern.as_str()))
            .size_limit(AUTOMATON_BYTES)
            .dfa_size_limit(AUTOMATON_BYTES / 16)
            .build();
        let together = together.unwrap_or_else(|e| {
            bad.push(format!(
                "the list is too long to be looked for at once: {e}"
            ));
            good.clear();
            RegexSet::empty()
        });
        (
            Self {
                phrases: good,
                together,
            },
            bad,
        )
    }

    /// The first phrase that occurs in a text made by [`matchable`].
    pub fn first_in(&self, text: &str) -> Option<&Phrase> {
        let first = self.together.matches(text).iter().next()?;
        self.phrases.get(first)
    }

    /// The text with everything these phrases cover taken out (replaced by `_`, which no phrase matches).
    pub fn mask(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        if !self.together.is_match(text) {
            return masked;
        }
        for phrase in &self.phrases {
            while let Some((start, end)) = phrase.find(&masked) {
                masked = format!(
                    "{} _ {}",
                    masked[..start].trim_end(),
                    masked[end..].trim_start()
                );
                masked = masked.trim().to_owned();
            }
        }
        masked
    }

    /// How many phrases.
    pub fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Every word that the phrases are made of, for spelling correction towards them.
    pub fn vocabulary(&self) -> impl Iterator<Item = String> + '_ {
        self.phrases.iter().flat_map(|p| {
            p.written
                .split([' ', '|'])
                .filter(|w| !w.ends_with('*'))
                .flat_map(words)
                .collect::<Vec<_>>()
        })
    }
}
