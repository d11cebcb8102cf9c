//! Which fixed messages the reception says, and what its fixed buttons mean.
//! What never lives here: the messages themselves (knowledge).

/// What a fixed button means, by its label's id.
pub(super) fn meaning(label: &str) -> &'static str {
    match label {
        "button_delete_yes" => "delete:yes",
        "button_delete_no" => "delete:no",
        _ => "human",
    }
}

/// Every fixed message of channels that we push to; `delivery` says the adviser's line.
pub(in super::super) const MESSAGES: &[&str] = &[
    "adviser_says",
    "button_answer_this",
    "button_delete_no",
    "button_delete_yes",
    "button_details",
    "button_language",
    "button_listen",
    "button_sources",
    "push_button_gone",
    "push_cannot_speak",
    "push_carried",
    "push_contact",
    "push_delete_asked",
    "push_delete_sure",
    "push_deleted",
    "push_edited",
    "push_export",
    "push_failed",
    "push_file",
    "push_first",
    "push_group",
    "push_help",
    "push_help_voice",
    "push_kept",
    "push_language",
    "push_link_gone",
    "push_new",
    "push_no_such_command",
    "push_picture",
    "push_place",
    "push_privacy",
    "push_reading",
    "push_start",
    "push_sticker",
    "push_stop",
    "push_translated",
    "push_unknown",
    "push_voice_help",
    "push_voice_kept",
    "push_words_only",
    "source_first",
];
