//! Translations: the message in the person's language or else in English, the mark that says how it was made, a short answer
//! only while it was made from today's English.
//! What never lives here: the linter's complaints (tests/fixtures/complaints.txt).

use jiff::civil::{Date, date};
use waymark::{
    base::Lang,
    knowledge::{Files, Library, load},
};

use super::{small, today};

const MARK: &str = "translation = \"machine-assisted, not reviewed\"\n";

fn with(file: &str, text: &str) -> Files {
    let mut files = small();
    files.insert(file.to_owned(), format!("{MARK}{text}"));
    files
}

fn lang(code: &str) -> Lang {
    code.parse().unwrap()
}

fn summary(library: &Library, id: &str, code: &str, day: Date) -> Option<String> {
    let article = library.article(id).unwrap();
    let english = article.summary_for(day, None, None, None).unwrap();
    let found = library.summary_in(article, english, &lang(code), day);
    found.map(|r| r.text)
}

#[test]
fn a_message_is_said_in_the_language_that_has_it() {
    let files = with(
        "messages/pl-urgent.toml",
        "[danger_opening]\nen = \"Call 999 now.\"\ntext = \"Zadzwoń teraz pod 999.\"\n\
         [rule_local]\nen = \"This is about {council}.\"\ntext = \"Dotyczy: {council}.\"\n",
    );
    let (library, complaints) = load(&files);
    assert!(complaints.is_empty(), "{complaints:?}");
    let messages = &library.messages;
    let pl = lang("pl");
    assert_eq!(
        messages.say(&pl, "danger_opening", &[]),
        "Zadzwoń teraz pod 999."
    );
    assert_eq!(
        messages.say(&pl, "rule_local", &[("council", "Kent")]),
        "Dotyczy: Kent."
    );
    assert_eq!(
        messages.say(&pl, "danger_step", &[]),
        "Get to a safe place."
    );
    assert_eq!(
        messages.say(&lang("fr"), "danger_opening", &[]),
        "Call 999 now."
    );
    assert!(messages.has_in(&pl, "danger_opening") && !messages.has_in(&pl, "danger_step"));
    assert_eq!(
        messages.translation_note(&pl),
        Some("machine-assisted, not reviewed")
    );
    assert_eq!(messages.translation_note(&lang("fr")), None);
    assert_eq!(messages.translation_note(&Lang::english()), None);
    assert_eq!(messages.languages().collect::<Vec<_>>(), ["en", "pl"]);
}

#[test]
fn a_file_without_its_mark_is_not_said() {
    let mut files = small();
    files.insert(
        "messages/pl.toml".into(),
        "[danger_opening]\nen = \"Call 999 now.\"\ntext = \"Zadzwoń teraz pod 999.\"\n".into(),
    );
    let (library, complaints) = load(&files);
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert_eq!(
        library.messages.say(&lang("pl"), "danger_opening", &[]),
        "Call 999 now."
    );
}

#[test]
fn a_short_answer_is_shown_only_while_its_english_stands() {
    let file = |en: &str| {
        let text = format!(
            "[\"employment/wage\"]\nen = \"{en}\"\ntext = \"Płać co najmniej {{{{ rate.wage }}}} za godzinę.\"\n"
        );
        load(&with("summaries/pl.toml", &text)).0
    };
    let current = file("Pay at least {{ rate.wage }} an hour. It is the law.");
    let shown = |library: &Library, code, day| summary(library, "employment/wage", code, day);
    assert_eq!(
        shown(&current, "pl", today()).as_deref(),
        Some("Płać co najmniej £12.71 za godzinę.")
    );
    // The figure is the one of the day asked about.
    assert_eq!(
        shown(&current, "pl", date(2026, 3, 31)).as_deref(),
        Some("Płać co najmniej £12.21 za godzinę.")
    );
    assert_eq!(shown(&current, "fr", today()), None);
    assert_eq!(shown(&current, "en", today()), None);
    let stale = file("Pay at least {{ rate.wage }} an hour.");
    assert_eq!(shown(&stale, "pl", today()), None);
}
