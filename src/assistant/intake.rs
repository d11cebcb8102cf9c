//! Second stage: greetings, thanks, who are you, privacy, a person please, a complaint, say that again; what is not ours or
//! not lawful; situations that always go to an adviser; questions that need one choice first.
//! What never lives here: the words (knowledge/intake.toml, scope.toml, handover.toml, clarify.toml).

use super::{
    needs, resolve,
    snapshot::Snapshot,
    speech,
    state::State,
    step::{Draft, Plan},
};
use crate::{
    base::{Lang, has_letters, words},
    casework::{CaseKind, Priority},
    knowledge::{Audience, HandOverRule, Regime, RuleList, SectionRef},
};

/// Reads what the message is, before anything is searched.
pub(super) fn look(snapshot: &Snapshot, state: &State, draft: &mut Draft) -> Option<Plan> {
    needs::hear(snapshot, state, draft);
    if state.case.as_ref().is_some_and(|c| c.human_owns) {
        return Some(Plan::PassOn);
    }
    if draft.text.is_empty() || !has_letters(&draft.text) {
        let message = if draft.text.is_empty() {
            "empty"
        } else {
            "no_words"
        };
        return Some(Plan::Say {
            message: message.into(),
            small_talk: true,
        });
    }
    if let Some(plan) = names_council(snapshot, state, draft) {
        return Some(plan);
    }
    if let Some(plan) = needs::settle(state, draft) {
        return Some(plan);
    }
    if let Some(plan) = chosen(state, draft) {
        return Some(plan);
    }
    let rules = &snapshot.library.rules;
    for rule in &rules.intake {
        if rule.phrases.first_in(&draft.folded).is_none()
            || rule.unless.first_in(&draft.folded).is_some()
        {
            continue;
        }
        match rule.intent.split_once(':') {
            Some(("need" | "contact", _)) => {}
            Some(("audience", word)) => draft.audience = Audience::parse(word).or(draft.audience),
            Some(("regime", word)) => draft.regime = draft.regime.or_else(|| Regime::parse(word)),
            Some(("language", code)) => {
                let wished = code.parse().unwrap_or_else(|_| Lang::english());
                draft.lang = speech::held(snapshot, &wished);
                draft.asked_for = Some(wished);
            }
            _ => return Some(intent(&rule.intent)),
        }
    }
    if let Some(wished) = draft
        .asked_for
        .as_ref()
        .filter(|_| words(&draft.text).len() <= BARE)
    {
        return Some(in_language(snapshot, state, wished));
    }
    if !draft.spoken.is_english() && !snapshot.index.reads(&draft.spoken) {
        return Some(hand_over(
            "language",
            CaseKind::Question,
            Priority::Normal,
            None,
        ));
    }
    let hits = |phrases: &crate::knowledge::PhraseSet, unless: &crate::knowledge::PhraseSet| {
        phrases.first_in(&draft.folded).is_some() && unless.first_in(&draft.folded).is_none()
    };
    if let Some(at) = rules.scope.iter().position(|r| hits(&r.phrases, &r.unless)) {
        return Some(Plan::Scope(at));
    }
    if let Some(rule) = rules.handover.iter().find(|r| hits(&r.phrases, &r.unless)) {
        return Some(handed_over(snapshot, rule));
    }
    if let Some(plan) = by_example(snapshot, state, draft) {
        return Some(plan);
    }
    // What a follow-up leaves open, the conversation has settled already.
    if state.last.is_some() && resolve::is_follow_up(&draft.text) {
        return None;
    }
    let rule = rules.clarify.iter().find(|r| hits(&r.phrases, &r.unless))?;
    let choices = rule
        .options
        .iter()
        .map(|(l, v)| (l.clone(), format!("ask:{v}")))
        .collect();
    Some(Plan::Clarify {
        message: rule.message.clone(),
        choices,
    })
}

fn handed_over(snapshot: &Snapshot, rule: &HandOverRule) -> Plan {
    let article = rule
        .article
        .as_deref()
        .and_then(|id| snapshot.library.article_index(id));
    let about = article.map(|article| SectionRef {
        article,
        section: 0,
    });
    let priority = if rule.high {
        Priority::High
    } else {
        Priority::Normal
    };
    hand_over(&rule.reason, case_kind(&rule.kind), priority, about)
}

/// Shorter messages mean too little, longer ones too much, for one sentence of example.
const EXEMPLARY: std::ops::RangeInclusive<usize> = 3..=60;
/// A message of fewer words leans on what was said before.
const LEANING: usize = 7;

/// To be told that one asks for something dishonest, or what this assistant is, where one asked for something else, is worse than to be
/// searched for: these rules need so many times the margin.
const GRAVER: f64 = 2.0;

