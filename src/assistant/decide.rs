//! Fifth stage: answer, ask one question back, hand over, or say kindly that it is not ours.
//! What never lives here: wording (compose), the probability itself (retrieval).

use super::{
    intake::hand_over,
    resolve,
    snapshot::Snapshot,
    state::State,
    step::{Draft, Plan},
};
use crate::{
    base::words,
    casework::{CaseKind, Priority},
    knowledge::{HandOverWhen, SectionRef},
    retrieval::Ranking,
};

/// Less of the question than this is made of words we hold: it is not about our subject.
const OURS: f64 = 0.5;
/// Nothing we hold is as like it as this, by meaning: nor is this. Of 2,250 indirect questions of ours one in forty stands lower.
const ALIKE: f64 = 0.42;
/// By words alone an answer is this unlikely.
const UNLIKELY: f64 = 0.08;
/// So few words, about our subject and at least this likely, are asked about, for the right article is mostly among the three nearest. A
/// longer message that nothing plainly answers is for a person, who also hears what triage did not.
const FEW: usize = 5;
const PERHAPS: f64 = 0.015;
/// `Features::substance` of a question with one word about our subject.
const ONE_WORD: f64 = 0.25;
/// Surer than this of what was left unsaid, it is answered.
const SURE_OF_LITTLE: f64 = 0.65;
/// One or two words that we are as sure of as this need no question back.
const SURE: f64 = 0.75;

/// Settles the turn.
pub(super) fn look(snapshot: &Snapshot, state: &State, draft: &mut Draft) -> Option<Plan> {
    let rankings: Vec<&Ranking> = draft
        .found
        .iter()
        .filter(|r| !r.candidates.is_empty())
        .collect();
    let Some(first) = rankings.first() else {
        return Some(Plan::NotOurs);
    };
    if rankings.len() > 1 {
        let places = rankings
            .iter()
            .filter_map(|r| r.candidates.first())
            .map(|c| c.place)
            .collect();
        return Some(Plan::Answer(places));
    }
    let best = first.candidates.first()?.place;
    let terse = words(&draft.text).len() <= 2 && draft.context.is_none();
    let vague = terse && first.features.nearest < 0.6 && first.confidence < SURE
        || dangles(state, draft, first) && first.confidence < SURE_OF_LITTLE;
    if first.confidence >= first.bands.answer && !vague {
        return Some(answer(snapshot, best));
    }
    if let Some(plan) = no_directory(snapshot, draft).filter(|_| !vague) {
        return Some(plan);
    }
    if first.confidence >= first.bands.ask {
        return Some(ask(snapshot, draft, first));
    }
    if !ours(first) {
        return Some(Plan::NotOurs);
    }
    if words(&draft.text).len() <= FEW && first.confidence >= PERHAPS {
        return Some(ask(snapshot, draft, first));
    }
    Some(hand_over(
        "low_confidence",
        CaseKind::Question,
        Priority::Normal,
        None,
    ))
}

/// Whether it leans on something that was never said: "is it allowed", "can I use it for that".
fn dangles(state: &State, draft: &Draft, found: &Ranking) -> bool {
    let alone = state.last.is_none() && draft.context.is_none() && draft.spoken.is_english();
    alone && resolve::points_back(&words(&draft.text)) && found.features.substance <= ONE_WORD
}

/// Who looks for local services that no directory here holds is told who keeps one.
fn no_directory(snapshot: &Snapshot, draft: &Draft) -> Option<Plan> {
    let library = &snapshot.library;
    let asked = library.asks_for_services(&draft.text);
    let mut rules = library.rules.scope.iter();
    let rule = rules.position(|r| r.reason == "out_of_scope.local_services")?;
    asked.then_some(Plan::Scope(rule))
}

/// Whether a question that nothing answers is about our subject at all: then a person looks at it, else it is declined kindly.
fn ours(found: &Ranking) -> bool {
    let features = &found.features;
    if features.meaning_best > 0.0 {
        features.meaning_best >= ALIKE
    } else {
        features.known >= OURS && found.confidence >= UNLIKELY
    }
}

fn answer(snapshot: &Snapshot, place: SectionRef) -> Plan {
    let always = snapshot
        .library
        .at(place)
        .is_some_and(|(a, _)| a.handover == HandOverWhen::Always);
    if always {
        return hand_over(
            "needs_adviser",
            CaseKind::Question,
            Priority::Normal,
            Some(place),
        );
    }
    Plan::Answer(vec![place])
}

/// "Did you mean": up to three of the nearest, each of another article, and a person.
fn ask(snapshot: &Snapshot, draft: &Draft, ranking: &Ranking) -> Plan {
    let mut choices: Vec<(String, String)> = Vec::new();
    let mut seen: Vec<usize> = Vec::new();
    for candidate in &ranking.candidates {
        if seen.contains(&candidate.place.article) || choices.len() == 3 {
            continue;
        }
        if let Some((article, section)) = snapshot.library.at(candidate.place) {
            seen.push(candidate.place.article);
            let value = format!("article:{}#{}", article.id, section.anchor);
            choices.push((article.title.clone(), value));
        }
    }
    let messages = &snapshot.library.messages;
    choices.push((
        messages.say(&draft.lang, "button_none_of_these", &[]),
        "human".into(),
    ));
    Plan::Clarify {
        message: "did_you_mean".into(),
        choices,
    }
}
