//! The queue with 10,000 open cases and as many closed ones: its first page, a page far down, filtered pages, the counts.
//! What never lives here: a verdict.

use jiff::{Timestamp, ToSpan};
use waymark::{
    base::{Ids, Lang, Stopwatch},
    casework::{
        Author, Caller, CaseKind, CaseState, Channel, Delivery, NewCase, NewConversation,
        NewMessage, Packet, Priority, Reach, TurnRecord,
    },
    store::{CaseFilter, Place, Store, Whose},
};

use crate::{Folder, figures::median};

const OPEN: usize = 10_000;
const ROUNDS: usize = 50;

/// Fills a store on disk, then asks it.
pub(crate) fn run() {
    let folder = Folder::new("queue");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&folder.0.join("waymark.db")).unwrap();
        let start: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let mut ids = Ids::new([9; 32], start);
        fill(&store, &mut ids, start).await;
        let now = start + (21 * 24).hours();
        let page = CaseFilter {
            limit: 50,
            ..CaseFilter::default()
        };
        let kent = Reach::of(["kent"]);
        let filters = [
            ("first page", Reach::Everywhere, page.clone()),
            ("one area of four", kent.clone(), page.clone()),
            (
                "overdue",
                kent.clone(),
                CaseFilter {
                    overdue_at: Some(now),
                    ..page.clone()
                },
            ),
            (
                "nobody's, by a kind that none has",
                Reach::Everywhere,
                CaseFilter {
                    adviser: Some(Whose::Nobody),
                    kind: Some(CaseKind::Recruitment),
                    ..page.clone()
                },
            ),
            (
                "closed",
                Reach::Everywhere,
                CaseFilter {
                    states: vec![CaseState::Closed],
                    ..page.clone()
                },
            ),
        ];
        for (name, reach, filter) in filters {
            timed(name, &store, &reach, &filter).await;
        }
        let all = CaseFilter {
            limit: 9_000,
            ..page.clone()
        };
        let far = store.cases(&Reach::Everywhere, all).await.unwrap();
        let after = far.last().map(Place::of);
        timed(
            "after 9,000",
            &store,
            &Reach::Everywhere,
            &CaseFilter { after, ..page },
        )
        .await;
        let mut took: Vec<f64> = Vec::new();
        for _ in 0..ROUNDS {
            let watch = Stopwatch::start();
            store.case_counts(&kent, now).await.unwrap();
            took.push(watch.millis());
        }
        println!("counts: {:.2} ms", median(took.iter().copied()));
        store.close().await;
    });
}

async fn timed(name: &str, store: &Store, reach: &Reach, filter: &CaseFilter) {
    let (mut took, mut found): (Vec<f64>, usize) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let watch = Stopwatch::start();
        found = store.cases(reach, filter.clone()).await.unwrap().len();
        took.push(watch.millis());
    }
    println!(
        "{name}: {found} cases, {:.2} ms",
        median(took.iter().copied())
    );
}

async fn fill(store: &Store, ids: &mut Ids, start: Timestamp) {
    let areas = ["kent", "cambridgeshire", "medway", "peterborough"];
    for batch in 0..200 {
        let id = ids.conversation();
        let at = start + i64::from(batch).minutes();
        let new = NewConversation {
            id: id.clone(),
            token: ids.token().hash(),
            channel: Channel::Web,
            state_json: "{}".to_owned(),
            created: at,
        };
        store.create_conversation(new).await.unwrap();
        let said = NewMessage {
            id: ids.message(),
            author: Author::Person,
            name: None,
            text: "words".to_owned(),
            lang: Lang::english(),
            reply_json: None,
            receipt: None,
            case: None,
        };
        let count = 2 * OPEN / 200;
        let opened: Vec<NewCase> = (0..count)
            .map(|n| NewCase {
                reference: ids.case(),
                conversation: id.clone(),
                priority: [
                    Priority::Normal,
                    Priority::High,
                    Priority::Normal,
                    Priority::Urgent,
                ][n % 4],
                kind: CaseKind::Question,
                reason: "low_confidence".to_owned(),
                area: Some(areas[n % 4].to_owned()),
                packet: Packet {
                    own_words: vec!["what a person wrote, at some length ".repeat(30)],
                    ..Packet::default()
                },
                reply_expected_by: Some(at + 8.hours()),
            })
            .collect();
        let close: Vec<_> = opened
            .iter()
            .skip(OPEN / 200)
            .map(|c| c.reference.clone())
            .collect();
        let turn = TurnRecord {
            conversation: id,
            expected_version: 0,
            client_id: None,
            state_json: "{}".to_owned(),
            reply_json: "{}".to_owned(),
            messages: vec![said],
            receipt: None,
            opened,
            events: Vec::new(),
            packets: Vec::new(),
            delivery: Delivery::default(),
            tally: None,
            at,
        };
        store.commit_turn(turn).await.unwrap();
        let sam = Caller::everywhere("sam");
        for reference in close {
            store
                .close_case(&sam, &reference, "answered", None, at)
                .await
                .unwrap();
        }
    }
}
