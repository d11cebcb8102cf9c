//! Two hearings of one recording put together: our terms from the engine that was told to expect them, everything else from the
//! other. What never lives here: whether to believe it. It is offered, and read by triage, never taken for what was said.

use similar::{Algorithm, capture_diff_slices};

use super::lexicon::Lexicon;
use crate::base::words;

/// More words are not compared: nobody is asked "Did you say" about so many.
const LONGEST: usize = 400;

/// The first text, with the words of the other wherever the two differ and the first has none of our terms there. `None` where
/// that is one of the two.
pub(super) fn mixed(lexicon: &Lexicon, first: &str, other: &str) -> Option<String> {
    let (here, there) = (keyed(first), keyed(other));
    if here.keys.len().max(there.keys.len()) > LONGEST {
        return None;
    }
    let mut out: Vec<&str> = Vec::new();
    for part in capture_diff_slices(Algorithm::Lcs, &here.keys, &there.keys) {
        let (at, beside) = (part.old_range(), part.new_range());
        let keys = |of: &Keyed<'_>, at| of.keys.get(at).map(<[String]>::concat);
        let alike = beside.is_empty() || keys(&here, at.clone()) == keys(&there, beside.clone());
        let ours = here.texts.get(at).unwrap_or(&[]);
        let term = |text: &&str| words(text).iter().any(|word| lexicon.holds(word));
        let kept = alike || ours.iter().any(term);
        let theirs = there.texts.get(beside).unwrap_or(&[]);
        out.extend(if kept { ours } else { theirs });
    }
    let text = out.join(" ");
    let same = |a: &str, b: &str| words(a).concat() == words(b).concat();
    (!same(&text, first) && !same(&text, other)).then_some(text)
}

/// Words as they are written, and so that only what was heard counts.
struct Keyed<'a> {
    texts: Vec<&'a str>,
    keys: Vec<String>,
}

fn keyed(text: &str) -> Keyed<'_> {
    let parts = text.split_whitespace();
    let (texts, keys) = parts
        .map(|text| (text, words(text).concat()))
        .filter(|(_, key)| !key.is_empty())
        .unzip();
    Keyed { texts, keys }
}
