//! Which fixed messages this room says, so that a missing one is a complaint and no hole in a reply.
//! What never lives here: the messages themselves (knowledge).

use crate::knowledge::{Complaint, Library};

/// Every fixed message this room says by name. Those named by word lists are checked where the lists are.
const MESSAGES: &[&str] = &[
    "aloud_off",
    "aloud_on",
    "answer_in_english",
    "area_noted",
    "as_of",
    "as_of_other_day",
    "back_again",
    "button_aloud",
    "button_back",
    "button_interpreter",
    "button_none_of_these",
    "button_not_aloud",
    "button_person",
    "button_simple",
    "case_already_open",
    "case_closed_ask",
    "case_opened",
    "case_opened_by",
    "change_ahead",
    "contact_email",
    "contact_here",
    "contact_phone",
    "contact_post",
    "contact_text",
    "did_you_mean",
    "empty",
    "figure_missing",
    "handover_asked_for_person",
    "handover_complaint",
    "handover_data_protection",
    "handover_if_worse",
    "handover_interpreter",
    "handover_language",
    "handover_low_confidence",
    "handover_nearest",
    "handover_needs_adviser",
    "need_audio",
    "need_braille",
    "need_bsl",
    "need_easy_read",
    "need_interpreter",
    "need_large_print",
    "need_no_phone",
    "need_number",
    "need_relay",
    "need_supporter",
    "need_when",
    "needs_noted",
    "next_heading",
    "kind_council",
    "language_noted",
    "languages",
    "kind_official_guidance",
    "kind_organisation",
    "kind_paper",
    "no_words",
    "not_ours",
    "nothing_to_repeat",
    "passed_on",
    "phone_missing",
    "rate_not_announced",
    "rate_not_held",
    "rating_no",
    "rating_partly",
    "rating_skip",
    "rating_skipped",
    "rating_sorry",
    "rating_thanks",
    "rating_yes",
    "rule_adults",
    "rule_all",
    "rule_children",
    "rule_education",
    "rule_employment",
    "rule_health",
    "rule_local",
    "service_ages_between",
    "service_ages_from",
    "service_ages_to",
    "service_checked",
    "service_cost",
    "service_email",
    "service_hours",
    "service_phone",
    "service_run_by",
    "service_taken",
    "service_where",
    "service_who",
    "services_found",
    "services_note",
    "services_which_area",
    "source_checked",
    "source_unconfirmed",
    "sources_heading",
    "standing_council_policy",
    "standing_good_practice",
    "standing_law",
    "standing_statutory_guidance",
    "translated",
    "urgent_area_ask",
    "urgent_check_no",
    "urgent_check_numbers",
    "urgent_check_opening",
    "urgent_check_question",
    "urgent_check_talk",
    "urgent_check_yes",
    "urgent_council_numbers",
    "urgent_in_case",
    "urgent_in_case_yes",
    "urgent_logged",
    "urgent_not_logged",
    "urgent_safe_call",
    "urgent_safe_call_reply",
    "urgent_safe_no",
    "urgent_safe_no_reply",
    "urgent_safe_question",
    "urgent_safe_yes",
    "urgent_safe_yes_reply",
    "urgent_still_here",
    "urgent_told_adviser",
    "voice_heard",
    "voice_not_that",
    "voice_i_said",
    "voice_did_you_say",
    "voice_neither",
    "voice_say_again",
    "voice_no_speech",
    "voice_unclear",
    "voice_other_language",
    "voice_unheard",
    "voice_too_long",
    "voice_not_sound",
    "voice_absent",
    "voice_busy",
    "switched_off",
];

/// Complaints about messages that this room says and the library does not hold.
pub fn missing_messages(library: &Library) -> Vec<Complaint> {
    let rules = &library.rules;
    let settled = |i: &&str| {
        !i.contains(':')
            && !matches!(
                *i,
                "human" | "complaint" | "data_protection" | "repeat" | "simple"
            )
    };
    let intents = rules
        .intake
        .iter()
        .map(|r| r.intent.as_str())
        .filter(settled)
        .map(str::to_owned);
    let reasons = rules
        .handover
        .iter()
        .map(|r| format!("handover_{}", r.reason));
    let mut wanted: Vec<String> = MESSAGES
        .iter()
        .chain(super::super::reception::MESSAGES)
        .map(|id| (*id).to_owned())
        .chain(intents)
        .chain(reasons)
        .collect();
    wanted.sort();
    wanted.dedup();
    wanted
        .into_iter()
        .filter(|id| !library.messages.has(id))
        .map(|id| {
            Complaint::error(
                "messages/en.toml",
                1,
                format!("message '{id}' is said but does not exist"),
            )
        })
        .collect()
}
