//! A day without us: everything that people wrote meanwhile comes at once. It is worked off at the pace that Telegram allows,
//! and who needs help now does not wait behind who does not.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

use std::time::Duration;

use super::{
    bot::{Mode, Place},
    emulator::{Emulator, PATIENCE},
    person::Person,
};

/// `events` people wrote; every hundredth of them, near the end, cries for help. Answers go at `pace` a second.
fn drains(events: i64, pace: usize) {
    let emulator = Emulator::start();
    let place = Place::small(
        &emulator,
        Mode::Polling,
        &format!("per_second = {pace}\ngap_ms = 1000\ndoubt_seconds = 30"),
    );
    let urgent = |n: i64| n >= events * 9 / 10 && n % 10 == 0;
    for n in 0..events {
        let person = Person::new(&emulator, 100_000 + n);
        let words = if urgent(n) {
            "he is hitting me"
        } else {
            "/privacy"
        };
        person.say(words);
    }
    let watch = waymark::base::Stopwatch::start();
    let bot = place.start();
    let most = usize::try_from(events).unwrap();
    // At a tenth of the pace, and a start on a busy machine.
    let patience =
        Duration::from_secs(u64::try_from(events).unwrap() * 10 / pace as u64) + PATIENCE;
    emulator.wait_for(patience, "every answer", |held| {
        // Some answers are in two parts.
        if held.sent.len() < most {
            return None;
        }
        let chats: std::collections::HashSet<i64> = held.sent.iter().map(|s| s.chat).collect();
        (chats.len() == most).then_some(())
    });
    let took = watch.elapsed();
    let held = emulator.shared.lock();
    let place_of = |n: i64| {
        held.sent
            .iter()
            .position(|s| s.chat == 100_000 + n)
            .unwrap()
    };
    let places: Vec<usize> = (0..events).filter(|n| urgent(*n)).map(place_of).collect();
    let last = places.iter().max().unwrap();
    assert!(
        *last < most / 2,
        "the last cry for help was answered {last}th of {most}"
    );

    // In no second more than the pace and its burst; over the whole, the pace.
    let times: Vec<f64> = held.sent.iter().map(|s| s.at).collect();
    let within = |from: usize| {
        times[from..]
            .iter()
            .take_while(|t| **t < times[from] + 1.0)
            .count()
    };
    let busiest = (0..times.len()).map(within).max().unwrap();
    assert!(busiest <= 2 * pace + 32, "{busiest} in one second");
    let length = times.last().unwrap() - times.first().unwrap();
    let rate = (times.len() - pace.min(times.len())) as f64 / length;
    assert!(rate <= pace as f64 * 1.05 + 1.0, "{rate} a second");
    println!(
        "{events} events in {took:.1?}; {rate:.0} a second at a pace of {pace}; busiest second {busiest}; \
         {} cries for help, the last one answered {last}th",
        places.len()
    );
    drop(held);
    assert_eq!(
        place.count("SELECT count(*) FROM inbox WHERE state <> 'done'"),
        0
    );
    emulator.nothing_wrong();
    bot.terminate();
}

#[test]
fn a_backlog_drains_at_the_pace_and_urgent_first() {
    drains(500, 40);
}

/// A whole day's: `cargo it backlog -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn ten_thousand_drain_too() {
    drains(10_000, 100);
}
