//! Journeys in a real browser: starts the real server and has Node walk the scripts of tests/browser/ over it.
//! What never lives here: the journeys themselves.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{
    crash::Server,
    world::{self, Folder},
};

/// A program by its name, if it is on this machine.
fn found(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Node and Chromium, and the packages of tests/browser; or what is missing.
fn ready() -> Result<(PathBuf, PathBuf), String> {
    let need = |name: &str| found(name).ok_or(format!("{name} is not installed"));
    let node = need("node")?;
    let chromium = need("chromium")?;
    let packages = world::root().join("tests/browser/node_modules/playwright-core");
    if !packages.is_dir() {
        return Err("tests/browser/node_modules is missing".to_owned());
    }
    Ok((node, chromium))
}

/// Walks the journeys of one file over a server of its own. `more` is added to its configuration.
fn walk(file: &str, more: &str) {
    let (node, chromium) = match ready() {
        Ok(both) => both,
        Err(missing) if std::env::var_os("WAYMARK_SKIP_BROWSER").is_some() => {
            // Straight to stderr, for what a passing test prints is not shown.
            let line = format!("\nSKIPPED {file}: {missing}\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            return;
        }
        Err(missing) => panic!(
            "{missing}. `sh tests/setup.sh test` installs it; WAYMARK_SKIP_BROWSER=1 goes on without the browser's tests"
        ),
    };
    let folder = Folder::new("browser");
    let server = Server::with(&folder, more);
    let output = Command::new(node)
        .args(["run.mjs", file])
        .current_dir(world::root().join("tests/browser"))
        .env("WAYMARK_URL", &server.url)
        .env("WAYMARK_BIN", env!("CARGO_BIN_EXE_waymark"))
        .env("WAYMARK_CONFIG", folder.0.join("waymark.toml"))
        .env("WAYMARK_CHROMIUM", chromium)
        .env("WAYMARK_FAILED", world::root().join("target/browser"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let warned = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{file}; pictures of what failed are in target/browser\n{said}{warned}"
    );
}

#[test]
fn chat() {
    walk("chat.mjs", "[advisers]\nenabled = true\n");
}

#[test]
fn console() {
    walk("console.mjs", "[advisers]\nenabled = true\n");
}
