//! A turn that is on the disk before it is answered, in process: `Desk` over a SQLite file and over PostgreSQL, with and
//! without sealed words, alone and 32 people at once, all beside bare inserts of one row, each in a transaction of its own, as durable, in the
//! same run, rounds interleaved.
//! What never lives here: HTTP.

use std::{path::Path, time::Duration};

use waymark::{
    assistant::{Desk, Input, Said, Stated},
    base::{Chance, Clock, SealKey, Stopwatch},
    casework::Channel,
    store::Store,
};

use crate::{
    Folder,
    figures::{Times, show},
    server,
};

const ROUNDS: usize = 5;
const TURNS: usize = 320;
/// People at once.
const MANY: usize = 32;

/// A desk over a fresh database in a folder.
pub(crate) fn desk(folder: &Folder) -> Desk {
    desk_over(Store::open(&folder.0.join("waymark.db")).unwrap())
}

/// A desk over a store.
pub(crate) fn desk_over(store: Store) -> Desk {
    Desk::new(store, Clock::System, Chance::System, crate::snapshot())
}

/// Turns by one person and the same number by 32 at once, and as many rows; on each database.
pub(crate) fn run() {
    let folder = Folder::new("durable");
    let file = folder.0.join("bare.db");
    let key = || Some(SealKey::new(Chance::System.draw().unwrap()));
    let sealed = Store::open_sealed(&folder.0.join("sealed.db"), key()).unwrap();
    let desks = [desk(&folder), desk_over(sealed)];
    compare("SQLite", &desks, &|| Bare::file(&file));
    let own = server::own();
    let (open, sealed, bare) = (own.database(), own.database(), own.database());
    let sealed = Store::open_server(&sealed.url, None, key()).unwrap();
    let desks = [desk_over(open.open()), desk_over(sealed)];
    compare("PostgreSQL", &desks, &|| Bare::server(&bare.url));
}

/// A desk over an open database and one over a sealed one, turn and turn about with bare rows.
fn compare(what: &str, [open, sealed]: &[Desk; 2], bare: &(dyn Fn() -> Bare + Sync)) {
    let questions = crate::questions();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let turns = |desk: &Desk, people: usize| runtime.block_on(talk(desk, &questions, people));
    let rows = |people: usize| insert(&questions, bare, people);
    turns(open, MANY);
    turns(sealed, MANY);
    rows(MANY);
    for people in [1, MANY] {
        let (mut base, mut plain, mut shut) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            base.push(rows(people));
            plain.push(turns(open, people));
            shut.push(turns(sealed, people));
        }
        let line = |name: &str, times| show(&format!("{what}: {name}, {people} at once"), times);
        let base = line("a bare insert", &base);
        let plain = line("a durable turn", &plain);
        let shut = line("a sealed turn", &shut);
        println!(
            "  ratio to a bare insert {:.2}   sealed to plain {:.2}",
            plain / base,
            shut / plain
        );
    }
}

/// One client's connection to a table of its own making.
enum Bare {
    File(rusqlite::Connection),
    Server(Box<postgres::Client>),
}

impl Bare {
    fn file(path: &Path) -> Self {
        let db = rusqlite::Connection::open(path).unwrap();
        db.busy_timeout(Duration::from_secs(60)).unwrap();
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE IF NOT EXISTS bare (seq INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
        )
        .unwrap();
        Self::File(db)
    }

    fn server(url: &str) -> Self {
        let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
        // One at a time: two that make the same table at once get in each other's way.
        client
            .batch_execute(
                "BEGIN; SELECT pg_advisory_xact_lock(1);
                 CREATE TABLE IF NOT EXISTS bare (seq BIGSERIAL PRIMARY KEY, text TEXT NOT NULL); COMMIT",
            )
            .unwrap();
        Self::Server(Box::new(client))
    }

    /// Writes one row after the other and takes the time of each.
    fn write(&mut self, texts: &[String]) -> Times {
        let mut times = Times::default();
        let mut write = |one: &mut dyn FnMut(&str)| {
            for text in texts {
                let watch = Stopwatch::start();
                one(text);
                times.add(watch.elapsed());
            }
        };
        match self {
            Self::File(db) => {
                let sql = "INSERT INTO bare (text) VALUES (?1)";
                let mut statement = db.prepare(sql).unwrap();
                write(&mut |text| assert!(statement.insert([text]).unwrap() > 0));
            }
            Self::Server(client) => {
                let sql = "INSERT INTO bare (text) VALUES ($1)";
                let statement = client.prepare(sql).unwrap();
                write(&mut |text| assert_eq!(client.execute(&statement, &[&text]).unwrap(), 1));
            }
        }
        times
    }
}

/// As many rows as `talk` takes turns, by as many clients.
fn insert(questions: &[String], bare: &(dyn Fn() -> Bare + Sync), clients: usize) -> Times {
    let mut ready: Vec<Bare> = (0..clients).map(|_| bare()).collect();
    let whole = Stopwatch::start();
    let mut times = Times::default();
    std::thread::scope(|scope| {
        let writing: Vec<_> = ready
            .iter_mut()
            .enumerate()
            .map(|(client, bare)| {
                let mine = share(questions, client, clients);
                scope.spawn(move || bare.write(&mine))
            })
            .collect();
        for one in writing {
            times.join(one.join().unwrap());
        }
    });
    times.took(whole.elapsed())
}

/// What one of so many has to say.
fn share(questions: &[String], one: usize, of: usize) -> Vec<String> {
    let mine = questions.iter().skip(one).step_by(of);
    mine.take(TURNS / of).cloned().collect()
}

async fn talk(desk: &Desk, questions: &[String], people: usize) -> Times {
    let whole = Stopwatch::start();
    let mut tasks = tokio::task::JoinSet::new();
    for person in 0..people {
        let desk = desk.clone();
        let mine = share(questions, person, people);
        tasks.spawn(async move {
            let (id, _) = desk.start(Channel::Web, Stated::default()).await.unwrap();
            let mut times = Times::default();
            for question in mine {
                let input = Input {
                    what: Said::Text(question),
                    channel: Channel::Web,
                    stated: Stated::default(),
                };
                let one = Stopwatch::start();
                desk.turn(&id, None, input).await.unwrap();
                times.add(one.elapsed());
            }
            times
        });
    }
    let mut times = Times::default();
    while let Some(done) = tasks.join_next().await {
        times.join(done.unwrap());
    }
    times.took(whole.elapsed())
}
