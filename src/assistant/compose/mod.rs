//! Says a plan: turns it into a reply and what is recorded with it. Every sentence comes from knowledge/.
//! What never lives here: deciding.

mod answer;
mod cite;
mod handover;
mod needs;
mod rating;
mod said;
mod services;
mod urgent;

pub use said::missing_messages;

pub(super) use cite::sources_block;

use super::{
    reply::{Beside, CandidateShown, Choice, Reply, Timing},
    snapshot::Snapshot,
    state::{Pending, State, Topic},
    step::{Draft, Plan, Records},
    triage,
};
use crate::{
    base::{ConversationId, Ids, Lang},
    casework::{CaseEventKind, NewCaseEvent, Outcome, Receipt},
    knowledge::ScopeAction,
};

/// What composing may draw and record.
pub(super) struct Book<'a> {
    /// Identifiers drawn beforehand.
    pub(super) ids: &'a mut Ids,
    /// What is recorded.
    pub(super) records: &'a mut Records,
    /// Which conversation.
    pub(super) conversation: &'a ConversationId,
}

/// At most this many buttons under a reply.
const BUTTONS: usize = 4;

/// The reply for a plan; `state` takes up what it changes. In another language it is composed twice, with the same
/// identifiers, and the English stands below.
pub(super) fn say(
    plan: &Plan,
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    // What is said again holds both already.
    if draft.lang.is_english() || *plan == Plan::Repeat {
        return one(plan, draft, state, snapshot, book);
    }
    let in_english = Draft {
        lang: Lang::english(),
        ..draft.clone()
    };
    let mut unkept = Book {
        ids: &mut book.ids.clone(),
        records: &mut Records::default(),
        conversation: book.conversation,
    };
    let english = one(plan, &in_english, &mut state.clone(), snapshot, &mut unkept);
    let mut reply = one(plan, draft, state, snapshot, book);
    let messages = &snapshot.library.messages;
    let beside = Beside {
        note: messages
            .by_machine(&draft.lang)
            .then(|| messages.say(&draft.lang, "translated", &[])),
        own_markdown: reply.body_markdown,
        english_markdown: english.body_markdown,
    };
    let note = beside
        .note
        .as_ref()
        .map_or_else(String::new, |n| format!("*{n}*\n\n"));
    reply.body_markdown = format!(
        "{}\n\n{note}**English**\n\n{}",
        beside.own_markdown, beside.english_markdown
    );
    reply.beside = Some(beside);
    // These are held in English only.
    reply.next.clear();
    reply.details_markdown = None;
    reply
}

/// The reply in one language.
fn one(
    plan: &Plan,
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    let told = state.pending.take();
    match plan {
        Plan::Urgent { kind, check } => urgent::say(kind, *check, draft, state, snapshot, book),
        Plan::CouncilNumbers => urgent::numbers(draft, state, snapshot),
        Plan::Safety(how) => urgent::safety(how, draft, state, snapshot, book),
        Plan::Aloud(on) => {
            state.pending = told;
            state.aloud = *on;
            let id = if *on { "aloud_on" } else { "aloud_off" };
            message(id, draft, snapshot)
        }
        Plan::HandOver { .. } => handover::say(plan, draft, state, snapshot, book),
        Plan::PassOn => handover::pass_on(draft, state, snapshot, book),
        Plan::Back => handover::back(draft, state, snapshot, book),
        Plan::NeedsNoted => needs::noted(draft, state, snapshot, book),
        Plan::AskRating(case) => rating::ask(case, draft, snapshot),
        Plan::Rated(rating) => rating::thank(*rating, draft, state, snapshot, book),
        Plan::Answer(places) => {
            let mut reply = answer::say(places, draft, state, snapshot, book);
            if let Some(worry) = &draft.worry {
                let below = triage::plainly(draft) && !worry.first;
                urgent::in_case(&worry.kind, below, &mut reply, draft, state, snapshot);
            }
            reply
        }
        Plan::Services(places) => services::say(places, draft, snapshot, book),
        Plan::Simply => answer::simply(draft, state, snapshot),
        Plan::Scope(at) => {
            let mut reply = scope(*at, draft, snapshot, book);
            if let Some(worry) = &draft.worry {
                urgent::in_case(
                    &worry.kind,
                    !worry.first,
                    &mut reply,
                    draft,
                    state,
                    snapshot,
                );
            }
            reply
        }
        Plan::Clarify { message, choices } => clarify(message, choices, draft, state, snapshot),
        Plan::Repeat => {
            let again = state.last_said.clone();
            match again {
                Some(text) => Reply {
                    body_markdown: text.clone(),
                    summary: text,
                    ..blank(Outcome::SmallTalk, draft, snapshot)
                },
                None => message("nothing_to_repeat", draft, snapshot),
            }
        }
        Plan::Say { message: id, .. } => {
            state.pending = told;
            message(id, draft, snapshot)
        }
        Plan::SwitchedOff => {
            let reason = draft.switched_off.as_deref().unwrap_or_default();
            let said = &snapshot.library.messages;
            let text = said.say(&draft.lang, "switched_off", &[("reason", reason)]);
            Reply {
                reason: Some("switched_off".into()),
                summary: text.clone(),
                body_markdown: text,
                options: vec![person_button(draft, snapshot)],
                ..blank(Outcome::Failed, draft, snapshot)
            }
        }
        Plan::NotOurs => {
            let mut reply = message("not_ours", draft, snapshot);
            reply.outcome = Outcome::Declined;
            reply.reason = Some("out_of_scope.other".into());
            reply.options = vec![person_button(draft, snapshot)];
            receipt(&mut reply, draft, snapshot, book, Vec::new());
            reply
        }
    }
}

