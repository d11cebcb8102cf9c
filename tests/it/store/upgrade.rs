//! Databases of older programs, opened by today's: every row stands as it was, and is still read.
//! What never lives here: databases that are refused (door.rs).

use std::{collections::BTreeMap, fmt::Write as _, process::Command};

use rusqlite::{Connection, types::ValueRef};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use waymark::store::{ChainCheck, Store, StoreError};

use super::run;
use crate::{
    crash::Server,
    server,
    world::{self, Folder},
};

/// Of the first conversation in tests/fixtures/store.
const TOKEN: &str = "0000000000000000000000000000000000000000000000000000";
const CONVERSATION: &str = "01m6fxkq4a5h8w2n7c9e3r6t1v";

/// Up to this migration each table has rows in tests/fixtures/store.
const WITH_ROWS: u32 = 9;

/// A file of the repository's migrations or of the rows that go with one; empty where there is none.
fn file(path: &str) -> String {
    std::fs::read_to_string(world::root().join(path)).unwrap_or_default()
}

/// The migrations of a kind of database, in order: name and text.
fn migrations(of: &str) -> Vec<(String, String)> {
    let folder = format!("src/store/migrations/{of}");
    let found = std::fs::read_dir(world::root().join(&folder)).unwrap();
    let names = found.map(|f| f.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    let text = |name: String| {
        let sql = file(&format!("{folder}/{name}"));
        (name.trim_end_matches(".sql").to_owned(), sql)
    };
    names.into_iter().map(text).collect()
}

fn number(name: &str) -> u32 {
    name[..4].parse().unwrap()
}

/// What an older program has recorded of its migrations.
fn recorded(of: &[(String, String)]) -> String {
    of.iter().fold(String::new(), |mut all, (name, sql)| {
        let mut hash = String::new();
        for byte in Sha256::digest(sql) {
            write!(hash, "{byte:02x}").unwrap();
        }
        let number = number(name);
        writeln!(
            all,
            "INSERT INTO migrations VALUES ({number}, '{name}', '{hash}');"
        )
        .unwrap();
        all
    })
}

/// The file that a program left behind which knew these migrations, and rows in every table that it had.
fn left_behind(folder: &Folder, known: &[(String, String)]) -> Connection {
    std::fs::create_dir_all(folder.0.join("data")).unwrap();
    let db = Connection::open(folder.0.join("data/waymark.db")).unwrap();
    let head =
        "PRAGMA journal_mode = WAL; PRAGMA application_id = 0x57594D4B; CREATE TABLE migrations (
                number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT;";
    db.execute_batch(head).unwrap();
    for (name, sql) in known {
        db.execute_batch(sql).unwrap();
        let rows = file(&format!("tests/fixtures/store/{}.sql", &name[..4]));
        db.execute_batch(&rows).unwrap();
    }
    db.execute_batch(&recorded(known)).unwrap();
    let last = number(&known.last().unwrap().0);
    db.pragma_update(None, "user_version", last).unwrap();
    db
}

/// Every table with its columns.
fn tables(db: &Connection) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
               WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'migrations'";
    let mut statement = db.prepare(sql).unwrap();
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in found.unwrap().map(Result::unwrap) {
        tables.entry(table).or_default().push(column);
    }
    tables
}

/// All rows of these columns, as text.
fn rows(db: &Connection, table: &str, columns: &[String]) -> Vec<Vec<String>> {
    let sql = format!("SELECT {} FROM {table} ORDER BY 1, 2", columns.join(", "));
    let mut statement = db.prepare(&sql).unwrap();
    let shown = |value: ValueRef<'_>| match value {
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
        other => format!("{other:?}"),
    };
    let read = |row: &rusqlite::Row<'_>| {
        let all = (0..columns.len()).map(|n| shown(row.get_ref(n).unwrap()));
        Ok(all.collect())
    };
    let found = statement.query_map([], read).unwrap();
    found.map(Result::unwrap).collect()
}

