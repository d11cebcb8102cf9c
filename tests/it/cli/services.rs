//! `waymark services`: whole feeds over HTTP on the loopback, in pages and with details; feeds that go wrong leave what was
//! there; what was imported is listed, answered with, and forgotten.
//! What never lives here: how one row is read (knowledge/feeds.rs).

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::json;

use super::{Machine, text};
use crate::{
    crash::Server,
    directory::{feed, page, serve, service, shallow},
    world,
};

/// Runs an import that must succeed; everything it printed.
fn imported(machine: &Machine, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["services", "import"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let output = machine.run(&all);
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    assert_eq!(text(&output.stderr), "", "no bar where nobody watches");
    text(&output.stdout)
}

/// The kept file as lines of JSON: head first.
fn kept(machine: &Machine, name: &str) -> Vec<serde_json::Value> {
    let path = machine.0.0.join(format!("data/services/{name}.jsonl"));
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

#[test]
fn a_shallow_feed_of_version_3_is_taken_whole() {
    let machine = Machine::new();
    // The address of the feed itself: the list is found below it.
    let said = imported(&machine, &[&feed(250, false, false), "--name", "all"]);
    assert!(
        said.contains("v3: 3 pages, 250 rows, 250 details"),
        "{said}"
    );
    let lines = kept(&machine, "all");
    assert_eq!(lines.len(), 251);
    let head = &lines[0];
    assert!(
        head["source"].as_str().unwrap().ends_with("/services"),
        "{head}"
    );
    assert_eq!(head["counts"]["kept"], 250);
    let one = lines.iter().find(|l| l["id"] == "s-8").unwrap();
    assert_eq!(one["phone"], "01632 960008");
    assert_eq!(one["hours"], "Mon, Wed 10:00 to 15:00");
    assert!(
        !lines.iter().any(|l| l.to_string().contains("Sam Persona")),
        "names of people are not kept"
    );
}

#[test]
fn a_full_feed_of_version_1_is_taken_whole() {
    let machine = Machine::new();
    let list = format!("{}/services?page=7&per_page=40", feed(250, true, true));
    let said = imported(&machine, &[&list, "--name", "old", "--licence", "OGL 3.0"]);
    assert!(said.contains("v1: 7 pages, 250 rows, 0 details"), "{said}");
    let lines = kept(&machine, "old");
    assert_eq!(
        (lines.len(), lines[0]["licence"].as_str()),
        (251, Some("OGL 3.0"))
    );
}

#[test]
fn details_that_are_not_there_leave_the_rows() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let base = serve(move |path, _| match path {
        "/services" => (200, page(60, 1, 100, false, false)),
        _ => {
            counted.fetch_add(1, Ordering::Relaxed);
            (404, Vec::new())
        }
    });
    let machine = Machine::new();
    let said = imported(&machine, &[&format!("{base}/services"), "--name", "flat"]);
    assert!(
        said.contains("no more details are asked for") && kept(&machine, "flat").len() == 61,
        "{said}"
    );
    assert!(
        asked.load(Ordering::Relaxed) < 30,
        "it does not go on asking in vain"
    );
}

#[test]
fn what_goes_wrong_leaves_what_was_there() {
    let machine = Machine::new();
    imported(
        &machine,
        &[
            &format!("{}/services", feed(30, false, true)),
            "--name",
            "kent",
        ],
    );
    let before = kept(&machine, "kent");
    let pages = |second: &'static [u8], status: u16| {
        serve(move |_, query| match query["page"].as_str() {
            "1" => (200, page(30, 1, 10, false, true)),
            _ => (status, second.to_vec()),
        })
    };
    let circle = serve(|_, _| (200, page(300, 1, 10, false, true)));
    let huge = serve(|_, _| (200, vec![b' '; 17 << 20]));
    let around = serve(|_, _| (302, b"/services".to_vec()));
    let elsewhere = serve(|_, _| (302, b"file:///etc/passwd".to_vec()));
    let wrong: [(String, &str); 11] = [
        (pages(b"{\"contents\": [{\"id\":", 200), "page 2"),
        (pages(b"", 404), "says that more follow"),
        (pages(b"oops", 500), "answers 500"),
        (pages(b"<html>", 200), "web page"),
        (circle, "circle"),
        (huge, "16 MB"),
        (around, "redirect"),
        (elsewhere, "http"),
        (
            serve(|_, _| (200, br#"{"contents": [], "last_page": true}"#.to_vec())),
            "no open service",
        ),
        (
            serve(|_, _| (200, page(9, 1, 10, false, true))),
            "--accept-fewer",
        ),
        (serve(|_, _| (403, Vec::new())), "403"),
    ];
    for (base, wants) in wrong {
        let line = machine.fails(&[
            "services",
            "import",
            &format!("{base}/services"),
            "--name",
            "kent",
        ]);
        assert!(
            line.to_lowercase().contains(&wants.to_lowercase()),
            "wanted '{wants}': {line}"
        );
        assert_eq!(kept(&machine, "kent"), before, "{line}");
    }
    let folder = fs::read_dir(machine.0.0.join("data/services")).unwrap();
    assert_eq!(folder.count(), 1, "nothing half-written is left");
    let few = serve(|_, _| (200, page(9, 1, 10, false, true)));
    imported(&machine, &[&few, "--name", "kent", "--accept-fewer"]);
    assert_eq!(kept(&machine, "kent").len(), 10);
}

#[test]
fn pages_that_count_from_0_and_say_nothing_are_all_read() {
    let base = serve(|_, query| {
        let number: usize = query["page"].parse().unwrap();
        let rows: Vec<_> = (0..35)
            .skip(number * 10)
            .take(10)
            .map(|n| service(n, false))
            .collect();
        (
            200,
            serde_json::json!({"contents": rows, "first_page": number == 0})
                .to_string()
                .into_bytes(),
        )
    });
    let machine = Machine::new();
    imported(&machine, &[&base, "--name", "zero"]);
    assert_eq!(kept(&machine, "zero").len(), 36);
}

#[test]
fn a_feed_that_refuses_a_page_size_is_asked_without() {
    let base = serve(|_, query| {
        if query.contains_key("per_page") {
            return (400, Vec::new());
        }
        let number = query["page"].parse().unwrap();
        (200, page(25, number, 10, true, true))
    });
    let machine = Machine::new();
    imported(&machine, &[&base, "--name", "strict"]);
    assert_eq!(kept(&machine, "strict").len(), 26);
}

#[test]
fn misuse_is_named() {
    let machine = Machine::new();
    let file = machine.0.put("rows.json", page(3, 1, 10, false, true));
    let file = file.to_str().unwrap();
    for (arguments, wants) in [
        (
            ["services", "import", "ftp://example.org/x", "--name", "x"],
            "http://",
        ),
        (
            [
                "services",
                "import",
                "http://me:pw@example.org/",
                "--name",
                "x",
            ],
            "password",
        ),
        (
            ["services", "import", "no-such-file.json", "--name", "x"],
            "no-such-file.json",
        ),
        (["services", "import", file, "--name", "../x"], "lower case"),
        (
            ["services", "import", file, "--area", "atlantis"],
            "peterborough",
        ),
        (
            ["services", "forget", "nobody", "--config", "waymark.toml"],
            "nobody",
        ),
    ] {
        let line = machine.fails(&arguments);
        assert!(line.contains(wants), "wanted '{wants}': {line}");
    }
    let one = machine
        .0
        .put("one.json", shallow(service(1, false)).to_string());
    imported(&machine, &[one.to_str().unwrap()]);
    assert_eq!(
        kept(&machine, "one").len(),
        2,
        "a single service, named after its file"
    );
}

#[test]
fn what_was_imported_is_listed_asked_for_and_forgotten() {
    let machine = Machine::new();
    let fixtures = world::root().join("tests/fixtures/open-referral");
    for (file, name) in [("kent-v1.json", "kent"), ("fenland-v3.json", "fenland")] {
        imported(
            &machine,
            &[
                fixtures.join(file).to_str().unwrap(),
                "--name",
                name,
                "--area",
                "kent",
            ],
        );
    }
    let said = |arguments: &[&str]| text(&machine.run(arguments).stdout);
    let list = said(&["services", "list"]);
    assert!(
        list.contains("fenland: 5 services") && list.contains("area kent"),
        "{list}"
    );
    let found = said(&["services", "list", "payroll in Peterborough"]);
    assert!(
        found.starts_with("Fen Payroll Desk | Peterborough | 01632 960201"),
        "{found}"
    );
    let asked = [
        "ask",
        "--json",
        "--on",
        "2026-11-22",
        "who can help with payroll in Peterborough",
    ];
    let reply = machine.json(&asked);
    assert_eq!(
        (&reply["outcome"], &reply["reason"]),
        (&"signposted".into(), &"local_services".into())
    );
    assert!(
        machine
            .run(&["services", "forget", "fenland"])
            .status
            .success()
    );
    assert_ne!(
        machine.json(&asked)["reason"],
        "local_services",
        "without it, as before"
    );
    assert!(
        machine
            .fails(&["services", "forget", "fenland"])
            .contains("fenland")
    );
}

/// The reason of an answer over the API, in a conversation of its own.
fn reason(server: &Server, question: &str) -> serde_json::Value {
    let start = format!("{}/api/v1/conversations", server.url);
    let started: serde_json::Value = ureq::post(&start)
        .send_json(json!({}))
        .unwrap()
        .body_mut()
        .read_json()
        .unwrap();
    let path = format!("{start}/{}/messages", started["id"].as_str().unwrap());
    let token = format!("Bearer {}", started["token"].as_str().unwrap());
    let mut reply = ureq::post(path)
        .header("authorization", token)
        .send_json(json!({"text": question, "client_id": "1"}))
        .unwrap();
    let reply: serde_json::Value = reply.body_mut().read_json().unwrap();
    reply["reason"].clone()
}

/// Asks again now and then until the answer's reason is (or is no longer) that of a list; the server looks every three seconds.
fn becomes(server: &Server, listed: bool) {
    let (_never, pause) = std::sync::mpsc::channel::<()>();
    for _ in 0..20 {
        if (reason(server, "respite near Ely") == "local_services") == listed {
            return;
        }
        let _ = pause.recv_timeout(std::time::Duration::from_secs(1));
    }
    panic!("the running service has not noticed");
}

#[test]
fn a_running_service_takes_an_import_up_and_lets_it_go() {
    let machine = Machine::new();
    let server = Server::start(&machine.0);
    assert_ne!(reason(&server, "respite near Ely"), "local_services");
    let file = world::root().join("tests/fixtures/open-referral/fenland-v3.json");
    imported(&machine, &[file.to_str().unwrap(), "--name", "fenland"]);
    becomes(&server, true);
    assert!(
        machine
            .run(&["services", "forget", "fenland"])
            .status
            .success()
    );
    becomes(&server, false);
}
