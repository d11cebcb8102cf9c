//! SQL stands in src/store alone; the bans on clock and chance are lifted in src/base alone.
//! What never lives here: the bans themselves (.clippy.toml).

use std::sync::LazyLock;

use regex::Regex;

use super::{none, over_rust, source::parts};

static SQL: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+TABLE|PRAGMA\s";
    Regex::new(&format!(r"\b({words})")).unwrap()
});

fn sql(path: &str, body: &str) -> Vec<String> {
    if path.starts_with("src/store/") {
        return Vec::new();
    }
    let parts = parts(body);
    let literal = parts.literals.iter().find(|l| SQL.is_match(l));
    let spoken = literal.map(|l| format!("{path}: SQL outside src/store: {l:?}"));
    let driver = parts
        .code
        .contains("rusqlite")
        .then(|| format!("{path}: rusqlite outside src/store"));
    spoken.into_iter().chain(driver).collect()
}

fn lifted(path: &str, body: &str) -> Vec<String> {
    let lifts = parts(body).code.contains("disallowed_methods");
    let wrong = lifts && !path.starts_with("src/base/");
    wrong
        .then(|| format!("{path}: clock, chance and sleep live in src/base"))
        .into_iter()
        .collect()
}

#[test]
fn only_the_store_has_sql() {
    none(&over_rust(&["src/", "bots/"], sql));
    let broken = [
        "fn f() { q(\"SELECT x FROM y\") }",
        "fn f() { q(r#\"UPDATE cases\n  SET state = 1\"#) }",
        "fn f() { q(\"INSERT OR IGNORE INTO x VALUES (1)\") }",
        "use rusqlite::Connection;",
    ];
    for body in broken {
        assert_eq!(sql("src/assistant/desk.rs", body).len(), 1, "{body}");
        none(&sql("src/store/sql/cases.rs", body));
    }
    none(&sql(
        "bots/web/src/a.rs",
        "// SELECT x\nfn f() { say(\"Select a council\") }",
    ));
}

#[test]
fn only_base_reads_clock_and_chance() {
    none(&over_rust(&["src/", "bots/"], lifted));
    let body = "#[expect(clippy::disallowed_methods, reason = \"\")] fn f() {}";
    assert_eq!(lifted("src/assistant/step.rs", body).len(), 1);
    none(&lifted("src/base/time.rs", body));
}
