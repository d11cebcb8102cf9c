//! Languages by their English names: a report is read by people who read English.
//! What never lives here: the names that people choose their language by (knowledge/messages).

/// Those that people can be answered in, and those that are told apart.
const NAMES: [(&str, &str); 44] = [
    ("am", "Amharic"),
    ("ar", "Arabic"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("cs", "Czech"),
    ("cy", "Welsh"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("et", "Estonian"),
    ("fa", "Persian"),
    ("fr", "French"),
    ("gu", "Gujarati"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hu", "Hungarian"),
    ("hy", "Armenian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ka", "Georgian"),
    ("ko", "Korean"),
    ("lt", "Lithuanian"),
    ("lv", "Latvian"),
    ("ml", "Malayalam"),
    ("mr", "Marathi"),
    ("my", "Burmese"),
    ("ne", "Nepali"),
    ("nl", "Dutch"),
    ("pa", "Punjabi"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("si", "Sinhala"),
    ("sk", "Slovak"),
    ("ta", "Tamil"),
    ("te", "Telugu"),
    ("th", "Thai"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("zh", "Chinese"),
];

/// A language's English name; the code itself where it has none here. `None` for what is no code of a language.
pub(super) fn name(code: &str) -> Option<String> {
    match NAMES.iter().find(|(c, _)| *c == code) {
        Some((_, name)) => Some((*name).to_owned()),
        None => matches!(code.len(), 2 | 3).then(|| code.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_language_is_never_taken_for_another_code() {
        assert_eq!(name("pa").as_deref(), Some("Punjabi"));
        assert_eq!(name("no").as_deref(), Some("no"));
        assert_eq!(name("not_said"), None);
    }
}
