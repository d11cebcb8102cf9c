//! `make bench`: what a turn costs in process, durably, and over HTTP beside a bare handler in the same run; what building
//! the index costs; how fast the executable starts and what it holds. Bounded in count and time, loopback only.
//! What never lives here: a verdict. Numbers from a busy machine are no numbers; compare ratios of one run.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement stops where something is not as told"
)]
#![expect(clippy::print_stdout, reason = "the figures are what this prints")]

mod client;
#[path = "../it/directory.rs"]
mod directory;
mod durable;
mod emulated;
mod figures;
mod generated;
mod http;
#[cfg(feature = "semantic")]
mod meaning;
#[cfg(feature = "semantic")]
mod peers;
mod process;
mod queue;
mod scale;
#[path = "../it/server.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod server;
mod services;
mod steps;
mod swap;
mod telegram;
#[path = "../it/world.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod world;

use std::path::{Path, PathBuf};

use waymark::{
    assistant::Snapshot,
    knowledge::{Library, load, read_folder},
};

/// The parts, by the name that picks one: `cargo bench --bench bench -- steps`.
const PARTS: &[(&str, fn())] = &[
    ("steps", steps::run),
    ("durable", durable::run),
    ("http", http::run),
    ("scale", scale::run),
    ("services", services::run),
    ("swap", swap::run),
    ("process", process::run),
    ("queue", queue::run),
    ("telegram", telegram::run),
    ("emulated", emulated::run),
    #[cfg(feature = "semantic")]
    ("peers", peers::run),
];

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    for (name, part) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            println!("\n{name}");
            part();
        }
    }
}

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn library() -> Library {
    load(&read_folder(&root().join("knowledge")).unwrap()).0
}

fn snapshot() -> Snapshot {
    Snapshot::new(library(), waymark::assistant::Staffing::default()).unwrap()
}

/// Every item of the question sets.
fn items() -> Vec<serde_json::Value> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("tests/questions"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    files.sort();
    let read = |file: &PathBuf| std::fs::read_to_string(file).unwrap();
    files
        .iter()
        .map(read)
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect()
}

/// Every single question of the question sets.
fn questions() -> Vec<String> {
    let one = |item: &serde_json::Value| item["q"].as_str().map(str::to_owned);
    let all: Vec<String> = items().iter().filter_map(one).collect();
    assert!(all.len() > 500, "{} questions", all.len());
    all
}

/// A folder of its own that goes with the part.
struct Folder(PathBuf);

impl Folder {
    fn new(of: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("bench-{of}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
