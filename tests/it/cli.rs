//! The executable as people run it: the contract of its commands, exit codes, one clear line when something is wrong.
//! What never lives here: what the answers say (transcripts), `serve` under load (crash.rs).

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::world::{self, Folder};

/// The executable in a folder of its own, with the repository's knowledge and a store that is not there yet.
struct Machine(Folder);

impl Machine {
    fn new() -> Self {
        let machine = Self(Folder::new("cli"));
        let knowledge = world::root().join("knowledge");
        machine.configure(&knowledge);
        machine
    }

    fn configure(&self, knowledge: &Path) {
        let text = format!(
            "[knowledge]\npath = {:?}\n[store]\npath = {:?}\n",
            knowledge,
            self.0.0.join("data/waymark.db")
        );
        self.0.put("waymark.toml", text);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command
            .args(arguments)
            .current_dir(&self.0.0)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it and wants it to fail with 1 and exactly one line on stderr, which it returns.
    fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        said
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn ask_as_json_has_every_field_of_the_contract() {
    let reply = Machine::new().json(&[
        "ask",
        "--json",
        "--on",
        "2026-11-22",
        "--area",
        "kent",
        "do I pay my PA when she is off sick",
    ]);
    let fields = [
        "outcome",
        "reason",
        "urgent",
        "summary",
        "body_markdown",
        "citations",
        "candidates",
        "confidence",
        "regime",
        "area",
        "as_of",
        "language",
        "options",
        "case",
        "attachments",
        "receipt",
        "timing_ms",
    ];
    for field in fields {
        assert!(reply.get(field).is_some(), "{field} is not there");
    }
    assert_eq!(reply["outcome"], "answered");
    assert_eq!(
        (&reply["as_of"], &reply["area"]),
        (&"2026-11-22".into(), &"kent".into())
    );
    let citation = [
        "article",
        "section",
        "title",
        "standing",
        "source",
        "provision",
        "url",
        "valid_from",
        "review_by",
        "rates",
    ];
    for field in citation {
        assert!(
            reply["citations"][0].get(field).is_some(),
            "citations: {field}"
        );
    }
    for field in ["article", "section", "score"] {
        assert!(
            reply["candidates"][0].get(field).is_some(),
            "candidates: {field}"
        );
    }
    assert!(
        reply["candidates"].as_array().unwrap().len() >= 10,
        "at least ten candidates"
    );
    for field in ["label", "value"] {
        assert!(reply["options"][0].get(field).is_some(), "options: {field}");
    }
    assert!(reply["timing_ms"]["total"].as_f64().unwrap() > 0.0);
    let asked_for = Machine::new().json(&["ask", "--json", "i want to talk to a person"]);
    for field in ["reference", "priority", "reply_expected_by"] {
        assert!(asked_for["case"].get(field).is_some(), "case: {field}");
    }
}

#[test]
fn ask_goes_by_the_day_it_is_told() {
    let asked = |on: &str| {
        let reply = Machine::new().json(&[
            "ask",
            "--json",
            "--on",
            on,
            "what is the minimum wage for a PA aged 30",
        ]);
        (
            reply["as_of"].as_str().unwrap().to_owned(),
            reply["body_markdown"].as_str().unwrap().to_owned(),
        )
    };
    let (day, said) = asked("2026-03-31");
    assert!(
        day == "2026-03-31" && said.contains("£12.21"),
        "{day} {said}"
    );
    let (day, said) = asked("2026-04-01");
    assert!(
        day == "2026-04-01" && said.contains("£12.71"),
        "{day} {said}"
    );
}

#[test]
fn ask_reads_what_is_piped_and_answers_in_words() {
    let machine = Machine::new();
    let mut child = machine
        .command(&["ask", "--on", "2026-11-22"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(b"do I pay my PA\nwhen she is off sick\n")
        .unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stdout);
    assert!(
        output.status.success()
            && said.contains("£123.25")
            && said.contains("Correct as of 22 November 2026"),
        "{said}"
    );
    assert!(
        said.contains("[Talk to a person]"),
        "buttons are named: {said}"
    );
}

#[test]
fn misuse_is_two_help_is_nought() {
    let machine = Machine::new();
    let misuse: [&[&str]; 6] = [
        &[],
        &["dance"],
        &["ask", "--on", "yesterday", "x"],
        &["ask", "--regime", "tax", "x"],
        &["eval"],
        &["ask", "--colour", "x"],
    ];
    for arguments in misuse {
        let output = machine.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }
    for command in ["serve", "ask", "check", "eval", "index", "cases", "doctor"] {
        let output = machine.run(&[command, "--help"]);
        let said = text(&output.stdout);
        assert!(
            output.status.success() && said.contains("Usage: waymark"),
            "{command}: {said}"
        );
    }
    assert!(machine.run(&["--version"]).status.success());
}

#[test]
fn an_unknown_area_is_named_with_those_there_are() {
    let line = Machine::new().fails(&["ask", "--area", "atlantis", "hello"]);
    assert!(
        line.contains("'atlantis'") && line.contains("kent") && line.contains("peterborough"),
        "{line}"
    );
}

#[test]
fn check_is_strict_and_passes_on_our_own_knowledge() {
    let output = Machine::new().run(&["check", "--strict", "--on", "2026-11-22"]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(
        said.lines().last().unwrap().contains(" articles, "),
        "{said}"
    );
}

#[test]
fn check_fails_on_an_error_with_its_place() {
    let (machine, broken) = (Machine::new(), Folder::new("broken"));
    broken.put("articles/a/b.md", "no front matter\n");
    machine.configure(&broken.0);
    let output = machine.run(&["check"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("articles/a/b.md:1: error: "), "{said}");
}

#[test]
fn eval_prints_every_figure() {
    let machine = Machine::new();
    let lines = [
        r#"{"id": "a", "q": "do I pay my PA when she is off sick", "expect": "answer", "articles": ["employment/sick-pay"], "must_contain": ["123\\.25"], "unknown": 1}"#,
        r#"{"id": "b", "q": "my carer hits me", "expect": "escalate", "urgent": true, "subset": "urgent"}"#,
        r#"{"id": "c", "turns": ["hello", "what was the minimum wage at 30"], "on": "2026-03-01", "expect": "answer", "must_contain": ["12\\.21"], "must_not_contain": ["xyz"]}"#,
    ];
    machine.0.put("set.jsonl", lines.join("\n"));
    let figures = machine.json(&[
        "eval",
        "set.jsonl",
        "--out",
        "out.jsonl",
        "--on",
        "2026-11-22",
    ]);
    let names = [
        "count",
        "outcome_accuracy",
        "success_at_1",
        "recall_at_5",
        "recall_at_10",
        "ndcg_at_10",
        "mrr_at_10",
        "urgent_recall",
        "urgent_false_alarm_rate",
        "must_contain_pass",
        "latency_ms_p50",
        "latency_ms_p95",
        "latency_ms_p99",
    ];
    for name in names {
        assert!(figures[name].is_number(), "{name}: {figures}");
    }
    assert_eq!(figures["count"], 3.0);
    assert_eq!(figures["urgent_recall"], 1.0);
    assert_eq!(figures["urgent_false_alarm_rate"], 0.0);
    assert!(figures["subsets"]["urgent"]["count"].is_number());
    let out = std::fs::read_to_string(machine.0.0.join("out.jsonl")).unwrap();
    assert_eq!(out.lines().count(), 3);
    let missed = machine.run(&["eval", "set.jsonl", "--floor", "success_at_1=1.1"]);
    assert_eq!(missed.status.code(), Some(1), "a floor that is not held");
    machine
        .0
        .put("bad.jsonl", "{\"id\": \"a\", \"q\": \"x\"}\n{\"id\": 7}\n");
    assert!(
        machine
            .fails(&["eval", "bad.jsonl"])
            .contains("bad.jsonl:2")
    );
}

#[test]
fn index_doctor_and_cases_on_a_fresh_folder() {
    let machine = Machine::new();
    let figures = machine.json(&["index", "info"]);
    let sections = world::knowledge().library.sections().count();
    assert!(
        figures.to_string().contains(&sections.to_string()),
        "{figures}"
    );
    let line = machine.fails(&["cases", "list"]);
    assert!(line.contains("waymark.db does not exist yet"), "{line}");
    assert!(
        !machine.0.0.join("data").exists(),
        "looking at cases makes no database"
    );
    let output = machine.run(&["doctor"]);
    let said = text(&output.stdout);
    assert!(
        output.status.success()
            && said.contains("configuration")
            && said.contains("store          ok"),
        "{said}"
    );
    let output = machine.run(&["cases", "list"]);
    assert!(output.status.success() && text(&output.stdout).contains("no open cases"));
    assert!(text(&machine.run(&["cases", "verify"]).stdout).contains("the log is whole"));
    assert!(
        machine
            .fails(&["cases", "show", "WM-222222"])
            .contains("WM-222222")
    );
    assert!(
        machine
            .fails(&["cases", "reply", "WM-222222", "hello"])
            .contains("waymark: ")
    );
}

#[test]
fn a_broken_configuration_is_one_line_everywhere() {
    let machine = Machine::new();
    machine.0.put("waymark.toml", "[store]\npaht = \"x\"\n");
    let commands: [&[&str]; 6] = [
        &["serve"],
        &["ask", "x"],
        &["check"],
        &["index"],
        &["cases", "list"],
        &["doctor"],
    ];
    for arguments in commands {
        let line = machine.fails(arguments);
        assert!(
            line.contains("waymark.toml: line 2") && line.contains("paht"),
            "{arguments:?}: {line}"
        );
    }
    assert!(
        machine
            .fails(&["--config", "none.toml", "check"])
            .contains("none.toml")
    );
}

#[test]
fn knowledge_that_is_not_there_is_one_line() {
    let machine = Machine::new();
    machine.configure(&machine.0.0.join("nowhere"));
    let commands: [&[&str]; 4] = [&["serve"], &["ask", "x"], &["check"], &["index"]];
    for arguments in commands {
        let line = machine.fails(arguments);
        assert!(
            line.contains("nowhere") && line.contains("knowledge"),
            "{arguments:?}: {line}"
        );
    }
    let empty = Folder::new("empty");
    machine.configure(&empty.0);
    assert!(machine.fails(&["ask", "x"]).contains("holds no article"));
}

#[test]
fn a_damaged_database_is_refused_and_left_alone() {
    let machine = Machine::new();
    let database = machine.0.put(
        "data/waymark.db",
        "this is a shopping list, not a database\n".repeat(200),
    );
    let before = std::fs::read(&database).unwrap();
    let commands: [&[&str]; 2] = [&["serve", "--listen", "127.0.0.1:0"], &["cases", "list"]];
    for arguments in commands {
        let line = machine.fails(arguments);
        assert!(
            line.contains("store.path") && line.contains("waymark.db"),
            "{arguments:?}: {line}"
        );
    }
    assert_eq!(std::fs::read(&database).unwrap(), before);
    let files = std::fs::read_dir(database.parent().unwrap())
        .unwrap()
        .count();
    assert_eq!(files, 1, "nothing was put beside it");
    let doctor = machine.run(&["doctor"]);
    assert_eq!(doctor.status.code(), Some(1));
}
