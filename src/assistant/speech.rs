//! Which language a person writes in, and which one the reply can be in.
//! What never lives here: the words of any language (knowledge/messages), translating.

use std::collections::HashSet;

use super::{snapshot::Snapshot, state::State};
use crate::base::{Lang, words};

/// So many words beside our terms can tell a language.
const OWN_WORDS: usize = 3;
/// A word is so much likelier in that language than in English, on average (natural logarithm). Of 1,313 English messages with our terms in
/// them one stands above 2 (3.6: a town and two terms); of those in other languages none below 6.
const PLAINLY_OTHER: f32 = 5.0;
/// English of fewer words does not end a conversation in another language: "ok", "PIP", a name.
const ENGLISH_AGAIN: usize = 3;

/// The language of a message: what it plainly is, else what the conversation was in.
pub(super) fn spoken(snapshot: &Snapshot, state: &State, text: &str) -> Lang {
    if let Some(other) = between_terms(snapshot, text) {
        return other;
    }
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

/// People name our things in English whatever they speak ("como pido direct payments al council"): the language of the other words,
/// where these are plainly not English.
fn between_terms(snapshot: &Snapshot, text: &str) -> Option<Lang> {
    let terms = &snapshot.library.registers.terms;
    let forms = terms
        .iter()
        .flat_map(|term| term.short.iter().chain([&term.long]));
    let borrowed: HashSet<String> = forms.flat_map(|form| words(form)).collect();
    let term = |word: &String| borrowed.contains(word.trim_end_matches('s'));
    let all = words(text);
    let own: Vec<String> = all.iter().filter(|word| !term(word)).cloned().collect();
    let english = |word: &String| is_english(snapshot, word);
    if own.len() < OWN_WORDS || own.len() == all.len() || own.iter().all(english) {
        return None;
    }
    let (lang, before) = snapshot.library.languages.before_english(&own.join(" "))?;
    (before >= PLAINLY_OTHER).then_some(lang)
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
    let known = words.iter().filter(|w| is_english(snapshot, w)).count();
    known * 2 >= words.len()
}

/// Ordinary English or a word of the knowledge.
fn is_english(snapshot: &Snapshot, word: &str) -> bool {
    snapshot.library.common_words.contains(word) || snapshot.index.knows_word(word)
}
