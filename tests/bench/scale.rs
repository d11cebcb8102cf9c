//! What finding costs as the knowledge grows: the real one, then 10,000, 30,000 and 100,000 generated sections, by words and
//! by words and vectors. Each size in a process of its own, so that the memory told is its own.
//! What never lives here: the quality of what is found; generating (generated.rs).

use std::process::Command;

use waymark::{
    base::{Lang, Stopwatch},
    knowledge::{Files, Library, load, read_folder},
    retrieval::{Index, Query},
};

use crate::{figures::Times, generated, process::memory};

const SIZES: [usize; 3] = [10_000, 30_000, 100_000];
const QUESTIONS: usize = 400;
/// Names the size that a process of its own measures.
const SIZE: &str = "BENCH_SECTIONS";

/// The real knowledge and each size, then how cost grew.
pub(crate) fn run() {
    if let Some(size) = std::env::var(SIZE).ok().and_then(|s| s.parse().ok()) {
        let [built, whole, words, vectors] = one(size);
        println!("figures {built} {whole} {words} {vectors}");
        return;
    }
    one(0);
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for size in SIZES {
        let run = Command::new(std::env::current_exe().unwrap())
            .arg("scale")
            .env(SIZE, size.to_string())
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        let said = String::from_utf8(run.stdout).unwrap();
        let lines: Vec<&str> = said.lines().filter(|l| l.starts_with("  ")).collect();
        println!("{}", lines.join("\n"));
        let figures = said.lines().find_map(|l| l.strip_prefix("figures "));
        rows.push(
            figures
                .unwrap()
                .split(' ')
                .map(|f| f.parse().unwrap())
                .collect(),
        );
    }
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return;
    };
    let times = SIZES[2] / SIZES[0];
    println!(
        "  from {} to {} sections, {times} times as many:",
        SIZES[0], SIZES[2]
    );
    for (name, at) in [
        ("building", 0),
        ("memory", 1),
        ("p50 by words", 2),
        ("p50 with vectors", 3),
    ] {
        println!("    {name:<18} {:.1} times", last[at] / first[at]);
    }
}

/// One size, 0 being the real knowledge: milliseconds to build, megabytes with vectors, p50 by words and with vectors.
fn one(size: usize) -> [f64; 4] {
    let real = read_folder(&crate::root().join("knowledge")).unwrap();
    let words = generated::words(&real);
    let questions = generated::questions(&words, QUESTIONS);
    let before = memory(std::process::id());
    let (read, library) = library(real, &words, size);
    let watch = Stopwatch::start();
    let index = Index::build(&library).unwrap();
    let built = watch.millis();
    let (info, held) = (index.info(), memory(std::process::id()) - before);
    println!(
        "  {:>6} sections, {:>6} questions, {:>5} words   read {read:.0} ms, index {built:.0} ms, {held:.0} MB",
        info.sections, info.questions, info.words
    );
    let by_words = ask(&index, &library, &questions);
    told("by words", &by_words);
    let watch = Stopwatch::start();
    let index = index
        .with_meaning(Some(generated::meaning(&library)), None)
        .unwrap();
    let (drawn, whole) = (watch.millis(), memory(std::process::id()) - before);
    let with_vectors = ask(&index, &library, &questions);
    told("with vectors", &with_vectors);
    println!("           vectors drawn in {drawn:.0} ms, {whole:.0} MB with them");
    [
        built,
        whole,
        by_words.percentile(50),
        with_vectors.percentile(50),
    ]
}

fn library(real: Files, words: &[String], size: usize) -> (f64, Library) {
    let files = if size == 0 {
        real
    } else {
        generated::knowledge(&real, words, size)
    };
    let watch = Stopwatch::start();
    let (library, _) = load(&files);
    (watch.millis(), library)
}

fn told(how: &str, times: &Times) {
    println!(
        "           {how:<13} p50 {:>8.2} ms   p99 {:>8.2} ms",
        times.percentile(50),
        times.percentile(99)
    );
}

/// Every question once after a few to warm up, one after another.
fn ask(index: &Index, library: &Library, questions: &[String]) -> Times {
    let mut times = Times::default();
    let whole = Stopwatch::start();
    for (number, text) in questions.iter().take(20).chain(questions).enumerate() {
        let query = Query {
            text,
            lang: &Lang::english(),
            context: None,
            near: None,
            day: jiff::civil::date(2026, 11, 22),
            today: jiff::civil::date(2026, 11, 22),
            area: None,
            regime: None,
            audience: None,
            limit: 12,
        };
        let watch = Stopwatch::start();
        index.search(library, &query).unwrap();
        if number >= 20 {
            times.add(watch.elapsed());
        }
    }
    times.took(whole.elapsed())
}
