//! Killed in the middle of its work, again and again, while people write, press buttons and an adviser replies: nothing is
//! lost, and nothing comes twice but where a kill (or a broken connection) left a send that nobody knows the end of.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

use std::collections::HashMap;

use super::{
    bot::{Bot, Mode, Place},
    emulator::{Emulator, Fault},
    person::Person,
};

/// Kills in each mode: enough for each point of the work to be struck twice.
const KILLS: usize = 8;
/// Kills in each mode for whoever has the time.
const MANY: usize = 50;
const PEOPLE: i64 = 4;
const QUICK: &str = "per_second = 1000\ngap_ms = 0\ndoubt_seconds = 1";

struct Told {
    /// Notes that stand in what people wrote.
    notes: Vec<String>,
    /// What advisers wrote.
    replies: Vec<String>,
    presses: usize,
}

/// What is done before a kill: everybody writes, one presses, an adviser replies now and then, a connection breaks.
fn a_round(round: usize, people: &[Person<'_>], place: &Place, reference: &str, told: &mut Told) {
    for (number, person) in people.iter().enumerate() {
        let note = format!("note{round}x{number}x");
        person.say(&format!("does my PA get sick pay? {note}"));
        told.notes.push(note);
    }
    let presser = &people[round % people.len()];
    let answered = presser
        .got()
        .into_iter()
        .rev()
        .find(|s| s.buttons().len() > 2);
    if let Some(answer) = answered {
        presser.press(&answer, &answer.buttons()[0].0);
        told.presses += 1;
    }
    if round.is_multiple_of(3) {
        let words = format!("adviser{round}x");
        place.says(&["cases", "reply", reference, &words]);
        told.replies.push(words);
    }
    if round % 5 == 1 {
        presser.on.chat_fault(presser.id, Fault::ResetAfter);
    }
}

/// The blow falls at another point of the work each time.
fn wait_for_the_moment(round: usize, emulator: &Emulator, place: &Place, before: usize) {
    match round % 4 {
        // At once.
        0 => {}
        1 => emulator.wait("events kept", |_| {
            (place.count("SELECT count(*) FROM inbox WHERE state = 'pending'") > 0
                || place.count("SELECT count(*) FROM outbox WHERE settled IS NULL") > 0)
                .then_some(())
        }),
        more => emulator.wait("a message on its way", |held| {
            (held.sent.len() >= before + more - 1).then_some(())
        }),
    }
}

fn kills(mode: Mode, kills: usize) {
    let emulator = Emulator::start();
    let place = Place::small(&emulator, mode, QUICK);
    let mut bot: Bot = place.start();
    let people: Vec<Person<'_>> = (0..PEOPLE)
        .map(|n| Person::new(&emulator, 9_001 + n))
        .collect();
    // The adviser's person does not take part in the writing: their case stays with the adviser.
    let quiet = Person::new(&emulator, 9_000);
    quiet.asks("/human", "Your reference is");
    let reference = place.case();
    let mut told = Told {
        notes: Vec::new(),
        replies: Vec::new(),
        presses: 0,
    };
    for round in 0..kills {
        let before = emulator.shared.lock().sent.len();
        a_round(round, &people, &place, &reference, &mut told);
        wait_for_the_moment(round, &emulator, &place, before);
        bot.kill();
        bot = place.start();
    }
    emulator.wait("everything settled", |held| {
        // What was fetched stays with Telegram until the next call. What was kept becomes messages in one transaction: both
        // must be looked at in one too, or an answer slips from the one to the other between two looks.
        let queued = held.updates.len();
        let waiting = place.count(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'pending')
                  + (SELECT count(*) FROM outbox WHERE settled IS NULL)",
        );
        let said = place
            .count("SELECT count(*) FROM messages WHERE author = 'person' AND text LIKE '%note%'");
        (waiting == 0 && queued == 0 && said > 0).then_some(())
    });
    account(&emulator, &place, &told, kills);
    assert!(
        place
            .says(&["cases", "verify"])
            .contains("the log is whole")
    );
    emulator.nothing_wrong();
    bot.terminate();
}

/// Every word stands once, every answer went, and what came twice was in doubt.
fn account(emulator: &Emulator, place: &Place, told: &Told, kills: usize) {
    let db = rusqlite::Connection::open(place.database()).unwrap();
    let texts: Vec<String> = {
        let mut all = db
            .prepare("SELECT text FROM messages WHERE author = 'person'")
            .unwrap();
        let rows = all.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    for note in &told.notes {
        let stands: usize = texts.iter().map(|t| t.matches(note.as_str()).count()).sum();
        assert_eq!(stands, 1, "{note}");
    }
    let count = |sql: &str| place.count(sql);
    assert_eq!(
        count("SELECT count(*) FROM inbox WHERE state <> 'done'"),
        0,
        "none was given up"
    );
    let words = count("SELECT count(*) FROM messages WHERE author IN ('assistant', 'adviser')");
    let gone = count("SELECT count(DISTINCT message) FROM outbox WHERE state = 'sent'");
    assert_eq!(gone, words, "every message of ours went");
    assert_eq!(
        count("SELECT count(*) FROM outbox WHERE state <> 'sent'"),
        0
    );

    // (chat) -> parts that went, and doubts about them.
    let mut rows: HashMap<i64, (i64, i64)> = HashMap::new();
    let mut all = db
        .prepare("SELECT a.address, o.doubtful, o.external_id FROM outbox o JOIN addresses a ON a.id = o.address")
        .unwrap();
    let held = emulator.shared.lock();
    let mut ids = std::collections::HashSet::new();
    let mut found = all.query([]).unwrap();
    while let Some(row) = found.next().unwrap() {
        let (chat, doubtful): (String, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        let (chat, external): (i64, String) = (chat.parse().unwrap(), row.get(2).unwrap());
        let entry = rows.entry(chat).or_default();
        *entry = (entry.0 + 1, entry.1 + doubtful);
        assert!(ids.insert((chat, external.clone())), "one message, one id");
        let there = held
            .sent
            .iter()
            .any(|s| s.chat == chat && s.id.to_string() == external);
        assert!(there, "what counts as sent is there");
    }
    let mut twice = 0;
    for (chat, (parts, doubts)) in rows {
        let arrived = held.sent.iter().filter(|s| s.chat == chat).count();
        let surplus = i64::try_from(arrived).unwrap() - parts;
        assert!(
            (0..=doubts).contains(&surplus),
            "{chat}: {surplus} too many, {doubts} in doubt"
        );
        twice += surplus;
    }
    for words in &told.replies {
        let arrived = held
            .sent
            .iter()
            .filter(|s| s.text.ends_with(words.as_str()))
            .count();
        assert!(arrived >= 1, "{words}");
    }
    println!(
        "{kills} kills, {} notes, {} presses, {} replies, {} messages arrived, {twice} of them twice",
        told.notes.len(),
        told.presses,
        told.replies.len(),
        held.sent.len()
    );
}

#[test]
fn killed_while_polling() {
    kills(Mode::Polling, KILLS);
}

#[test]
fn killed_with_a_webhook() {
    kills(Mode::Webhook, KILLS);
}

/// `cargo it fifty -- --ignored --nocapture`.
#[test]
#[ignore = "takes a quarter of an hour"]
fn killed_fifty_times_while_polling() {
    kills(Mode::Polling, MANY);
}

#[test]
#[ignore = "takes a quarter of an hour"]
fn killed_fifty_times_with_a_webhook() {
    kills(Mode::Webhook, MANY);
}
