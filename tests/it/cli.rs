//! The executable as people run it: what its tests share, a machine of its own for each.
//! What never lives here: the tests, which stand in the folder beside this file; `serve` under load (crash.rs).

mod answers;
mod backup;
mod care;
mod diff;
mod logs;
mod paper;
mod rights;
mod sealed;
mod services;
mod trouble;

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::world::{self, Folder};

/// The executable in a folder of its own, with the repository's knowledge and a store that is not there yet.
struct Machine(Folder);

impl Machine {
    fn new() -> Self {
        let machine = Self(Folder::new("cli"));
        let knowledge = world::root().join("knowledge");
        machine.configure(&knowledge);
        machine
    }

    fn configure(&self, knowledge: &Path) {
        let text = format!(
            "[knowledge]\npath = {:?}\n[store]\npath = {:?}\n",
            knowledge,
            self.0.0.join("data/waymark.db")
        );
        self.0.put("waymark.toml", text);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command
            .args(arguments)
            .current_dir(&self.0.0)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it and wants it to fail with 1 and exactly one line on stderr, which it returns.
    fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        said
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
