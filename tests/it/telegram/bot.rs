//! The real executable as a Telegram bot, against the emulator: started, stopped, killed, spoken to by advisers.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
};

use super::emulator::{Emulator, TOKEN};
use crate::{
    server,
    world::{self, Folder, free_port},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Polling,
    Webhook,
}

/// A folder with a configuration, and the emulator that it names.
pub(crate) struct Place {
    pub(crate) folder: Folder,
    pub(crate) listen: u16,
    metrics: u16,
    /// The database on a server; empty: the file.
    server: String,
}

/// A folder with all in it, but for articles of other subjects than employment.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (name, path) = (entry.file_name(), entry.path());
        let other = from.ends_with("articles") && name != "employment";
        if path.is_dir() && !other {
            copy(&path, &to.join(name));
        } else if path.is_file() {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

impl Place {
    /// `pace` stands under `[delivery]`.
    pub(crate) fn new(emulator: &Emulator, mode: Mode, pace: &str) -> Self {
        let folder = Folder::new("telegram");
        Self::over(
            emulator,
            mode,
            pace,
            folder,
            &world::root().join("knowledge"),
            "",
        )
    }

    /// The same with the articles of one subject alone: it starts sooner.
    pub(crate) fn small(emulator: &Emulator, mode: Mode, pace: &str) -> Self {
        Self::node(emulator, mode, pace, "")
    }

    /// The same over a database on a server.
    pub(crate) fn node(emulator: &Emulator, mode: Mode, pace: &str, server: &str) -> Self {
        let folder = Folder::new("telegram");
        let knowledge = folder.0.join("knowledge");
        copy(&world::root().join("knowledge"), &knowledge);
        Self::over(emulator, mode, pace, folder, &knowledge, server)
    }

    fn over(
        emulator: &Emulator,
        mode: Mode,
        pace: &str,
        folder: Folder,
        knowledge: &Path,
        server: &str,
    ) -> Self {
        let (listen, metrics) = (free_port(), free_port());
        let place = Self {
            folder,
            listen,
            metrics,
            server: server.to_owned(),
        };
        let word = match mode {
            Mode::Polling => "polling",
            Mode::Webhook => "webhook",
        };
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:{listen}\"\nmetrics_listen = \"127.0.0.1:{metrics}\"\n\
             [knowledge]\npath = {:?}\n[store]\npath = {:?}\nurl = {server:?}\n[advisers]\nenabled = true\n\
             [delivery]\n{pace}\n[telegram]\nmode = \"{word}\"\napi_url = \"{}\"\n\
             public_url = \"http://127.0.0.1:{listen}\"\n",
            knowledge,
            place.database(),
            emulator.url
        );
        place.folder.put("waymark.toml", text);
        if mode == Mode::Webhook {
            let done = place.run(&["telegram", "setup"]);
            assert!(done.status.success(), "{done:?}");
        }
        place
    }

    /// Puts more under the configuration.
    pub(crate) fn set(&self, more: &str) {
        let file = self.folder.0.join("waymark.toml");
        let before = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{before}{more}\n")).unwrap();
    }

    pub(crate) fn database(&self) -> std::path::PathBuf {
        self.folder.0.join("data/waymark.db")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command
            .current_dir(&self.folder.0)
            .env("WAYMARK_TELEGRAM_TOKEN", TOKEN)
            .env("RUST_LOG", "info");
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command().args(args).output().unwrap()
    }

    /// Runs a command and returns what it said.
    pub(crate) fn says(&self, args: &[&str]) -> String {
        let done = self.run(args);
        assert!(done.status.success(), "{args:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// The reference of the one open case, or of the newest.
    pub(crate) fn case(&self) -> String {
        let listed = self.says(&["cases", "list"]);
        let last = listed.lines().last().unwrap();
        last.split_whitespace().next().unwrap().to_owned()
    }

    /// A look into the database: a whole number.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.text(&format!("SELECT CAST(({sql}) AS TEXT)"))
            .parse()
            .unwrap()
    }

    /// A look into the database: one column of text, a line a row.
    pub(crate) fn text(&self, sql: &str) -> String {
        if !self.server.is_empty() {
            return server::by_hand(&self.server, sql).unwrap();
        }
        let db = rusqlite::Connection::open(self.database()).unwrap();
        db.busy_timeout(super::emulator::PATIENCE).unwrap();
        let mut statement = db.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        let rows: Vec<String> = rows.map(Result::unwrap).collect();
        rows.join("\n")
    }

    /// What the running service counts.
    pub(crate) fn metrics(&self) -> String {
        let page = ureq::get(format!("http://127.0.0.1:{}/metrics", self.metrics)).call();
        page.unwrap().body_mut().read_to_string().unwrap()
    }

    /// Where this node takes what Telegram delivers.
    pub(crate) fn hook(&self) -> String {
        let bot = TOKEN.split(':').next().unwrap();
        format!("http://127.0.0.1:{}/hooks/telegram/{bot}", self.listen)
    }

    pub(crate) fn start(&self) -> Bot {
        self.started(&mut self.command())
    }

    /// The service without a bot.
    pub(crate) fn start_without_token(&self) -> Bot {
        self.started(self.command().env_remove("WAYMARK_TELEGRAM_TOKEN"))
    }

    fn started(&self, command: &mut Command) -> Bot {
        let mut child = command
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(Vec::new()));
        loop {
            let line = lines.next();
            let line = line
                .unwrap_or_else(|| panic!("it ended: {:?}", log.lock()))
                .unwrap();
            let ready = line.contains("ready on http://");
            log.lock().unwrap().push(line);
            if ready {
                break;
            }
        }
        let held = log.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                held.lock().unwrap().push(line);
            }
        });
        Bot { child, log }
    }
}

/// A running bot; killed when it goes.
pub(crate) struct Bot {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Bot {
    /// As a power cut would.
    pub(crate) fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// As a service manager does; waits until it has ended well.
    pub(crate) fn terminate(mut self) -> Vec<String> {
        let id = self.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(told.success());
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "{ended:?}: {:#?}", self.log());
        self.log()
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Lines with `part` in them.
    pub(crate) fn logged(&self, part: &str) -> usize {
        self.log().iter().filter(|l| l.contains(part)).count()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
