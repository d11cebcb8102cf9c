//! Telegram as people run it: the real executable beside the tests' Bot API, which answers at once; by polling and by webhook, over a
//! file and over PostgreSQL. The emulator checks all that passes through it, on the same processors: its share is in the figure.
//! What never lives here: the emulator (tests/it/telegram/), what Telegram itself allows (delivery.per_second).

#[path = "../it/telegram/bot.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod bot;
#[path = "../it/telegram/emulator.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod emulator;
#[path = "../it/telegram/methods.rs"]
mod methods;
#[path = "../it/telegram/person.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod person;
#[path = "../it/telegram/spec.rs"]
mod spec;

use std::{collections::HashSet, time::Duration};

use waymark::base::Stopwatch;

use self::{
    bot::{Mode, Place},
    emulator::Emulator,
    person::Person,
};
use crate::server;

/// People, each with one question.
const PEOPLE: usize = 1_000;
const PACE: &str = "per_second = 1000000\ngap_ms = 0\ndoubt_seconds = 30";
/// Nothing takes that long.
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) fn run() {
    let own = server::own();
    for (mode, url) in [
        (Mode::Polling, String::new()),
        (Mode::Webhook, String::new()),
        (Mode::Polling, own.database().url),
        (Mode::Webhook, own.database().url),
    ] {
        let database = if url.is_empty() {
            "SQLite"
        } else {
            "PostgreSQL"
        };
        let seconds = answered(mode, &url);
        println!(
            "  {mode:?} over {database}: {:.0} people a second ({PEOPLE} in {seconds:.1} s)",
            PEOPLE as f64 / seconds
        );
    }
}

/// From the moment at which all questions come to the last answer.
fn answered(mode: Mode, url: &str) -> f64 {
    let emulator = Emulator::start();
    let place = Place::node(&emulator, mode, PACE, url);
    let bot = place.start();
    emulator.hold_up(true);
    let questions = crate::questions();
    for (chat, question) in (100_000..).zip(questions.iter().cycle().take(PEOPLE)) {
        Person::new(&emulator, chat).say(question);
    }
    let watch = Stopwatch::start();
    emulator.hold_up(false);
    emulator.wait_for(PATIENCE, "every answer", |held| {
        if held.sent.len() < PEOPLE {
            return None;
        }
        let chats: HashSet<i64> = held.sent.iter().map(|s| s.chat).collect();
        (chats.len() == PEOPLE).then_some(())
    });
    let seconds = watch.elapsed().as_secs_f64();
    bot.terminate();
    seconds
}
