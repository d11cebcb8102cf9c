//! Hand-over: the person is told at once, with a reference and when to expect a reply; the adviser gets the packet.
//! What never lives here: the queue and its rules (casework, store).

use super::{
    super::{
        reply::{CaseShown, Choice, Reply},
        snapshot::Snapshot,
        state::{OpenCase, State, Topic},
        step::{Draft, Plan},
    },
    Book, answer, blank, note, person_button, receipt, remember,
};
use crate::{
    base::plain_time,
    casework::{CaseEventKind, CaseKind, NewCase, Outcome, Packet, Priority},
};

/// Hands over: what we can say with its source first, then who has it now and what happens next.
pub(super) fn say(
    plan: &Plan,
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    let Plan::HandOver {
        reason,
        kind,
        priority,
        about,
    } = plan
    else {
        return blank(Outcome::Failed, draft, snapshot);
    };
    let messages = &snapshot.library.messages;
    let mut reply = blank(Outcome::HandedOver, draft, snapshot);
    reply.reason = Some(reason.clone());
    state.awaits_contact = reason == "interpreter";
    let mut cited = Vec::new();
    let mut blocks = Vec::new();
    let part = about.and_then(|place| answer::part(place, draft, snapshot, &mut reply));
    if let Some(part) = part {
        blocks.push(part.short.clone());
        blocks.push(part.rule.clone());
        reply.rule = Some(part.rule);
        reply.details_markdown = Some(part.details).filter(|d| !d.is_empty());
        cited = part.cited;
    }
    let opening = messages.say(&draft.lang, &format!("handover_{reason}"), &[]);
    let already = state.case.is_some() && reason == "asked_for_person";
    let case = open(*kind, *priority, reason, draft, state, snapshot, book);
    let told = told(&case, already, draft, snapshot);
    reply.summary = match blocks.first() {
        Some(short) => format!("{short} {opening}"),
        None => opening.clone(),
    };
    blocks.push(opening);
    if reason == "low_confidence" {
        blocks.extend(nearest(draft, snapshot));
    }
    blocks.push(told);
    blocks.extend(
        messages
            .has("handover_if_worse")
            .then(|| messages.say(&draft.lang, "handover_if_worse", &[])),
    );
    if !reply.citations.is_empty() {
        blocks.push(super::cite::sources_block(
            &reply.citations,
            draft,
            snapshot,
        ));
    }
    reply.case = Some(case);
    reply.body_markdown = blocks.join("\n\n");
    receipt(&mut reply, draft, snapshot, book, cited);
    if let Some((article, section)) = about.and_then(|p| snapshot.library.at(p)) {
        let topic = Topic {
            article: article.id.clone(),
            section: section.anchor.clone(),
            question: draft.text.clone(),
        };
        remember(state, topic, &reply);
    }
    reply
}

/// What is close and sourced: up to two titles as a line, never dressed as an answer.
fn nearest(draft: &Draft, snapshot: &Snapshot) -> Option<String> {
    let mut titles: Vec<&str> = Vec::new();
    for candidate in draft.found.iter().flat_map(|r| &r.candidates).take(4) {
        if let Some((article, _)) = snapshot.library.at(candidate.place)
            && !titles.contains(&article.title.as_str())
        {
            titles.push(&article.title);
        }
    }
    titles.truncate(2);
    let list = titles.join("; ");
    (!titles.is_empty()).then(|| {
        snapshot
            .library
            .messages
            .say(&draft.lang, "handover_nearest", &[("titles", &list)])
    })
}

/// Reference and expected time, promised only where advisers are set up.
fn told(case: &CaseShown, already: bool, draft: &Draft, snapshot: &Snapshot) -> String {
    let messages = &snapshot.library.messages;
    let reference = case.reference.to_string();
    let by = case.reply_expected_by.map(plain_time);
    let id = match (already, &by) {
        (true, _) => "case_already_open",
        (false, Some(_)) => "case_opened_by",
        (false, None) => "case_opened",
    };
    messages.say(
        &draft.lang,
        id,
        &[
            ("reference", &reference),
            ("time", by.as_deref().unwrap_or("")),
        ],
    )
}

