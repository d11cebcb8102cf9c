//! What people wrote, encrypted, as an operator meets it: the key by the environment, what doctor says, sealing what was there before,
//! every command with the key and without it, a backup and its restore.
//! What never lives here: what is sealed and how (store/sealed.rs).

use std::{fs, process::Output};

use waymark::base::{SealKey, Secret};

use super::{
    Machine,
    backup::over,
    rights::{talked, talked_in},
    text,
};
use crate::server;

const KEY: &str = "WAYMARK_SEAL_KEY";

fn with(machine: &Machine, key: &str, arguments: &[&str]) -> Output {
    let mut command = machine.command(arguments);
    command.env(KEY, key).output().unwrap()
}

fn says(machine: &Machine, key: &str, arguments: &[&str]) -> String {
    let output = with(machine, key, arguments);
    let (said, trouble) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {said}{trouble}");
    said
}

/// Fails with one line that names the key.
fn refuses(output: &Output, told: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.lines().count() == 1 && said.contains(told), "{said}");
}

fn holds(machine: &Machine, words: &str) -> bool {
    let files = fs::read_dir(machine.0.0.join("data")).unwrap();
    files.into_iter().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        text(&bytes).contains(words)
    })
}

#[test]
fn a_key_encrypts_what_people_wrote_and_every_command_goes_on() {
    let machine = Machine::new();
    let (ours, other) = ("3".repeat(64), "4".repeat(64));
    let (id, case) = talked(&machine, "zanzibar, i want to talk to a person");
    let case = case.unwrap();
    let plain = text(&machine.run(&["doctor"]).stdout);
    assert!(
        plain.contains("NOT encrypted: WAYMARK_SEAL_KEY is not set"),
        "{plain}"
    );
    assert!(holds(&machine, "zanzibar"));
    assert!(
        machine
            .fails(&["seal"])
            .contains("WAYMARK_SEAL_KEY is not set")
    );
    refuses(
        &with(&machine, "12", &["seal"]),
        "WAYMARK_SEAL_KEY: a key is 64",
    );

    let before = says(&machine, &ours, &["doctor"]);
    assert!(
        before.contains("are still plain (") && before.contains("messages.text 2"),
        "{before}"
    );
    let sealed = says(&machine, &ours, &["seal"]);
    assert!(!sealed.starts_with('0'), "{sealed}");
    assert!(says(&machine, &ours, &["seal"]).starts_with("0 values"));
    assert!(says(&machine, &ours, &["doctor"]).contains("none is plain"));
    assert!(!holds(&machine, "zanzibar"));

    for arguments in [&["cases", "list"][..], &["doctor"], &["backup", "x"]] {
        if arguments != ["doctor"] {
            let bare = machine.run(arguments);
            refuses(&bare, "WAYMARK_SEAL_KEY is not set, and what people wrote");
            let wrong = with(&machine, &other, arguments);
            refuses(
                &wrong,
                "WAYMARK_SEAL_KEY is not the key that what people wrote",
            );
        } else {
            let bare = machine.run(arguments);
            assert_eq!(bare.status.code(), Some(1));
            assert!(text(&bare.stdout).contains("WAYMARK_SEAL_KEY is not set"));
        }
    }
    assert!(says(&machine, &ours, &["person", "export", id.as_str()]).contains("zanzibar"));
    assert!(says(&machine, &ours, &["cases", "show", &case]).contains("zanzibar"));
    assert!(says(&machine, &ours, &["cases", "verify"]).contains("the log is whole"));
    assert!(says(&machine, &ours, &["retention", "--dry-run"]).contains("would go: 0 conv"));
    says(
        &machine,
        &ours,
        &["report", "--quarter", "2020-Q4", "--format", "json"],
    );

    // A backup holds it as sealed as the database does, and asks for the same key.
    says(&machine, &ours, &["backup", "one.backup"]);
    fs::remove_dir_all(machine.0.0.join("data")).unwrap();
    let wrong = with(&machine, &other, &["restore", "one.backup"]);
    refuses(&wrong, "WAYMARK_SEAL_KEY is not the key");
    says(&machine, &ours, &["restore", "one.backup"]);
    assert!(!holds(&machine, "zanzibar"));
    assert!(says(&machine, &ours, &["cases", "show", &case]).contains("zanzibar"));
}

