//! Whether it helped: asked once when a case is closed, and what is said to the answer.
//! What never lives here: when it is asked (adviser.rs), keeping it (casework, store).

use super::{
    super::{
        reply::{Choice, Reply},
        snapshot::Snapshot,
        state::State,
        step::Draft,
    },
    Book, message, person_button,
};
use crate::{
    base::CaseReference,
    casework::{CaseEventKind, NewCaseEvent, Rating},
};

/// The answers that are offered, with the action each sends.
pub(super) const ANSWERS: [(&str, &str); 4] = [
    ("rating_yes", "satisfied:yes"),
    ("rating_partly", "satisfied:partly"),
    ("rating_no", "satisfied:no"),
    ("rating_skip", "satisfied:skipped"),
];

/// The question, with its answers as buttons. Not answering is fine.
pub(super) fn ask(reference: &CaseReference, draft: &Draft, snapshot: &Snapshot) -> Reply {
    let messages = &snapshot.library.messages;
    let reference = [("reference", reference.as_str())];
    let mut reply = message("case_closed_ask", draft, snapshot);
    reply.summary = messages.say(&draft.lang, "case_closed_ask", &reference);
    reply.body_markdown = reply.summary.clone();
    let offered = ANSWERS.iter().map(|(label, value)| Choice {
        label: messages.say(&draft.lang, label, &[]),
        value: (*value).to_owned(),
    });
    reply.options = offered.collect();
    reply
}

/// Noted on the case that was asked about.
pub(super) fn thank(
    rating: Rating,
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    let (word, said) = match rating {
        Rating::Yes => ("yes", "rating_thanks"),
        Rating::Partly => ("partly", "rating_sorry"),
        Rating::No => ("no", "rating_sorry"),
        Rating::Skipped => ("skipped", "rating_skipped"),
    };
    if let Some(case) = state.asked.take() {
        book.records.events.push(NewCaseEvent {
            case,
            kind: CaseEventKind::Rated,
            actor: "person".into(),
            detail: format!("rating={word}"),
        });
    }
    let mut reply = message(said, draft, snapshot);
    if matches!(rating, Rating::No | Rating::Partly) {
        reply.options = vec![person_button(draft, snapshot)];
    }
    reply
}
