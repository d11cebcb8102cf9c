//! A broken configuration, knowledge that is not there, a damaged database: one clear line, and nothing touched.
//! What never lives here: wrong content inside the knowledge (the knowledge tests).

use super::Machine;
use crate::world::Folder;

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

#[test]
fn the_first_invitation_is_not_spent_on_a_start_that_fails() {
    let machine = Machine::new();
    let configured = std::fs::read_to_string(machine.0.0.join("waymark.toml")).unwrap();
    let theme = "[server]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"127.0.0.1:0\"\n[theme]\nlogo = \"nowhere.svg\"\n";
    machine.0.put("waymark.toml", configured + theme);
    let ended = machine.run(&["serve"]);
    let said = [ended.stdout, ended.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(
        said.contains("theme.logo: cannot read nowhere.svg"),
        "{said}"
    );
    assert!(!said.contains("/console/invitation/"), "{said}");
    assert!(!ended.status.success());
}
