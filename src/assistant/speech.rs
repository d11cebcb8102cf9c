//! Which language a person writes in, and which one the reply can be in.
//! What never lives here: the words of any language (knowledge/messages), translating.

use super::{snapshot::Snapshot, state::State};
use crate::base::{Lang, words};

/// English of fewer words does not end a conversation in another language: "ok", "PIP", a name.
const ENGLISH_AGAIN: usize = 3;

/// The language of a message: what it plainly is, else what the conversation was in.
pub(super) fn spoken(snapshot: &Snapshot, state: &State, text: &str) -> Lang {
    if mostly_english(snapshot, text) {
        let enough = words(text).len() >= ENGLISH_AGAIN;
        return if enough {
            Lang::english()
        } else {
            state.lang.clone()
        };
    }
    match snapshot.library.languages.tell(text) {
        Some(found) if !found.is_english() => found,
        _ => state.lang.clone(),
    }
}

/// This language where its messages are held, else English.
pub(super) fn held(snapshot: &Snapshot, wished: &Lang) -> Lang {
    if snapshot.library.messages.has_in(wished, "greeting") {
        wished.clone()
    } else {
        Lang::english()
    }
}

/// Whether enough of the words are English or our own: short and misspelt English must not be taken for another language.
fn mostly_english(snapshot: &Snapshot, text: &str) -> bool {
    let words = words(text);
    let known = words
        .iter()
        .filter(|w| snapshot.library.common_words.contains(*w) || snapshot.index.knows_word(w))
        .count();
    known * 2 >= words.len()
}
