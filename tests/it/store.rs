//! The store's tests: what they share. A folder that goes with the test, a person, a turn, a case.
//! What never lives here: the tests, which stand in the folder beside this file; what the assistant would say.

mod age;
mod at_once;
mod casework;
mod door;
mod lasting;
mod life;
mod nodes;
mod on_postgres;
mod queue;
mod story;
mod upgrade;

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use jiff::{Timestamp, ToSpan, civil::date};
use tokio::runtime::Runtime;
use waymark::{
    base::{CaseReference, ConversationId, Ids, Lang},
    casework::{
        Author, Caller, CaseKind, Channel, Cited, Delivery, NewCase, NewConversation, NewMessage,
        Outcome, Packet, Priority, Receipt, TurnRecord,
    },
    store::{AdviserReply, Store},
};

/// A folder of its own that goes with the test.
struct Folder(pub(super) PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!(
            "store-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn db(&self) -> PathBuf {
        self.0.join("waymark.db")
    }

    fn open(&self) -> Store {
        Store::open(&self.db()).unwrap()
    }

    /// Somebody else's hand in the file.
    fn by_hand(&self, sql: &str) -> Result<(), String> {
        let db = rusqlite::Connection::open(self.db()).unwrap();
        db.execute_batch(sql).map_err(|e| e.to_string())
    }

    /// Whether any file of the database still holds these bytes.
    fn holds(&self, words: &str) -> bool {
        let files = std::fs::read_dir(&self.0).unwrap();
        files.into_iter().any(|f| {
            let bytes = std::fs::read(f.unwrap().path()).unwrap();
            bytes.windows(words.len()).any(|w| w == words.as_bytes())
        })
    }
}

/// A store that nobody has used.
fn fresh() -> Store {
    Store::open_in_memory().unwrap()
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn run<T>(story: impl Future<Output = T>) -> T {
    Runtime::new().unwrap().block_on(story)
}

fn at(minute: i64) -> Timestamp {
    let start: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    start + minute.minutes()
}

fn ids(seed: u8) -> Ids {
    Ids::new([seed; 32], at(0))
}

fn says(ids: &mut Ids, author: Author, text: &str) -> NewMessage {
    NewMessage {
        id: ids.message(),
        author,
        name: None,
        text: text.to_owned(),
        lang: Lang::english(),
        reply_json: None,
        receipt: None,
        case: None,
    }
}

pub(crate) async fn begin(store: &Store, ids: &mut Ids) -> ConversationId {
    let id = ids.conversation();
    let new = NewConversation {
        id: id.clone(),
        token: ids.token().hash(),
        channel: Channel::Web,
        state_json: r#"{"v":1}"#.to_owned(),
        created: at(0),
    };
    store.create_conversation(new).await.unwrap();
    id
}

/// A plain turn: a question and an answer with its receipt.
pub(crate) fn turn(ids: &mut Ids, id: &ConversationId, version: u64, text: &str) -> TurnRecord {
    let receipt = Receipt {
        id: ids.receipt(),
        conversation: id.clone(),
        outcome: Outcome::Answered,
        reason: None,
        as_of: date(2026, 11, 23),
        confidence: 0.93,
        cited: vec![Cited {
            article: "employment/sick-pay".to_owned(),
            section: "who-gets-it".to_owned(),
            content_hash: "00".to_owned(),
            rates: vec!["ssp_weekly=£123.25".to_owned()],
        }],
        library_hash: "11".to_owned(),
        at: at(1),
    };
    let mut answer = says(ids, Author::Assistant, "Here is how sick pay works.");
    answer.receipt = Some(receipt.id.clone());
    answer.reply_json = Some(r#"{"outcome":"answered"}"#.to_owned());
    TurnRecord {
        conversation: id.clone(),
        expected_version: version,
        client_id: None,
        state_json: format!(r#"{{"v":1,"turns":{}}}"#, version + 1),
        reply_json: r#"{"outcome":"answered"}"#.to_owned(),
        messages: vec![says(ids, Author::Person, text), answer],
        receipt: Some(receipt),
        opened: Vec::new(),
        events: Vec::new(),
        packets: Vec::new(),
        delivery: Delivery::default(),
        tally: None,
        at: at(1),
    }
}

fn case(ids: &mut Ids, id: &ConversationId, priority: Priority) -> NewCase {
    NewCase {
        reference: ids.case(),
        conversation: id.clone(),
        priority,
        kind: CaseKind::Question,
        reason: "asked_for_person".to_owned(),
        area: Some("kent".to_owned()),
        packet: Packet {
            own_words: vec!["my very own words".to_owned()],
            ..Packet::default()
        },
        reply_expected_by: Some(at(240)),
    }
}

fn reply(ids: &mut Ids, case: &CaseReference, text: &str) -> AdviserReply {
    AdviserReply {
        case: case.clone(),
        name: "Sam, adviser".to_owned(),
        text: text.to_owned(),
        lang: Lang::english(),
        message: ids.message(),
        asks: false,
    }
}

/// Sam, who works for every area.
fn sam() -> Caller {
    Caller::everywhere("sam")
}

/// A closed database with `cases` cases in it, all of one conversation.
fn filled(folder: &Folder, cases: usize) {
    fill(folder.open(), cases);
}

fn fill(store: Store, cases: usize) {
    run(async {
        let mut ids = ids(7);
        let id = begin(&store, &mut ids).await;
        let mut record = turn(&mut ids, &id, 0, "several things");
        for _ in 0..cases {
            record.opened.push(case(&mut ids, &id, Priority::Normal));
        }
        store.commit_turn(record).await.unwrap();
        store.close().await;
    });
}
