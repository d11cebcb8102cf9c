//! Files: how they open, how long they are, what they are called.
//! What never lives here: how code is formatted (rustfmt).

use super::{none, over_rust, project};

/// Lines of a Rust file at most; 300 are the aim.
const CAP: usize = 500;
/// Names that say nothing about what lives there.
const BANNED: [&str; 9] = [
    "util", "utils", "helper", "helpers", "common", "misc", "types", "manager", "stuff",
];

/// Opens with `//!`: what lives here and, but in tests, what never does.
fn header(path: &str, body: &str) -> Vec<String> {
    let header: Vec<&str> = body.lines().take_while(|l| l.starts_with("//!")).collect();
    if path == "src/lib.rs" {
        // Its header is src/README.md.
        return Vec::new();
    }
    if header.is_empty() {
        return vec![format!("{path}: does not open with `//!`: what lives here")];
    }
    let silent = !path.starts_with("tests/") && !header.iter().any(|l| l.contains("never"));
    if silent {
        return vec![format!(
            "{path}: its header does not say what never lives here"
        )];
    }
    Vec::new()
}

fn length(path: &str, body: &str) -> Vec<String> {
    let lines = body.lines().count();
    let long = (lines > CAP).then(|| format!("{path}: {lines} lines; the cap is {CAP}"));
    long.into_iter().collect()
}

fn name(path: &str) -> Option<String> {
    path.split('/')
        .map(|step| step.split_once('.').map_or(step, |(stem, _)| stem))
        .find(|step| BANNED.contains(step))
        .map(|step| format!("{path}: '{step}' says nothing; name it after what lives there"))
}

#[test]
fn files_open_with_what_lives_there() {
    none(&over_rust(&["src/", "bots/", "tests/"], header));
    assert_eq!(header("src/base/text.rs", "use x;").len(), 1);
    assert_eq!(header("src/base/text.rs", "//! Text.\nuse x;").len(), 1);
    assert_eq!(header("tests/it/text.rs", "// Text.\n").len(), 1);
    none(&header(
        "src/base/text.rs",
        "//! Text.\n//! What never lives here: x.",
    ));
    none(&header("tests/it/text.rs", "//! Text."));
}

#[test]
fn files_stay_short() {
    none(&over_rust(&["src/", "bots/", "tests/"], length));
    assert_eq!(length("src/a.rs", &"x\n".repeat(CAP + 1)).len(), 1);
    none(&length("src/a.rs", &"x\n".repeat(CAP)));
}

#[test]
fn names_say_something() {
    let found: Vec<String> = project().iter().filter_map(|t| name(&t.path)).collect();
    none(&found);
    assert!(name("src/base/utils.rs").is_some());
    assert!(name("src/common/mod.rs").is_some());
    assert!(name("bots/web/assets/helpers.js").is_some());
    assert!(name("src/knowledge/article.rs").is_none());
}
