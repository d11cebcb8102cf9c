//! Pressed buttons: the `value` of a `Choice` read back into a plan. An unknown one is treated as words.
//! What never lives here: which buttons are offered (compose).

use super::{
    heard::MISHEARD,
    intake::{hand_over, in_language},
    snapshot::Snapshot,
    state::State,
    step::Plan,
};
use crate::{
    base::Lang,
    casework::{CaseKind, Priority, Rating},
    knowledge::SectionRef,
};

/// "No, I have a question": the message that sounded like a cry is answered.
pub(super) const ANSWER: &str = "answer";
/// "Yes": the doubtful cry was one.
pub(super) const NEED_HELP: &str = "need_help";

/// What a press means.
pub(super) struct Pressed {
    /// What the conversation shows that the person said: the button's words.
    pub(super) shown: String,
    /// The words that are searched or handed on; empty when the press says it all.
    pub(super) text: String,
    /// The plan, if the press settles it.
    pub(super) plan: Option<Plan>,
    /// The language that it asks for.
    pub(super) asked_for: Option<Lang>,
}

impl Pressed {
    fn plan(shown: String, plan: Plan) -> Self {
        Self {
            shown,
            text: String::new(),
            plan: Some(plan),
            asked_for: None,
        }
    }

    fn words(shown: String, text: String) -> Self {
        Self {
            shown,
            text,
            plan: None,
            asked_for: None,
        }
    }
}

/// Reads a press.
pub(super) fn read(action: &str, state: &State, snapshot: &Snapshot) -> Pressed {
    let messages = &snapshot.library.messages;
    let say = |id: &str| messages.say(&state.lang, id, &[]);
    let offered = state
        .pending
        .iter()
        .flat_map(|p| &p.choices)
        .find(|(_, value)| value == action);
    let label = |id: &str| offered.map_or_else(|| say(id), |(label, _)| label.clone());
    match action.split_once(':') {
        None if action == "human" => {
            let plan = hand_over(
                "asked_for_person",
                CaseKind::Question,
                Priority::Normal,
                None,
            );
            Pressed::plan(label("button_person"), plan)
        }
        None if action == "interpreter" => {
            let plan = hand_over("interpreter", CaseKind::Question, Priority::Normal, None);
            Pressed::plan(label("button_interpreter"), plan)
        }
        None if action == ANSWER => Pressed::words(
            say("urgent_check_no"),
            state.own_words.last().cloned().unwrap_or_default(),
        ),
        None if action == NEED_HELP => {
            let kind = state.urgent_kind.clone().unwrap_or_default();
            Pressed::plan(say("urgent_check_yes"), Plan::Urgent { kind, check: false })
        }
        None if action == MISHEARD => {
            let plan = Plan::Say {
                message: "voice_say_again".into(),
                small_talk: true,
            };
            Pressed::plan(label("voice_not_that"), plan)
        }
        None if action == "simple" => Pressed::plan(say("button_simple"), Plan::Simply),
        None if action == "back" => Pressed::plan(say("button_back"), Plan::Back),
        Some(("ask", question)) => {
            let shown = offered.map_or_else(|| question.to_owned(), |(label, _)| label.clone());
            Pressed::words(shown, question.to_owned())
        }
        Some(("satisfied", word)) if state.asked.is_some() => {
            let rated = match word {
                "yes" => ("rating_yes", Rating::Yes),
                "partly" => ("rating_partly", Rating::Partly),
                "no" => ("rating_no", Rating::No),
                _ => ("rating_skip", Rating::Skipped),
            };
            Pressed::plan(say(rated.0), Plan::Rated(rated.1))
        }
        Some(("safe", how)) if matches!(how, "yes" | "call" | "no") => Pressed::plan(
            say(&format!("urgent_safe_{how}")),
            Plan::Safety(how.to_owned()),
        ),
        Some(("aloud", how)) if matches!(how, "on" | "off") => {
            let on = how == "on";
            let label = if on {
                "button_aloud"
            } else {
                "button_not_aloud"
            };
            Pressed::plan(say(label), Plan::Aloud(on))
        }
        Some(("lang", code)) => {
            let wished: Lang = code.parse().unwrap_or_default();
            Pressed {
                asked_for: Some(wished.clone()),
                ..Pressed::plan(
                    label("button_language"),
                    in_language(snapshot, state, &wished),
                )
            }
        }
        Some(("area", area)) => {
            chose_area(area, state, snapshot).unwrap_or_else(|| unknown(action))
        }
        Some(("article", target)) => article(target, snapshot).unwrap_or_else(|| unknown(action)),
        _ => unknown(action),
    }
}

/// A press that nobody offered: its words are taken as they stand, triage included.
fn unknown(action: &str) -> Pressed {
    Pressed::words(action.to_owned(), action.to_owned())
}

fn chose_area(area: &str, state: &State, snapshot: &Snapshot) -> Option<Pressed> {
    let name = snapshot.library.areas.get(area)?.name.clone();
    let text = name.clone();
    let plan = match (&state.urgent_kind, &state.pending) {
        (Some(_), _) => Plan::CouncilNumbers,
        (None, Some(pending)) => {
            return Some(Pressed::words(
                name.clone(),
                format!("{} ({name})", pending.question),
            ));
        }
        (None, None) => Plan::Say {
            message: "area_noted".into(),
            small_talk: true,
        },
    };
    Some(Pressed {
        shown: name,
        text,
        plan: Some(plan),
        asked_for: None,
    })
}

fn article(target: &str, snapshot: &Snapshot) -> Option<Pressed> {
    let (id, anchor) = target.split_once('#').unwrap_or((target, "summary"));
    let article = snapshot.library.article_index(id)?;
    let held = snapshot.library.articles.get(article)?;
    let section = held.sections.iter().position(|s| s.anchor == anchor)?;
    Some(Pressed::plan(
        held.title.clone(),
        Plan::Answer(vec![SectionRef { article, section }]),
    ))
}
