//! What a person says about how we should communicate: heard on every turn, kept, and told to the adviser.
//! What never lives here: the words that say so (knowledge/intake.toml, `need:` and `contact:`), what is said back (compose).

use std::sync::LazyLock;

use regex::Regex;

use super::{
    snapshot::Snapshot,
    state::State,
    step::{Draft, Plan},
};
use crate::{
    base::{clip, words},
    casework::{CallBack, ContactBy, Format, Needs},
};

/// A longer message asks for more than this.
const SHORT: usize = 30;

static PHONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:\+44|\b0)[0-9][0-9 ]{8,12}[0-9]\b").ok());
static EMAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[^\s@<>,;]+@[^\s@<>,;]+\.[a-zA-Z]{2,}").ok());

/// Takes up what the message says. Numbers and addresses are looked for only where we asked for them or the person speaks of being
/// reached.
pub(super) fn hear(snapshot: &Snapshot, state: &State, draft: &mut Draft) {
    let mut needs = Needs::default();
    let mut when = false;
    for rule in &snapshot.library.rules.intake {
        let Some((what @ ("need" | "contact"), word)) = rule.intent.split_once(':') else {
            continue;
        };
        let said = rule.phrases.first_in(&draft.folded).is_some()
            && rule.unless.first_in(&draft.folded).is_none();
        match (said, what, word) {
            (false, ..) => {}
            (_, "need", "interpreter") => {
                needs.interpreter = Some(draft.spoken.code().to_owned());
            }
            (_, "need", word) => needs.formats.extend(read::<Format>(word)),
            (_, _, "when") => when = true,
            (_, _, word) => needs.contact = read::<ContactBy>(word).or(needs.contact),
        }
    }
    let spoken_of = state.awaits_contact || needs.contact.is_some();
    if spoken_of {
        let find = |shape: &LazyLock<Option<Regex>>| {
            let found = shape.as_ref()?.find(&draft.said)?;
            Some(found.as_str().trim().to_owned())
        };
        let phone = find(&PHONE);
        if needs.contact.is_none() && phone.is_some() {
            needs.contact = Some(ContactBy::Phone);
        }
        needs.reach_at = phone.or_else(|| find(&EMAIL));
        needs.call_back = when.then(|| CallBack {
            words: clip(&draft.said, 300),
            ..CallBack::default()
        });
    }
    draft.needs = needs;
}

/// While a case is open, a short message that says only this is noted for its adviser.
pub(super) fn settle(state: &State, draft: &Draft) -> Option<Plan> {
    let short = words(&draft.text).len() <= SHORT && !draft.text.contains('?');
    let noted = state.case.is_some() && !draft.needs.is_empty() && short;
    noted.then_some(Plan::NeedsNoted)
}

fn read<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}
