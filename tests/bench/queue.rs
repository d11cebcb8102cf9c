//! The queue with 10,000 open cases and as many closed ones, on SQLite and on PostgreSQL: the console's page as an adviser gets it,
//! and what the store does for it: the first page, a page far down, filtered pages, the counts.
//! What never lives here: a verdict.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use jiff::{Timestamp, ToSpan};
use tower::ServiceExt as _;
use waymark::{
    assistant::Desk,
    base::{Chance, Clock, Ids, Lang, Stopwatch},
    casework::{
        Author, Caller, CaseKind, CaseState, Channel, Delivery, NewCase, NewConversation,
        NewMessage, Packet, Priority, Reach, TurnRecord,
    },
    store::{CaseFilter, Invitation, NewAccount, Place, Store, Whose},
};
use waymark_web::{ConsoleSettings, Settings, Web};

use crate::{Folder, figures::median, server};

const OPEN: usize = 10_000;
const ROUNDS: usize = 50;

/// Fills a store on disk, then asks it; each database in turn.
pub(crate) fn run() {
    let folder = Folder::new("queue");
    let own = server::own();
    println!("  SQLite");
    ask(Store::open(&folder.0.join("waymark.db")).unwrap(), &|| {});
    println!("  PostgreSQL");
    let database = own.database();
    // As the server does by itself within a minute of so many new rows.
    let settled = || assert!(server::by_hand(&database.url, "ANALYZE").is_ok());
    ask(database.open(), &settled);
}

fn ask(store: Store, filled: &dyn Fn()) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let start: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let mut ids = Ids::new([9; 32], start);
        fill(&store, &mut ids, start).await;
        filled();
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
        println!("  counts: {:.2} ms", median(took.iter().copied()));
        pages(&store, now).await;
        store.close().await;
    });
}

/// The pages, from a request to its whole answer, in process: session, rights, counts, cases, drawing.
async fn pages(store: &Store, now: Timestamp) {
    let console = ConsoleSettings {
        second_factor: false,
        ..ConsoleSettings::default()
    };
    let settings = Settings {
        console,
        requests_per_minute: 0,
        ..Settings::default()
    };
    let desk = Desk::new(
        store.clone(),
        Clock::Fixed(now),
        Chance::System,
        crate::snapshot(),
    );
    let router = Web::new(desk, settings).router();
    let cookie = sign_in(store, &router, now).await;
    for path in ["/console/queue", "/console/queue?whose=nobody"] {
        let (mut took, mut size) = (Vec::new(), 0);
        for _ in 0..ROUNDS {
            let watch = Stopwatch::start();
            let request = Request::get(path).header(header::COOKIE, &cookie);
            let request = request.body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::OK);
            size = to_bytes(answer.into_body(), usize::MAX)
                .await
                .unwrap()
                .len();
            took.push(watch.millis());
        }
        took.sort_by(f64::total_cmp);
        println!(
            "  the page {path}: {size} bytes, half within {:.2} ms, all within {:.2} ms",
            took[ROUNDS / 2],
            took[ROUNDS - 1]
        );
    }
}

/// An adviser of every area takes up an invitation and signs in; the cookie.
async fn sign_in(store: &Store, router: &Router, now: Timestamp) -> String {
    let link = Ids::new([8; 32], now).token();
    let new = NewAccount {
        name: "sam".to_owned(),
        display: "Sam".to_owned(),
        grants: ["adviser".parse().unwrap()].into_iter().collect(),
    };
    let invitation = Invitation {
        hash: link.hash(),
        expires: Timestamp::MAX,
    };
    let added = store.add_account(new, invitation, "terminal", now).await;
    added.unwrap();
    let password = "three+quiet+otters";
    let send = async |path: String, form: String| {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers().get(header::SET_COOKIE);
        let cookie = cookie.map_or("", |c| c.to_str().unwrap());
        cookie.split(';').next().unwrap_or("").to_owned()
    };
    let invited = format!("/console/invitation/{}", link.reveal());
    let taken = format!("display=Sam&password={password}&again={password}");
    send(invited, taken).await;
    let named = format!("name=sam&password={password}");
    send("/console/sign-in".to_owned(), named).await
}

async fn timed(name: &str, store: &Store, reach: &Reach, filter: &CaseFilter) {
    let (mut took, mut found): (Vec<f64>, usize) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let watch = Stopwatch::start();
        found = store.cases(reach, filter.clone()).await.unwrap().len();
        took.push(watch.millis());
    }
    println!(
        "  {name}: {found} cases, {:.2} ms",
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
