//! What goes wrong between Telegram and us, each with what comes of it.

use serde_json::json;

use super::{
    bot::{Mode, Place},
    emulator::{Emulator, Fault, TOKEN, post},
    person::Person,
};

const QUICK: &str = "per_second = 1000\ngap_ms = 0\ndoubt_seconds = 1";

fn arrivals(person: &Person<'_>, part: &str) -> usize {
    person
        .got()
        .iter()
        .filter(|s| s.text.contains(part))
        .count()
}

/// Nothing waits any more.
fn settled(place: &Place, emulator: &Emulator) {
    emulator.wait("an empty outbox", |_| {
        let waiting = place.count(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'pending')
                  + (SELECT count(*) FROM outbox WHERE settled IS NULL)",
        );
        (waiting == 0).then_some(())
    });
}

#[test]
fn a_message_goes_once_but_where_nobody_can_know() {
    let emulator = Emulator::start();
    let place = Place::new(&emulator, Mode::Polling, QUICK);
    let _bot = place.start();
    let faults = [
        (8_001, Fault::SlowDown(1), 1, 0),
        (8_002, Fault::ResetBefore, 1, 1),
        (8_003, Fault::ResetAfter, 2, 1),
        (8_004, Fault::BadGateway, 1, 1),
        (8_005, Fault::BadEntities, 1, 0),
    ];
    let people: Vec<Person<'_>> = faults.iter().map(|f| Person::new(&emulator, f.0)).collect();
    for (person, (_, fault, ..)) in people.iter().zip(faults) {
        emulator.chat_fault(person.id, fault);
        person.say("/privacy");
    }
    for (person, (_, fault, times, _)) in people.iter().zip(faults) {
        emulator.wait(&format!("{fault:?}"), |held| {
            let mine = held.sent.iter().filter(|s| s.chat == person.id);
            (mine.count() >= times).then_some(())
        });
    }
    settled(&place, &emulator);
    for (person, (chat, fault, times, doubtful)) in people.iter().zip(faults) {
        assert_eq!(arrivals(person, "What is kept"), times, "{fault:?}");
        let doubts = place.count(&format!(
            "SELECT sum(o.doubtful) FROM outbox o JOIN addresses a ON a.id = o.address WHERE a.address = '{chat}'"
        ));
        assert_eq!(doubts, doubtful, "{fault:?}");
    }
    let plain = people[4].got().remove(0);
    assert!(plain.params.get("entities").is_none(), "{plain:?}");
    emulator.nothing_wrong();
}

#[test]
fn who_blocks_us_is_known_to_the_adviser_and_who_comes_back_too() {
    let emulator = Emulator::start();
    let place = Place::new(&emulator, Mode::Polling, QUICK);
    let _bot = place.start();
    let cem = Person::new(&emulator, 8_010);
    cem.asks("/human", "Your reference is");
    let reference = place.case();
    let events = |kind: &str| {
        let sql = format!("SELECT count(*) FROM case_events WHERE kind = '{kind}'");
        place.count(&sql)
    };

    // Blocked before we hear of it: the send tells.
    emulator.shared.lock().blocked.insert(cem.id);
    place.says(&["cases", "reply", &reference, "first words"]);
    emulator.wait("a failed delivery", |_| {
        (events("delivery_failed") == 1).then_some(())
    });
    assert_eq!(events("unreachable"), 1);
    let shown = place.says(&["cases", "show", &reference]);
    assert!(
        shown.contains("blocked") && shown.contains("1 failed"),
        "{shown}"
    );

    // Back again, as Telegram tells; then gone for good.
    cem.block(false);
    emulator.wait("reachable again", |_| {
        (events("reachable") == 1).then_some(())
    });
    place.says(&["cases", "reply", &reference, "second words"]);
    cem.hears_after(0, "second words");
    assert_eq!(
        arrivals(&cem, "first words"),
        0,
        "what failed is not sent behind anybody's back"
    );
    cem.block(true);
    emulator.wait("unreachable again", |_| {
        (events("unreachable") == 2).then_some(())
    });
    cem.block(false);
    emulator.wait("and reachable", |_| {
        (events("reachable") == 2).then_some(())
    });
    emulator.shared.lock().deactivated.insert(cem.id);
    place.says(&["cases", "reply", &reference, "third words"]);
    emulator.wait("deactivated", |_| {
        (events("unreachable") == 3).then_some(())
    });
    assert!(
        place
            .says(&["cases", "verify"])
            .contains("the log is whole")
    );
    emulator.nothing_wrong();
}

#[test]
fn deletion_leaves_nothing_and_says_so() {
    let emulator = Emulator::start();
    let place = Place::new(&emulator, Mode::Polling, QUICK);
    let _bot = place.start();
    let dee = Person::new(&emulator, 8_020);
    dee.asks("does my PA get sick pay? marmalade", "Correct as of");
    let ask = dee.asks("/delete", "cannot be brought back");
    let before = dee.got().len();
    dee.press(&ask, "No, keep it");
    dee.hears_after(before, "nothing was deleted");
    let ask = dee.asks("/delete", "cannot be brought back");
    dee.press(&ask, "Yes, delete it");
    dee.hears_after(before, "has been deleted");
    settled(&place, &emulator);
    for table in [
        "conversations",
        "messages",
        "receipts",
        "conversation_addresses",
        "actions",
    ] {
        assert_eq!(
            place.count(&format!("SELECT count(*) FROM {table}")),
            0,
            "{table}"
        );
    }
    let words = place.count("SELECT count(*) FROM inbox WHERE raw <> ''");
    let parts = place.count("SELECT count(*) FROM outbox WHERE payload IS NOT NULL");
    assert_eq!((words, parts), (0, 0));
    // Gone from the file itself, and from its log.
    for ending in ["", "-wal"] {
        let file = format!("{}{ending}", place.database().display());
        let bytes = std::fs::read(&file).unwrap_or_default();
        let found = bytes.windows(9).any(|w| w == b"marmalade");
        assert!(!found, "{file}");
    }
}