/// The ranked list of the first question.
pub(super) fn candidates(draft: &Draft, snapshot: &Snapshot) -> Vec<CandidateShown> {
    let ranked = draft.found.first().into_iter().flat_map(|r| &r.candidates);
    ranked
        .filter_map(|c| {
            let (article, section) = snapshot.library.at(c.place)?;
            Some(CandidateShown {
                article: article.id.clone(),
                section: section.anchor.clone(),
                title: section.heading.clone(),
                score: (c.score * 10_000.0).round() / 10_000.0,
            })
        })
        .collect()
}

/// A reply with nothing said yet.
fn blank(outcome: Outcome, draft: &Draft, snapshot: &Snapshot) -> Reply {
    let ranking = draft.found.first();
    Reply {
        outcome,
        reason: None,
        urgent: false,
        summary: String::new(),
        body_markdown: String::new(),
        heard: None,
        beside: None,
        rule: None,
        help_markdown: None,
        next: Vec::new(),
        details_markdown: None,
        citations: Vec::new(),
        candidates: candidates(draft, snapshot),
        confidence: ranking.map_or(0.0, |r| (r.confidence * 10_000.0).round() / 10_000.0),
        regime: draft.regime.map(|r| r.as_str().to_owned()),
        area: draft.area.clone(),
        as_of: draft.day,
        language: draft.lang.clone(),
        options: Vec::new(),
        case: None,
        attachments: Vec::new(),
        receipt: None,
        timing_ms: Timing::default(),
    }
}

/// A fixed message as a whole reply.
fn message(id: &str, draft: &Draft, snapshot: &Snapshot) -> Reply {
    let text = snapshot.library.messages.say(&draft.lang, id, &[]);
    Reply {
        reason: Some(id.to_owned()),
        summary: text.clone(),
        body_markdown: text,
        ..blank(Outcome::SmallTalk, draft, snapshot)
    }
}

fn clarify(
    message: &str,
    choices: &[(String, String)],
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
) -> Reply {
    state.pending = Some(Pending {
        question: draft.text.clone(),
        choices: choices.to_vec(),
    });
    let mut reply = blank(Outcome::Clarify, draft, snapshot);
    let question = snapshot.library.messages.say(&draft.lang, message, &[]);
    reply.summary = question.clone();
    let list: Vec<String> = choices
        .iter()
        .map(|(label, _)| format!("- {label}"))
        .collect();
    reply.body_markdown = format!("{question}\n\n{}", list.join("\n"));
    reply.options = choices
        .iter()
        .take(BUTTONS)
        .map(|(label, value)| Choice {
            label: label.clone(),
            value: value.clone(),
        })
        .collect();
    reply.reason = Some("one_choice_needed".into());
    reply
}

