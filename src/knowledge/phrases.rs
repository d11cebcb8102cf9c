//! Phrases that editors write in the word lists, and how they are found in what people type.
//! What never lives here: what a found phrase means (assistant).

use std::collections::HashMap;

use crate::base::words;

/// One phrase of a word list. Words are matched folded (lower case, no accents, no apostrophes), in order.
/// `a|b` either word; `word*` any ending; `..` up to two words between; `...` up to five words between; `^` start of the
/// message; `$` its end.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// As written.
    pub written: String,
    from_start: bool,
    /// How many words may stand between the last one and the end of the message; `None` where the end does not matter.
    to_end: Option<usize>,
    parts: Vec<Part>,
}

/// One place in a phrase: how many words may be skipped before it, and what may stand there.
#[derive(Debug, Clone)]
struct Part {
    skip: usize,
    options: Vec<Choice>,
}

/// One or (in scripts without spaces) several words; the last may have any ending.
#[derive(Debug, Clone)]
struct Choice {
    words: Vec<String>,
    any_ending: bool,
}

impl Phrase {
    /// Reads a phrase.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(written: &str) -> Result<Self, String> {
        let mut phrase = Self {
            written: written.to_owned(),
            from_start: false,
            to_end: None,
            parts: Vec::new(),
        };
        let mut skip = 0;
        for part in written.split_whitespace() {
            match part {
                "^" => phrase.from_start = true,
                "$" => phrase.to_end = Some(skip),
                ".." => skip = 2,
                "..." => skip = 5,
                word => {
                    phrase.parts.push(Part {
                        skip,
                        options: options(word)?,
                    });
                    skip = 0;
                }
            }
        }
        if phrase.parts.is_empty() {
            return Err(format!("phrase '{written}' holds no word"));
        }
        Ok(phrase)
    }

    /// Whether it occurs in a text made by [`matchable`].
    pub fn is_in(&self, text: &str) -> bool {
        let tokens: Vec<&str> = text.split(' ').collect();
        (0..tokens.len()).any(|at| self.ends_at(&tokens, at).is_some())
    }

    /// Where the phrase ends if it begins at `at`.
    fn ends_at(&self, tokens: &[&str], at: usize) -> Option<usize> {
        // From the start of the message: only as far in as the first word may be skipped to.
        if self.from_start && at > self.parts.first().map_or(0, |p| p.skip) {
            return None;
        }
        self.rest(tokens, at, 0)
    }

    fn rest(&self, tokens: &[&str], at: usize, part: usize) -> Option<usize> {
        let Some(wanted) = self.parts.get(part) else {
            return self
                .to_end
                .is_none_or(|most| at + most >= tokens.len())
                .then_some(at);
        };
        // Nothing is skipped before the first word: every place is tried as a start.
        let most = if part == 0 { 0 } else { wanted.skip };
        (0..=most).find_map(|skipped| {
            let here = tokens.get(at + skipped..)?;
            wanted.options.iter().find_map(|option| {
                let after = at + skipped + option.fits(here)?;
                self.rest(tokens, after, part + 1)
            })
        })
    }
}

impl Choice {
    /// How many tokens it takes up at the beginning of `tokens`, if it stands there.
    fn fits(&self, tokens: &[&str]) -> Option<usize> {
        let last = self.words.len() - 1;
        for (number, word) in self.words.iter().enumerate() {
            let token = tokens.get(number)?;
            let same = if self.any_ending && number == last {
                token.starts_with(word.as_str())
            } else {
                token == word
            };
            if !same {
                return None;
            }
        }
        Some(self.words.len())
    }
}

fn options(word: &str) -> Result<Vec<Choice>, String> {
    word.split('|')
        .map(|option| {
            let (stem, any_ending) = option
                .strip_suffix('*')
                .map_or((option, false), |s| (s, true));
            let words = words(stem);
            if words.is_empty() {
                return Err(format!("'{word}' holds no letters"));
            }
            Ok(Choice { words, any_ending })
        })
        .collect()
}

