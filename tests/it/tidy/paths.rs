//! Paths: what the maps name exists, and no file knows the machine it was written on.
//! What never lives here: links inside articles (`waymark check` holds them).

use std::sync::LazyLock;

use regex::Regex;

use super::{none, project, read, root};

/// Pages whose paths are looked up. src/DECISIONS.md tells history and may name what has gone.
const MAPS: [&str; 4] = [
    "README.md",
    "src/README.md",
    "tests/README.md",
    "knowledge/README.md",
];
/// What a running service makes or an operator writes.
const MADE: [&str; 3] = ["data", "waymark.toml", "target"];

static SPAN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"`([^`\n]+)`|\]\(([^)\s#]+)[^)]*\)").unwrap());
static PATH: LazyLock<Regex> = LazyLock::new(|| {
    let ends = "md|rs|toml|txt|jsonl|sql|sh|html|css|js|json";
    Regex::new(&format!(r"^\.?[\w-][\w.-]*(/[\w.-]+)*(/|\.({ends}))$")).unwrap()
});
/// Folders of one machine; `(^|[^\w.])` so that a web address with `/work/` in it is none.
static MACHINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(^|[\s"'`(=:,])/(work|root|home|tmp/wm|Users)/\w"#).unwrap());

/// Paths that a page names and nobody finds, from the root or from the page's own folder.
fn missing(page: &str, body: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut fenced = false;
    let mut complaints = Vec::new();
    for (number, line) in body.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for span in SPAN.captures_iter(line) {
            let named = span.get(1).or(span.get(2)).map_or("", |m| m.as_str());
            let first = named.split('/').next().unwrap_or("");
            if !PATH.is_match(named) || MADE.contains(&first) {
                continue;
            }
            let path = named.trim_end_matches('/');
            if !exists(path) && !exists(&format!("{folder}/{path}")) {
                complaints.push(format!("{page}:{}: {named} does not exist", number + 1));
            }
        }
    }
    complaints
}

fn machine(path: &str, body: &str) -> Option<String> {
    let (number, line) = body
        .lines()
        .enumerate()
        .find(|(_, l)| MACHINE.is_match(l))?;
    let shown: String = line.trim().chars().take(100).collect();
    Some(format!(
        "{path}:{}: a path of one machine: {shown}",
        number + 1
    ))
}

#[test]
fn paths_on_the_maps_exist() {
    let there = |path: &str| root().join(path.trim_start_matches('/')).exists();
    let found: Vec<String> = MAPS
        .iter()
        .flat_map(|page| missing(page, &read(page), there))
        .collect();
    none(&found);
}

#[test]
fn a_path_that_has_gone_is_found() {
    let there = |path: &str| matches!(path, "src/base" | "src/base/time.rs" | "README.md");
    let broken = "`base/gone.rs` and [it](gone.md), `bots/` too";
    assert_eq!(missing("src/README.md", broken, there).len(), 3);
    let sound = "`base/time.rs`, `src/base/`, `data/waymark.db`, [top](README.md#x), `a/b c`, `x::y`\n```text\ngone.rs\n```";
    none(&missing("src/README.md", sound, there));
}

#[test]
fn no_file_knows_its_machine() {
    let texts = project();
    let found: Vec<String> = texts
        .iter()
        .filter_map(|t| machine(&t.path, &t.body))
        .collect();
    none(&found);
    let (work, home) = (format!("/{}/main", "work"), format!("cd /{}/ann", "home"));
    assert!(machine("a", &format!("see\nin {work}/x")).is_some());
    assert!(machine("a", &home).is_some());
    assert!(machine("a", "https://www.example.org/work/rights and ./work/x").is_none());
}