#[test]
fn a_bad_token_or_a_second_poller_pauses_with_one_line() {
    let emulator = Emulator::start();
    emulator.shared.lock().bad_token = true;
    let place = Place::new(&emulator, Mode::Polling, QUICK);
    let mut bot = place.start();
    emulator.wait("the line", |_| {
        (bot.logged("telegram is paused") == 1).then_some(())
    });
    assert!(
        bot.logged("WAYMARK_TELEGRAM_TOKEN is not valid") == 1,
        "{:#?}",
        bot.log()
    );
    assert!(bot.runs());
    // The pages go on.
    let page = ureq::get(format!("http://127.0.0.1:{}/healthz", place.listen)).call();
    assert!(page.is_ok());
    let log = bot.terminate();
    assert!(
        log.iter().all(|l| !l.contains("AAtest")),
        "the token is never shown: {log:#?}"
    );

    emulator.shared.lock().bad_token = false;
    let mut bot = place.start();
    Person::new(&emulator, 8_030).asks("/help", "/human");
    // A long poll of somebody else's takes ours away.
    emulator.wait("a poll under way", |held| (held.poll > 0).then_some(()));
    let agent = ureq::agent();
    let url = format!("{}/bot{TOKEN}/getUpdates", emulator.url);
    let _ = agent.post(url).send_json(json!({"timeout": 0}));
    emulator.wait("the line", |_| {
        (bot.logged("another program polls") == 1).then_some(())
    });
    assert!(bot.runs());
    bot.terminate();
}

#[test]
fn the_webhook_takes_nothing_it_cannot_keep() {
    let emulator = Emulator::start();
    let place = Place::new(&emulator, Mode::Webhook, QUICK);
    let bot = place.start();
    let (url, secret) = emulator.shared.lock().webhook.clone().unwrap();
    assert!(url.ends_with("/hooks/telegram/123456"), "{url}");
    let eve = Person::new(&emulator, 8_040);
    let update = json!({"update_id": 500, "message": eve.message(json!({"text": "/help"}))});
    for (url, wrong) in [
        (url.clone(), "wrong"),
        (url.clone(), ""),
        (url.replace("123456", "999"), secret.as_str()),
    ] {
        assert_eq!(post(&url, wrong, &update), 404);
    }
    assert_eq!(place.count("SELECT count(*) FROM inbox"), 0);

    // The database is held by somebody else: 503, and Telegram brings it again.
    let db = rusqlite::Connection::open(place.database()).unwrap();
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(post(&url, &secret, &update), 503);
    db.execute_batch("ROLLBACK").unwrap();
    drop(db);
    assert_eq!(post(&url, &secret, &update), 200);
    // The same event again, and again: kept once, answered once.
    assert_eq!(post(&url, &secret, &update), 200);
    eve.hears_after(0, "/human");
    assert_eq!(post(&url, &secret, &update), 200);
    assert_eq!(post(&url, &secret, &json!({"nothing": true})), 200);
    Person::new(&emulator, 8_041).asks("/help", "/human");
    assert_eq!(eve.got().len(), 1);

    // Stopped: what is under way ends, and the webhook stays.
    Person::new(&emulator, 8_042).say("does my PA get sick pay?");
    bot.terminate();
    let held = emulator.shared.lock();
    assert_eq!(held.calls.get("deletewebhook"), None);
    assert!(held.webhook.is_some());
    let set = &held.settings["setwebhook"];
    let wanted: serde_json::Value =
        serde_json::from_str(set["allowed_updates"].as_str().unwrap()).unwrap();
    assert_eq!(
        wanted,
        json!([
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member"
        ])
    );
    let menu = &held.settings["setmycommands "]["commands"];
    assert_eq!(menu.as_array().unwrap().len(), 10, "{menu}");
}

#[test]
fn what_comes_twice_or_out_of_order_is_answered_once() {
    let emulator = Emulator::start();
    let place = Place::new(&emulator, Mode::Polling, QUICK);
    let _bot = place.start();
    let (fay, gus) = (Person::new(&emulator, 8_050), Person::new(&emulator, 8_051));
    emulator.hold_up(true);
    let later = json!({"update_id": 40, "message": fay.message(json!({"text": "/privacy"}))});
    let early = json!({"update_id": 12, "message": gus.message(json!({"text": "/privacy"}))});
    for (id, update) in [(40, &later), (12, &early), (40, &later), (12, &early)] {
        emulator.again(id, update.clone());
    }
    emulator.hold_up(false);
    fay.hears_after(0, "What is kept");
    gus.hears_after(0, "What is kept");
    emulator.again(
        1_040,
        json!({"update_id": 1_040, "message": fay.message(json!({"text": "/help"}))}),
    );
    fay.hears_after(1, "/human");
    settled(&place, &emulator);
    assert_eq!((fay.got().len(), gus.got().len()), (2, 1));
}