/// Opens a case, or takes up the one that is open already (an urgent reason raises a normal one by opening a new case).
pub(super) fn open(
    kind: CaseKind,
    priority: Priority,
    reason: &str,
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> CaseShown {
    let keep = state
        .case
        .clone()
        .filter(|c| c.urgent || priority != Priority::Urgent);
    let packet = packet(draft, state);
    if let Some(open) = keep {
        if let Some(case) = state.case.as_mut() {
            // Asking for a person again brings the human back into the thread.
            case.went_back = false;
        }
        note(
            state,
            CaseEventKind::PersonWrote,
            &format!("reason={reason}"),
            book,
        );
        book.records.packets.push((open.reference.clone(), packet));
        let priority = if open.urgent {
            Priority::Urgent
        } else {
            priority
        };
        let by = expected(priority, draft, snapshot);
        return CaseShown {
            reference: open.reference,
            priority,
            reply_expected_by: by,
        };
    }
    let reference = book.ids.case();
    let by = expected(priority, draft, snapshot);
    book.records.opened.push(NewCase {
        reference: reference.clone(),
        conversation: book.conversation.clone(),
        priority,
        kind,
        reason: reason.to_owned(),
        area: draft.area.clone(),
        packet,
        reply_expected_by: by,
    });
    state.case = Some(OpenCase {
        reference: reference.clone(),
        urgent: priority == Priority::Urgent,
        human_owns: false,
        went_back: false,
    });
    CaseShown {
        reference,
        priority,
        reply_expected_by: by,
    }
}

/// When to expect a reply; `None` where no advisers are set up: nothing is promised then.
fn expected(priority: Priority, draft: &Draft, snapshot: &Snapshot) -> Option<jiff::Timestamp> {
    let (area, areas) = (draft.area.as_deref(), &snapshot.library.areas);
    let from = draft.now.instant;
    snapshot
        .staffing
        .reply_expected_by(priority, area, areas, from)
}

/// What the adviser needs in order not to ask everything again.
pub(super) fn packet(draft: &Draft, state: &State) -> Packet {
    let mut own_words = state.own_words.clone();
    let last = crate::base::clip(&draft.said, 1000);
    if !last.is_empty() && own_words.last() != Some(&last) {
        own_words.push(last);
    }
    let nearest = state
        .last
        .iter()
        .map(|t| format!("{}#{}", t.article, t.section))
        .collect();
    Packet {
        own_words,
        regime: draft.regime.map(|r| r.as_str().to_owned()),
        area: draft.area.clone().or_else(|| state.area.clone()),
        audience: draft.audience.map(|a| a.as_str().to_owned()),
        language: draft.spoken.code().to_owned(),
        receipts: state.receipts.clone(),
        unanswered: (!draft.found.is_empty()).then(|| crate::base::clip(&draft.text, 500)),
        nearest,
        safe_to_contact: state.safe_to_contact.clone(),
        needs: state.needs.clone(),
    }
}

/// A human owns the thread: the message goes to them; the assistant stays silent but for saying so.
pub(super) fn pass_on(
    draft: &Draft,
    state: &State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    note(state, CaseEventKind::PersonWrote, "to=adviser", book);
    if let Some(case) = state.case.as_ref().filter(|_| !draft.needs.is_empty()) {
        let packet = packet(draft, state);
        book.records.packets.push((case.reference.clone(), packet));
    }
    let messages = &snapshot.library.messages;
    let mut reply = blank(Outcome::HandedOver, draft, snapshot);
    reply.reason = Some("adviser_has_it".into());
    reply.summary = messages.say(&draft.lang, "passed_on", &[]);
    reply.body_markdown = reply.summary.clone();
    reply.case = state.case.as_ref().map(|c| CaseShown {
        reference: c.reference.clone(),
        priority: if c.urgent {
            Priority::Urgent
        } else {
            Priority::Normal
        },
        reply_expected_by: None,
    });
    reply.options = vec![Choice {
        label: messages.say(&draft.lang, "button_back", &[]),
        value: "back".into(),
    }];
    reply
}

/// Back to the assistant; the case stays with its adviser until it is closed.
pub(super) fn back(
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    note(state, CaseEventKind::BackToAssistant, "", book);
    if let Some(case) = state.case.as_mut() {
        case.human_owns = false;
        case.went_back = true;
    }
    let mut reply = super::message("back_again", draft, snapshot);
    reply.options = vec![person_button(draft, snapshot)];
    reply
}
