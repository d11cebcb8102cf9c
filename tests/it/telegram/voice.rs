//! Voice messages both ways. What is spoken needs espeak-ng alone; what is heard needs the weights.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

use std::path::PathBuf;

use serde_json::{Value, json};
use waymark::voice::{Limits, Weights, decode};

use super::{
    bot::{Mode, Place},
    emulator::{Emulator, Fault, PATIENCE, Sent},
    person::Person,
};
use crate::world;

const QUICK: &str = "per_second = 1000\ngap_ms = 0\ndoubt_seconds = 1";

fn said(id: &str) -> String {
    let text = world::knowledge().library.messages.english(id).unwrap();
    text.lines().next().unwrap().replace("**", "")
}

fn recording(file: &str, seconds: u32, bytes: usize) -> Value {
    json!({"voice": {"file_id": file, "file_unique_id": file, "duration": seconds,
        "mime_type": "audio/ogg", "file_size": bytes}})
}

/// The voice messages that somebody got, in order.
fn notes(person: &Person<'_>) -> Vec<Sent> {
    let all = person.got().into_iter();
    all.filter(|s| !s.bytes.is_empty() && s.text.is_empty())
        .collect()
}

/// Waits for so many voice messages.
fn listens(person: &Person<'_>, many: usize) -> Vec<Sent> {
    // Speaking takes long where the machine is busy.
    person.on.wait_for(PATIENCE * 4, "a voice message", |held| {
        let mine = held.sent.iter().filter(|s| s.chat == person.id);
        let notes = mine.filter(|s| !s.bytes.is_empty() && s.text.is_empty());
        (notes.count() >= many).then_some(())
    });
    notes(person)
}

/// Seconds of sound in a voice message of ours: it can be decoded.
fn seconds(note: &Sent) -> usize {
    let limits = Limits {
        bytes: 1 << 24,
        seconds: 600,
    };
    decode(&note.bytes, limits).unwrap().len() / 16_000
}

fn calls(emulator: &Emulator, method: &str) -> usize {
    let held = emulator.shared.lock();
    held.calls.get(method).copied().unwrap_or_default()
}

#[test]
fn without_engines_a_recording_gets_a_kind_answer_and_is_not_fetched() {
    let emulator = Emulator::start();
    let place = Place::small(&emulator, Mode::Polling, QUICK);
    let _bot = place.start();
    let ann = Person::new(&emulator, 7_101);
    let before = ann.got().len();
    ann.send(recording("absent", 5, 900));
    let kind = ann.hears_after(before, &said("voice_absent"));
    assert!(
        kind.text.contains(&said("push_voice_help")),
        "{}",
        kind.text
    );
    assert!(kind.text.contains("999"), "{}", kind.text);
    assert_eq!(kind.buttons().remove(0).0, said("button_person"));
    assert_eq!(
        (calls(&emulator, "getfile"), calls(&emulator, "download")),
        (0, 0)
    );
    // What is not heard here is not spoken of either.
    let privacy = ann.asks("/privacy", &said("push_privacy"));
    assert!(!privacy.text.contains(&said("push_voice_kept")));
    emulator.nothing_wrong();
}

