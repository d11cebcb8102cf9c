//! Our own words in what was heard: what to expect, what to put right, and what only sounds like one of ours.
//! What never lives here: the words (knowledge/terms.toml, knowledge/heard.toml), sound.

use std::collections::{BTreeMap, BTreeSet};

use crate::{base::words, knowledge::Library};

/// Our words, as hearing needs them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// What an engine should expect to hear, most important last.
    expected: Vec<String>,
    /// Capitals that are ours: SSP, HMRC.
    short: BTreeSet<String>,
    /// Capitals that stand in our articles though they are no term of ours: NHS.
    known: BTreeSet<String>,
    /// Words as they are heard, and how they are written.
    fix: BTreeMap<Vec<String>, String>,
    /// Words as they are heard, and what may be meant by them.
    ask: BTreeMap<Vec<String>, String>,
}

/// Letters whose names sound alike.
const ALIKE: [&str; 4] = ["BCDEGPTV", "AHJK", "FSX", "MN"];
/// No phrase of the lists has more words.
const LONGEST: usize = 6;

impl Lexicon {
    /// The words of a library.
    pub fn of(library: &Library) -> Self {
        let registers = &library.registers;
        let mut lexicon = Self::default();
        let mut expected: Vec<String> = Vec::new();
        for term in &registers.terms {
            if let Some(short) = term.short.as_ref().filter(|s| capitals(s)) {
                lexicon.short.insert(short.clone());
                expected.push(format!("{} ({short})", term.long));
            }
        }
        for (written, heard) in &registers.heard {
            if capitals(written) {
                lexicon.short.insert(written.clone());
            }
            let phrases =
                |list: &[String]| -> Vec<Vec<String>> { list.iter().map(|p| words(p)).collect() };
            let of = |list| phrases(list).into_iter().map(|p| (p, written.clone()));
            lexicon.fix.extend(of(&heard.fix));
            lexicon.ask.extend(of(&heard.ask));
            if !capitals(written) {
                expected.push(written.clone());
            }
        }
        // What matters most stands first in the list of terms, and last in front of an engine.
        expected.reverse();
        lexicon.expected = expected;
        let sections = library.articles.iter().flat_map(|a| &a.sections);
        for word in sections.flat_map(|s| s.plain.split(|c: char| !c.is_alphanumeric())) {
            if capitals(word) && !lexicon.known.contains(word) {
                lexicon.known.insert(word.to_owned());
            }
        }
        lexicon
    }

