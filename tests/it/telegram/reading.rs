//! Events as Telegram sends them -> what somebody did; our secret; settings.

use serde_json::{Value, json};
use waymark::{
    base::Secret,
    casework::Reachability,
    delivery::{Channel, Extra, Kind, Pace},
};
use waymark_telegram::{Mode, Settings, Telegram};

use super::emulator::TOKEN;

fn settings(token: &str, mode: Mode, public: &str) -> Result<Settings, String> {
    let token = Secret::new(token.to_owned());
    let made = Settings::new(
        token,
        "https://api.telegram.org",
        mode,
        public,
        Pace::default(),
    );
    made.map_err(|e| e.to_string())
}

fn telegram() -> Telegram {
    Telegram::new(&settings(TOKEN, Mode::Polling, "").unwrap()).unwrap()
}

fn kind(update: Value) -> Option<Kind> {
    let read = telegram().parse(&json!({"update_id": 9, "message": update}).to_string());
    read.map(|inbound| {
        assert_eq!(inbound.address, update["chat"]["id"].to_string());
        inbound.kind
    })
}

fn message(what: Value) -> Value {
    let mut message = json!({
        "message_id": 3, "date": 1_795_000_000, "chat": {"id": 4_503_599_627_370_495_i64, "type": "private", "first_name": "P"},
        "from": {"id": 4_503_599_627_370_495_i64, "is_bot": false, "first_name": "P", "language_code": "pl"},
    });
    for (key, value) in what.as_object().unwrap() {
        message[key] = value.clone();
    }
    message
}

#[test]
fn what_people_do_is_read() {
    let text = |t: &str| Kind::Text {
        text: t.into(),
        reply_to: None,
        under: None,
    };
    let command = |name: &str, rest: &str| Kind::Command {
        name: name.into(),
        rest: rest.into(),
    };
    let cases = [
        (json!({"text": "hello"}), text("hello")),
        (json!({"text": "/"}), text("/")),
        (
            json!({"text": "/Help@waymark_bot  me now "}),
            command("help", "me now"),
        ),
        (
            json!({"text": "/start c-abc_-1"}),
            command("start", "c-abc_-1"),
        ),
        (
            json!({"dice": {"emoji": "🎲", "value": 3}}),
            Kind::Extra(Extra::Sticker),
        ),
        (json!({"never_seen": {"x": 1}}), Kind::Extra(Extra::Unknown)),
        (
            json!({"pinned_message": message(json!({"text": "x"}))}),
            Kind::Nothing,
        ),
    ];
    for (what, meant) in cases {
        assert_eq!(kind(message(what.clone())), Some(meant), "{what}");
    }
    let file = json!({"file_id": "f", "file_unique_id": "u", "duration": 7, "file_size": 99});
    let mut whole = file.clone();
    whole["mime_type"] = json!("audio/ogg");
    // teloxide reads the second alone.
    recordings(&json!({"voice": file}));
    recordings(&json!({"voice": whole}));
    let mut bot = message(json!({"text": "hello"}));
    bot["from"]["is_bot"] = json!(true);
    assert_eq!(kind(bot), Some(Kind::Nothing));
}

fn recordings(voice: &Value) {
    let Some(Kind::Voice { media, reply_to }) = kind(message(voice.clone())) else {
        panic!("no voice");
    };
    assert_eq!((media.bytes, media.seconds), (Some(99), Some(7)));
    assert_eq!(reply_to, None);
    let mut replying = message(voice.clone());
    replying["reply_to_message"] = message(json!({"text": "x"}));
    let Some(Kind::Voice { reply_to, .. }) = kind(replying) else {
        panic!("no voice");
    };
    assert_eq!(reply_to.as_deref(), Some("3"));
    // Words that stand under a recording are read: they may be a cry for help.
    let mut under = voice.clone();
    under["caption"] = json!("he hits me");
    let Some(Kind::Text { text, under, .. }) = kind(message(under)) else {
        panic!("no words");
    };
    assert_eq!((text.as_str(), under), ("he hits me", Some(Extra::Unknown)));
}

#[test]
fn blocking_and_coming_back_are_read_and_rubbish_is_not() {
    let bot = json!({"id": 1, "is_bot": true, "first_name": "W"});
    let change = |status: &str| {
        let mut new = json!({"status": status, "user": bot});
        if status == "kicked" {
            new["until_date"] = json!(0);
        }
        let update = json!({"update_id": 1, "my_chat_member": {
            "chat": {"id": 5, "type": "private", "first_name": "P"}, "from": bot, "date": 1,
            "old_chat_member": {"status": "left", "user": bot}, "new_chat_member": new,
        }});
        telegram().parse(&update.to_string()).unwrap().kind
    };
    assert_eq!(change("kicked"), Kind::Reachability(Reachability::Blocked));
    assert_eq!(change("member"), Kind::Reachability(Reachability::Yes));
    for rubbish in [
        "",
        "{",
        "[]",
        "{\"update_id\": 1}",
        "{\"update_id\": 1, \"poll\": {}}",
        "null",
    ] {
        assert_eq!(telegram().parse(rubbish), None, "{rubbish}");
    }
    // A message that no type of ours fits is still somebody's words.
    let odd = json!({"update_id": 1, "message": {"message_id": "three", "chat": {"id": 5, "type": "private"}, "text": "help"}});
    let read = telegram().parse(&odd.to_string()).unwrap();
    assert!(matches!(read.kind, Kind::Text { text, .. } if text == "help"));
}

#[test]
fn the_secret_is_ours_alone_and_settings_say_what_is_wrong() {
    let telegram = telegram();
    for wrong in [None, Some(""), Some("x"), Some(TOKEN)] {
        assert!(!telegram.verify(wrong), "{wrong:?}");
    }
    for token in [
        "", "abcde", "987654", "987654:", "x:yyy", "1:a b", "1:a/../b",
    ] {
        let why = settings(token, Mode::Polling, "").unwrap_err();
        assert!(why.contains("WAYMARK_TELEGRAM_TOKEN"), "{token}: {why}");
        assert!(token.len() < 4 || !why.contains(token), "never shown");
    }
    let why = settings(TOKEN, Mode::Webhook, "").unwrap_err();
    assert!(why.contains("telegram.public_url"), "{why}");
    let why = settings(TOKEN, Mode::Webhook, "ftp://x").unwrap_err();
    assert!(why.contains("telegram.public_url"), "{why}");
}
