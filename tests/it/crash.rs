//! The real server killed in the middle of its work, while people write and advisers work their cases: whatever was acknowledged
//! stands there once, whatever was not can be sent again without harm, and the log of cases is whole.
//! What never lives here: what the answers say; the store alone (store/lasting.rs).

mod nodes;
mod office;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{Sender, channel},
};

use serde_json::{Value, json};

use crate::{
    server,
    world::{self, Folder, free_port},
};
use office::{Adviser, waymark};

/// Rounds of killing (`WAYMARK_CRASH_ROUNDS` says otherwise), people writing at once.
const ROUNDS: usize = 5;
const PEOPLE: usize = 8;

pub(crate) fn rounds() -> usize {
    let asked = std::env::var("WAYMARK_CRASH_ROUNDS");
    asked.map_or(ROUNDS, |rounds| rounds.parse().unwrap())
}

/// Answers to people before the blow, beside at least one to an adviser: another number each round, so that it falls in other places.
fn acknowledged(round: usize) -> usize {
    20 + round * 17 % 41
}

/// A server with its folder; killed when it goes.
pub(crate) struct Server {
    child: Child,
    /// Where it listens, with its scheme.
    pub(crate) url: String,
}

impl Server {
    /// Starts it and waits for its word that it is ready.
    pub(crate) fn start(folder: &Folder) -> Self {
        Self::with(folder, "")
    }

    /// The same with further sections in its configuration.
    pub(crate) fn with(folder: &Folder, more: &str) -> Self {
        Self::start_with(folder, more, &[])
    }

    /// The same with more in its environment too.
    pub(crate) fn start_with(folder: &Folder, more: &str, environment: &[(&str, &str)]) -> Self {
        let (listen, metrics) = (free_port(), free_port());
        let knowledge = world::root().join("knowledge");
        let database = folder.0.join("data/waymark.db");
        // Chromium takes such cookies from this machine without TLS; other websites' frames need them.
        let secure = more.contains("[widget]");
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:{listen}\"\nmetrics_listen = \"127.0.0.1:{metrics}\"\n\
             secure_cookies = {secure}\n[knowledge]\npath = {knowledge:?}\n[store]\npath = {database:?}\n{more}"
        );
        folder.put("waymark.toml", text);
        let mut command = Command::new(env!("CARGO_BIN_EXE_waymark"));
        command
            .arg("serve")
            .current_dir(&folder.0)
            .env("RUST_LOG", "info")
            .envs(environment.iter().copied());
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("it ended: {said:?}"))
                .unwrap();
            if line.contains("ready on http://") {
                break;
            }
            said.push(line);
        }
        // Its further words are read away, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            url: format!("http://127.0.0.1:{listen}"),
        }
    }

    /// Kills it at once, as a power cut would.
    fn kill(self) {
        drop(self);
    }
}

impl Drop for Server {
    /// Also when an assertion fails: no server outlives its test.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One person's conversation over all rounds.
struct Person {
    number: usize,
    id: String,
    token: String,
    /// Client id and receipt (or body) of every reply that came.
    acknowledged: Vec<(String, Value)>,
    /// Sent, and no reply came before the server died.
    unknown: Vec<String>,
    sent: usize,
}

/// A question that can be told from all others; now and then one that opens a case or writes to it.
fn words(client_id: &str, number: usize) -> String {
    match number % 4 {
        0 => format!("my carer hits me, note {client_id}"),
        _ => format!("how much holiday does my PA get, note {client_id}"),
    }
}

impl Person {
    /// Writes until there is a case.
    fn begin(number: usize, server: &Server) -> (Self, String) {
        let started =
            ureq::post(format!("{}/api/v1/conversations", server.url)).send_json(json!({}));
        let started: Value = started.unwrap().body_mut().read_json().unwrap();
        let part = |key: &str| started[key].as_str().unwrap().to_owned();
        let mut person = Self {
            number,
            id: part("id"),
            token: part("token"),
            acknowledged: Vec::new(),
            unknown: Vec::new(),
            sent: 0,
        };
        loop {
            person.sent += 1;
            let client_id = format!("p{number}-{}", person.sent);
            let reply = person
                .post(&server.url, &ureq::agent(), &client_id)
                .unwrap();
            let case = reply["case"]["reference"].as_str().map(str::to_owned);
            person.acknowledged.push((client_id, reply));
            if let Some(case) = case {
                return (person, case);
            }
        }
    }

    fn post(&self, server_url: &str, agent: &ureq::Agent, client_id: &str) -> Option<Value> {
        let number: usize = client_id.rsplit('-').next().unwrap().parse().unwrap();
        let body = json!({"text": words(client_id, number), "client_id": client_id});
        let request = agent.post(format!(
            "{server_url}/api/v1/conversations/{}/messages",
            self.id
        ));
        let sent = request
            .header("authorization", format!("Bearer {}", self.token))
            .send_json(body);
        sent.ok()?.body_mut().read_json().ok()
    }

    /// Writes until the server is gone.
    fn write_on(mut self, url: String, tell: Sender<()>) -> Self {
        let agent = ureq::agent();
        loop {
            self.sent += 1;
            let client_id = format!("p{}-{}", self.number, self.sent);
            match self.post(&url, &agent, &client_id) {
                Some(reply) => {
                    self.acknowledged.push((client_id, reply));
                    // Nobody listens any more once enough were acknowledged.
                    let _ = tell.send(());
                }
                None => {
                    self.unknown.push(client_id);
                    return self;
                }
            }
        }
    }

