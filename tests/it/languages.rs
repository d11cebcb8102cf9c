//! Which language a message is in: 20 languages, texts of about two, five and ten words, through the conversation as people meet it.
//! What never lives here: finding answers in other languages (tests/questions).

use std::collections::BTreeMap;

use serde::Deserialize;
use waymark::{assistant::State, base::Lang};

use crate::world;

#[derive(Deserialize)]
struct Text {
    lang: Lang,
    words: u32,
    t: String,
}

/// Shares of right ones below which something has broken. One smoothing figure was chosen on these texts, nothing else.
const FLOORS: [(u32, f64); 3] = [(2, 0.85), (5, 0.9), (10, 0.95)];

#[test]
fn languages_are_told_apart_by_few_words() {
    let texts = include_str!("../languages/detect.jsonl");
    let mut right: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in texts.lines() {
        let text: Text = serde_json::from_str(line).unwrap();
        let found = spoken(&text.t);
        let (hits, all) = right.entry(text.words).or_default();
        *all += 1;
        if found == text.lang {
            *hits += 1;
        } else {
            wrong.push(format!("{} taken for {}: {}", text.lang, found, text.t));
        }
    }
    for (words, floor) in FLOORS {
        let (hits, all) = right[&words];
        let share = f64::from(hits) / f64::from(all);
        assert!(
            share >= floor,
            "{words} words: {share:.3}\n{}",
            wrong.join("\n")
        );
    }
}

/// The language that the conversation takes up from a first message.
fn spoken(text: &str) -> Lang {
    let turn = world::say(State::default(), text, world::snapshot());
    turn.state.lang
}
