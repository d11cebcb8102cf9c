//! README.md's table of configuration keys is complete and its defaults are the true ones.
//! What never lives here: what a key does (src/config/).

use std::sync::LazyLock;

use regex::Regex;
use waymark::config::Config;

use super::{project, read};

static ROW: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\| `(\w+)\.(\w+)` \| (?:`([^`]+)`|none) \|").unwrap());
static FIELD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^ +pub (\w+): ([\w<>]+),$").unwrap());

/// (section, key, default as TOML or nothing), in the table's order.
fn table(readme: &str) -> Vec<(String, String, Option<String>)> {
    let rows = readme.lines().filter_map(|l| ROW.captures(l));
    rows.map(|r| {
        let default = r.get(3).map(|d| d.as_str().to_owned());
        (r[1].to_owned(), r[2].to_owned(), default)
    })
    .collect()
}

/// (section, key) of every field of `Config`'s sections, in the order of `Config`.
fn keys(source: &str) -> Vec<(String, String)> {
    let fields_of = |name: &str| -> Vec<(String, String)> {
        source
            .split_once(&format!("pub struct {name} {{"))
            .and_then(|(_, rest)| rest.split_once("\n}"))
            .map_or("", |(fields, _)| fields)
            .lines()
            .filter_map(|l| FIELD.captures(l))
            .map(|f| (f[1].to_owned(), f[2].to_owned()))
            .collect()
    };
    let mut found = Vec::new();
    for (section, kind) in fields_of("Config") {
        for (key, _) in fields_of(&kind) {
            found.push((section.clone(), key));
        }
    }
    found
}

#[test]
fn the_readme_tells_every_key_and_its_default() {
    let rows = table(&read("README.md"));
    let told: Vec<(String, String)> = rows
        .iter()
        .map(|(section, key, _)| (section.clone(), key.clone()))
        .collect();
    let sections: String = project()
        .into_iter()
        .filter(|t| t.path.starts_with("src/config/"))
        .map(|t| t.body)
        .collect();
    let there = keys(&sections);
    assert!(there.len() > 5, "src/config/ is no longer read: {there:?}");
    assert_eq!(told, there, "left: README.md, right: src/config/");
    let mut toml = String::new();
    for (section, key, default) in rows {
        if let Some(default) = default {
            toml.push_str(&format!("{section}.{key} = {default}\n"));
        }
    }
    assert_eq!(Config::parse(&toml), Ok(Config::default()), "{toml}");
}

#[test]
fn keys_and_rows_are_read() {
    let source = "pub struct Config {\n    /// X.\n    pub store: StoreSection,\n}\npub struct StoreSection {\n    pub path: PathBuf,\n    pub size: Option<u8>,\n}\n";
    let key = |k: &str| ("store".to_owned(), k.to_owned());
    assert_eq!(keys(source), [key("path"), key("size")]);
    let rows =
        table("| `store.path` | `\"a\"` | where |\n| `store.size` | none | how |\n| x | y |\n");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].2.as_deref(), Some("\"a\""));
    assert_eq!(rows[1].2, None);
}
