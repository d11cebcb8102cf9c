//! A throw-away PostgreSQL: the machine's own programs, a folder and a port of the moment, gone with the test process.
//! What never lives here: tests.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use waymark::store::Store;

/// Starts a server and stops it when its standard input ends: when the test drops it, or the test process is gone, however.
/// `restart` on that input restarts it at once, without a farewell to anybody.
const KEEPER: &str = r#"
if [ "$(id -u)" = 0 ]; then
  chown postgres "$D"; run="setpriv --reuid=postgres --regid=postgres --clear-groups"
else
  run=""
fi
$run "$B/initdb" -D "$D/data" -A trust -U app -E UTF8 --locale=C.UTF-8 --no-sync >"$D/log" 2>&1 || { cat "$D/log"; exit 1; }
start() {
  $run "$B/postgres" -D "$D/data" -p "$P" -k "$D" -c listen_addresses=127.0.0.1 -c fsync=$F -c max_connections=200 >>"$D/log" 2>&1 &
  until "$B/pg_isready" -q -h 127.0.0.1 -p "$P"; do kill -0 $! 2>/dev/null || { cat "$D/log"; exit 1; }; sleep 0.05; done
}
start
echo ready
while read -r order; do
  case "$order" in
    stop) kill -QUIT $!; wait $!; echo ready ;;
    start) start; echo ready ;;
  esac
done
kill -QUIT $! 2>/dev/null; wait $! 2>/dev/null
rm -rf "$D"
"#;

/// One server.
pub(crate) struct Server {
    keeper: Mutex<Child>,
    answers: Mutex<BufReader<std::process::ChildStdout>>,
    port: u16,
}

impl Server {
    fn start(fsync: bool) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // Not in the project's folder: the server runs as somebody else, who may not be let in there.
        let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(format!("waymark-pg-{process}-{number}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        let port = crate::world::free_port();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER])
            .env("B", programs())
            .env("D", folder)
            .env("P", port.to_string())
            .env("F", if fsync { "on" } else { "off" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = Mutex::new(BufReader::new(keeper.stdout.take().unwrap()));
        let server = Self {
            keeper: Mutex::new(keeper),
            answers,
            port,
        };
        server.ready();
        server
    }

    fn ready(&self) {
        let mut line = String::new();
        self.answers.lock().unwrap().read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "PostgreSQL did not start");
    }

    fn order(&self, word: &str) {
        use std::io::Write;
        let mut keeper = self.keeper.lock().unwrap();
        writeln!(keeper.stdin.as_mut().unwrap(), "{word}").unwrap();
        drop(keeper);
        self.ready();
    }

    /// Ends it at once; nobody is told farewell.
    pub(crate) fn stop(&self) {
        self.order("stop");
    }

    /// Back again, at the same place.
    pub(crate) fn back(&self) {
        self.order("start");
    }

    /// A new, empty database on it.
    pub(crate) fn database(&self) -> Database {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let made = self.of("postgres");
        by_hand(&made.url, &format!("CREATE DATABASE {name}")).unwrap();
        self.of(&name)
    }

    fn of(&self, database: &str) -> Database {
        let url = format!("postgres://app@127.0.0.1:{}/{database}", self.port);
        Database { url }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut keeper = self.keeper.lock().unwrap();
        drop(keeper.stdin.take());
        let _ = keeper.wait();
    }
}

/// The server that most tests share. It may lose what it said it kept, if the machine falls: none of them makes it fall.
pub(crate) fn shared() -> &'static Server {
    static SERVER: LazyLock<Server> = LazyLock::new(|| Server::start(false));
    &SERVER
}

/// One of a test's own, which it may stop, as durable as people run it.
pub(crate) fn own() -> Server {
    Server::start(true)
}

/// One database on a server.
pub(crate) struct Database {
    pub(crate) url: String,
}

impl Database {
    pub(crate) fn open(&self) -> Store {
        Store::open_server(&self.url, None, None).unwrap()
    }
}

/// Somebody else's hand in a database: what `psql` prints, or why it refuses.
pub(crate) fn by_hand(url: &str, sql: &str) -> Result<String, String> {
    said("psql", &[url, "-v", "ON_ERROR_STOP=1", "-qAtc", sql])
}

/// Everything in a database, as text.
pub(crate) fn dump(url: &str) -> String {
    said("pg_dump", &["--data-only", url]).unwrap()
}

/// A whole database as an operator's backup holds it: tables and rows, as SQL.
pub(crate) fn backed_up(url: &str) -> String {
    said("pg_dump", &["--no-owner", url]).unwrap()
}

/// Puts such a backup into an empty database.
pub(crate) fn put_back(url: &str, backup: &std::path::Path) {
    let file = backup.to_str().unwrap();
    said("psql", &[url, "-v", "ON_ERROR_STOP=1", "-qf", file]).unwrap();
}

fn said(program: &str, args: &[&str]) -> Result<String, String> {
    let done = Command::new(programs().join(program))
        .args(args)
        .output()
        .unwrap();
    match done.status.success() {
        true => Ok(String::from_utf8(done.stdout).unwrap().trim().to_owned()),
        false => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
    }
}

/// Where the server's programs are: Debian keeps them off the path, a folder a version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let debian = versions.flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::env::split_paths(&path).chain(debian);
    let whole = |folder: &PathBuf| {
        let needed = ["initdb", "postgres", "psql", "pg_dump", "pg_isready"];
        needed.iter().all(|program| folder.join(program).exists())
    };
    all.filter(whole)
        .max()
        .expect("PostgreSQL is not installed: `sh tests/setup.sh test` brings it")
}
