//! `diff`: which answers change from a git revision to now, why, and the page to sign off; on a small repository of its own.
//! What never lives here: git itself.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Machine, text};
use crate::world;

const QUESTIONS: [&str; 5] = [
    r#"{"id": "wage", "q": "how much must I pay an hour"}"#,
    r#"{"id": "young", "q": "what is the wage for someone who is 19"}"#,
    r#"{"id": "records", "q": "what records of pay are wanted"}"#,
    r#"{"id": "what", "q": "what is a payment"}"#,
    r#"{"id": "cry", "q": "he has a hammer"}"#,
];

/// A machine whose knowledge is the small library, committed to a repository of its own.
fn machine() -> Machine {
    let machine = Machine::new();
    let small = world::root().join("tests/fixtures/knowledge");
    // The small library has only its own sentences; the rest are the repository's.
    let mut files = world::knowledge().files.clone();
    files.retain(|name, _| name.starts_with("messages/"));
    files.extend(waymark::knowledge::read_folder(&small).unwrap());
    for (name, text) in &files {
        machine.0.put(&format!("knowledge/{name}"), text);
    }
    machine.configure(&machine.0.0.join("knowledge"));
    machine.0.put("set.jsonl", QUESTIONS.join("\n"));
    git(&machine, &["init", "--quiet"]);
    git(&machine, &["add", "knowledge"]);
    git(&machine, &["commit", "--quiet", "--message", "first"]);
    machine
}

fn git(machine: &Machine, arguments: &[&str]) {
    let run = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(&machine.0.0)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", text(&run.stderr));
}

fn swap(machine: &Machine, file: &str, from: &str, to: &str) {
    let path = machine.0.0.join("knowledge").join(file);
    let old = std::fs::read_to_string(&path).unwrap();
    assert!(old.contains(from), "{file}: {from}");
    std::fs::write(&path, old.replace(from, to)).unwrap();
}

fn diff(machine: &Machine) -> Value {
    machine.json(&["diff", "HEAD", "set.jsonl", "--on", "2026-11-22", "--json"])
}

/// The change of one question: its cause, and why, joined.
fn change(diff: &Value, id: &str) -> Option<(String, String)> {
    let changes = diff["changes"].as_array().unwrap();
    let change = changes.iter().find(|c| c["id"] == id)?;
    let why = change["why"].as_array().unwrap().iter();
    let why: Vec<&str> = why.map(|w| w.as_str().unwrap()).collect();
    Some((change["cause"].as_str().unwrap().to_owned(), why.join("; ")))
}

#[test]
fn nothing_changes_until_the_knowledge_does() {
    let machine = machine();
    let same = diff(&machine);
    assert_eq!(
        (&same["asked"], &same["changes"]),
        (&5.into(), &Value::Array(vec![]))
    );
    assert_eq!(same["unseen"], Value::Array(vec![]));
}

#[test]
fn each_change_is_told_with_its_cause() {
    let machine = machine();
    swap(&machine, "rates/pay.toml", "12.71", "13.05");
    swap(
        &machine,
        "articles/employment/wage.md",
        "depends on age",
        "goes by age",
    );
    swap(
        &machine,
        "articles/employment/wage.md",
        "Keep records.",
        "Keep all records.",
    );
    swap(
        &machine,
        "triage.toml",
        "\"has a knife\"",
        "\"has a knife\", \"has a hammer\"",
    );
    swap(
        &machine,
        "articles/employment/wage.md",
        "the old rule holds",
        "the old one holds",
    );
    swap(
        &machine,
        "facts/fixed.toml",
        "value = \"15\"",
        "value = \"16\"",
    );
    let now = diff(&machine);
    assert_eq!(change(&now, "cry").unwrap().0, "urgent");
    let (cause, why) = change(&now, "wage").unwrap();
    assert_eq!(cause, "figure", "{why}");
    assert!(why.contains("rate.wage: £12.71 -> £13.05"), "{why}");
    let (_, why) = change(&now, "young").unwrap();
    assert!(
        why.contains("the text of employment/wage#under-21"),
        "{why}"
    );
    let (_, why) = change(&now, "records").unwrap();
    assert!(why.contains("the text of employment/wage#records"), "{why}");
    assert!(change(&now, "what").is_none(), "{now}");
    let unseen = [
        "employment/wage#old-rule (changed)",
        "fact.portion (changed)",
    ];
    assert_eq!(now["unseen"], Value::from(unseen.to_vec()));
    assert_eq!(now["changes"][0]["id"], "cry", "the gravest first");
}

#[test]
fn a_source_and_a_fixed_sentence_are_told_apart() {
    let machine = machine();
    swap(
        &machine,
        "sources.toml",
        "provision = \"section 1\"",
        "provision = \"section 2\"",
    );
    let (cause, why) = change(&diff(&machine), "wage").unwrap();
    assert_eq!(cause, "source", "{why}");
    assert!(
        why.contains("section 1") && why.contains("section 2"),
        "{why}"
    );
    git(
        &machine,
        &["commit", "--quiet", "--all", "--message", "second"],
    );
    swap(
        &machine,
        "articles/employment/wage.md",
        "Check the rate.",
        "Check it.",
    );
    assert_eq!(change(&diff(&machine), "wage").unwrap().0, "around");
}

#[test]
fn the_page_shows_both_sides_and_takes_a_name() {
    let machine = machine();
    swap(&machine, "rates/pay.toml", "12.71", "13.05");
    let run = machine.run(&[
        "diff",
        "HEAD",
        "set.jsonl",
        "--on",
        "2026-11-22",
        "--html",
        "diff.html",
    ]);
    let said = text(&run.stdout);
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert!(
        said.contains("of 5 answers change") && said.contains("  + "),
        "{said}"
    );
    let page = std::fs::read_to_string(machine.0.0.join("diff.html")).unwrap();
    for part in [
        "<html lang=\"en-GB\">",
        "<del>£12.71</del>",
        "<ins>£13.05</ins>",
        "how much must I pay an hour",
        "Sign-off of wage",
        "<label>Name <input type=\"text\"></label>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(
        !page.contains("http-equiv") && !page.contains("<script"),
        "one plain file"
    );
}

#[test]
fn what_git_cannot_give_is_named() {
    let machine = machine();
    let line = machine.fails(&["diff", "no-such-branch", "set.jsonl"]);
    assert!(line.contains("'no-such-branch' is no revision"), "{line}");
    let line = machine.fails(&["diff", "HEAD"]);
    assert!(line.contains("no question sets"), "{line}");
    let output = machine
        .command(&["diff", "HEAD"])
        .env("PATH", "")
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert!(said.contains("git is needed"), "{said}");
}
