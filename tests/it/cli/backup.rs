//! `backup` and `restore` as somebody rehearses them: a machine, its backup, an empty machine; with and without encryption; with
//! what was erased in between; and everything that is refused.
//! What never lives here: what an erasure takes (store/age.rs).

use std::{fs, process::Stdio, time::Duration};

use age::secrecy::ExposeSecret as _;
use waymark::base::Stopwatch;

use super::{
    Machine,
    rights::{talked, talked_in},
    text,
};
use crate::server::{self, Database};

fn says(machine: &Machine, arguments: &[&str]) -> String {
    let output = machine.run(arguments);
    let said = text(&output.stdout);
    let trouble = text(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{trouble}");
    said
}

/// The disk with the database is gone; what lies beside it may be kept.
fn lose(machine: &Machine, keep_ledger: bool) {
    let data = machine.0.0.join("data");
    let ledger = fs::read(data.join("waymark.db.erased"));
    fs::remove_dir_all(&data).unwrap();
    if let (true, Ok(ledger)) = (keep_ledger, ledger) {
        machine.0.put("data/waymark.db.erased", ledger);
    }
}

#[test]
fn a_restore_on_an_empty_machine_brings_everything_back_but_the_erased() {
    let machine = Machine::new();
    let (stays, _) = talked(&machine, "zanzibar, do i pay my pa for bank holidays");
    let (goes, _) = talked(&machine, "timbuktu, do i pay my pa for bank holidays");
    let (_, case) = talked(&machine, "zanzibar, i want to talk to a person");
    let case = case.unwrap();
    let told = says(&machine, &["backup", "one.backup"]);
    assert!(
        told.contains("NOT encrypted") && told.contains("sha256"),
        "{told}"
    );
    assert!(
        machine
            .fails(&["backup", "one.backup"])
            .contains("is there already")
    );
    // Over live data: never.
    let refused = machine.fails(&["restore", "one.backup"]);
    assert!(refused.contains("nothing is ever overwritten"), "{refused}");
    let checked = says(&machine, &["restore", "one.backup", "--check"]);
    assert!(checked.contains("the logs are whole") && checked.contains("only checked"));
    // Somebody deletes theirs after the backup was made; then the disk is lost, but for the list beside the database.
    assert_eq!(
        says(&machine, &["person", "erase", goes.as_str()]).trim(),
        "erased"
    );
    lose(&machine, true);
    let told = says(&machine, &["restore", "one.backup"]);
    assert!(told.contains("1 erasures since"), "{told}");
    assert!(says(&machine, &["person", "export", stays.as_str()]).contains("zanzibar"));
    assert!(
        machine
            .fails(&["person", "export", goes.as_str()])
            .contains("no such person")
    );
    assert!(says(&machine, &["cases", "show", &case]).contains("zanzibar"));
    assert!(says(&machine, &["cases", "verify"]).contains("whole"));
    let bytes = fs::read(machine.0.0.join("data/waymark.db")).unwrap();
    assert!(
        !text(&bytes).contains("timbuktu"),
        "the words are in no page"
    );
    for left in [
        "data/waymark.db.restoring",
        "data/waymark.db.copying",
        "one.backup.part",
    ] {
        assert!(!machine.0.0.join(left).exists(), "{left}");
    }
    // A list from elsewhere does the same; without any list the erased one would be back.
    let ledger = fs::read(machine.0.0.join("data/waymark.db.erased")).unwrap();
    machine.0.put("kept-elsewhere", ledger);
    lose(&machine, false);
    says(
        &machine,
        &["restore", "one.backup", "--erased", "kept-elsewhere"],
    );
    machine.fails(&["person", "export", goes.as_str()]);
    lose(&machine, false);
    says(&machine, &["restore", "one.backup"]);
    assert!(says(&machine, &["person", "export", goes.as_str()]).contains("timbuktu"));
}

#[test]
fn an_encrypted_backup_opens_with_its_key_alone_and_a_damaged_one_never() {
    let machine = Machine::new();
    let (id, _) = talked(&machine, "zanzibar, do i pay my pa for bank holidays");
    let (ours, other) = (
        age::x25519::Identity::generate(),
        age::x25519::Identity::generate(),
    );
    machine.0.put("ours.key", ours.to_string().expose_secret());
    machine
        .0
        .put("other.key", other.to_string().expose_secret());
    let mut configured = fs::read_to_string(machine.0.0.join("waymark.toml")).unwrap();
    configured.push_str(&format!(
        "[backup]\nrecipients = [\"{}\"]\n",
        ours.to_public()
    ));
    machine.0.put("waymark.toml", configured);
    let told = says(&machine, &["backup", "sealed.backup"]);
    assert!(told.contains(", encrypted"), "{told}");
    let sealed = fs::read(machine.0.0.join("sealed.backup")).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1"));
    says(
        &machine,
        &[
            "backup",
            "plain.backup",
            "--recipient",
            &other.to_public().to_string(),
        ],
    );
    lose(&machine, false);
    let without = machine.fails(&["restore", "sealed.backup"]);
    assert!(without.contains("--identity"), "{without}");
    machine.fails(&["restore", "sealed.backup", "--identity", "other.key"]);
    machine.fails(&["restore", "sealed.backup", "--identity", "nothing.key"]);
    machine.fails(&["restore", "nothing.backup"]);
    let mut damaged = sealed.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    machine.0.put("damaged.backup", damaged);
    machine.0.put("cut.backup", &sealed[..sealed.len() - 100]);
    for wrong in ["damaged.backup", "cut.backup"] {
        let refused = machine.fails(&["restore", wrong, "--identity", "ours.key"]);
        assert!(refused.contains("not a whole backup"), "{refused}");
    }
    assert!(!machine.0.0.join("data/waymark.db").exists());
    says(
        &machine,
        &["restore", "sealed.backup", "--identity", "ours.key"],
    );
    assert!(says(&machine, &["person", "export", id.as_str()]).contains("zanzibar"));
    let refused = machine.fails(&["backup", "x.backup", "--recipient", "age1nonsense"]);
    assert!(refused.contains("not an age recipient"), "{refused}");
}

fn serving(machine: &Machine) -> std::process::Child {
    let mut serve = machine.command(&["serve"]);
    let quiet = serve.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().unwrap()
}

#[test]
fn a_backup_is_made_while_the_service_runs_and_none_is_restored_then() {
    let machine = Machine::new();
    let (id, _) = talked(&machine, "zanzibar, do i pay my pa for bank holidays");
    let mut configured = fs::read_to_string(machine.0.0.join("waymark.toml")).unwrap();
    configured.push_str("[server]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"127.0.0.1:0\"\n");
    machine.0.put("waymark.toml", configured);
    let mut serve = serving(&machine);
    says(&machine, &["backup", "one.backup"]);
    // It takes a moment until it says that it runs.
    let refused = (0..1000).any(|_| {
        machine
            .fails(&["restore", "one.backup"])
            .contains("the service is running")
    });
    serve.kill().unwrap();
    serve.wait().unwrap();
    assert!(refused);
    assert!(
        machine
            .fails(&["restore", "one.backup"])
            .contains("nothing is ever overwritten"),
        "the lock has gone with the process"
    );
    lose(&machine, false);
    says(&machine, &["restore", "one.backup"]);
    assert!(says(&machine, &["person", "export", id.as_str()]).contains("zanzibar"));
}

/// The machine's service works over a database on a server; its folder and what lies in it stay.
pub(super) fn over(machine: &Machine, database: &Database) {
    machine.configure(&crate::world::root().join("knowledge"));
    let file = fs::read_to_string(machine.0.0.join("waymark.toml")).unwrap();
    let url = &database.url;
    // Nothing goes by age: what was said here is years old.
    let more = "[server]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"127.0.0.1:0\"\n\
                [retention]\nanonymous_days = 0\ncase_years = 0\naudit_years = 0\n";
    let text = format!("{file}url = {url:?}\n{more}");
    machine.0.put("waymark.toml", text);
}

#[test]
fn a_dump_put_back_on_a_server_brings_nobody_back_either() {
    let (machine, shared) = (Machine::new(), server::shared());
    let live = shared.database();
    over(&machine, &live);
    let (stays, _) = talked_in(live.open(), "zanzibar, do i pay my pa for bank holidays");
    let (goes, _) = talked_in(live.open(), "timbuktu, do i pay my pa for bank holidays");
    let (_, case) = talked_in(live.open(), "timbuktu, i want to talk to a person");
    let case = case.unwrap();
    says(
        &machine,
        &[
            "adviser", "add", "sam", "--name", "Sam", "--role", "adviser",
        ],
    );
    let dump = machine.0.put("waymark.sql", server::backed_up(&live.url));
    says(&machine, &["person", "erase", goes.as_str()]);
    says(&machine, &["person", "erase", &case, "--decide", "granted"]);

    // By hand, with every check.
    let one = shared.database();
    server::put_back(&one.url, &dump);
    over(&machine, &one);
    let held = |database: &Database, sql: &str| server::by_hand(&database.url, sql).unwrap();
    let invited = "SELECT count(invitation) FROM accounts";
    assert_eq!(held(&one, invited), "1");
    let refused = machine.fails(&["restore", "waymark.sql"]);
    assert!(refused.contains("pg_restore"), "{refused}");
    let checked = says(&machine, &["restore", "--check"]);
    assert!(checked.contains("only checked"), "{checked}");
    assert!(server::dump(&one.url).contains("timbuktu"));
    let told = says(&machine, &["restore"]);
    assert!(
        told.contains("the logs are whole") && told.contains("2 erasures since"),
        "{told}"
    );
    assert_eq!(
        held(&one, invited),
        "0",
        "what let people in lets nobody in"
    );
    let dumped = server::dump(&one.url);
    assert!(dumped.contains("zanzibar") && !dumped.contains("timbuktu"));
    assert!(says(&machine, &["cases", "show", &case]).contains("erased"));
    assert!(says(&machine, &["cases", "verify"]).contains("whole"));
    assert!(says(&machine, &["doctor"]).contains("the logs are whole"));

    // And where nobody thinks of it: the service looks before it serves.
    let two = shared.database();
    server::put_back(&two.url, &dump);
    over(&machine, &two);
    let mut serve = serving(&machine);
    let begun = Stopwatch::start();
    while server::dump(&two.url).contains("timbuktu") && begun.elapsed() < Duration::from_secs(60) {
        std::thread::park_timeout(Duration::from_millis(100));
    }
    serve.kill().unwrap();
    serve.wait().unwrap();
    let dumped = server::dump(&two.url);
    assert!(dumped.contains("zanzibar") && !dumped.contains("timbuktu"));
    assert!(says(&machine, &["person", "export", stays.as_str()]).contains("zanzibar"));
}
