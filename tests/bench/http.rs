//! The API over HTTP, each turn on the disk before it is answered, beside a bare axum handler with one durable INSERT: in
//! the same run, with the same client, rounds interleaved, the ratio of the medians printed.
//! What never lives here: the client (client.rs).

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};
use waymark::base::Stopwatch;
use waymark_web::{Settings, Web};

use crate::{
    Folder,
    client::Client,
    durable,
    figures::{Times, show},
};

const ROUNDS: usize = 5;
const CONNECTIONS: usize = 32;
/// Requests a connection in a round.
const EACH: usize = 20;

/// Both servers, turn and turn about.
pub(crate) fn run() {
    let folder = Folder::new("http");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bare = runtime.block_on(listen(bare(&folder.0.join("bare.db"))));
    let desk = durable::desk(&folder);
    let settings = Settings {
        requests_per_minute: 0,
        ..Settings::default()
    };
    let web = Web::new(desk, settings);
    let ours = runtime.block_on(listen(web.router()));
    let questions: Arc<Vec<String>> = Arc::new(crate::questions());
    let bare_round = || {
        round(bare, &questions, |_| {
            ("/messages".to_owned(), String::new())
        })
    };
    let our_round = || round(ours, &questions, begin);
    bare_round();
    our_round();
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(bare_round());
        ours.push(our_round());
    }
    let base = show("bare axum, one durable INSERT, 32 connections", &bare);
    let rate = show("a durable turn over HTTP, 32 connections", &ours);
    println!("  ratio {:.2}", rate / base);
}

async fn listen(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// Takes a JSON body, writes it down durably, says so.
fn bare(path: &Path) -> Router {
    let db = rusqlite::Connection::open(path).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE messages (seq INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
    )
    .unwrap();
    type Held = Arc<Mutex<rusqlite::Connection>>;
    async fn keep(State(db): State<Held>, Json(body): Json<Value>) -> Json<Value> {
        let text = body["text"].as_str().unwrap_or("").to_owned();
        let insert = move || {
            let db = db.lock().unwrap();
            let mut statement = db
                .prepare_cached("INSERT INTO messages (text) VALUES (?1)")
                .unwrap();
            statement.insert([text]).unwrap()
        };
        let seq = tokio::task::spawn_blocking(insert).await.unwrap();
        Json(json!({"seq": seq}))
    }
    Router::new()
        .route("/messages", post(keep))
        .with_state(Arc::new(Mutex::new(db)))
}

/// A new conversation: where its messages go, and its token.
fn begin(client: &mut Client) -> (String, String) {
    let (status, body) = client
        .send("POST", "/api/v1/conversations", "", "{}")
        .unwrap();
    assert_eq!(status, 201);
    let started: Value = serde_json::from_slice(body).unwrap();
    let part = |key: &str| started[key].as_str().unwrap().to_owned();
    (
        format!("/api/v1/conversations/{}/messages", part("id")),
        part("token"),
    )
}

fn round(
    to: SocketAddr,
    questions: &Arc<Vec<String>>,
    begin: fn(&mut Client) -> (String, String),
) -> Times {
    // Conversations are begun before the clock runs: a turn is what is compared.
    let ready: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let mut client = Client::new(to).unwrap();
            let (path, token) = begin(&mut client);
            (client, path, token)
        })
        .collect();
    let whole = Stopwatch::start();
    let writing: Vec<_> = ready
        .into_iter()
        .enumerate()
        .map(|(person, (mut client, path, token))| {
            let questions = questions.clone();
            std::thread::spawn(move || {
                let mut times = Times::default();
                for number in 0..EACH {
                    let text = &questions[(person * EACH + number) % questions.len()];
                    let body = json!({"text": text, "client_id": number.to_string()}).to_string();
                    let one = Stopwatch::start();
                    let (status, _) = client.send("POST", &path, &token, &body).unwrap();
                    times.add(one.elapsed());
                    assert_eq!(status, 200, "{text}");
                }
                times
            })
        })
        .collect();
    let mut times = Times::default();
    for one in writing {
        times.join(one.join().unwrap());
    }
    times.took(whole.elapsed())
}
