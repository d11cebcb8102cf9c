//! Journeys in a real browser: starts the real server and has Node walk the scripts of tests/browser/ over it.
//! What never lives here: the journeys themselves.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    crash::Server,
    telegram::{
        emulator::{Emulator, TOKEN},
        person::Person,
    },
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

/// Straight to stderr, for what a passing test prints is not shown.
fn tell(words: &str) {
    let line = format!("\n{words}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Walks the journeys of one file over a server of its own. `more` is added to its configuration.
fn walk(file: &str, more: &str) {
    walk_with(file, &[], |_| (more.to_owned(), Vec::new()));
}

/// The same; what the server finds in its environment; further sections of the configuration, and what the scripts find in their environment, may need the folder.
fn walk_with(
    file: &str,
    serving: &[(&str, &str)],
    more: impl FnOnce(&Folder) -> (String, Vec<(&'static str, PathBuf)>),
) {
    let (node, chromium) = match ready() {
        Ok(both) => both,
        Err(missing) if std::env::var_os("WAYMARK_SKIP_BROWSER").is_some() => {
            tell(&format!("SKIPPED {file}: {missing}"));
            return;
        }
        Err(missing) => panic!(
            "{missing}. `sh tests/setup.sh test` installs it; WAYMARK_SKIP_BROWSER=1 goes on without the browser's tests"
        ),
    };
    let folder = Folder::new("browser");
    let (more, environment) = more(&folder);
    let server = Server::start_with(&folder, &more, serving);
    let output = Command::new(node)
        .args(["run.mjs", file])
        .current_dir(world::root().join("tests/browser"))
        .env("WAYMARK_URL", &server.url)
        .env("WAYMARK_BIN", env!("CARGO_BIN_EXE_waymark"))
        .env("WAYMARK_CONFIG", folder.0.join("waymark.toml"))
        .env("WAYMARK_CHROMIUM", chromium)
        .envs(environment)
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
    // Figures that a journey measured, for whoever asks with --nocapture.
    let measured = said.lines().filter(|line| line.starts_with("        "));
    eprintln!("{}", measured.collect::<Vec<_>>().join("\n"));
}

#[test]
fn chat() {
    walk("chat.mjs", "[advisers]\nenabled = true\n");
}

#[test]
fn access() {
    let (port, _letters) = crate::alerts::mail_sink();
    let mail = crate::letter::mail(port);
    let told = "replies = true\n[console]\naddress = \"https://help.example.org\"\n";
    walk(
        "access.mjs",
        &format!("[advisers]\nenabled = true\n{mail}{told}"),
    );
}

#[test]
fn browse() {
    walk("browse.mjs", "");
}

#[test]
fn widget() {
    walk(
        "widget.mjs",
        "[widget]\norigins = [\"http://localhost:*\"]\n",
    );
}

#[test]
#[ignore = "makes the pictures of README.md: cargo it pictures -- --ignored"]
fn pictures() {
    walk("pictures.mjs", "[advisers]\nenabled = true\n");
}

#[test]
fn console() {
    // So few write in these journeys that no chart would be drawn.
    let counted = "[reports]\nsmallest = 2\n";
    walk(
        "console.mjs",
        &format!("[advisers]\nenabled = true\n{counted}"),
    );
}

#[test]
fn telegram() {
    let emulator = Emulator::start();
    Person::new(&emulator, 7).say("I want to talk to a person");
    let more = format!(
        "[advisers]\nenabled = true\n[telegram]\napi_url = {:?}\n",
        emulator.url
    );
    let token = [("WAYMARK_TELEGRAM_TOKEN", TOKEN)];
    walk_with("telegram.mjs", &token, |_| (more, Vec::new()));
    // What was shown is what arrives.
    for width in ["320", "1280"] {
        let told = format!("Written at {width}.");
        let arrived = emulator.wait(&told, |held| {
            let mut sent = held.sent.iter();
            sent.find(|sent| sent.text.contains(&told))
                .map(|sent| sent.text.clone())
        });
        for part in [
            "Ada",
            "Yes, you can. <b>Look</b> at our page.",
            "• first this",
            "Hours: 4",
        ] {
            assert!(arrived.contains(part), "{part}: {arrived}");
        }
    }
}

/// Every template with sample data, as files.
fn samples(folder: &Folder) -> PathBuf {
    for (name, html) in waymark_web::specimens().unwrap() {
        folder.put(&format!("samples/{name}"), html);
    }
    folder.0.join("samples")
}

#[test]
fn markup() {
    walk_with("markup.mjs", &[], |folder| {
        let samples = samples(folder);
        (String::new(), vec![("WAYMARK_SPECIMENS", samples)])
    });
}

#[test]
fn voice() {
    walk_with("voice.mjs", &[], |folder| {
        let named = std::env::var_os("WAYMARK_MODELS");
        let models = named.map_or_else(|| world::root().join("data/models"), PathBuf::from);
        let mut environment = vec![("WAYMARK_SPECIMENS", samples(folder))];
        let all = waymark::voice::Weights::ALL;
        let heard_with = match all.iter().find(|weights| !weights.present(&models)) {
            Some(weights) => {
                let name = weights.name();
                tell(&format!("SKIPPED a spoken question: {name} is not there"));
                // Without one of them the journeys are those of a server that hears nothing.
                folder.0.join("no-models")
            }
            None => {
                environment.push(("WAYMARK_SPOKEN", spoken(folder, &models)));
                models
            }
        };
        (format!("[models]\ndir = {heard_with:?}\n"), environment)
    });
}

/// A question as a sound file, spoken by the executable itself.
fn spoken(folder: &Folder, models: &Path) -> PathBuf {
    let file = folder.0.join("question.wav");
    let config = folder.put("speak.toml", format!("[models]\ndir = {models:?}\n"));
    let said = Command::new(env!("CARGO_BIN_EXE_waymark"))
        .arg("--config")
        .arg(config)
        .args(["voice", "say", "Do I have to pay my P A when she is ill?"])
        .arg("--out")
        .arg(&file)
        .current_dir(world::root())
        .output()
        .unwrap();
    assert!(said.status.success(), "{said:?}");
    file
}
