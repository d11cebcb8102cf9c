//! Conversations on Telegram, as people have them, with both ways of getting events.

use serde_json::json;

use super::{
    bot::{Mode, Place},
    emulator::{Emulator, UNHEARD_OF},
    person::Person,
};
use crate::world;

/// The English of a fixed message, up to its first line break: what is seen of it in plain text.
fn said(id: &str) -> String {
    let text = world::knowledge().library.messages.english(id).unwrap();
    text.lines().next().unwrap().replace("**", "")
}

const QUICK: &str = "per_second = 1000\ngap_ms = 0\ndoubt_seconds = 1";

fn label(id: &str) -> String {
    said(id)
}

fn a_conversation(mode: Mode) {
    let emulator = Emulator::start();
    let place = Place::new(&emulator, mode, QUICK);
    let bot = place.start();
    let ann = Person::new(&emulator, 7_001);

    // What this is comes first, with what is kept.
    let hello = ann.asks("/start area-kent", &said("push_start"));
    assert!(
        hello.text.contains("999") && hello.text.contains("/privacy"),
        "{}",
        hello.text
    );

    // A short answer with its rule and first source; the rest behind buttons.
    let answer = ann.asks("does my PA get sick pay?", "Correct as of");
    assert!(answer.text.contains("From: "), "{}", answer.text);
    let whole = answer.text.chars().count();
    assert!(whole < 1_000, "short first: {whole}");
    let labels: Vec<String> = answer.buttons().into_iter().map(|(l, _)| l).collect();
    for id in [
        "button_details",
        "button_sources",
        "button_simple",
        "button_person",
    ] {
        assert!(labels.contains(&label(id)), "{id}: {labels:?}");
    }
    let counted = place.metrics();
    for line in [
        "waymark_turns_total{outcome=\"answered\",channel=\"telegram\"} 1",
        "waymark_turn_seconds_count{channel=\"telegram\"} 1",
    ] {
        assert!(counted.contains(line), "{line}: {counted}");
    }
    let ids = answer.buttons();
    assert!(ids.iter().all(|(_, id)| id.len() == 20), "opaque: {ids:?}");
    let before = ann.got().len();
    ann.press(&answer, &label("button_details"));
    ann.hears_after(before, &said("next_heading"));
    let before = ann.got().len();
    ann.press(&answer, &label("button_sources"));
    let sources = ann.hears_after(before, &said("sources_heading"));
    let links = sources.params["entities"].as_array().unwrap();
    assert!(links.iter().any(|e| e["type"] == "text_link"), "{links:?}");

    // A second press of the same button says nothing again; what comes next is answered.
    let before = ann.got().len();
    ann.press(&answer, &label("button_sources"));
    ann.asks("/privacy", &said("push_privacy"));
    let heard: Vec<String> = ann
        .got()
        .split_off(before)
        .into_iter()
        .map(|s| s.text)
        .collect();
    assert_eq!(heard.len(), 1, "{heard:#?}");

    // Help first, whatever it stands beside.
    let help = ann.asks("/human he is hitting me", "999");
    assert!(help.text.contains("safe"), "{}", help.text);

    // An adviser replies, under their own name; from then on they have the thread.
    let reference = place.case();
    place.says(&[
        "cases",
        "reply",
        &reference,
        "Are you *safe* now?\nCall me.",
        "--name",
        "Sam",
    ]);
    let reply = ann.hears_after(0, "Are you safe now?\nCall me.");
    assert!(reply.text.starts_with("Sam, adviser"), "{}", reply.text);
    ann.asks("yes thank you", &said("passed_on"));
    emulator.nothing_wrong();
    drop(bot);
}

#[test]
fn a_conversation_by_long_polling() {
    a_conversation(Mode::Polling);
}

#[test]
fn a_conversation_by_webhook() {
    a_conversation(Mode::Webhook);
}

