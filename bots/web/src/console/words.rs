//! Codes as advisers read them: states, kinds, outcomes, needs, events, times.
//! What never lives here: what people are told (knowledge/messages), deciding anything.

use jiff::Timestamp;
use waymark::{
    base::plain_time,
    casework::{
        CaseEvent, CaseKind, CaseState, Channel, ClientGroup, Consent, ContactBy, Decision, Format,
        Link, Priority, RequestKind,
    },
};

/// A code with its words, as menus offer it.
pub(crate) type Choice<T> = (T, &'static str, &'static str);

/// Value for the form, then words.
pub(crate) const KINDS: [Choice<CaseKind>; 8] = [
    (CaseKind::Question, "question", "Question"),
    (CaseKind::Safeguarding, "safeguarding", "Safeguarding"),
    (CaseKind::Complaint, "complaint", "Complaint"),
    (
        CaseKind::DataProtection,
        "data_protection",
        "Data protection request",
    ),
    (CaseKind::SetUp, "set_up", "Setting up a direct payment"),
    (CaseKind::Recruitment, "recruitment", "Recruitment help"),
    (CaseKind::Money, "money", "Monitoring or unspent money"),
    (CaseKind::Other, "other", "Something else"),
];

pub(crate) const PRIORITIES: [Choice<Priority>; 3] = [
    (Priority::Urgent, "urgent", "Urgent"),
    (Priority::High, "high", "High"),
    (Priority::Normal, "normal", "Normal"),
];

pub(crate) const GROUPS: [Choice<ClientGroup>; 11] = [
    (
        ClientGroup::PhysicalDisability,
        "physical_disability",
        "Physical disability",
    ),
    (ClientGroup::Sensory, "sensory", "Blind, deaf or both"),
    (
        ClientGroup::LearningDisability,
        "learning_disability",
        "Learning disability",
    ),
    (ClientGroup::Autism, "autism", "Autism"),
    (ClientGroup::MentalHealth, "mental_health", "Mental health"),
    (ClientGroup::OlderPerson, "older_person", "Older person"),
    (
        ClientGroup::DisabledChild,
        "disabled_child",
        "Disabled child and family",
    ),
    (
        ClientGroup::YoungAdult,
        "young_adult",
        "Young adult, 16 to 25",
    ),
    (ClientGroup::Carer, "carer", "Unpaid carer"),
    (
        ClientGroup::PersonalAssistant,
        "personal_assistant",
        "Personal assistant",
    ),
    (ClientGroup::Other, "other", "Somebody else"),
];

pub(super) const FORMATS: [Choice<Format>; 8] = [
    (Format::LargePrint, "large_print", "Large print"),
    (Format::EasyRead, "easy_read", "Easy read"),
    (Format::Braille, "braille", "Braille"),
    (Format::Audio, "audio", "Audio"),
    (Format::Bsl, "bsl", "British Sign Language"),
    (Format::Relay, "relay", "Relay UK"),
    (Format::NoPhone, "no_phone", "Not by phone"),
    (Format::Supporter, "supporter", "Somebody beside them"),
];

pub(super) const CONTACTS: [Choice<ContactBy>; 5] = [
    (ContactBy::Here, "here", "Where they wrote"),
    (ContactBy::Phone, "phone", "Phone call"),
    (ContactBy::Text, "text", "Text message"),
    (ContactBy::Email, "email", "E-mail"),
    (ContactBy::Post, "post", "Letter"),
];

pub(super) const CONSENTS: [Choice<Consent>; 3] = [
    (Consent::Share, "share", "May be shared with their council"),
    (Consent::Here, "here", "Only with advisers here"),
    (Consent::Refused, "refused", "Asked, and refused"),
];

pub(super) const LINKS: [Choice<Link>; 3] = [
    (Link::Duplicate, "duplicate", "The same matter twice"),
    (
        Link::SamePerson,
        "same_person",
        "The same person, on another channel or again",
    ),
    (Link::Related, "related", "Belongs together"),
];

pub(super) const REQUESTS: [Choice<RequestKind>; 3] = [
    (RequestKind::Access, "access", "A copy of their data"),
    (RequestKind::Erasure, "erasure", "Erasure"),
    (
        RequestKind::Complaint,
        "complaint",
        "Data protection complaint",
    ),
];

pub(super) const DECISIONS: [Choice<Decision>; 4] = [
    (Decision::Granted, "granted", "Done as asked"),
    (Decision::Partly, "partly", "Done in part"),
    (Decision::Refused, "refused", "Refused"),
    (Decision::Withdrawn, "withdrawn", "Taken back by the person"),
];

/// What happened to a request.
fn request(code: impl Fn(&str) -> String) -> String {
    let (kind, decision) = (code("kind"), code("decision"));
    let known = |pairs: Vec<(&str, &'static str)>, value: &str| {
        let found = pairs.into_iter().find(|(v, _)| *v == value);
        found.map_or("", |(_, words)| words).to_owned()
    };
    if !kind.is_empty() {
        let kinds = REQUESTS.map(|(_, v, w)| (v, w)).to_vec();
        return format!("Request recorded: {}", known(kinds, &kind));
    }
    if !decision.is_empty() {
        let decisions = DECISIONS.map(|(_, v, w)| (v, w)).to_vec();
        return format!("Request decided: {}", known(decisions, &decision));
    }
    match code("move").as_str() {
        "acknowledged" => "The person was told that the request came in",
        "clock_stopped" => "The clock was stopped",
        "clock_started" => "The clock was started again",
        "extended" => "The request was extended by two months",
        _ => "Request",
    }
    .to_owned()
}

