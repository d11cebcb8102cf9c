//! Between finding and deciding: somebody who looks for local services is shown those that directories list nearby. Without one
//! that fits, the turn goes on as if nobody had looked.
//! What never lives here: which words ask for services (knowledge/signpost.toml), the search (retrieval), wording (compose).

use std::collections::BTreeSet;

use super::{
    snapshot::Snapshot,
    state::State,
    step::{Draft, Plan},
};
use crate::retrieval::{FoundService, ServiceQuery};

/// At most so many are named.
const NAMED: usize = 5;
/// Areas to choose from; the last button is a person.
const CHOICES: usize = 3;

/// Settles the turn when it asks for local services and some fit; asks for the area where that changes what is shown.
pub(super) fn look(snapshot: &Snapshot, _: &State, draft: &mut Draft) -> Option<Plan> {
    let asks = |text: &str| snapshot.library.asks_for_services(text);
    // A question about a rule beside it is answered; the list can be asked for again.
    let only = draft.questions.len() < 2 || draft.questions.iter().all(|q| asks(q));
    if snapshot.services.is_empty() || !asks(&draft.text) || !only {
        return None;
    }
    let found = search(snapshot, draft);
    if found.is_empty() {
        return None;
    }
    let areas: BTreeSet<&str> = found
        .iter()
        .flat_map(|f| &f.areas)
        .map(String::as_str)
        .filter(|a| *a != "england")
        .collect();
    if draft.area.is_none() && areas.len() > 1 && !snapshot.services.names_a_town(&draft.text) {
        return Some(which_area(snapshot, draft, &areas));
    }
    Some(Plan::Services(found.iter().map(|f| f.place).collect()))
}

fn search(snapshot: &Snapshot, draft: &Draft) -> Vec<FoundService> {
    let query = ServiceQuery {
        text: &draft.text,
        day: draft.day.max(draft.today),
        area: draft.area.as_deref(),
        limit: NAMED,
    };
    let found = snapshot.services.find(&snapshot.library, &query);
    found.unwrap_or_else(|error| {
        tracing::error!(%error, "search for services failed; answering as if there were none");
        Vec::new()
    })
}

fn which_area(snapshot: &Snapshot, draft: &Draft, areas: &BTreeSet<&str>) -> Plan {
    let messages = &snapshot.library.messages;
    let known = areas
        .iter()
        .filter_map(|id| snapshot.library.areas.get(*id));
    let mut choices: Vec<(String, String)> = known
        .take(CHOICES)
        .map(|area| {
            let asked = draft.text.trim_end_matches(['?', '.', ' ']);
            (area.name.clone(), format!("ask:{asked} in {}", area.name))
        })
        .collect();
    let person = messages.say(&draft.lang, "button_none_of_these", &[]);
    choices.push((person, "human".into()));
    Plan::Clarify {
        message: "services_which_area".into(),
        choices,
    }
}
