//! `check`, `index`, `doctor`, `cases`; help and misuse of every command.
//! What never lives here: what goes wrong with files (trouble.rs).

use waymark::{
    assistant::{Desk, Input, Said, Snapshot, Staffing, Stated},
    base::{Chance, Clock},
    casework::Channel,
    store::Store,
};

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

/// Reviews that fall due, those first on which most answers rest; without a database none does.
#[test]
fn due_reviews_are_ranked_by_the_answers_that_rest_on_them() {
    let machine = Machine::new();
    let due = |days: &str| {
        let output = machine.run(&["check", "--due", days, "--on", "2027-03-31"]);
        let said = text(&output.stdout);
        assert!(output.status.success(), "{said}{}", text(&output.stderr));
        said
    };
    let before = due("0");
    assert!(
        !machine.0.0.join("data").exists(),
        "looking makes no database"
    );
    let sick_pay = "employment/sick-pay.md: review by 2027-03-31, ";
    assert!(before.contains(&format!("{sick_pay}0 answers")), "{before}");
    assert!(
        !before.lines().next().unwrap().contains(sick_pay),
        "{before}"
    );
    let few = before.lines().count();
    assert!(few < due("300").lines().count());

    // Two answers rest on it: it comes first.
    let store = Store::open(&machine.0.0.join("data/waymark.db")).unwrap();
    let snapshot = Snapshot::new(world::knowledge().library.clone(), Staffing::default()).unwrap();
    let clock = Clock::Fixed(world::sunday_noon());
    let desk = Desk::new(store, clock, Chance::seeded(7), snapshot);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        for _ in 0..2 {
            let (id, _) = desk
                .start(Channel::Terminal, Stated::default())
                .await
                .unwrap();
            let what = Said::Text("do i have to pay my pa when she is ill".to_owned());
            let input = Input {
                what,
                channel: Channel::Terminal,
                stated: Stated::default(),
            };
            desk.turn(&id, None, input).await.unwrap();
        }
    });
    drop(desk);
    let after = due("0");
    let first = after.lines().next().unwrap();
    assert!(first.contains(&format!("{sick_pay}2 answers")), "{after}");
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
            && said.contains("store          ok")
            && said.contains("security.txt   not served: service.security_contact"),
        "{said}"
    );
    let configured = std::fs::read_to_string(machine.0.0.join("waymark.toml")).unwrap();
    let contact = "[service]\nsecurity_contact = \"mailto:security@example.org\"\n";
    machine
        .0
        .put("waymark.toml", format!("{configured}{contact}"));
    let said = text(&machine.run(&["doctor"]).stdout);
    assert!(
        said.contains("security.txt   names mailto:security@example.org\n")
            && !said.contains("not served"),
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
