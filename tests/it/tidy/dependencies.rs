//! What the library must never gain: the web stack, the Telegram stack, clients, the bots.
//! What never lives here: licences and sources of crates (.cargo/deny.toml).

use std::process::Command;

use super::{none, root};

/// Crates that the bots are there to keep out.
const KEPT_OUT: [&str; 14] = [
    "anyhow",
    "askama",
    "axum",
    "clap",
    "hyper",
    "reqwest",
    "rust-embed",
    "teloxide",
    "teloxide-core",
    "tower-http",
    "ureq",
    "waymark-cli",
    "waymark-telegram",
    "waymark-web",
];

/// `cargo tree --prefix none`: one crate a line, its name first.
fn gained(tree: &str) -> Vec<String> {
    let names = tree.lines().filter_map(|l| l.split_whitespace().next());
    let mut found: Vec<&str> = names.filter(|n| KEPT_OUT.contains(n)).collect();
    found.sort_unstable();
    found.dedup();
    found
        .iter()
        .map(|name| format!("the library now depends on {name}; it belongs in a bot"))
        .collect()
}

#[test]
fn the_library_knows_neither_http_nor_telegram() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let args = "tree --package waymark --all-features --edges normal,build --prefix none --locked --offline";
    let run = Command::new(cargo)
        .current_dir(root())
        .args(args.split(' '))
        .output()
        .unwrap();
    let tree = String::from_utf8(run.stdout).unwrap();
    let why = String::from_utf8_lossy(&run.stderr);
    assert!(tree.lines().any(|l| l.starts_with("tantivy ")), "{why}");
    none(&gained(&tree));
}

#[test]
fn a_gained_crate_is_found() {
    let tree = "waymark v0.1.0\naxum v0.8.9\naxum-core v0.5.6\nhyper v1.0.0 (*)\naxum v0.8.9 (*)\n";
    assert_eq!(gained(tree).len(), 2);
    none(&gained("waymark v0.1.0\nrusqlite v0.40.2\n"));
}
