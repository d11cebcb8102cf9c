//! `person`, `retention`, `cases export`, `cases gaps`, `cases request`: a person's copy and erasure on the terminal, with the
//! promises of retention.
//! What never lives here: what the store deletes (store/age.rs).

use serde_json::Value;
use waymark::{
    assistant::{Desk, Input, Said, Snapshot, Stated},
    base::{Chance, Clock, ConversationId},
    casework::Channel,
    store::Store,
};

use super::{Machine, text};
use crate::world;

/// A conversation in the machine's database; with `person` it asks for one.
pub(super) fn talked(machine: &Machine, said: &str) -> (ConversationId, Option<String>) {
    talked_in(
        Store::open(&machine.0.0.join("data/waymark.db")).unwrap(),
        said,
    )
}

/// The same in any database.
pub(super) fn talked_in(store: Store, said: &str) -> (ConversationId, Option<String>) {
    let snapshot = Snapshot::new(world::knowledge().library.clone(), world::staffed()).unwrap();
    let clock = Clock::Fixed("2020-11-22T12:00:00Z".parse().unwrap());
    let desk = Desk::new(store.clone(), clock, Chance::System, snapshot);
    let talked = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (id, _) = desk
            .start(Channel::Terminal, Stated::default())
            .await
            .unwrap();
        let input = Input {
            what: Said::Text(said.to_owned()),
            channel: Channel::Terminal,
            stated: Stated::default(),
        };
        let reply = desk.turn(&id, None, input).await.unwrap();
        (id, reply.case.map(|c| c.reference.to_string()))
    });
    drop(desk);
    store.close_blocking();
    talked
}

fn says(machine: &Machine, arguments: &[&str]) -> String {
    let output = machine.run(arguments);
    let said = text(&output.stdout);
    assert!(
        output.status.success(),
        "{arguments:?}: {said}{}",
        text(&output.stderr)
    );
    said
}

#[test]
fn a_person_takes_a_copy_and_is_erased_when_somebody_has_decided() {
    let machine = Machine::new();
    let (alone, none) = talked(&machine, "zanzibar, do i pay my pa for bank holidays");
    assert_eq!(none, None);
    let (id, case) = talked(&machine, "zanzibar, i want to talk to a person");
    let case = case.unwrap();

    let read = says(&machine, &["person", "export", &case]);
    assert!(
        read.contains("You:\nzanzibar, i want") && read.contains(&case),
        "{read}"
    );
    let copy = machine.json(&["person", "export", id.as_str(), "--json"]);
    assert_eq!(copy["conversations"].as_array().unwrap().len(), 1);
    assert!(says(&machine, &["cases", "show", &case]).contains("exported"));

    // Without a case at once; with one a person decides.
    assert_eq!(
        says(&machine, &["person", "erase", alone.as_str()]).trim(),
        "erased"
    );
    assert!(
        machine
            .fails(&["person", "export", alone.as_str()])
            .contains("no such person")
    );
    let asked = says(&machine, &["person", "erase", &case]);
    assert!(asked.contains("a person decides"), "{asked}");
    assert!(says(&machine, &["person", "export", &case]).contains("zanzibar"));
    let due = says(&machine, &["cases", "requests"]);
    assert!(due.contains(&case) && due.contains("answer by"), "{due}");
    says(&machine, &["cases", "request", &case, "stop-clock"]);
    assert!(says(&machine, &["cases", "requests"]).contains("the clock is stopped"));
    says(
        &machine,
        &[
            "person",
            "erase",
            &case,
            "--decide",
            "granted",
            "--adviser",
            "sam",
        ],
    );
    assert!(!says(&machine, &["person", "export", &case]).contains("zanzibar"));
    assert!(says(&machine, &["cases", "requests"]).contains("no open requests"));
    assert!(says(&machine, &["cases", "verify"]).contains("whole"));
    for wrong in ["WM-222222", "nobody"] {
        machine.fails(&["person", "erase", wrong]);
    }
}

#[test]
fn retention_is_counted_first_and_the_export_holds_no_words() {
    let machine = Machine::new();
    talked(&machine, "zanzibar, do i pay my pa for bank holidays");
    let (_, case) = talked(&machine, "zanzibar, i want to talk to a person");
    let case = case.unwrap();
    let would = machine.json(&["retention", "--dry-run", "--json"]);
    assert_eq!(
        (&would["conversations"], &would["dry_run"]),
        (&Value::from(1), &Value::from(true))
    );
    assert!(says(&machine, &["retention", "--dry-run"]).contains("would go: 1 conversations"));
    assert!(says(&machine, &["retention"]).contains("gone: 1 conversations"));
    assert_eq!(machine.json(&["retention", "--json"])["conversations"], 0);

    let rows = says(&machine, &["cases", "export"]);
    let wanted = format!("\n{case},terminal,question,normal,,,asked_for_person,waiting,");
    assert!(
        rows.contains(&wanted) && !rows.contains("zanzibar"),
        "{rows}"
    );
    assert_eq!(
        says(&machine, &["cases", "export", "--from", "2021-01-01"])
            .lines()
            .count(),
        1
    );
    let row: Value = serde_json::from_str(&says(&machine, &["cases", "export", "--json"])).unwrap();
    assert_eq!(row["reference"], case);
    says(&machine, &["cases", "gaps", "--json"]);
}