/// A database of a machine, by somebody else's hand: the first column of every row, and a change.
type ByHand<'a> = &'a dyn Fn(&str) -> Vec<String>;

#[test]
fn the_key_is_changed_at_once_and_the_old_one_opens_nothing() {
    let machine = Machine::new();
    let database = machine.0.0.join("data/waymark.db");
    let (_, case) = talked(&machine, ASKED);
    key_changed(&machine, &case.unwrap(), &|sql| {
        let db = rusqlite::Connection::open(&database).unwrap();
        let mut rows = db.prepare(sql).unwrap();
        let rows = rows.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    });
}

#[test]
fn the_key_is_changed_on_a_server_too() {
    let (machine, live) = (Machine::new(), server::shared().database());
    over(&machine, &live);
    let (_, case) = talked_in(live.open(), ASKED);
    key_changed(&machine, &case.unwrap(), &|sql| {
        let said = server::by_hand(&live.url, sql).unwrap();
        said.lines().map(str::to_owned).collect()
    });
}

const ASKED: &str = "zanzibar, i want to talk to a person";

fn key_changed(machine: &Machine, case: &str, look: ByHand<'_>) {
    let (old, new) = ("3".repeat(64), "4".repeat(64));
    says(machine, &old, &["seal"]);
    says(
        machine,
        &old,
        &[
            "adviser", "add", "sam", "--name", "Sam", "--role", "adviser",
        ],
    );
    let factor = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned());
    let key = |text: &str| -> SealKey { text.parse().unwrap() };
    let sealed = key(&old).seal(&factor, "totp sam", [7; 32]).unwrap();
    let set = format!(
        "UPDATE accounts SET totp_secret = '{}' WHERE name = 'sam' RETURNING name",
        sealed.reveal()
    );
    assert_eq!(look(&set), ["sam"]);

    let refused = with(machine, &old, &["seal", "--new-key"]);
    refuses(&refused, "WAYMARK_SEAL_KEY_NEW is not set");
    let change = |from: &str| {
        let mut command = machine.command(&["seal", "--new-key"]);
        command.env(KEY, from).env("WAYMARK_SEAL_KEY_NEW", &new);
        command.output().unwrap()
    };
    let wrapped = "SELECT wrapped FROM seal_keys ORDER BY what, id";
    let before = look(wrapped);
    refuses(&change(&"5".repeat(64)), "WAYMARK_SEAL_KEY is not the key");
    assert_eq!(look(wrapped), before);
    let texts = look("SELECT text FROM messages ORDER BY id");
    assert!(!texts.is_empty() && !texts.concat().contains("zanzibar"));
    let done = change(&old);
    let told = text(&done.stdout);
    let keys = before.len() - 1;
    assert!(
        done.status.success() && told.starts_with(&format!("{keys} keys")),
        "{told}{}",
        text(&done.stderr)
    );
    let after = look(wrapped);
    assert!(before.iter().zip(&after).all(|(a, b)| a != b) && after.len() == before.len());
    assert_eq!(look("SELECT text FROM messages ORDER BY id"), texts);

    let refused = with(machine, &old, &["cases", "show", case]);
    refuses(&refused, "WAYMARK_SEAL_KEY is not the key");
    assert!(says(machine, &new, &["cases", "show", case]).contains("zanzibar"));
    let kept = look("SELECT totp_secret FROM accounts WHERE name = 'sam'");
    let kept = Secret::new(kept[0].clone());
    assert_eq!(key(&new).open(&kept, "totp sam"), Some(factor));
    assert_eq!(key(&old).open(&kept, "totp sam"), None);
}
