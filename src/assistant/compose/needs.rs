//! What was noted about how to communicate, said back so that it can be put right.
//! What never lives here: hearing it (needs.rs of the assistant).

use super::{
    super::{
        reply::{CaseShown, Reply},
        snapshot::Snapshot,
        state::State,
        step::Draft,
    },
    Book, handover, message,
};
use crate::casework::{ContactBy, Format, Priority};

/// Notes it on the open case and says what was understood.
pub(super) fn noted(
    draft: &Draft,
    state: &State,
    snapshot: &Snapshot,
    book: &mut Book<'_>,
) -> Reply {
    let messages = &snapshot.library.messages;
    let mut ids: Vec<&str> = draft.needs.formats.iter().map(|f| format(*f)).collect();
    if draft.needs.interpreter.is_some() {
        ids.push("need_interpreter");
    }
    ids.extend(draft.needs.contact.map(contact));
    if draft.needs.reach_at.is_some() {
        ids.push("need_number");
    }
    if draft.needs.call_back.is_some() {
        ids.push("need_when");
    }
    let said: Vec<String> = ids
        .into_iter()
        .map(|id| messages.say(&draft.lang, id, &[]))
        .collect();
    let mut reply = message("needs_noted", draft, snapshot);
    let list = [("needs", &*said.join(", "))];
    reply.summary = messages.say(&draft.lang, "needs_noted", &list);
    reply.body_markdown = reply.summary.clone();
    if let Some(case) = &state.case {
        let packet = handover::packet(draft, state);
        book.records.packets.push((case.reference.clone(), packet));
        reply.case = Some(CaseShown {
            reference: case.reference.clone(),
            priority: if case.urgent {
                Priority::Urgent
            } else {
                Priority::Normal
            },
            reply_expected_by: None,
        });
    }
    reply
}

fn format(format: Format) -> &'static str {
    match format {
        Format::LargePrint => "need_large_print",
        Format::EasyRead => "need_easy_read",
        Format::Braille => "need_braille",
        Format::Audio => "need_audio",
        Format::Bsl => "need_bsl",
        Format::Relay => "need_relay",
        Format::NoPhone => "need_no_phone",
        Format::Supporter => "need_supporter",
    }
}

fn contact(by: ContactBy) -> &'static str {
    match by {
        ContactBy::Here => "contact_here",
        ContactBy::Phone => "contact_phone",
        ContactBy::Text => "contact_text",
        ContactBy::Email => "contact_email",
        ContactBy::Post => "contact_post",
    }
}
