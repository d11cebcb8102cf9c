//! Urgent help: heard, what to do now, the right numbers for the area and the hour, is it safe to write, a logged case.
//! What never lives here: recognising it (triage.rs); any other help or marketing.

use super::{
    super::{
        actions,
        reply::{CaseShown, Choice, Reply},
        snapshot::Snapshot,
        staffing::closed_days,
        state::State,
        step::Draft,
    },
    BUTTONS, Book, blank, handover, note, receipt, service_line,
};
use crate::{
    casework::{Calendar, CaseEventKind, CaseKind, Outcome, Priority, ServiceHours},
    knowledge::{CouncilLine, PhraseSet, TriageKind},
};

/// Answers a cry for help at once and opens an urgent case (or raises the open one). A doubtful one gets a gentle question
/// with the numbers; no case is opened before the person says so.
pub(super) fn say(
    kind: &str,
    check: bool,
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    let mut reply = blank(Outcome::Urgent, draft, snapshot);
    reply.urgent = true;
    reply.reason = Some(format!("{}{kind}", if check { "check." } else { "" }));
    let rules = &snapshot.library.rules;
    let Some(said) = rules
        .triage_kinds
        .get(kind)
        .or_else(|| rules.triage_kinds.get("danger_now"))
    else {
        // Without the list (broken content) the one number that always holds is still given.
        reply.summary = "999".into();
        reply.body_markdown = "999".into();
        return reply;
    };
    let messages = &snapshot.library.messages;
    let tell = |id: &str| messages.say(&draft.lang, id, &[]);
    state.urgent_kind = Some(kind.to_owned());
    reply.summary = tell(if check {
        "urgent_check_opening"
    } else {
        &said.opening
    });
    let mut blocks = vec![reply.summary.clone()];
    if check {
        blocks.push(tell("urgent_check_question"));
        blocks.push(tell("urgent_check_numbers"));
        blocks.push(numbers_for(said, draft, snapshot));
        reply.options = vec![
            Choice {
                label: tell("urgent_check_yes"),
                value: actions::NEED_HELP.into(),
            },
            Choice {
                label: tell("urgent_check_no"),
                value: actions::ANSWER.into(),
            },
            Choice {
                label: tell("urgent_check_talk"),
                value: "human".into(),
            },
        ];
    } else {
        let also = beside(kind, draft, snapshot).filter(|id| !said.steps.contains(id));
        let steps: Vec<String> = said
            .steps
            .iter()
            .chain(&also)
            .map(|s| format!("- {}", tell(s)))
            .collect();
        blocks.push(steps.join("\n"));
        blocks.push(numbers_for(said, draft, snapshot));
        blocks.push(log(draft, state, snapshot, book, &mut reply));
        blocks.push(tell("urgent_safe_question"));
        for how in ["yes", "call", "no"] {
            let label = tell(&format!("urgent_safe_{how}"));
            reply.options.push(Choice {
                label,
                value: format!("safe:{how}"),
            });
        }
    }
    if draft.area.is_none() && said.council != CouncilLine::None {
        blocks.push(tell("urgent_area_ask"));
        reply.options.extend(area_choices(snapshot));
    }
    blocks.retain(|b| !b.is_empty());
    reply.body_markdown = blocks.join("\n\n");
    receipt(&mut reply, draft, snapshot, book, Vec::new());
    reply
}

/// Beside the answer to a message that perhaps asked for help too: who will listen, and a button that says so. It stands first, with
/// the gentle question, unless `below`.
pub(super) fn in_case(
    kind: &str,
    below: bool,
    reply: &mut Reply,
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
) {
    let Some(said) = snapshot.library.rules.triage_kinds.get(kind) else {
        return;
    };
    let messages = &snapshot.library.messages;
    let tell = |id: &str| messages.say(&draft.lang, id, &[]);
    let words: &[&str] = if below {
        &["urgent_in_case"]
    } else {
        &[
            "urgent_check_opening",
            "urgent_check_question",
            "urgent_check_numbers",
        ]
    };
    let numbers = numbers_for(said, draft, snapshot);
    let lines = words.iter().map(|id| tell(id)).chain([numbers]);
    let help = lines.collect::<Vec<_>>().join("\n\n");
    reply.body_markdown = if below {
        format!("{}\n\n{help}", reply.body_markdown)
    } else {
        reply.urgent = true;
        reply.reason = Some(format!("check.{kind}"));
        format!("{help}\n\n{}", reply.body_markdown)
    };
    reply.help_markdown = Some(help);
    state.urgent_kind = Some(kind.to_owned());
    let help = Choice {
        label: tell("urgent_in_case_yes"),
        value: actions::NEED_HELP.into(),
    };
    reply.options.insert(0, help);
    reply.options.truncate(BUTTONS);
}

/// The step of another kind that the message speaks of too: a taken bank card beside violence.
fn beside(kind: &str, draft: &Draft, snapshot: &Snapshot) -> Option<String> {
    let kinds = &snapshot.library.rules.triage_kinds;
    let others = kinds.iter().filter(|(name, _)| *name != kind);
    let spoken_of = |said: &TriageKind| {
        PhraseSet::parse(&said.beside_phrases)
            .0
            .first_in(&draft.folded)
            .is_some()
    };
    others
        .filter(|(_, said)| spoken_of(said))
        .find_map(|(_, said)| said.beside.clone())
}