/// Bursts, changes, replies, choices, things without words, groups, commands.
#[test]
fn people_write_as_they_do() {
    let emulator = Emulator::start();
    let place = Place::new(&emulator, Mode::Polling, QUICK);
    let _bot = place.start();
    let bea = Person::new(&emulator, 7_002);

    // Several messages of one breath are one turn; one changed at once counts as changed.
    emulator.hold_up(true);
    bea.say("hello");
    let second = bea.say("my PA is il");
    bea.change(second, "my PA is ill");
    bea.say("do I have to pay her?");
    emulator.hold_up(false);
    let answer = bea.hears_after(0, "Correct as of");
    let got: Vec<String> = bea.got().into_iter().map(|s| s.text).collect();
    assert_eq!(got.len(), 1, "{got:#?} {:#?}", _bot.log());
    assert!(
        answer.text.contains(&said("push_first")),
        "{} {:#?}",
        answer.text,
        _bot.log()
    );
    let said_once = "SELECT count(*) FROM messages WHERE author = 'person'";
    assert_eq!(place.count(said_once), 1);

    // Changed after the answer: asked about, answered on request.
    let changed = bea.say("how much holiday does she get?");
    let holiday = bea.hears_after(1, "holiday");
    let before = bea.got().len();
    bea.change(changed, "how much notice does she get?");
    let asked = bea.hears_after(before, &said("push_edited"));
    bea.press(&asked, &label("button_answer_this"));
    bea.hears_after(before + 1, "notice");

    // A reply to an earlier answer follows that answer.
    let before = bea.got().len();
    bea.reply(&holiday, "can she carry it over?");
    let follow = bea.hears_after(before, "Correct as of");
    assert!(
        follow.text.to_lowercase().contains("holiday"),
        "{}",
        follow.text
    );

    // What asks back has buttons, and a press answers.
    let before = bea.got().len();
    bea.say("what is the rate");
    let back = bea.on.wait("a choice", |held| {
        let mut mine = held.sent.iter().filter(|s| s.chat == bea.id).skip(before);
        mine.find(|s| s.buttons().len() > 1).cloned()
    });
    let first = back.buttons().remove(0).0;
    let before = bea.got().len();
    bea.press(&back, &first);
    bea.hears_after(before, "");

    without_words(&bea);
    groups(&emulator);
    commands(&bea);
    emulator.nothing_wrong();
}

fn without_words(bea: &Person<'_>) {
    let photo = json!([{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]);
    let voice = json!({"file_id": "v", "file_unique_id": "v", "duration": 3, "mime_type": "audio/ogg", "file_size": 900});
    let sticker = json!({"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 9, "height": 9,
        "is_animated": false, "is_video": false});
    let place = json!({"latitude": 51.2, "longitude": 0.5});
    let document = json!({"file_id": "d", "file_unique_id": "d", "file_name": "letter.pdf"});
    let contact = json!({"phone_number": "1", "first_name": "X"});
    let kinds = [
        (json!({"photo": photo}), "push_picture"),
        (json!({"voice": voice}), "voice_absent"),
        (json!({"sticker": sticker}), "push_sticker"),
        (json!({"location": place}), "push_place"),
        (json!({"document": document}), "push_file"),
        (json!({"contact": contact}), "push_contact"),
    ];
    for (what, id) in kinds {
        let before = bea.got().len();
        bea.send(what);
        let kind = bea.hears_after(before, &said(id));
        assert!(!kind.buttons().is_empty(), "{id}: a person is offered");
    }
    // Newer than anybody's types: not to be held against the Bot API.
    let before = bea.got().len();
    let unheard = bea.message(json!({UNHEARD_OF: {"strength": 9}}));
    bea.on.update("message", unheard);
    bea.hears_after(before, &said("push_unknown"));
    // Words under a picture are answered.
    let before = bea.got().len();
    bea.send(json!({"photo": photo, "caption": "does my PA get sick pay?"}));
    let answer = bea.hears_after(before, "Correct as of");
    assert!(
        answer.text.contains(&said("push_words_only")),
        "{}",
        answer.text
    );
}

fn groups(emulator: &Emulator) {
    let group = Person::new(emulator, -500);
    let chat = json!({"id": -500, "type": "group", "title": "Family"});
    let from = json!({"id": 7_002, "is_bot": false, "first_name": "P"});
    for number in 1..=3 {
        group.update(
            "message",
            json!({"message_id": number, "date": 1_795_000_000, "chat": chat, "from": from, "text": "/help"}),
        );
    }
    group.hears_after(0, &said("push_group"));
    let again = Person::new(emulator, 7_004);
    again.asks("/help", &said("push_help"));
    assert_eq!(group.got().len(), 1, "told once");
}

fn commands(bea: &Person<'_>) {
    bea.asks("/nonsense", &said("push_no_such_command"));
    bea.asks("/stop", &said("push_stop"));
}