fn scope(at: usize, draft: &Draft, snapshot: &Snapshot, book: &mut Book<'_>) -> Reply {
    let library = &snapshot.library;
    let Some(rule) = library.rules.scope.get(at) else {
        return message("not_ours", draft, snapshot);
    };
    let outcome = match rule.action {
        ScopeAction::Signpost => Outcome::Signposted,
        ScopeAction::Decline => Outcome::Declined,
    };
    let mut reply = blank(outcome, draft, snapshot);
    reply.reason = Some(rule.reason.clone());
    reply.summary = library.messages.say(&draft.lang, &rule.message, &[]);
    let mut body = vec![reply.summary.clone()];
    let services: Vec<String> = rule
        .services
        .iter()
        .filter_map(|id| service_line(id, snapshot))
        .collect();
    if !services.is_empty() {
        body.push(services.join("\n"));
    }
    let mut cited = Vec::new();
    for id in &rule.articles {
        let Some(article) = library.article(id) else {
            continue;
        };
        let fits = article.summary_for(
            draft.day,
            draft.audience,
            draft.regime,
            draft.area.as_deref(),
        );
        if let (Some(summary), Some(section)) = (fits, article.sections.first()) {
            let shown = library.render(&summary.text, draft.day, &draft.lang);
            body.push(shown.text);
            cite::cite(
                &mut reply.citations,
                article,
                section,
                &shown.rates,
                draft,
                snapshot,
            );
            cited.push(cite::cited(article, section, &shown.rates));
        }
        reply.options.push(Choice {
            label: article.title.clone(),
            value: format!("article:{id}"),
        });
    }
    if !reply.citations.is_empty() {
        body.push(cite::sources_block(
            &reply.citations,
            &draft.lang,
            &snapshot.library.messages,
        ));
    }
    reply.body_markdown = body.join("\n\n");
    reply.options.truncate(BUTTONS - 1);
    reply.options.push(person_button(draft, snapshot));
    receipt(&mut reply, draft, snapshot, book, cited);
    reply
}

/// `- **Name**: 0300 ... (hours) - what for`, with a link where there is one.
fn service_line(id: &str, snapshot: &Snapshot) -> Option<String> {
    let service = snapshot.library.service(id)?;
    let name = service.url.as_ref().map_or_else(
        || service.name.clone(),
        |url| format!("[{}]({url})", service.name),
    );
    let mut line = format!("- **{name}**");
    let reach = service.phone.as_ref().or(service.text.as_ref());
    if let Some(reach) = reach.filter(|r| **r != service.name) {
        line.push_str(&format!(": **{reach}**"));
    }
    if let Some(hours) = &service.hours {
        line.push_str(&format!(" ({hours})"));
    }
    line.push_str(&format!(". {}.", service.what));
    if let Some(note) = &service.note {
        line.push_str(&format!(" {note}"));
    }
    Some(line)
}

fn person_button(draft: &Draft, snapshot: &Snapshot) -> Choice {
    Choice {
        label: snapshot
            .library
            .messages
            .say(&draft.lang, "button_person", &[]),
        value: "human".into(),
    }
}

/// Writes the record of an answer and names it in the reply.
fn receipt(
    reply: &mut Reply,
    draft: &Draft,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
    cited: Vec<crate::casework::Cited>,
) {
    let id = book.ids.receipt();
    reply.receipt = Some(id.clone());
    book.records.receipt = Some(Receipt {
        id,
        conversation: book.conversation.clone(),
        outcome: reply.outcome,
        reason: reply.reason.clone(),
        as_of: reply.as_of,
        confidence: reply.confidence,
        cited,
        library_hash: snapshot.library.hash.clone(),
        at: draft.now.instant,
    });
}

/// Remembers what the answer was about.
fn remember(state: &mut State, topic: Topic, reply: &Reply) {
    state.last = Some(topic);
    if let Some(receipt) = &reply.receipt {
        state.receipts.push(receipt.clone());
        let surplus = state.receipts.len().saturating_sub(10);
        state.receipts.drain(..surplus);
    }
}

/// Notes on the open case, if there is one.
fn note(state: &State, kind: CaseEventKind, detail: &str, book: &mut Book<'_>) {
    if let Some(case) = &state.case {
        book.records.events.push(NewCaseEvent {
            case: case.reference.clone(),
            kind,
            actor: "person".into(),
            detail: detail.to_owned(),
        });
    }
}

/// Urgent help when nothing could be kept: the numbers stand, and nothing is claimed that is not true. `None` for a reply
/// that is not urgent.
pub(super) fn without_record(mut reply: Reply, snapshot: &Snapshot) -> Option<Reply> {
    if !reply.urgent {
        return None;
    }
    if let Some(case) = reply.case.take() {
        let reference = case.reference.to_string();
        for lang in [reply.language.clone(), Lang::english()] {
            let say =
                |id: &str, holes: &[(&str, &str)]| snapshot.library.messages.say(&lang, id, holes);
            let truth = say("urgent_not_logged", &[]);
            for id in ["urgent_told_adviser", "urgent_logged", "urgent_still_here"] {
                let claim = say(id, &[("reference", &reference)]);
                let correct = |text: &mut String| *text = text.replace(&claim, &truth);
                correct(&mut reply.body_markdown);
                if let Some(beside) = reply.beside.as_mut() {
                    correct(&mut beside.own_markdown);
                    correct(&mut beside.english_markdown);
                }
            }
        }
    }
    reply.receipt = None;
    reply.options.retain(|o| !o.value.starts_with("safe:"));
    Some(reply)
}
