//! Pressed buttons: the `value` of a `Choice` read back into a plan. An unknown one is treated as words.
//! What never lives here: which buttons are offered (compose).

use super::{intake::hand_over, snapshot::Snapshot, state::State, step::Plan};
use crate::{
    casework::{CaseKind, Priority},
    knowledge::SectionRef,
};

/// The words that stand for the press (searched or kept), and the plan if the press settles it.
pub(super) fn read(action: &str, state: &State, snapshot: &Snapshot) -> (String, Option<Plan>) {
    let library = &snapshot.library;
    let label = || {
        let pending = state.pending.iter().flat_map(|p| &p.choices);
        pending
            .clone()
            .find(|(_, value)| value == action)
            .map_or_else(String::new, |(l, _)| l.clone())
    };
    match action.split_once(':') {
        None if action == "human" => (
            label(),
            Some(hand_over(
                "asked_for_person",
                CaseKind::Question,
                Priority::Normal,
                None,
            )),
        ),
        None if action == "simple" => (String::new(), Some(Plan::Simply)),
        None if action == "back" => (String::new(), Some(Plan::Back)),
        Some(("ask", question)) => (question.to_owned(), None),
        Some(("safe", how)) if matches!(how, "yes" | "call" | "no") => {
            (String::new(), Some(Plan::Safety(how.to_owned())))
        }
        Some(("area", area)) if library.areas.contains_key(area) => {
            let name = library.areas.get(area).map_or(area, |a| a.name.as_str());
            let plan = match (&state.urgent_kind, &state.pending) {
                (Some(_), _) => Some(Plan::CouncilNumbers),
                (None, Some(pending)) => return (format!("{} ({name})", pending.question), None),
                (None, None) => Some(Plan::Say {
                    message: "area_noted".into(),
                    small_talk: true,
                }),
            };
            (name.to_owned(), plan)
        }
        Some(("article", target)) => {
            let (id, anchor) = target.split_once('#').unwrap_or((target, "summary"));
            let place = library.article_index(id).and_then(|article| {
                let sections = &library.articles.get(article)?.sections;
                let section = sections.iter().position(|s| s.anchor == anchor)?;
                Some(SectionRef { article, section })
            });
            let title = place
                .and_then(|p| library.at(p))
                .map_or_else(String::new, |(a, _)| a.title.clone());
            (title, place.map(|p| Plan::Answer(vec![p])))
        }
        _ => (action.to_owned(), None),
    }
}
