//! The house rules of src/README.md as tests over the working tree: headers, sizes, names, arrows, SQL, paths, dependencies.
//! Each rule is a function of text that returns complaints, proved to bite by a small broken input beside it.
//! What never lives here: what clippy, rustfmt or cargo-deny already hold.

mod arrows;
mod configuration;
mod dependencies;
mod files;
mod paths;
mod source;
mod sql;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One text file of the project.
struct Text {
    /// From the project's root, with `/`.
    path: String,
    body: String,
}

impl Text {
    fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|e| e == "rs")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Every text file of the project but what `.gitignore` names from the root; what is no UTF-8 is no text.
fn project() -> Vec<Text> {
    let ignored = read(".gitignore");
    let skipped: Vec<&str> = ignored
        .lines()
        .filter_map(|l| l.strip_prefix('/'))
        .chain([".git"])
        .collect();
    let mut texts = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if folder.is_empty() {
                name
            } else {
                format!("{folder}/{name}")
            };
            if skipped.contains(&path.as_str()) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if let Ok(body) = fs::read_to_string(entry.path()) {
                texts.push(Text { path, body });
            }
        }
    }
    texts.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(texts.len() > 100, "this is not the project's folder");
    texts
}

/// Runs a rule over the Rust files under the given folders.
fn over_rust(folders: &[&str], rule: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    project()
        .iter()
        .filter(|t| t.is_rust() && folders.iter().any(|f| t.path.starts_with(f)))
        .flat_map(|t| rule(&t.path, &t.body))
        .collect()
}

/// Fails with every complaint, one a line.
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
