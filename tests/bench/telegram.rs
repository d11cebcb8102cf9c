//! A channel that we push to, without its network: events kept, read, answered and sent, on disk, as the service does it.
//! What never lives here: what Telegram itself allows (delivery.per_second).

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use serde_json::json;
use waymark::{
    assistant::{Desk, Reception},
    base::{Chance, Clock, Secret, Stopwatch},
    casework::{self, Button, Outgoing, Part},
    delivery::{
        Caps, Channel, Doing, FetchError, Inbound, Inbox, Media, Outcome, Pace, Received, Sender,
    },
    store::Store,
};
use waymark_telegram::{Mode, Settings, Telegram};

use crate::{Folder, questions, snapshot};

const PEOPLE: usize = 2_000;
const AT_ONCE: usize = 16;

/// Telegram's reading and drawing; sending always works at once.
struct Silent {
    telegram: Telegram,
    sent: AtomicU64,
}

impl Channel for Silent {
    fn channel(&self) -> casework::Channel {
        self.telegram.channel()
    }
    fn caps(&self) -> Caps {
        self.telegram.caps()
    }
    fn verify(&self, presented: Option<&str>) -> bool {
        self.telegram.verify(presented)
    }
    fn parse(&self, raw: &str) -> Option<Inbound> {
        self.telegram.parse(raw)
    }
    fn render(&self, outgoing: &Outgoing, buttons: &[(String, Button)]) -> Vec<Part> {
        self.telegram.render(outgoing, buttons)
    }
    async fn send(&self, _: &str, _: &Part) -> Outcome {
        let external = self.sent.fetch_add(1, Ordering::Relaxed).to_string();
        Outcome::Sent { external }
    }
    async fn fetch_media(&self, _: &Media) -> Result<Vec<u8>, FetchError> {
        Err(FetchError::Unavailable)
    }
    async fn send_voice(&self, _: &str, _: Vec<u8>, _: u32) -> Outcome {
        Outcome::Refused { why: "silent" }
    }
    async fn at_work(&self, _: &str, _: Doing) {}
}

pub(crate) fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(all());
}

async fn all() {
    let folder = Folder::new("telegram");
    let store = Store::open(&folder.0.join("waymark.db")).unwrap();
    let desk = Desk::new(store.clone(), Clock::System, Chance::System, snapshot());
    let pace = Pace {
        per_second: 1_000_000,
        gap_ms: 0,
        doubt_seconds: 30,
    };
    let token = Secret::new("1:bench".to_owned());
    let settings = Settings::new(token, "http://127.0.0.1:1", Mode::Polling, "", pace).unwrap();
    let account = settings.account();
    let now = Clock::System.now().instant;
    store
        .bot(account.clone(), String::new(), now)
        .await
        .unwrap();
    let channel = Arc::new(Silent {
        telegram: Telegram::new(&settings).unwrap(),
        sent: AtomicU64::new(0),
    });
    let clock = Clock::System;
    let owner = "bench".to_owned();
    let inbox = Inbox::new(store.clone(), clock, account.clone(), owner.clone());
    let reception = Arc::new(Reception::new(desk.clone(), channel.clone()));
    let sender = Arc::new(Sender::new(
        store,
        (clock, Chance::System),
        channel.clone(),
        (account, owner),
        pace,
    ));

    let watch = Stopwatch::start();
    receive(&inbox).await;
    told("events kept", PEOPLE as u64, watch);
    let watch = Stopwatch::start();
    answer(&inbox, &reception).await;
    told("events answered", PEOPLE as u64, watch);
    let watch = Stopwatch::start();
    send(&sender, &desk).await;
    told("parts sent", channel.sent.load(Ordering::Relaxed), watch);
}

fn told(what: &str, count: u64, watch: Stopwatch) {
    let seconds = watch.elapsed().as_secs_f64();
    println!(
        "  {what:<30} {:.0} a second   ({count} in {seconds:.1} s)",
        count as f64 / seconds
    );
}

/// A hundred at a time, as they are fetched.
async fn receive(inbox: &Inbox) {
    let asked = questions();
    let events: Vec<Received> = (0..PEOPLE)
        .map(|n| {
            let chat = 1_000 + n;
            let text = &asked[n % asked.len()];
            let from = json!({"id": chat, "is_bot": false, "first_name": "P"});
            let message = json!({"message_id": 1, "date": 1_795_000_000, "text": text, "from": from,
                "chat": {"id": chat, "type": "private", "first_name": "P"}});
            Received {
                event: n.to_string(),
                lane: chat.to_string(),
                raw: json!({"update_id": n, "message": message}).to_string(),
                urgent: false,
                burst: false,
            }
        })
        .collect();
    for some in events.chunks(100) {
        assert_eq!(inbox.receive(some.to_vec()).await.unwrap(), some.len());
    }
}

async fn answer(inbox: &Inbox, reception: &Arc<Reception<Silent>>) {
    loop {
        let lanes = inbox.lanes(AT_ONCE).await.unwrap();
        if lanes.is_empty() {
            return;
        }
        let mut under_way = tokio::task::JoinSet::new();
        for lane in lanes {
            let reception = reception.clone();
            under_way.spawn(async move { reception.take(lane).await });
        }
        under_way.join_all().await;
    }
}

async fn send(sender: &Arc<Sender<Silent>>, desk: &Desk) {
    loop {
        let sends = sender.lend(32).await.unwrap();
        if sends.is_empty() {
            return;
        }
        let mut under_way = tokio::task::JoinSet::new();
        for one in sends {
            let (sender, library) = (sender.clone(), desk.library());
            under_way.spawn(async move { sender.deliver(one, &library).await.unwrap() });
        }
        under_way.join_all().await;
    }
}
