//! Importing a directory of 10,000 local services over the loopback, in pages with and without details; indexing and searching
//! them; the memory of the executable while it imports.
//! What never lives here: the directory itself (tests/it/directory.rs).

use std::process::{Command, Stdio};

use waymark::{
    base::Stopwatch,
    knowledge::read_feeds,
    retrieval::{ServiceQuery, Services},
};

use crate::{Folder, directory, figures::median};

const SERVICES: usize = 10_000;
const QUESTIONS: [&str; 5] = [
    "day centres for adults near Maidstone",
    "clubs for autistic children in Kent",
    "who can help with payroll in Peterborough",
    "respite near Ely",
    "memory cafe for my mum around Huntingdon",
];
const ROUNDS: usize = 200;

/// Version 1 with everything in its pages, version 3 with a request a service; then what is found.
pub(crate) fn run() {
    let folder = Folder::new("services");
    for (name, old, full) in [("v1-full", true, true), ("v3-details", false, false)] {
        let base = directory::feed(SERVICES, old, full);
        let watch = Stopwatch::start();
        let mut child = Command::new(env!("CARGO_BIN_EXE_waymark"))
            .args([
                "services",
                "import",
                &format!("{base}/services"),
                "--name",
                name,
            ])
            .current_dir(&folder.0)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut peak = 0.0_f64;
        while child.try_wait().unwrap().is_none() {
            peak = peak.max(peak_memory(child.id()));
            std::thread::yield_now();
        }
        assert!(child.wait().unwrap().success());
        let seconds = watch.millis() / 1000.0;
        println!("  import {SERVICES} {name:<12} {seconds:>7.2} s   peak memory {peak:.0} MB");
    }
    let watch = Stopwatch::start();
    let mut library = crate::library();
    let alone = watch.millis();
    library.feeds = read_feeds(&folder.0.join("data/services")).0;
    let read = watch.millis() - alone;
    let watch = Stopwatch::start();
    let services = Services::build(&library).unwrap();
    println!(
        "  {} services: read {read:.0} ms, indexed {:.0} ms",
        services.len(),
        watch.millis()
    );
    for text in QUESTIONS {
        let query = ServiceQuery {
            text,
            day: jiff::civil::date(2026, 11, 22),
            area: None,
            limit: 5,
        };
        let once = || {
            let watch = Stopwatch::start();
            let found = services.find(&library, &query).unwrap();
            assert!(!found.is_empty(), "{text}");
            watch.millis()
        };
        println!("  {:.2} ms  {text}", median((0..ROUNDS).map(|_| once())));
    }
}

/// The most memory a process has held, megabytes; 0 where the system does not tell.
fn peak_memory(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}