/// Who helps with this: the services of the kind, then the council's own lines.
fn numbers_for(said: &TriageKind, draft: &Draft, snapshot: &Snapshot) -> String {
    let mut lines: Vec<String> = said
        .services
        .iter()
        .filter_map(|s| service_line(s, snapshot))
        .collect();
    lines.extend(council_lines(said, draft, snapshot));
    lines.join("\n")
}

/// Opens the urgent case, or raises the one that is open; what was done, in words that are true.
fn log(
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
    reply: &mut Reply,
) -> String {
    let messages = &snapshot.library.messages;
    let again = state.case.as_ref().is_some_and(|c| c.urgent);
    let case = if again {
        note(state, CaseEventKind::PersonWrote, "urgent=again", book);
        state.case.as_ref().map(|c| CaseShown {
            reference: c.reference.clone(),
            priority: Priority::Urgent,
            reply_expected_by: None,
        })
    } else {
        let reason = reply.reason.clone().unwrap_or_default();
        Some(handover::open(
            CaseKind::Safeguarding,
            Priority::Urgent,
            &reason,
            draft,
            state,
            snapshot,
            book,
        ))
    };
    reply.case = case;
    let Some(case) = &reply.case else {
        return String::new();
    };
    let reference = case.reference.to_string();
    let id = match (again, snapshot.staffing.duty_adviser) {
        (true, _) => "urgent_still_here",
        (false, true) => "urgent_told_adviser",
        (false, false) => "urgent_logged",
    };
    messages.say(&draft.lang, id, &[("reference", &reference)])
}

/// The council's lines: the one that answers at this hour first.
fn council_lines(said: &TriageKind, draft: &Draft, snapshot: &Snapshot) -> Vec<String> {
    let library = &snapshot.library;
    let Some(area) = draft.area.as_deref().and_then(|a| library.areas.get(a)) else {
        return Vec::new();
    };
    let day_line = match said.council {
        CouncilLine::None => return Vec::new(),
        CouncilLine::Adult => &area.adult_safeguarding,
        CouncilLine::Child => &area.child_safeguarding,
    };
    let hours: Vec<ServiceHours> = area
        .service_hours
        .iter()
        .filter_map(|h| ServiceHours::parse(h).ok())
        .collect();
    let closed = closed_days(draft.area.as_deref(), &library.areas);
    let open = Calendar::new(hours, closed, &[]).is_open(draft.now.instant);
    let line =
        |service: &Option<String>| service.as_deref().and_then(|id| service_line(id, snapshot));
    let (day, night) = (line(day_line), line(&area.out_of_hours));
    let ordered = if open { [day, night] } else { [night, day] };
    ordered.into_iter().flatten().collect()
}

fn area_choices(snapshot: &Snapshot) -> Vec<Choice> {
    let with_line = snapshot
        .library
        .areas
        .iter()
        .filter(|(_, a)| a.adult_safeguarding.is_some());
    with_line
        .map(|(id, a)| Choice {
            label: a.name.clone(),
            value: format!("area:{id}"),
        })
        .collect()
}

/// A council was chosen after urgent help: its numbers, nothing else.
pub(super) fn numbers(draft: &Draft, state: &mut State, snapshot: &Snapshot) -> Reply {
    // The press names the area; the draft's text is the area's name.
    let chosen =
        crate::knowledge::find_area(&snapshot.library.areas, &draft.text).map(str::to_owned);
    state.area = chosen.clone().or_else(|| state.area.clone());
    let mut reply = blank(Outcome::Urgent, draft, snapshot);
    reply.urgent = true;
    reply.area.clone_from(&state.area);
    let here = Draft {
        area: state.area.clone(),
        ..draft.clone()
    };
    let kinds = &snapshot.library.rules.triage_kinds;
    let said = state.urgent_kind.as_deref().and_then(|k| kinds.get(k));
    let lines = said.map_or_else(Vec::new, |s| council_lines(s, &here, snapshot));
    reply.summary = snapshot
        .library
        .messages
        .say(&draft.lang, "urgent_council_numbers", &[]);
    reply.body_markdown = format!("{}\n\n{}", reply.summary, lines.join("\n"));
    reply.reason = Some("council_numbers".into());
    reply
}

/// Whether it is safe to write here: kept in the case, confirmed in words.
pub(super) fn safety(
    how: &str,
    draft: &Draft,
    state: &mut State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    state.safe_to_contact = Some(how.to_owned());
    state.awaits_contact = how == "call";
    note(
        state,
        CaseEventKind::ContactSafety,
        &format!("safe={how}"),
        book,
    );
    if let Some(case) = &state.case {
        let packet = handover::packet(draft, state);
        book.records.packets.push((case.reference.clone(), packet));
    }
    let mut reply = blank(Outcome::Urgent, draft, snapshot);
    reply.urgent = true;
    reply.reason = Some(format!("safe_{how}"));
    reply.summary =
        snapshot
            .library
            .messages
            .say(&draft.lang, &format!("urgent_safe_{how}_reply"), &[]);
    reply.body_markdown = reply.summary.clone();
    reply
}
