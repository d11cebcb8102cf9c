//! `check`, `index`, `doctor`, `cases`; help and misuse of every command.
//! What never lives here: what goes wrong with files (trouble.rs).

use super::{Machine, text};
use crate::world::{self, Folder};

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