    /// Everything said so far, page by page.
    fn history(&self, server: &Server) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all.last().map_or(0, |m| m["seq"].as_u64().unwrap());
            let url = format!(
                "{}/api/v1/conversations/{}/messages?after={after}",
                server.url, self.id
            );
            let got = ureq::get(url)
                .header("authorization", format!("Bearer {}", self.token))
                .call();
            let page: Value = got.unwrap().body_mut().read_json().unwrap();
            all.extend(page["messages"].as_array().unwrap().iter().cloned());
            if page["more"] != true {
                return all;
            }
        }
    }

    /// Checks the history after a crash, settles what was unknown, and checks it again.
    fn account(&mut self, server: &Server) {
        let before = self.history(server);
        for (client_id, reply) in &self.acknowledged {
            once(&before, client_id, reply);
        }
        let agent = ureq::agent();
        for client_id in std::mem::take(&mut self.unknown) {
            let first = self.post(&server.url, &agent, &client_id).unwrap();
            let second = self.post(&server.url, &agent, &client_id).unwrap();
            assert_eq!(first, second, "{client_id}: the same message has one reply");
            self.acknowledged.push((client_id, first));
        }
        // What was acknowledged long ago may be sent again as well.
        if let Some((client_id, reply)) = self.acknowledged.first() {
            let again = self.post(&server.url, &agent, client_id).unwrap();
            assert_eq!(&again, reply, "{client_id}");
        }
        let after = self.history(server);
        for (client_id, reply) in &self.acknowledged {
            once(&after, client_id, reply);
        }
        let advisers = after.iter().filter(|m| m["author"] == "adviser").count();
        assert_eq!(
            after.len() - advisers,
            2 * self.sent,
            "a message and a reply for each, nothing more"
        );
    }
}

/// The words and the reply to a client id stand in the history once, one after the other.
fn once(history: &[Value], client_id: &str, reply: &Value) {
    let mine = |m: &&Value| {
        m["author"] == "person"
            && m["text"]
                .as_str()
                .unwrap()
                .ends_with(&format!("note {client_id}"))
    };
    let found: Vec<&Value> = history.iter().filter(mine).collect();
    assert_eq!(found.len(), 1, "{client_id} stands {} times", found.len());
    let at = history.iter().position(|m| m == found[0]).unwrap();
    assert_eq!(
        &history[at + 1]["reply"],
        reply,
        "{client_id}: its reply follows it"
    );
    // A question asked back cites nothing and has none.
    if reply["receipt"].is_null() {
        return;
    }
    let replies = history
        .iter()
        .filter(|m| m["receipt"] == reply["receipt"])
        .count();
    assert_eq!(replies, 1, "{client_id}: its receipt stands once");
}

const SETTINGS: &str = "[console]\nsecond_factor = false\n[advisers]\nenabled = true\n";

#[test]
fn a_killed_server_loses_nothing_and_says_nothing_twice() {
    killed_again_and_again(SETTINGS);
}

#[test]
fn a_killed_server_over_postgresql_loses_nothing_and_says_nothing_twice() {
    let shared = server::shared().database();
    // What comes first still stands under `[store]`.
    killed_again_and_again(&format!("url = {:?}\n{SETTINGS}", shared.url));
}

fn killed_again_and_again(settings: &str) {
    let rounds = rounds();
    let folder = Folder::new("crash");
    let mut server = Server::with(&folder, settings);
    let begun = (0..PEOPLE).map(|n| Person::begin(n, &server));
    let (mut people, cases): (Vec<Person>, Vec<String>) = begun.unzip();
    let (some, others) = cases.split_at(PEOPLE / 2);
    let mut advisers = vec![
        Adviser::begin(&folder, &server, "kim", some.to_vec()),
        Adviser::begin(&folder, &server, "sam", others.to_vec()),
    ];
    for round in 0..rounds {
        let (tell, heard) = channel();
        let (tell_work, work) = channel();
        let writing: Vec<_> = people
            .drain(..)
            .map(|person| {
                let (url, tell) = (server.url.clone(), tell.clone());
                std::thread::spawn(move || person.write_on(url, tell))
            })
            .collect();
        let working: Vec<_> = advisers
            .drain(..)
            .map(|adviser| {
                let (url, tell) = (server.url.clone(), tell_work.clone());
                std::thread::spawn(move || adviser.work_on(url, tell))
            })
            .collect();
        drop((tell, tell_work));
        let enough = acknowledged(round);
        assert_eq!(heard.iter().take(enough).count(), enough, "round {round}");
        // An adviser was answered, or a server too busy to answer sent both away.
        let _ = work.recv();
        server.kill();
        people.extend(writing.into_iter().map(|w| w.join().unwrap()));
        advisers.extend(working.into_iter().map(|w| w.join().unwrap()));
        server = Server::with(&folder, settings);
        for person in &mut people {
            person.account(&server);
        }
        for adviser in &mut advisers {
            adviser.account(&folder, &server);
        }
    }
    let worked: usize = advisers.iter().map(Adviser::done).sum();
    assert!(worked > 0, "no adviser was answered in any round");
    let said = waymark(&folder, &["cases", "verify"]);
    let mut words = said.split_whitespace();
    let events: usize = words.find_map(|w| w.parse().ok()).unwrap();
    assert!(
        said.contains("the log is whole") && events >= PEOPLE,
        "{said}"
    );
    let open = waymark(&folder, &["cases", "list", "--json"])
        .lines()
        .count();
    assert_eq!(
        open, PEOPLE,
        "one urgent case a conversation, however often it was cut off"
    );
    let written: usize = people.iter().map(|p| p.sent).sum();
    eprintln!(
        "{rounds} rounds: {written} messages of people, {worked} deeds of advisers, {events} events"
    );
    server.kill();
}
