//! What the tests share: the repository's own knowledge loaded once, snapshots of it, a desk over a store in memory, a turn
//! without a desk, a folder that goes with the test.
//! What never lives here: a test, an expectation.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU16, AtomicU64, Ordering},
    },
};

use jiff::Timestamp;
use waymark::{
    assistant::{Desk, Input, Said, Snapshot, Staffing, State, Stated, Turn, step},
    base::{Chance, Clock, Ids, Now},
    casework::Channel,
    knowledge::{Complaint, Feed, FeedHead, Files, Import, Library, load, read_folder},
    store::Store,
};

/// A free port of this machine, given to one test only. It is none that the system gives to outgoing connections: those come and go while
/// a server starts, and the same address must be there again after a kill. Processes that run at once begin far from each other.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 10_000 * 97 % 10_000).unwrap();
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 20_000 + (start + step % 10_000) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    let inside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    inside.canonicalize().unwrap()
}

/// The repository's own knowledge as read from disk.
pub(crate) struct Knowledge {
    pub(crate) files: Files,
    pub(crate) library: Library,
    pub(crate) complaints: Vec<Complaint>,
}

/// Read once for all tests.
pub(crate) fn knowledge() -> &'static Knowledge {
    static HELD: OnceLock<Knowledge> = OnceLock::new();
    HELD.get_or_init(|| {
        let files = read_folder(&root().join("knowledge")).unwrap();
        let (library, complaints) = load(&files);
        Knowledge {
            files,
            library,
            complaints,
        }
    })
}

/// Advisers are set up and answer within eight service hours; nobody is on duty.
pub(crate) fn staffed() -> Staffing {
    Staffing {
        advisers: true,
        ..Staffing::default()
    }
}

/// One snapshot of the repository's knowledge for all tests that only read.
pub(crate) fn snapshot() -> &'static Snapshot {
    static HELD: OnceLock<Snapshot> = OnceLock::new();
    HELD.get_or_init(|| Snapshot::new(knowledge().library.clone(), staffed()).unwrap())
}

/// The repository's knowledge with the directories of local services of tests/fixtures/open-referral, imported on the day
/// that tests take for today.
pub(crate) fn with_services() -> Library {
    let mut library = knowledge().library.clone();
    for (name, area) in [("fenland-v3", None), ("kent-v1", Some("kent"))] {
        let file = format!("tests/fixtures/open-referral/{name}.json");
        let mut import = Import::new(name, Now::at(sunday_noon()).today);
        let bytes = std::fs::read(root().join(file)).unwrap();
        import.take_page(&bytes).unwrap();
        let done = import.finish();
        library.feeds.0.push(Feed {
            head: FeedHead {
                name: name.to_owned(),
                source: format!("https://{name}.example.org/services"),
                area: area.map(str::to_owned),
                fetched: Now::at(sunday_noon()).today,
                ..FeedHead::default()
            },
            listings: done.listings,
        });
    }
    library
}

/// A desk over a library and a store in memory: fixed instant, seeded chance.
pub(crate) fn desk(library: Library, at: Timestamp, staffing: Staffing) -> Desk {
    let snapshot = Snapshot::new(library, staffing).unwrap();
    let store = Store::open_in_memory().unwrap();
    Desk::new(
        store,
        Clock::Fixed(at),
        Chance::seeded(20_261_122),
        snapshot,
    )
}

/// Sunday 22 November 2026, noon: what a test's clock shows unless it says otherwise.
pub(crate) fn sunday_noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// One turn without a desk: typed words, nothing stated.
pub(crate) fn say(state: State, text: &str, snapshot: &Snapshot) -> Turn {
    let input = Input {
        what: Said::Text(text.to_owned()),
        channel: Channel::Terminal,
        stated: Stated::default(),
    };
    turn(state, &input, snapshot)
}

/// One turn without a desk; identifiers are the same each time.
pub(crate) fn turn(state: State, input: &Input, snapshot: &Snapshot) -> Turn {
    let now = Now::at(sunday_noon());
    let mut ids = Ids::new([7; 32], now.instant);
    let conversation = ids.conversation();
    step(state, input, snapshot, now, ids, &conversation)
}

/// A folder of its own that goes with the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// A new empty one.
    pub(crate) fn new(of: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{of}-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file in it, with the folders above.
    pub(crate) fn put(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
