//! One bot on two real nodes over one PostgreSQL: by webhook each chat keeps its order though its messages come to both; by polling
//! one node polls, and the other takes over; what a killed node had begun is done by the other, once.
//! What never lives here: what one node does (crash.rs); the store's leases alone (store/nodes.rs).

use std::time::Duration;

use super::{
    bot::{Mode, Place},
    emulator::{Emulator, PATIENCE},
    person::Person,
};
use crate::server;

const QUICK: &str = "per_second = 1000\ngap_ms = 0\ndoubt_seconds = 1";
/// People who write at once, and messages of each.
const PEOPLE: i64 = 6;
const MESSAGES: usize = 12;
/// What a killed node had taken up is the other's after its lease, which is longest, two minutes, for a message on its way.
const LEASES: Duration = Duration::from_secs(300);

/// What a message is known by.
fn note(person: &Person<'_>, number: usize) -> String {
    format!("note{}x{number:02}x", person.id)
}

/// Nothing waits with Telegram, in the inbox or in the outbox.
fn settled(emulator: &Emulator, place: &Place) {
    emulator.wait_for(PATIENCE + LEASES, "everything settled", |held| {
        let waiting = place.count(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'pending')
                  + (SELECT count(*) FROM outbox WHERE settled IS NULL)",
        );
        (held.updates.is_empty() && waiting == 0).then_some(())
    });
}

/// Everything stands once and in the order in which it was written, and every answer went.
fn account(emulator: &Emulator, place: &Place, people: &[Person<'_>], messages: usize) {
    for person in people {
        let said = place.text(&format!(
            "SELECT m.text FROM messages m JOIN addresses a ON a.conversation = m.conversation
             WHERE m.author = 'person' AND a.address = '{}' ORDER BY m.seq",
            person.id
        ));
        let mut rest = said.as_str();
        for number in 0..messages {
            let note = note(person, number);
            assert_eq!(said.matches(&note).count(), 1, "{note} in {said}");
            let at = rest.find(&note);
            rest = &rest[at.unwrap_or_else(|| panic!("{note} comes too early in {said}"))..];
        }
    }
    let count = |sql: &str| place.count(sql);
    let lost = "SELECT count(*) FROM inbox WHERE state <> 'done'";
    assert_eq!(count(lost), 0, "none was given up");
    let unsent = "SELECT count(*) FROM outbox WHERE state <> 'sent'";
    assert_eq!(count(unsent), 0, "every part went");
    let words = count("SELECT count(*) FROM messages WHERE author = 'assistant'");
    let gone = count("SELECT count(DISTINCT message) FROM outbox");
    assert_eq!(gone, words, "every answer went");
    let parts = count("SELECT count(*) FROM outbox");
    let doubts = count("SELECT coalesce(sum(doubtful), 0) FROM outbox");
    let held = emulator.shared.lock();
    let arrived = i64::try_from(held.sent.len()).unwrap();
    assert!(
        (parts..=parts + doubts).contains(&arrived),
        "{arrived} arrived, {parts} parts, {doubts} in doubt"
    );
    // What arrived once arrived in the order of the outbox.
    for person in people {
        let order = place.text(&format!(
            "SELECT o.external_id FROM outbox o JOIN addresses a ON a.id = o.address
             WHERE a.address = '{}' AND o.doubtful = 0 ORDER BY o.place, o.part",
            person.id
        ));
        let order: Vec<i64> = order.lines().map(|id| id.parse().unwrap()).collect();
        assert!(order.is_sorted(), "{}: {order:?}", person.id);
    }
}

fn told(held: &super::emulator::Held) -> usize {
    held.behind.iter().filter(|(_, taken)| *taken > 0).count()
}

#[test]
fn by_webhook_on_two_nodes_each_chat_keeps_its_order() {
    let emulator = Emulator::start();
    let shared = server::shared().database();
    let a = Place::node(&emulator, Mode::Webhook, QUICK, &shared.url);
    let b = Place::node(&emulator, Mode::Webhook, QUICK, &shared.url);
    emulator.behind([a.hook(), b.hook()]);
    let (first, mut second) = (a.start(), b.start());
    let people: Vec<Person<'_>> = (0..PEOPLE)
        .map(|n| Person::new(&emulator, 9_101 + n))
        .collect();
    for number in 0..MESSAGES {
        for person in &people {
            person.say(&format!(
                "does my PA get sick pay? {}",
                note(person, number)
            ));
        }
        if number == MESSAGES / 2 {
            // In the middle of it one node dies. Telegram delivers to the other what this one did not take.
            emulator.wait("both nodes at work", |held| {
                (told(held) == 2 && held.sent.len() > 2).then_some(())
            });
            second.kill();
            second = b.start();
        }
    }
    settled(&emulator, &a);
    account(&emulator, &a, &people, MESSAGES);
    emulator.nothing_wrong();
    let held = emulator.shared.lock();
    let taken: Vec<usize> = held.behind.iter().map(|(_, taken)| *taken).collect();
    assert!(taken.iter().all(|t| *t > 0), "{taken:?}");
    eprintln!(
        "{taken:?} events to each node, {} messages arrived",
        held.sent.len()
    );
    drop(held);
    first.terminate();
    second.terminate();
}

#[test]
fn by_polling_one_node_polls_and_the_other_takes_over() {
    let emulator = Emulator::start();
    let shared = server::shared().database();
    let a = Place::node(&emulator, Mode::Polling, QUICK, &shared.url);
    let b = Place::node(&emulator, Mode::Polling, QUICK, &shared.url);
    let polls = || {
        emulator
            .shared
            .lock()
            .calls
            .get("getupdates")
            .copied()
            .unwrap_or_default()
    };
    let poller = || a.text("SELECT poller FROM bots");
    let first = a.start();
    emulator.wait("the first poll", |held| {
        held.calls.get("getupdates").map(drop)
    });
    let (of_a, second) = (poller(), b.start());
    let ann = Person::new(&emulator, 9_201);
    let asks = |number: usize| {
        ann.asks(
            &format!("does my PA get sick pay? {}", note(&ann, number)),
            "Correct as of",
        );
    };
    asks(0);
    // A second node that starts takes nothing away.
    assert_eq!(poller(), of_a);
    assert_eq!(second.logged("telegram is paused"), 0);

    // Killed in the middle of a poll: the other fetches what comes, once the lease is over.
    let before = polls();
    first.kill();
    ann.say(&format!("does my PA get sick pay? {}", note(&ann, 1)));
    let watch = waymark::base::Stopwatch::start();
    emulator.wait("the other node polls", |held| {
        (held.calls["getupdates"] > before).then_some(())
    });
    eprintln!("the other node polls after {:.1?}", watch.elapsed());
    assert_ne!(poller(), of_a);
    emulator.wait("an answer by the other node", |held| {
        (held
            .sent
            .iter()
            .filter(|s| s.chat == ann.id && s.text.contains("Correct as of"))
            .count()
            >= 2)
            .then_some(())
    });
    asks(2);

    // Back again, it leaves the polling to the other; when that one ends in peace, it polls at once.
    let of_b = poller();
    let first = a.start();
    asks(3);
    assert_eq!(poller(), of_b);
    second.terminate();
    asks(4);
    assert_ne!(poller(), of_b);
    settled(&emulator, &a);
    account(&emulator, &a, std::slice::from_ref(&ann), 5);
    assert_eq!(
        emulator.shared.lock().refused_pollers,
        0,
        "never two at once"
    );
    emulator.nothing_wrong();
    first.terminate();
}