/// A text in the form that phrases are matched on: folded words with single spaces.
pub fn matchable(text: &str) -> String {
    words(text).join(" ")
}

/// A list of phrases, looked up by the word each begins with.
#[derive(Debug, Clone, Default)]
pub struct PhraseSet {
    phrases: Vec<Phrase>,
    by_word: HashMap<String, Vec<usize>>,
    /// Phrases whose first word may have any ending, by that word's first letter.
    by_letter: HashMap<char, Vec<usize>>,
}

impl PhraseSet {
    /// Reads phrases; those that cannot be read are returned as sentences.
    pub fn parse(written: &[String]) -> (Self, Vec<String>) {
        let (mut set, mut bad) = (Self::default(), Vec::new());
        for phrase in written {
            match Phrase::parse(phrase) {
                Ok(phrase) => set.add(phrase),
                Err(sentence) => bad.push(sentence),
            }
        }
        (set, bad)
    }

    fn add(&mut self, phrase: Phrase) {
        let number = self.phrases.len();
        for option in phrase.parts.iter().take(1).flat_map(|p| &p.options) {
            let Some(first) = option.words.first() else {
                continue;
            };
            if option.any_ending && option.words.len() == 1 {
                if let Some(letter) = first.chars().next() {
                    self.by_letter.entry(letter).or_default().push(number);
                }
            } else {
                self.by_word.entry(first.clone()).or_default().push(number);
            }
        }
        self.phrases.push(phrase);
    }

    /// Every occurrence in the tokens: phrase, first token, token after the last.
    fn occurrences<'a>(
        &'a self,
        tokens: &'a [&str],
    ) -> impl Iterator<Item = (&'a Phrase, usize, usize)> + 'a {
        tokens.iter().enumerate().flat_map(move |(at, token)| {
            let exact = self.by_word.get(*token).into_iter().flatten();
            let open = token
                .chars()
                .next()
                .and_then(|c| self.by_letter.get(&c))
                .into_iter()
                .flatten();
            exact.chain(open).filter_map(move |number| {
                let phrase = self.phrases.get(*number)?;
                phrase.ends_at(tokens, at).map(|end| (phrase, at, end))
            })
        })
    }

    /// A phrase that occurs in a text made by [`matchable`].
    pub fn first_in(&self, text: &str) -> Option<&Phrase> {
        let tokens: Vec<&str> = text.split(' ').collect();
        let found = self
            .occurrences(&tokens)
            .next()
            .map(|(phrase, _, _)| phrase.written.clone())?;
        self.phrases.iter().find(|p| p.written == found)
    }

    /// The same in a sentence of a longer message: a phrase from its start to its end means the whole message.
    pub fn occurs_in_part(&self, text: &str) -> bool {
        let tokens: Vec<&str> = text.split(' ').collect();
        let whole = |phrase: &Phrase| phrase.from_start && phrase.to_end == Some(0);
        self.occurrences(&tokens)
            .any(|(phrase, _, _)| !whole(phrase))
    }

    /// The text with everything these phrases cover taken out (each word replaced by `_`, which no phrase matches).
    pub fn mask(&self, text: &str) -> String {
        let tokens: Vec<&str> = text.split(' ').collect();
        let mut masked = tokens.clone();
        for (_, start, end) in self.occurrences(&tokens) {
            if let Some(covered) = masked.get_mut(start..end) {
                covered.fill("_");
            }
        }
        masked.join(" ")
    }

    /// How many phrases.
    pub fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Every whole word that the phrases are made of, for spelling correction towards them.
    pub fn vocabulary(&self) -> impl Iterator<Item = String> + '_ {
        self.phrases
            .iter()
            .flat_map(|p| &p.parts)
            .flat_map(|p| &p.options)
            .filter(|o| !o.any_ending)
            .flat_map(|o| o.words.clone())
    }
}
