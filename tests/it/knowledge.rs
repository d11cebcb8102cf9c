//! Knowledge: what its tests share, a small library that is valid and can be changed in one place.
//! What never lives here: the tests, which stand in the folder beside this file.

mod complaints;
mod days;
mod feeds;
mod hostile;
mod speech;
mod steps;
mod translations;
mod traps;

use jiff::civil::{Date, date};
use waymark::{
    assistant::missing_messages,
    knowledge::{Complaint, Files, Library, check, load, read_folder},
};

use crate::world;

/// The day the tests take it to be.
fn today() -> Date {
    date(2026, 11, 22)
}

/// The files of the small library, with the repository's own fixed sentences.
fn small() -> Files {
    let mut files = read_folder(&world::root().join("tests/fixtures/knowledge")).unwrap();
    let sentences = world::knowledge().files.iter();
    let sentences = sentences.filter(|(f, _)| f.starts_with("messages/en"));
    files.extend(sentences.map(|(f, t)| (f.clone(), t.clone())));
    files
}

/// The small library with one text swapped for another.
fn changed(file: &str, from: &str, to: &str) -> Files {
    let mut files = small();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} does not hold '{from}'");
    *text = text.replacen(from, to, 1);
    files
}

/// Everything `waymark check` would print on a day.
fn complaints(files: &Files, day: Date) -> Vec<Complaint> {
    let (library, mut found) = load(files);
    found.extend(check(&library, files, day));
    found.extend(missing_messages(&library));
    found
}

fn library(files: &Files) -> Library {
    load(files).0
}