/// The rule whose examples the message means, when no phrase foresaw its words.
fn by_example(snapshot: &Snapshot, state: &State, draft: &Draft) -> Option<Plan> {
    let count = words(&draft.text).len();
    let leans = count < LEANING || resolve::is_follow_up(&draft.text);
    let begun = state.last.is_some() || state.unanswered.is_some();
    if begun && leans || !EXEMPLARY.contains(&count) {
        return None;
    }
    let (meaning, learnt) = snapshot.index.meaning_in(&draft.spoken)?;
    let learnt = learnt.examples?;
    let vector = meaning.of(&draft.text)?;
    let (number, margin) = meaning.rule(&vector, &draft.spoken, learnt.sharp)?;
    let rules = &snapshot.library.rules;
    let held = rules.examples.get(number)?;
    let grave = held.list == RuleList::Intake || held.rule.starts_with("dishonest_request.");
    if margin < learnt.margin * if grave { GRAVER } else { 1.0 } {
        return None;
    }
    match held.list {
        RuleList::Scope => {
            let at = rules.scope.iter().position(|r| r.reason == held.rule)?;
            Some(Plan::Scope(at))
        }
        RuleList::HandOver => {
            let rule = rules.handover.iter().find(|r| r.reason == held.rule)?;
            Some(handed_over(snapshot, rule))
        }
        RuleList::Intake => Some(intent(&held.rule)),
    }
}

/// A message of so many words that names a language asks for nothing else.
const BARE: usize = 7;

/// The last answer again in the language asked for, or a word that it is noted.
pub(super) fn in_language(snapshot: &Snapshot, state: &State, wished: &Lang) -> Plan {
    let last = state.last.as_ref().and_then(|topic| {
        let article = snapshot.library.article_index(&topic.article)?;
        let held = snapshot.library.articles.get(article)?;
        let section = held
            .sections
            .iter()
            .position(|s| s.anchor == topic.section)?;
        Some(SectionRef { article, section })
    });
    let held = speech::held(snapshot, wished) == *wished;
    match last {
        Some(place) if held => Plan::Answer(vec![place]),
        _ => Plan::Say {
            message: if held { "language_noted" } else { "languages" }.into(),
            small_talk: true,
        },
    }
}

/// After urgent help asked which council: a short message that names one brings its numbers, as the button does.
fn names_council(snapshot: &Snapshot, state: &State, draft: &mut Draft) -> Option<Plan> {
    let waiting = state.urgent_kind.is_some() && state.area.is_none();
    if !waiting || words(&draft.text).len() > BARE {
        return None;
    }
    let named = crate::knowledge::find_area(&snapshot.library.areas, &draft.text)?;
    draft.area = Some(named.to_owned());
    Some(Plan::CouncilNumbers)
}

/// A typed answer to our own question: the choice whose label it most resembles.
fn chosen(state: &State, draft: &mut Draft) -> Option<Plan> {
    let pending = state.pending.as_ref()?;
    let said: Vec<&str> = draft.folded.split(' ').collect();
    if said.len() > 8 {
        return None;
    }
    let overlap = |label: &str| {
        let label = crate::base::words(label);
        label
            .iter()
            .filter(|w| w.len() > 2 && said.contains(&w.as_str()))
            .count()
    };
    let best = pending
        .choices
        .iter()
        .max_by_key(|(label, _)| overlap(label))?;
    let ties = pending
        .choices
        .iter()
        .filter(|(l, _)| overlap(l) == overlap(&best.0))
        .count();
    if overlap(&best.0) == 0 || ties > 1 {
        return None;
    }
    let question = best.1.strip_prefix("ask:")?;
    draft.text = question.to_owned();
    draft.folded = crate::knowledge::matchable(question);
    None
}

fn intent(intent: &str) -> Plan {
    match intent {
        "human" => hand_over(
            "asked_for_person",
            CaseKind::Question,
            Priority::Normal,
            None,
        ),
        "complaint" => hand_over("complaint", CaseKind::Complaint, Priority::Normal, None),
        "data_protection" => hand_over(
            "data_protection",
            CaseKind::DataProtection,
            Priority::Normal,
            None,
        ),
        "repeat" => Plan::Repeat,
        "simple" => Plan::Simply,
        other => Plan::Say {
            message: other.to_owned(),
            small_talk: true,
        },
    }
}

/// A hand-over as a plan.
pub(super) fn hand_over(
    reason: &str,
    kind: CaseKind,
    priority: Priority,
    about: Option<SectionRef>,
) -> Plan {
    Plan::HandOver {
        reason: reason.to_owned(),
        kind,
        priority,
        about,
    }
}

fn case_kind(word: &str) -> CaseKind {
    match word {
        "safeguarding" => CaseKind::Safeguarding,
        "complaint" => CaseKind::Complaint,
        "data_protection" => CaseKind::DataProtection,
        "set_up" => CaseKind::SetUp,
        "recruitment" => CaseKind::Recruitment,
        "money" => CaseKind::Money,
        "other" => CaseKind::Other,
        _ => CaseKind::Question,
    }
}