    /// Our terms as they are written, in any order: what must not be heard wrongly.
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        self.short
            .iter()
            .chain(self.fix.values())
            .map(String::as_str)
    }

    /// Whether a folded word is one of our short forms.
    pub(super) fn holds(&self, folded: &str) -> bool {
        self.short.contains(&folded.to_ascii_uppercase()) || folded == "pas"
    }

    /// What an engine should expect to hear, most important last.
    pub(super) fn expected(&self) -> &[String] {
        &self.expected
    }

    /// Letters spelt out become the word they spell, and what is heard for our words becomes our words.
    pub(super) fn put_right(&self, text: &str) -> String {
        let joined = self.join_letters(text);
        let parted: Vec<String> = joined.split(' ').map(|word| self.parted(word)).collect();
        self.replace(&parted.join(" "), &self.fix)
    }

    /// `PA90` is a word of ours and a figure behind it, `IR35` is one word.
    fn parted(&self, word: &str) -> String {
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let ours = |word: &str| self.short.contains(word) || self.known.contains(word);
        let figure = word.find(|c: char| c.is_ascii_digit());
        match figure.and_then(|at| word.split_at_checked(at)) {
            Some((term, figure)) if self.short.contains(term) && !ours(bare) => {
                format!("{term} {figure}")
            }
            _ => word.to_owned(),
        }
    }

    /// How a text may be meant otherwise: a word in it is none of ours, but sounds like one. `None`: nothing of the kind.
    pub(super) fn near(&self, text: &str) -> Option<String> {
        let asked = self.replace(text, &self.ask);
        let turned: Vec<String> = asked
            .split(' ')
            .map(|word| self.sounds_like(word))
            .collect();
        let turned = turned.join(" ");
        (turned != text).then_some(turned)
    }

    /// Capitals that we do not know and that sound like exactly one of ours.
    fn sounds_like(&self, word: &str) -> String {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !capitals(bare) || self.short.contains(bare) || self.known.contains(bare) {
            return word.to_owned();
        }
        let mut ours = self.short.iter().filter(|short| alike(short, bare));
        match (ours.next(), ours.next()) {
            (Some(short), None) => word.replacen(bare, short, 1),
            _ => word.to_owned(),
        }
    }

    /// `H. M. R. C.` and `h m r c` become HMRC where HMRC is ours, and so do three letters and more that are not.
    fn join_letters(&self, text: &str) -> String {
        let mut out: Vec<String> = Vec::new();
        let mut run: Vec<&str> = Vec::new();
        let mut letters = String::new();
        for word in text.split_whitespace().chain(std::iter::once("")) {
            if let Some(more) = spelt(word) {
                run.push(word);
                letters.push_str(&more);
                // Punctuation that is no full stop ends what is spelt.
                if !word.ends_with([',', '?', '!', ';', ':']) {
                    continue;
                }
            }
            out.extend(self.written(&run, &letters));
            let taken = run.last() == Some(&word);
            run.clear();
            letters.clear();
            if !taken && !word.is_empty() {
                out.push(word.to_owned());
            }
        }
        out.join(" ")
    }

    /// A run of letters as one word, or as it came.
    fn written(&self, run: &[&str], letters: &str) -> Vec<String> {
        let ours = self.short.contains(letters) || self.known.contains(letters);
        let word = match letters.len() {
            0 => return Vec::new(),
            1 => false,
            2 => ours,
            _ => true,
        };
        if !word {
            return run.iter().map(|w| (*w).to_owned()).collect();
        }
        let end = run.last().and_then(|w| w.chars().next_back());
        let mark = end.filter(|c| matches!(c, ',' | '?' | '!' | ';' | ':'));
        vec![format!(
            "{letters}{}",
            mark.map_or_else(String::new, String::from)
        )]
    }

    /// The longest phrases of a list that stand in a text, each as it is written; punctuation behind it stays.
    fn replace(&self, text: &str, list: &BTreeMap<Vec<String>, String>) -> String {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let folded: Vec<Vec<String>> = parts.iter().map(|part| words(part)).collect();
        let mut out: Vec<String> = Vec::new();
        let mut at = 0;
        while let Some(part) = parts.get(at) {
            let found = (1..=LONGEST.min(parts.len() - at))
                .rev()
                .find_map(|length| {
                    // `my PA's wages` is not `my PAs wages`.
                    parts
                        .get(at..at + length)?
                        .iter()
                        .all(|p| !p.contains('\''))
                        .then_some(())?;
                    let phrase = folded.get(at..at + length)?.concat();
                    list.get(&phrase).map(|written| (length, written))
                });
            let Some((length, written)) = found else {
                out.push((*part).to_owned());
                at += 1;
                continue;
            };
            let last = parts.get(at + length - 1).copied().unwrap_or("");
            let tail = last.trim_start_matches(|c: char| c.is_alphanumeric() || "'-.".contains(c));
            let stop = if tail.is_empty() && last.ends_with('.') {
                "."
            } else {
                tail
            };
            let first = part.chars().next().is_some_and(char::is_uppercase);
            out.push(format!(
                "{}{stop}",
                if first {
                    begun(written)
                } else {
                    written.clone()
                }
            ));
            at += length;
        }
        out.join(" ")
    }
}

/// Begins a sentence where the heard word began one.
fn begun(written: &str) -> String {
    let mut letters = written.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// Two to eight capitals and figures, beginning with a capital.
fn capitals(word: &str) -> bool {
    let all = word
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    all && (2..=8).contains(&word.len()) && word.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Whether two words of capitals sound alike when they are spelt: one letter differs, by one whose name sounds alike.
fn alike(ours: &str, heard: &str) -> bool {
    if ours.len() != heard.len() {
        return false;
    }
    let differing: Vec<(char, char)> = ours
        .chars()
        .zip(heard.chars())
        .filter(|(a, b)| a != b)
        .collect();
    match differing.as_slice() {
        [(a, b)] => ALIKE
            .iter()
            .any(|group| group.contains(*a) && group.contains(*b)),
        _ => false,
    }
}

/// The letters of `H.`, `H.M.`, `H-M-R-C` or `h`; `None` for any other word. `I` and `a` alone are words.
fn spelt(word: &str) -> Option<String> {
    let bare = word.trim_end_matches([',', '?', '!', ';', ':', '.']);
    let letters: Vec<&str> = bare.split(['.', '-']).collect();
    let single = letters
        .iter()
        .all(|l| l.len() == 1 && l.starts_with(|c: char| c.is_ascii_alphabetic()));
    let alone = matches!(bare, "I" | "a") && !word.ends_with('.');
    (single && !alone).then(|| letters.concat().to_ascii_uppercase())
}
