//! Two hearings of one recording put together: our terms from the engine that was told to expect them, everything else from the
//! other. What never lives here: whether to believe it. It is offered, and read by triage, never taken for what was said.

use super::lexicon::Lexicon;
use crate::base::words;

/// More words are not compared: nobody is asked "Did you say" about so many.
const LONGEST: usize = 400;

/// The first text, with the words of the other wherever the two differ and the first has none of our terms there. `None` where
/// that is one of the two.
pub(super) fn mixed(lexicon: &Lexicon, first: &str, other: &str) -> Option<String> {
    let (here, there) = (keyed(first), keyed(other));
    if here.len().max(there.len()) > LONGEST {
        return None;
    }
    let common = common(&here, &there);
    let mut out: Vec<&str> = Vec::new();
    let (mut at, mut beside) = (0, 0);
    let ends = (here.len(), there.len());
    for (next, next_beside) in common.into_iter().chain([ends]) {
        let ours = here.get(at..next).unwrap_or(&[]);
        let theirs = there.get(beside..next_beside).unwrap_or(&[]);
        let keys = |span: &[Word<'_>]| span.iter().map(|w| w.key.as_str()).collect::<String>();
        let term = ours
            .iter()
            .any(|w| words(w.text).iter().any(|w| lexicon.holds(w)));
        let kept = term || theirs.is_empty() || keys(ours) == keys(theirs);
        out.extend(if kept { ours } else { theirs }.iter().map(|w| w.text));
        out.extend(here.get(next).map(|w| w.text));
        (at, beside) = (next + 1, next_beside + 1);
    }
    let text = out.join(" ");
    let same = |a: &str, b: &str| words(a).concat() == words(b).concat();
    (!same(&text, first) && !same(&text, other)).then_some(text)
}

/// A word as it is written, and so that only what was heard counts.
struct Word<'a> {
    text: &'a str,
    key: String,
}

fn keyed(text: &str) -> Vec<Word<'_>> {
    let parts = text.split_whitespace();
    parts
        .map(|text| Word {
            text,
            key: words(text).concat(),
        })
        .filter(|word| !word.key.is_empty())
        .collect()
}

/// The places of the longest run of words that both have in the same order.
fn common(here: &[Word<'_>], there: &[Word<'_>]) -> Vec<(usize, usize)> {
    let width = there.len() + 1;
    let mut longest = vec![0_u16; (here.len() + 1) * width];
    let held = |longest: &[u16], at: usize, beside: usize| {
        longest.get(at * width + beside).copied().unwrap_or(0)
    };
    let same = |at: usize, beside: usize| match (here.get(at), there.get(beside)) {
        (Some(one), Some(other)) => one.key == other.key,
        _ => false,
    };
    for at in (0..here.len()).rev() {
        for beside in (0..there.len()).rev() {
            let best = if same(at, beside) {
                held(&longest, at + 1, beside + 1) + 1
            } else {
                held(&longest, at + 1, beside).max(held(&longest, at, beside + 1))
            };
            if let Some(cell) = longest.get_mut(at * width + beside) {
                *cell = best;
            }
        }
    }
    let (mut at, mut beside, mut places) = (0, 0, Vec::new());
    while at < here.len() && beside < there.len() {
        if same(at, beside) {
            places.push((at, beside));
            (at, beside) = (at + 1, beside + 1);
        } else if held(&longest, at + 1, beside) >= held(&longest, at, beside + 1) {
            at += 1;
        } else {
            beside += 1;
        }
    }
    places
}
