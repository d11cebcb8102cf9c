//! Two real nodes over one PostgreSQL: what is written to one is seen at the console of the other; while people write, nodes are
//! killed and the database falls, and everything acknowledged stands there once.
//! What never lives here: the store alone on several nodes (store/nodes.rs), Telegram on several nodes (telegram/nodes.rs).

use std::{
    io::{BufRead, BufReader},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

use serde_json::Value;
use waymark::base::Stopwatch;

use super::{
    PEOPLE, Person, SETTINGS, Server, acknowledged,
    office::{Adviser, between, waymark},
    rounds,
};
use crate::{
    server::{self, Database},
    world::Folder,
};

/// Nothing takes that long.
const PATIENCE: Duration = Duration::from_secs(120);
/// What a person takes breath for between two messages: what is to be counted in the end stays countable.
const BREATH: Duration = Duration::from_millis(100);
/// Messages of one person that a console is to hear of.
const HEARD: usize = 10;

/// Two nodes, each with its own folder. Where one listens changes when it is started again.
struct Nodes {
    settings: String,
    folders: [Folder; 2],
    servers: [Option<Server>; 2],
    addresses: Arc<Mutex<[String; 2]>>,
}

impl Nodes {
    fn start(shared: &Database) -> Self {
        let settings = format!("url = {:?}\n{SETTINGS}", shared.url);
        let folders = [Folder::new("node-a"), Folder::new("node-b")];
        let mut nodes = Self {
            settings,
            folders,
            servers: [None, None],
            addresses: Arc::default(),
        };
        nodes.start_one(0);
        nodes.start_one(1);
        nodes
    }

    fn start_one(&mut self, which: usize) {
        let server = Server::with(&self.folders[which], &self.settings);
        self.addresses.lock().unwrap()[which] = server.url.clone();
        self.servers[which] = Some(server);
    }

    fn one(&self, which: usize) -> &Server {
        self.servers[which].as_ref().unwrap()
    }

    fn kill(&mut self, which: usize) {
        self.servers[which].take().unwrap().kill();
    }
}

/// Urgent help that says itself that nothing was kept: the store did not answer.
fn not_kept(reply: &Value) -> bool {
    reply["urgent"] == true && reply["receipt"].is_null()
}

impl Person {
    /// Writes until told to stop: each message to the next node, and again to the other until it is acknowledged.
    fn write_anyway(
        mut self,
        addresses: &Mutex<[String; 2]>,
        stop: &AtomicBool,
        tell: &Sender<()>,
    ) -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30)));
        let agent: ureq::Agent = config.build().into();
        while !stop.load(Ordering::Relaxed) {
            self.sent += 1;
            let client_id = format!("p{}-{}", self.number, self.sent);
            let mut next = self.number + self.sent;
            let reply = loop {
                let url = addresses.lock().unwrap()[next % 2].clone();
                let answered = self.post(&url, &agent, &client_id);
                match answered.filter(|reply| !not_kept(reply)) {
                    Some(reply) => break reply,
                    None => std::thread::park_timeout(BREATH),
                }
                next += 1;
            };
            self.acknowledged.push((client_id, reply));
            // Nobody listens any more at the end.
            let _ = tell.send(());
            std::thread::park_timeout(BREATH);
        }
        self
    }
}

/// Waits for so many more messages to be acknowledged.
fn wait(heard: &Receiver<()>, many: usize, what: &str) {
    // What was acknowledged before counts for nothing.
    while heard.try_recv().is_ok() {}
    for _ in 0..many {
        heard.recv_timeout(PATIENCE).expect(what);
    }
}

#[test]
fn two_nodes_lose_nothing_while_each_is_killed_and_the_database_falls() {
    // Three deeds in the suite: the first node, the database, the second node.
    let (own, rounds) = (server::own(), rounds().div_ceil(2));
    let shared = own.database();
    let mut nodes = Nodes::start(&shared);
    let begun = (0..PEOPLE).map(|n| Person::begin(n, nodes.one(n % 2)).0);
    let people: Vec<Person> = begun.collect();
    let stop = Arc::new(AtomicBool::new(false));
    let (tell, heard) = channel();
    let each = people.into_iter().map(|person| {
        let (addresses, stop, tell) = (nodes.addresses.clone(), stop.clone(), tell.clone());
        std::thread::spawn(move || person.write_anyway(&addresses, &stop, &tell))
    });
    let writing: Vec<_> = each.collect();
    for round in 0..rounds {
        wait(&heard, acknowledged(round), "both nodes answer");
        match round % 3 {
            1 => {
                own.stop();
                own.back();
            }
            more => {
                let which = more / 2;
                nodes.kill(which);
                wait(&heard, PEOPLE, "the other node goes on");
                nodes.start_one(which);
            }
        }
    }
    wait(&heard, PEOPLE, "both nodes answer in the end");
    stop.store(true, Ordering::Relaxed);
    let mut people: Vec<Person> = writing.into_iter().map(|w| w.join().unwrap()).collect();
    for person in &mut people {
        person.account(nodes.one(person.number % 2));
    }
    let said = waymark(&nodes.folders[0], &["cases", "verify"]);
    assert!(said.contains("the log is whole"), "{said}");
    let open = waymark(&nodes.folders[1], &["cases", "list", "--json"]);
    assert_eq!(open.lines().count(), PEOPLE, "one case a conversation");
    let written: usize = people.iter().map(|p| p.sent).sum();
    eprintln!("{rounds} rounds: {written} messages of people, each kept and answered once");
}

/// Reads a stream's news, a line each, until it ends.
fn follow(url: String, cookie: String) -> Receiver<String> {
    let (tell, heard) = channel();
    std::thread::spawn(move || {
        let stream = ureq::get(url).header("cookie", cookie).call().unwrap();
        let lines = BufReader::new(stream.into_body().into_reader()).lines();
        for line in lines.map_while(Result::ok) {
            if let Some(news) = line.strip_prefix("data: ") {
                let _ = tell.send(news.to_owned());
            }
        }
    });
    heard
}

#[test]
fn what_is_written_to_one_node_reaches_the_console_open_on_the_other() {
    let shared = server::shared().database();
    let nodes = Nodes::start(&shared);
    let (mut person, case) = Person::begin(0, nodes.one(0));
    let (folder, b) = (&nodes.folders[1], nodes.one(1));
    // From now on a human owns the thread, and what the person writes is news.
    waymark(folder, &["cases", "reply", &case, "I am here."]);
    let mut kim = Adviser::begin(folder, b, "kim", vec![case.clone()]);
    let page = kim.look(&b.url, &case).unwrap();
    let live = between(&page, "data-live=\"", "\"").unwrap();
    let news = follow(format!("{}{live}", b.url), kim.cookie().to_owned());
    let mut took = Vec::new();
    for _ in 0..HEARD {
        person.sent += 1;
        let client_id = format!("p0-{}", person.sent * 4 + 1);
        let watch = Stopwatch::start();
        person
            .post(&nodes.one(0).url, &ureq::agent(), &client_id)
            .unwrap();
        while news
            .recv_timeout(PATIENCE)
            .expect("news of what was written")
            != "The person has written."
        {}
        took.push(watch.millis());
        let page = kim.look(&b.url, &case).unwrap();
        assert!(page.contains(&format!("note {client_id}")), "{client_id}");
    }
    took.sort_by(f64::total_cmp);
    eprintln!(
        "from sending to news at the other node: half within {:.0} ms, all within {:.0} ms",
        took[HEARD / 2],
        took[HEARD - 1]
    );
}