#[test]
fn an_answer_is_read_aloud_at_a_press_and_always_by_wish() {
    let emulator = Emulator::start();
    let place = Place::small(&emulator, Mode::Polling, QUICK);
    let bot = place.start();
    let bea = Person::new(&emulator, 7_102);

    // Nothing is spoken that nobody asked for.
    let answer = bea.asks("does my PA get sick pay?", "Correct as of");
    assert!(notes(&bea).is_empty());
    let before = bea.got().len();
    bea.press(&answer, &said("button_listen"));
    bea.hears_after(before, &said("push_reading"));
    let spoken = listens(&bea, 1);
    let long = seconds(&spoken[0]);
    assert!((5..180).contains(&long), "{long} seconds");
    let told: usize = spoken[0].params["duration"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(told.abs_diff(long) <= 1, "{told} said, {long} heard");
    assert!(calls(&emulator, "at record_voice") > 0);

    // By wish: each answer, and what is fixed too. It stays so in a new conversation, until the next /voice.
    let wished = bea.asks("/voice", &said("aloud_on"));
    listens(&bea, 2);
    let labels: Vec<String> = wished.buttons().into_iter().map(|(l, _)| l).collect();
    assert!(!labels.contains(&said("button_listen")), "{labels:?}");
    bea.asks("/new", &said("push_new"));
    listens(&bea, 3);
    let answer = bea.asks("how much holiday does my PA get?", "Correct as of");
    let labels: Vec<String> = answer.buttons().into_iter().map(|(l, _)| l).collect();
    assert!(!labels.contains(&said("button_listen")), "{labels:?}");
    let all = listens(&bea, 4);
    // A minute or so is one voice message; the words come first.
    assert!(all.iter().all(|note| seconds(note) < 150));
    assert!(all[3].id > answer.id);
    bea.asks("/voice", &said("aloud_off"));
    let count = notes(&bea).len();
    bea.asks("/help", &said("push_help_voice"));
    assert_eq!(notes(&bea).len(), count);

    // An adviser's words can be heard too.
    bea.asks("/human", "Your reference is");
    place.says(&[
        "cases",
        "reply",
        &place.case(),
        "I will ring you at noon.",
        "--name",
        "Sam",
    ]);
    let reply = bea.hears_after(0, "I will ring you at noon.");
    bea.press(&reply, &said("button_listen"));
    listens(&bea, count + 1);
    emulator.nothing_wrong();
    bot.terminate();
}

#[test]
fn speech_that_cannot_go_holds_up_nothing_and_tells_no_adviser() {
    let emulator = Emulator::start();
    let place = Place::small(&emulator, Mode::Polling, QUICK);
    let _bot = place.start();
    let settled = |state: &str, many: i64| {
        let sql = format!(
            "SELECT count(*) FROM outbox WHERE op = 'speech' AND state = '{state}' AND settled IS NOT NULL"
        );
        emulator.wait(state, |_| (place.count(&sql) == many).then_some(()));
    };
    let cem = Person::new(&emulator, 7_103);
    cem.asks("/human", "Your reference is");
    cem.asks("/voice", &said("aloud_on"));
    listens(&cem, 1);
    settled("sent", 1);

    // Whoever takes no voice messages has the words.
    let fault = |fault| emulator.voice_fault(cem.id, fault);
    fault(Fault::NoVoice);
    cem.asks("/privacy", &said("push_privacy"));
    settled("cancelled", 1);
    // Broken off behind it: it may have come, so it comes once more, and is marked.
    fault(Fault::ResetAfter);
    cem.asks("/stop", &said("push_stop"));
    listens(&cem, 3);
    settled("sent", 2);
    let doubts = place.count("SELECT sum(doubtful) FROM outbox WHERE op = 'speech'");
    assert_eq!(doubts, 1);
    let told = place.count("SELECT count(*) FROM case_events WHERE kind = 'delivery_failed'");
    assert_eq!(told, 0);
    emulator.nothing_wrong();
}

fn models() -> PathBuf {
    let named = std::env::var_os("WAYMARK_MODELS");
    named.map_or_else(|| world::root().join("data/models"), PathBuf::from)
}

/// Somebody's question as a telephone records it.
fn spoken(place: &Place, words: &str) -> Vec<u8> {
    let file = place.folder.0.join("note.ogg");
    place.says(&["voice", "say", words, "--out", &file.display().to_string()]);
    std::fs::read(file).unwrap()
}

/// Everything as it is, where the weights are: `WAYMARK_MODELS=... cargo it heard_truly -- --ignored`.
#[test]
#[ignore = "needs the weights of hearing and speaking: WAYMARK_MODELS names their folder"]
fn a_voice_message_is_heard_truly_and_answered_in_a_voice() {
    let models = models();
    for weights in Weights::ALL {
        assert!(
            weights.present(&models),
            "{} is not in {}",
            weights.name(),
            models.display()
        );
    }
    let emulator = Emulator::start();
    let place = Place::new(&emulator, Mode::Polling, QUICK);
    place.set(&format!(
        "[models]\ndir = {:?}\n[voice]\nlongest_seconds = 60",
        models
    ));
    let question = spoken(&place, "Does my PA get sick pay?");
    let cry = spoken(&place, "My husband hits me and I am afraid.");
    let keep = |name: &str, bytes: &[u8]| {
        let mut held = emulator.shared.lock();
        held.files.insert(name.into(), bytes.to_vec());
    };
    keep("question", &question);
    keep("cry", &cry);
    keep(
        "silence",
        &std::fs::read(world::root().join("tests/fixtures/voice/tone.ogg")).unwrap(),
    );
    keep("rubbish", b"this is no sound at all");
    let bot = place.start();
    let dee = Person::new(&emulator, 7_104);
    dee.asks("/privacy", &said("push_voice_kept"));

    // Too long and too large: told so, and nothing is fetched.
    let before = dee.got().len();
    dee.send(recording("question", 61, 900));
    dee.hears_after(before, "too long");
    let before = dee.got().len();
    dee.send(recording("question", 5, 9 << 20));
    dee.hears_after(before, &said("voice_not_sound"));
    assert_eq!(calls(&emulator, "getfile"), 0);

    let watch = waymark::base::Stopwatch::start();
    let before = dee.got().len();
    dee.send(recording("question", 3, question.len()));
    let answer = dee.hears_after(before, "I heard: “Does my PA get sick pay?”");
    println!(
        "a question of {} bytes was heard and answered in {:.1?}",
        question.len(),
        watch.elapsed()
    );
    assert!(answer.text.contains("Correct as of"), "{}", answer.text);
    let labels: Vec<String> = answer.buttons().into_iter().map(|(l, _)| l).collect();
    assert!(
        labels
            .iter()
            .any(|l| l.contains("not what I said") || l.starts_with("No, I said")),
        "{labels:?}"
    );
    let watch = waymark::base::Stopwatch::start();
    dee.press(&answer, &said("button_listen"));
    let note = listens(&dee, 1).remove(0);
    println!(
        "an answer of {} seconds was spoken in {:.1?}",
        seconds(&note),
        watch.elapsed()
    );

    let before = dee.got().len();
    dee.send(recording("cry", 3, cry.len()));
    let help = dee.hears_after(before, "999");
    assert!(help.text.contains("I heard"), "{}", help.text);
    let before = dee.got().len();
    dee.send(recording("silence", 1, 900));
    dee.hears_after(before, &said("voice_no_speech"));
    let before = dee.got().len();
    dee.send(recording("rubbish", 1, 20));
    dee.hears_after(before, &said("voice_not_sound"));

    // Twenty at once do not keep those waiting who write.
    let crowd: Vec<Person<'_>> = (0..20).map(|n| Person::new(&emulator, 7_200 + n)).collect();
    let watch = waymark::base::Stopwatch::start();
    for one in &crowd {
        one.send(recording("question", 3, question.len()));
    }
    let eve = Person::new(&emulator, 7_300);
    eve.asks("does my PA get sick pay?", "Correct as of");
    let text = watch.elapsed();
    emulator.wait_for(PATIENCE * 4, "twenty answers", |held| {
        let answered = |one: &Person<'_>| {
            let mut mine = held.sent.iter().filter(|s| s.chat == one.id);
            mine.any(|s| s.text.contains("sick pay"))
        };
        crowd.iter().all(answered).then_some(())
    });
    println!(
        "with 20 voice messages at once: a text answered in {text:.1?}, the last voice in {:.1?}",
        watch.elapsed()
    );

    // Nothing of the sound is kept.
    let file = std::fs::read(place.database()).unwrap();
    let inside = file.windows(4).any(|at| at == b"OggS");
    assert!(!inside, "a recording is in the database");
    emulator.nothing_wrong();
    bot.terminate();
}
