//! The executable itself: from start to the first good /readyz, and the memory it holds then and after a thousand turns.
//! What never lives here: throughput (http.rs).

use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use waymark::base::Stopwatch;

use crate::{Folder, client::Client, figures::median};

const STARTS: usize = 7;
const TURNS: usize = 1_000;

/// Starts it several times; talks to the last one.
pub(crate) fn run() {
    let folder = Folder::new("process");
    let mut starts = Vec::new();
    for number in 0..STARTS {
        let (mut child, address, took) = start(&folder);
        starts.push(took.as_secs_f64() * 1000.0);
        if number + 1 == STARTS {
            let ready = memory(child.id());
            talk(address);
            println!(
                "  memory held (RSS)              ready {ready:.0} MB   after {TURNS} turns {:.0} MB",
                memory(child.id())
            );
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let most = starts.iter().copied().fold(0.0, f64::max);
    println!(
        "  start to /readyz               median {:.0} ms   longest {most:.0} ms   ({STARTS} starts)",
        median(starts.into_iter())
    );
}

fn start(folder: &Folder) -> (Child, SocketAddr, Duration) {
    let (listen, metrics) = (free(), free());
    let knowledge = crate::root().join("knowledge");
    let text = format!(
        "[server]\nlisten = \"{listen}\"\nmetrics_listen = \"{metrics}\"\n[knowledge]\npath = {knowledge:?}\n\
         [store]\npath = {:?}\n",
        folder.0.join("waymark.db")
    );
    std::fs::write(folder.0.join("waymark.toml"), text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
    command
        .arg("serve")
        .current_dir(&folder.0)
        .stderr(Stdio::null());
    let watch = Stopwatch::start();
    let child = command.spawn().unwrap();
    while !ready(listen) {
        assert!(
            watch.elapsed() < Duration::from_secs(60),
            "it does not get ready"
        );
        std::thread::yield_now();
    }
    (child, listen, watch.elapsed())
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

fn ready(address: SocketAddr) -> bool {
    let Ok(mut client) = Client::new(address) else {
        return false;
    };
    client
        .send("GET", "/readyz", "", "")
        .is_ok_and(|(status, _)| status == 200)
}

/// One conversation after another, ten turns each.
fn talk(address: SocketAddr) {
    let questions = crate::questions();
    let mut client = Client::new(address).unwrap();
    let (mut path, mut token) = (String::new(), String::new());
    for (number, question) in questions.iter().cycle().take(TURNS).enumerate() {
        if number % 20 == 0 {
            let (status, body) = client
                .send("POST", "/api/v1/conversations", "", "{}")
                .unwrap();
            assert_eq!(status, 201);
            let started: Value = serde_json::from_slice(body).unwrap();
            path = format!(
                "/api/v1/conversations/{}/messages",
                started["id"].as_str().unwrap()
            );
            started["token"].as_str().unwrap().clone_into(&mut token);
        }
        let body = json!({"text": question}).to_string();
        let (status, _) = client.send("POST", &path, &token, &body).unwrap();
        assert_eq!(status, 200);
    }
}

/// Resident memory in megabytes; 0 where the system does not tell.
pub(crate) fn memory(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .unwrap_or("");
    let kilobytes: f64 = line
        .split_whitespace()
        .nth(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(0.0);
    kilobytes / 1024.0
}