/// Today's executable in the folder: what it says.
fn says(folder: &Folder, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
    let done = command.args(words).current_dir(&folder.0).output().unwrap();
    let warned = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{words:?}: {warned}");
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn every_older_file_is_brought_up_to_date_with_each_of_its_rows() {
    let all = migrations("sqlite");
    for known in 1..=all.len() {
        let (folder, known) = (Folder::new("upgrade"), &all[..known]);
        let newest = &known.last().unwrap().0;
        let db = left_behind(&folder, known);
        let held: Vec<_> = tables(&db)
            .into_iter()
            .map(|(table, columns)| (rows(&db, &table, &columns), table, columns))
            .collect();
        drop(db);
        let store = Store::open(&folder.0.join("data/waymark.db")).unwrap();
        run(async {
            let whole = ChainCheck::Whole { events: 5 };
            assert_eq!(store.verify_chain().await.unwrap(), whole, "{newest}");
            let id = CONVERSATION.parse().unwrap();
            let said = store.messages_after(&id, 0, 10).await.unwrap();
            assert_eq!(said.len(), 5, "{newest}");
            store.close().await;
        });
        let db = Connection::open(folder.0.join("data/waymark.db")).unwrap();
        for (before, table, columns) in held {
            // It has a row only once retention has removed events; newer tables get theirs with the migration after them.
            let may_be_empty = table == "log_start" || number(newest) > WITH_ROWS;
            assert!(
                may_be_empty || !before.is_empty(),
                "{table} has no row at {newest}"
            );
            assert_eq!(
                rows(&db, &table, &columns),
                before,
                "{table} since {newest}"
            );
        }
    }
}

#[test]
fn the_first_file_is_served_on_and_read_by_every_command() {
    let all = migrations("sqlite");
    let folder = Folder::new("upgrade");
    drop(left_behind(&folder, &all[..1]));
    let server = Server::start(&folder);
    let address = format!(
        "{}/api/v1/conversations/{CONVERSATION}/messages",
        server.url
    );
    let bearer = format!("Bearer {TOKEN}");
    let history = || -> Vec<Value> {
        let got = ureq::get(format!("{address}?after=0")).header("authorization", &bearer);
        let page: Value = got.call().unwrap().body_mut().read_json().unwrap();
        page["messages"].as_array().unwrap().clone()
    };
    let send = |client_id: &str, text: &str| -> Value {
        let sent = ureq::post(&address).header("authorization", &bearer);
        let body = json!({"text": text, "client_id": client_id});
        sent.send_json(body)
            .unwrap()
            .body_mut()
            .read_json()
            .unwrap()
    };
    let before = history();
    let texts: Vec<&str> = before.iter().map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 5);
    assert_eq!(texts[2], "I want to talk to a person — “żółć” 🙂");
    assert_eq!(texts[4], "Yes, you do. I will ring you.");
    // A message that was answered then is not answered again; a new one goes on where the old ones stopped.
    let again = send("c-1", "do I pay her when she is ill");
    assert_eq!(again["receipt"], before[1]["receipt"]);
    assert_eq!(history().len(), 5);
    let new = send("c-2", "how much holiday does she get");
    assert_eq!(new["outcome"], "answered", "{new}");
    assert_eq!(new["area"], "kent", "{new}");
    assert_eq!(history().len(), 7);

    assert!(says(&folder, &["cases", "verify"]).contains("the log is whole"));
    assert!(says(&folder, &["cases", "list"]).contains("WM-3H8V6M"));
    let shown = says(&folder, &["cases", "show", "WM-7Q4K2D"]);
    assert!(shown.contains("I want to talk to a person"), "{shown}");
    let copy = says(&folder, &["person", "export", "WM-7Q4K2D", "--json"]);
    for words in ["short and clear", "I will ring you", "employment/sick-pay"] {
        assert!(copy.contains(words), "{words} is not in {copy}");
    }
    // The first program's turns count in reports of that quarter.
    let report = says(
        &folder,
        &["report", "--quarter", "2026-Q4", "--format", "csv"],
    );
    assert!(report.contains("questions_by_outcome"), "{report}");
    drop(server);
}

#[test]
fn a_server_of_the_first_schema_is_brought_up_to_date_and_goes_on_counting() {
    let shared = server::shared().database();
    let all = migrations("postgres");
    let (name, sql) = &all[0];
    let mut made = format!(
        "CREATE TABLE migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL);\n{sql}"
    );
    // SQLite's first six steps are the server's first one.
    for number in 1..=number(name) {
        made += &file(&format!("tests/fixtures/store/{number:04}.sql"));
    }
    made += "UPDATE given SET seq = 5 WHERE name = 'messages';
             UPDATE given SET seq = 1 WHERE name IN ('addresses', 'inbox', 'outbox');";
    made += &recorded(&all[..1]);
    server::by_hand(&shared.url, &made).unwrap();
    let before = server::dump(&shared.url);
    run(async {
        let store = shared.open();
        let whole = ChainCheck::Whole { events: 5 };
        assert_eq!(store.verify_chain().await.unwrap(), whole);
        let id = CONVERSATION.parse().unwrap();
        assert_eq!(store.messages_after(&id, 0, 10).await.unwrap().len(), 5);
        assert_eq!(store.last_seq().await.unwrap(), 5);
        let mut ids = super::ids(90);
        let next = super::begin(&store, &mut ids).await;
        let record = super::turn(&mut ids, &next, 0, "and on");
        store.commit_turn(record).await.unwrap();
        assert_eq!(store.last_seq().await.unwrap(), 7);
        store.close().await;
    });
    // Every row of every table stands as it stood; columns are only ever added behind.
    let after = server::dump(&shared.url);
    let rows = before.lines().filter(|line| line.contains('\t'));
    for row in rows.filter(|row| *row != "messages\t5") {
        assert!(after.lines().any(|line| line.starts_with(row)), "{row}");
    }
}

#[test]
fn an_older_program_refuses_a_newer_file_and_the_backup_brings_it_back() {
    let all = migrations("sqlite");
    let folder = Folder::new("upgrade");
    drop(left_behind(&folder, &all[..all.len() - 1]));
    let (data, knowledge) = (folder.0.join("data"), world::root().join("knowledge"));
    let settings =
        format!("[knowledge]\npath = {knowledge:?}\n[store]\npath = \"data/waymark.db\"\n");
    folder.put("waymark.toml", settings);
    // What the documented steps do, with a later schema in place of an older program.
    says(&folder, &["backup", "before.backup"]);
    let db = Connection::open(data.join("waymark.db")).unwrap();
    db.pragma_update(None, "user_version", 4711).unwrap();
    drop(db);
    let refused = Store::open(&data.join("waymark.db")).unwrap_err();
    assert!(
        matches!(refused, StoreError::NewerSchema { found: 4711, .. }),
        "{refused}"
    );
    std::fs::create_dir(folder.0.join("away")).unwrap();
    for entry in std::fs::read_dir(&data).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.starts_with("waymark.db") && !name.ends_with(".erased") {
            std::fs::rename(entry.path(), folder.0.join("away").join(name)).unwrap();
        }
    }
    says(&folder, &["restore", "before.backup"]);
    assert!(says(&folder, &["cases", "verify"]).contains("the log is whole"));
    let copy = says(&folder, &["person", "export", "WM-7Q4K2D", "--json"]);
    assert!(copy.contains("short and clear"), "{copy}");
}
