//! `ask` and `eval`: the fields of the contract, the day asked about, what is piped in, the figures.
//! What never lives here: what the answers say (transcripts).

use std::{io::Write, process::Stdio};

use super::{Machine, text};

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
fn an_unknown_area_is_named_with_those_there_are() {
    let line = Machine::new().fails(&["ask", "--area", "atlantis", "hello"]);
    assert!(
        line.contains("'atlantis'") && line.contains("kent") && line.contains("peterborough"),
        "{line}"
    );
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
        "answered_wrongly",
        "latency_ms_p50",
        "latency_ms_p95",
        "latency_ms_p99",
        "step_ms_p50",
        "retrieve_ms_p99",
    ];
    for name in names {
        assert!(figures[name].is_number(), "{name}: {figures}");
    }
    assert_eq!(figures["confusion"]["escalate"]["urgent"], 1);
    assert_eq!(figures["intervals"]["success_at_1"][1], 1.0);
    assert_eq!(figures["langs"]["en"]["count"], 3.0);
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
fn eval_tells_ours_from_not_ours_and_writes_the_same_page_twice() {
    let machine = Machine::new();
    let lines = [
        r#"{"id": "a", "q": "do I pay my PA when she is off sick", "expect": "answer", "articles": ["employment/sick-pay"]}"#,
        r#"{"id": "b", "q": "how do i get a passport", "expect": "signpost", "lang": "en", "subset": "others"}"#,
        r#"{"id": "c", "q": "what is a direct payment", "expect": "refuse", "subset": "others"}"#,
    ];
    machine.0.put("set.jsonl", lines.join("\n"));
    let report = |name: &str| {
        let on = ["--on", "2026-11-22", "--report", name];
        let figures = machine.json(&[&["eval", "set.jsonl"][..], &on[..]].concat());
        let read = |path: &str| std::fs::read_to_string(machine.0.0.join(path)).unwrap();
        let beside = name.replace(".md", ".json");
        (figures, read(name), read(&beside))
    };
    let (figures, page, json) = report("one.md");
    for name in ["scope_auroc", "out_of_scope_answered_wrongly_at_90"] {
        let value = figures[name].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&value), "{name}: {value}");
    }
    assert_eq!(figures["curve"].as_array().unwrap().len(), 10);
    assert!(
        page.contains("- `c` what is a direct payment: *refuse expected, answered*"),
        "{page}"
    );
    assert!(!page.contains("- `a`"), "what is right is not listed");
    assert!(!json.contains("_ms_"), "times are not kept: {json}");
    let (_, again, json_again) = report("two.md");
    assert_eq!((page, json), (again, json_again));
}
