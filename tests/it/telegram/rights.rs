//! What people may ask of what is kept of them: a copy, an end of it. And the commands that change how they are written to.

use serde_json::Value;

use super::{
    bot::{Mode, Place},
    emulator::Emulator,
    person::Person,
};
use crate::world;

const QUICK: &str = "per_second = 1000\ngap_ms = 0\ndoubt_seconds = 1";

fn said(id: &str) -> String {
    let text = world::knowledge().library.messages.english(id).unwrap();
    text.lines().next().unwrap().replace("**", "")
}

#[test]
fn what_is_kept_is_told_copied_and_a_case_is_deleted_by_a_person_alone() {
    let emulator = Emulator::start();
    let place = Place::small(&emulator, Mode::Polling, QUICK);
    let _bot = place.start();
    let ann = Person::new(&emulator, 7_501);

    // A conversation without a case, then another with one.
    ann.asks("does my PA get sick pay? marmalade", "Correct as of");
    ann.asks("/new", &said("push_new"));
    ann.asks(
        "how much holiday does my PA get? lighthouse",
        "Correct as of",
    );
    ann.asks("/human", "Your reference is");
    let reference = place.case();
    place.says(&[
        "cases",
        "reply",
        &reference,
        "I will look.",
        "--name",
        "Sam",
    ]);
    ann.hears_after(0, "I will look.");

    ann.asks("/privacy", "Who sees it");
    ann.asks("/stop", &said("push_stop"));
    let before = ann.got().len();
    ann.asks("/export", &said("push_export"));
    let copy = emulator.wait("the copy", |held| {
        let mut mine = held.sent.iter().filter(|s| s.chat == ann.id).skip(before);
        mine.find(|s| !s.bytes.is_empty()).cloned()
    });
    let copy: Value = serde_json::from_slice(&copy.bytes).unwrap();
    let whole = copy.to_string();
    for words in ["marmalade", "lighthouse", "I will look.", &reference] {
        assert!(whole.contains(words), "{words}");
    }
    assert_eq!(copy.as_array().unwrap().len(), 2);

    // It promises no more than it does: the case stays until a person decides, all else goes at once.
    let asks = ann.asks("/delete", &said("push_delete_sure"));
    assert!(asks.text.contains("a person to decide"), "{}", asks.text);
    let before = ann.got().len();
    ann.press(&asks, &said("button_delete_yes"));
    let told = ann.hears_after(before, "a person must decide");
    assert!(
        !told.text.contains("Everything that we kept"),
        "{}",
        told.text
    );
    let count = |sql: &str| place.count(sql);
    assert_eq!(
        count("SELECT count(*) FROM requests WHERE kind = 'erasure' AND decided IS NULL"),
        1
    );
    assert_eq!(
        count("SELECT count(*) FROM messages WHERE text LIKE '%marmalade%'"),
        0
    );
    assert_eq!(
        count("SELECT count(*) FROM messages WHERE text LIKE '%lighthouse%'"),
        1
    );
    assert_eq!(count("SELECT count(*) FROM conversations"), 1);
    // Asked again: no second request.
    let asks = ann.asks("/delete", &said("push_delete_sure"));
    let before = ann.got().len();
    ann.press(&asks, &said("button_delete_yes"));
    ann.hears_after(before, "a person must decide");
    assert_eq!(count("SELECT count(*) FROM requests"), 1);
    assert!(
        place
            .says(&["cases", "verify"])
            .contains("the log is whole")
    );
    emulator.nothing_wrong();
}

#[test]
fn easier_words_and_another_language_are_one_command_away() {
    let emulator = Emulator::start();
    let place = Place::small(&emulator, Mode::Polling, QUICK);
    let _bot = place.start();
    let bea = Person::new(&emulator, 7_502);
    let answer = bea.asks("does my PA get sick pay?", "Correct as of");
    let simple = bea.asks("/simple", "");
    assert!(!simple.text.is_empty() && simple.text != answer.text);
    let offered = bea.asks("/language", &said("push_language"));
    let before = bea.got().len();
    bea.press(&offered, &said("language_pl"));
    // In the person's language above, in English below.
    let polish = bea.hears_after(before, "English");
    assert!(
        polish.text.chars().any(|c| "ąćęłńóśźż".contains(c)),
        "{}",
        polish.text
    );
    let offered = bea.asks("/language", "");
    let before = bea.got().len();
    bea.press(&offered, &said("language_en"));
    bea.hears_after(before, "Correct as of");
    bea.asks("/help", &said("push_help"));
    emulator.nothing_wrong();
}
