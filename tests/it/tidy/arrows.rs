//! The arrows between the rooms of src/: a room uses rooms on lower lines only; nothing but the bots uses config.
//! What never lives here: arrows between packages (dependencies.rs).

use super::{none, over_rust, project, read, source::parts};

/// The rooms from top to bottom; rooms on one line do not know each other. src/README.md shows the same picture.
const LINES: [&[&str]; 6] = [
    &["assistant"],
    &["delivery", "documents"],
    &["retrieval", "costing", "store", "voice"],
    &["casework"],
    &["knowledge"],
    &["base"],
];
/// Made of the rooms' own structs, so it may know any of them; none of them may know it.
const CONFIG: &str = "config";

fn line(room: &str) -> Option<usize> {
    LINES.iter().position(|l| l.contains(&room))
}

/// The room a file is in, and how many `super` lead from its module to the crate's root.
fn stands(path: &str) -> Option<(&str, usize)> {
    let inside = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let steps: Vec<&str> = inside.split('/').collect();
    let (last, above) = steps.split_last()?;
    match (*last, above) {
        ("lib", []) => None,
        ("mod", _) => Some((above.first()?, above.len())),
        _ => Some((steps.first()?, steps.len())),
    }
}

/// What a file names at the crate's root: `crate::x`, `crate::{x, y::z}`, and as many `super::` as lead there.
fn reached(code: &str, depth: usize) -> Vec<String> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut next = at + 1;
        let mut ups = usize::from(tokens[at] == "super");
        while ups > 0 && tokens[next..].starts_with(&["::", "super"]) {
            ups += 1;
            next += 2;
        }
        if tokens[at] == "crate" || ups >= depth.max(1) {
            found.extend(heads(&tokens[next..]));
        }
        at = next;
    }
    found
}

/// The first name of each path behind `crate` in a `use` tree or an expression.
fn heads(tokens: &[&str]) -> Vec<String> {
    let (Some(&"::"), Some(first)) = (tokens.first(), tokens.get(1)) else {
        return Vec::new();
    };
    if *first != "{" {
        return vec![(*first).to_owned()];
    }
    let (mut depth, mut starts, mut found) = (1_usize, true, Vec::new());
    for token in &tokens[2..] {
        match *token {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," => {}
            name if depth == 1 && starts => found.push(name.to_owned()),
            _ => {}
        }
        starts = *token == "," && depth == 1;
        if depth == 0 {
            break;
        }
    }
    found
}

fn tokens(code: &str) -> Vec<&str> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = code.trim_start();
    while let Some(c) = rest.chars().next() {
        let length = match rest.find(|c| !word(c)) {
            _ if rest.starts_with("::") => 2,
            Some(0) => c.len_utf8(),
            Some(end) => end,
            None => rest.len(),
        };
        found.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    found
}

fn wrong_arrows(path: &str, body: &str) -> Vec<String> {
    let Some((room, depth)) = stands(path) else {
        return Vec::new();
    };
    let code = parts(body).code;
    let mut complaints: Vec<String> = reached(&code, depth)
        .iter()
        .filter_map(|to| {
            let allowed = to == room
                || match (line(room), line(to)) {
                    _ if to == "*" => false,
                    _ if to == CONFIG => false,
                    (_, None) => true,
                    (None, Some(_)) => room == CONFIG,
                    (Some(from), Some(to)) => from < to,
                };
            (!allowed).then(|| format!("{path}: {room} may not use {to} (src/README.md, arrows)"))
        })
        .collect();
    complaints.dedup();
    complaints
}

#[test]
fn arrows_point_down() {
    none(&over_rust(&["src/"], wrong_arrows));
}

#[test]
fn an_arrow_upwards_or_sideways_is_found() {
    let broken = [
        ("src/base/text.rs", "use crate::knowledge::Library;"),
        (
            "src/store/talk.rs",
            "use crate::{base::Now, retrieval::{Query, Index}};",
        ),
        (
            "src/retrieval/search.rs",
            "fn f() { crate::store::Store::open_in_memory(); }",
        ),
        ("src/knowledge/load.rs", "use super::super::casework::Case;"),
        (
            "src/store/sql/cases.rs",
            "use super::super::super::{base::Now, assistant::Desk};",
        ),
        ("src/casework/mod.rs", "pub use super::store::Store;"),
        ("src/assistant/desk.rs", "use crate::config::Config;"),
        ("src/base/mod.rs", "use crate::*;"),
    ];
    for (path, body) in broken {
        assert_eq!(wrong_arrows(path, body).len(), 1, "{path}: {body}");
    }
    let sound = [
        (
            "src/assistant/desk.rs",
            "use crate::{base::Now, store::{Store, StoreError}};",
        ),
        (
            "src/assistant/compose/cite.rs",
            "use super::super::{reply::Citation, step::Draft};",
        ),
        (
            "src/store/sql/cases.rs",
            "pub(in crate::store) fn f() {} use super::super::shapes::X;",
        ),
        (
            "src/base/text.rs",
            "/// [`crate::knowledge`]\nfn f() { let _ = \"crate::store\"; }",
        ),
        ("src/config/mod.rs", "use crate::assistant::Staffing;"),
        ("src/lib.rs", "pub mod assistant;"),
    ];
    for (path, body) in sound {
        none(&wrong_arrows(path, body));
    }
}

#[test]
fn every_room_has_its_line_and_the_map_shows_the_same() {
    let listed = read("src/lib.rs");
    let rooms = listed
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'));
    for room in rooms.filter(|r| *r != CONFIG) {
        assert!(line(room).is_some(), "{room} has no line in arrows.rs");
    }
    let map = read("src/README.md");
    let pictured: Vec<Vec<&str>> = map
        .lines()
        .map(|l| l.split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.first().is_some_and(|w| line(w).is_some()))
        .filter(|words| words.iter().all(|w| line(w).is_some()))
        .collect();
    assert_eq!(pictured, LINES, "src/README.md, arrows");
}

/// A file that no `mod` names is never compiled, and nothing says so.
fn dead(path: &str, all: &[(String, String)]) -> Option<String> {
    let (folder, file) = path.rsplit_once('/')?;
    let stem = file.strip_suffix(".rs")?;
    if matches!(stem, "lib" | "main" | "build") {
        return None;
    }
    let (folder, name) = if stem == "mod" {
        folder.rsplit_once('/')?
    } else {
        (folder, stem)
    };
    let parents = ["/mod.rs", "/lib.rs", "/main.rs", ".rs"].map(|end| format!("{folder}{end}"));
    let named = all.iter().any(|(other, code)| {
        parents.contains(other) && code.lines().any(|l| l.ends_with(&format!("mod {name};")))
    });
    (!named).then(|| format!("{path}: no file beside or above it says `mod {name};`"))
}

#[test]
fn every_file_is_compiled() {
    let all: Vec<(String, String)> = project()
        .into_iter()
        .filter(super::Text::is_rust)
        .map(|t| (t.path, parts(&t.body).code))
        .collect();
    let found: Vec<String> = all
        .iter()
        .filter_map(|(path, _)| dead(path, &all))
        .collect();
    none(&found);
    let lonely = vec![
        ("src/lib.rs".to_owned(), "pub mod base;".to_owned()),
        ("src/base/mod.rs".to_owned(), "mod text;".to_owned()),
    ];
    assert!(dead("src/base/text.rs", &lonely).is_none());
    assert!(dead("src/base/mod.rs", &lonely).is_none());
    assert!(dead("src/base/gone.rs", &lonely).is_some());
    assert!(dead("src/gone/mod.rs", &lonely).is_some());
}