/// The outcome codes in words; the codes are casework's.
pub(crate) const OUTCOMES: [(&str, &str); 10] = [
    ("answered", "Answered"),
    ("signposted", "Signposted elsewhere"),
    ("referred", "Referred to the council"),
    ("set_up_started", "Setting up has started"),
    ("safeguarding_passed", "Passed to safeguarding"),
    ("request_decided", "Request decided"),
    ("duplicate", "Duplicate"),
    ("withdrawn", "Withdrawn by the person"),
    ("no_reply", "No reply from the person"),
    ("other", "Other"),
];

/// Why a suggested reply was rejected.
pub(super) const REJECTIONS: [(&str, &str); 5] = [
    ("not_asked", "It answers something else"),
    ("wrong", "It is wrong"),
    ("out_of_date", "It is out of date"),
    ("too_hard", "It is too hard to read"),
    ("incomplete", "Something is missing"),
];

/// The code behind a form's value.
pub(super) fn code<T: Copy>(choices: &[Choice<T>], value: &str) -> Option<T> {
    let found = choices.iter().find(|(_, v, _)| *v == value);
    found.map(|(code, _, _)| *code)
}

/// The words of a code.
pub(super) fn words<T: Copy + PartialEq>(choices: &[Choice<T>], code: T) -> &'static str {
    let found = choices.iter().find(|(c, _, _)| *c == code);
    found.map_or("", |(_, _, words)| words)
}

/// The form's value of a code.
pub(super) fn value<T: Copy + PartialEq>(choices: &[Choice<T>], code: T) -> &'static str {
    let found = choices.iter().find(|(c, _, _)| *c == code);
    found.map_or("", |(_, value, _)| value)
}

pub(super) fn state(state: CaseState) -> &'static str {
    match state {
        CaseState::Waiting => "Nobody has it",
        CaseState::Claimed => "Being worked on",
        CaseState::WaitingForPerson => "Waiting for the person",
        CaseState::Snoozed => "Put aside",
        CaseState::Closed => "Closed",
    }
}

pub(super) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => "Web chat",
        Channel::Terminal => "Terminal",
        Channel::Telegram => "Telegram",
        Channel::Phone => "Phone",
        Channel::WalkIn => "At the door",
    }
}

pub(super) fn outcome(code: &str) -> String {
    let found = OUTCOMES.iter().find(|(c, _)| *c == code);
    found.map_or_else(|| code.to_owned(), |(_, words)| (*words).to_owned())
}

/// Whether it is safe to write to the person, as they said.
pub(super) fn safety(said: &str) -> &'static str {
    match said {
        "no" => "They said that it is not safe to write here.",
        "call" => "They asked to be called instead of written to.",
        _ => "They said that it is safe to write here.",
    }
}

/// `in 2 hours`, `now`, `just now`, `3 days ago`.
pub(super) fn near(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.as_second() - now.as_second();
    let minutes = seconds.abs() / 60;
    let (number, unit) = match minutes {
        0 if seconds < 0 => return "just now".to_owned(),
        0 => return "now".to_owned(),
        1..60 => (minutes, "minute"),
        60..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    match seconds > 0 {
        true => format!("in {number} {unit}{plural}"),
        false => format!("{number} {unit}{plural} ago"),
    }
}

/// An event of the history: what happened, in words.
pub(super) fn event(event: &CaseEvent) -> String {
    let event = &event.event;
    let code = |key: &str| event.code(key).unwrap_or("");
    match event.kind.as_str() {
        "opened" => "Opened".to_owned(),
        "person_wrote" => "The person wrote again".to_owned(),
        "contact_safety" => "The person said how it is safe to reach them".to_owned(),
        "read" => "Looked at".to_owned(),
        "claimed" => "Claimed".to_owned(),
        "replied" => "Replied".to_owned(),
        "closed" => format!("Closed: {}", outcome(code("outcome")).to_lowercase()),
        "reopened" => "Opened again".to_owned(),
        "back_to_assistant" => "The person went back to the assistant".to_owned(),
        "erased" => "The words were erased".to_owned(),
        "assigned" => format!("Handed to {}", code("to")),
        "released" => "Given back to the queue".to_owned(),
        "snoozed" => {
            let until = code("until").parse::<Timestamp>();
            format!(
                "Put aside until {}",
                until.map_or_else(|_| "later".to_owned(), plain_time)
            )
        }
        "woken" => "Taken up again".to_owned(),
        "noted" => "Note added".to_owned(),
        "changed" => format!(
            "Changed: {}",
            event.detail.replace('=', " to ").replace('_', " ")
        ),
        "needs_changed" => "Communication needs changed".to_owned(),
        "linked" => format!("Linked with {}", code("with")),
        "unlinked" => format!("Link with {} removed", code("from")),
        "delivery_failed" => "A reply did not arrive".to_owned(),
        "suggestion_rejected" => "Suggested reply rejected".to_owned(),
        "rating_asked" => "The person was asked whether it helped".to_owned(),
        "rated" => format!("The person said whether it helped: {}", code("rating")),
        "alerted" => "Staff were alerted".to_owned(),
        "request" => request(|key| code(key).to_owned()),
        "exported" => "Content given out".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_of_casework_has_words() {
        for code in waymark::casework::OUTCOMES {
            assert_ne!(outcome(code), code, "{code}");
        }
    }

    #[test]
    fn times_are_near() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let of = |text: &str| near(text.parse().unwrap(), now);
        assert_eq!(of("2026-11-22T12:00:30Z"), "now");
        assert_eq!(of("2026-11-22T11:59:30Z"), "just now");
        assert_eq!(of("2026-11-22T12:01:00Z"), "in 1 minute");
        assert_eq!(of("2026-11-22T09:00:00Z"), "3 hours ago");
        assert_eq!(of("2026-11-25T12:00:00Z"), "in 3 days");
    }
}
