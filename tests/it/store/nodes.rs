//! Several nodes on one PostgreSQL: news from one to the other, leases that pass on, a server that goes away and comes back, a
//! database that moves.
//! What never lives here: what each verb does (the other files, on_postgres.rs).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use waymark::{
    base::{ConversationId, Ids, SealKey, Secret},
    casework::{Committed, Delivery, NewEvent, Taken},
    store::{ChainCheck, Lend, Store, StoreError},
};

use super::{Folder, at, begin, case, fill, ids, lasting, reply, run, sam, turn};
use crate::server;

const ACCOUNT: &str = "telegram:1";

#[test]
fn what_is_said_to_one_node_is_news_on_the_other() {
    let shared = server::shared().database();
    run(async {
        let (a, b) = (shared.open(), shared.open());
        let mut ids = ids(60);
        let id = begin(&a, &mut ids).await;
        assert_eq!(b.poll_other_processes().await.unwrap(), 0);
        let mut news = b.subscribe();
        a.commit_turn(turn(&mut ids, &id, 0, "hello"))
            .await
            .unwrap();
        assert_eq!(b.poll_other_processes().await.unwrap(), 1);
        let notice = news.recv().await.unwrap();
        assert_eq!((notice.conversation, notice.seq), (id.clone(), 2));
        assert_eq!(b.messages_after(&id, 0, 10).await.unwrap().len(), 2);
        assert_eq!(b.poll_other_processes().await.unwrap(), 0);
    });
}

#[test]
fn a_lane_passes_on_when_its_node_is_gone() {
    let shared = server::shared().database();
    run(async {
        let (a, b) = (shared.open(), shared.open());
        a.bot(ACCOUNT.into(), String::new(), at(0)).await.unwrap();
        let event = |n: u8| NewEvent {
            event: n.to_string(),
            lane: "one chat".into(),
            raw: "{}".into(),
            urgent: false,
            due: at(0),
        };
        // Both nodes are told of the same events, as a channel that repeats itself does: each is kept once.
        for store in [&a, &b] {
            let both = vec![event(1), event(2)];
            store
                .receive_events(ACCOUNT.into(), both, at(0))
                .await
                .unwrap();
        }
        let ask = |owner: &str, now, until| Lend {
            account: ACCOUNT.into(),
            owner: owner.into(),
            now: at(now),
            until: at(until),
            most: 5,
        };
        let lent = a.lend_lanes(ask("a", 1, 10)).await.unwrap().remove(0);
        assert_eq!(lent.events.len(), 2);
        // A second node that starts takes nothing away from one that works.
        b.take_over(ACCOUNT.into(), at(2)).await.unwrap();
        assert!(b.lend_lanes(ask("b", 2, 12)).await.unwrap().is_empty());
        let passed = b.lend_lanes(ask("b", 11, 20)).await.unwrap().remove(0);
        assert!(passed.fence > lent.fence && passed.events.len() == 2);
        let settle = |fence| Delivery {
            taken: Some(Taken {
                account: ACCOUNT.into(),
                lane: "one chat".into(),
                fence,
                events: vec!["1".into(), "2".into()],
                dead: None,
            }),
            ..Delivery::default()
        };
        let late = a.settle_delivery(settle(lent.fence), at(12)).await.unwrap();
        assert_eq!(late, Committed::LeaseLost);
        let done = b
            .settle_delivery(settle(passed.fence), at(12))
            .await
            .unwrap();
        assert_eq!(done, Committed::Done);
        // One node fetches.
        for (store, owner, now, until, got) in [
            (&a, "a", 1, 5, true),
            (&b, "b", 2, 6, false),
            (&b, "b", 5, 9, true),
        ] {
            let lease = store.lease_poller(ACCOUNT.into(), owner.into(), at(now), at(until));
            assert_eq!(lease.await.unwrap(), got, "{owner} at {now}");
        }
    });
}

/// Busy, or a commit of which nobody can say what became of it: both are sent again, which does nothing twice.
async fn wait_unless_wrong(error: &StoreError) {
    let in_doubt =
        matches!(error, StoreError::Other(why) if why.contains("in the middle of a commit"));
    assert!(in_doubt || *error == StoreError::Busy, "{error}");
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// Writes until told to stop; each turn is sent again, as a browser does, until it is acknowledged.
async fn people(
    store: Store,
    seed: u8,
    stop: Arc<AtomicBool>,
    kept: Arc<AtomicUsize>,
) -> Vec<ConversationId> {
    let mut ids = Ids::new([seed; 32], at(0));
    let mut mine = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let (id, token) = (ids.conversation(), ids.token().hash());
        let new = || waymark::casework::NewConversation {
            id: id.clone(),
            token: token.clone(),
            channel: waymark::casework::Channel::Web,
            state_json: "{}".into(),
            created: at(0),
        };
        loop {
            match store.create_conversation(new()).await {
                Ok(()) | Err(StoreError::Duplicate(_)) => break,
                Err(error) => wait_unless_wrong(&error).await,
            }
        }
        let mut record = turn(&mut ids, &id, 0, "are you still there");
        record.client_id = Some("1".into());
        record
            .opened
            .push(case(&mut ids, &id, waymark::casework::Priority::Normal));
        loop {
            match store.commit_turn(record.clone()).await {
                Ok(Committed::Done | Committed::Repeated { .. }) => break,
                Ok(other) => panic!("{other:?}"),
                Err(error) => wait_unless_wrong(&error).await,
            }
        }
        mine.push(id);
        kept.fetch_add(1, Ordering::Relaxed);
    }
    mine
}

#[test]
fn a_server_that_falls_under_load_loses_nothing_acknowledged_and_all_recover() {
    let own = server::own();
    let shared = own.database();
    run(async {
        let (a, b) = (shared.open(), shared.open());
        let (stop, kept) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicUsize::new(0)),
        );
        let mut tasks = tokio::task::JoinSet::new();
        for seed in 0..8 {
            let store = [&a, &b][usize::from(seed % 2)].clone();
            tasks.spawn(people(store, 100 + seed, stop.clone(), kept.clone()));
        }
        let own = Arc::new(own);
        for round in 1..=crate::crash::rounds().min(20) {
            let enough = kept.load(Ordering::Relaxed) + 40 + round * 17 % 23;
            while kept.load(Ordering::Relaxed) < enough && !tasks.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let server = own.clone();
            tokio::task::spawn_blocking(move || server.stop())
                .await
                .unwrap();
            // Not ready meanwhile, and it says so.
            assert_eq!(a.write_probe().await.unwrap_err(), StoreError::Busy);
            assert!(a.last_seq().await.is_err());
            let server = own.clone();
            tokio::task::spawn_blocking(move || server.back())
                .await
                .unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        let all: Vec<ConversationId> = tasks.join_all().await.concat();
        assert!(all.len() >= 40);
        for id in &all {
            // Once, not twice.
            assert_eq!(b.messages_after(id, 0, 10).await.unwrap().len(), 2, "{id}");
        }
        let events = u64::try_from(all.len()).unwrap();
        assert_eq!(
            a.verify_chain().await.unwrap(),
            ChainCheck::Whole { events }
        );
        a.write_probe().await.unwrap();
    });
}

#[test]
fn a_killed_node_loses_nothing_acknowledged() {
    let shared = server::shared().database();
    let rounds = crate::crash::rounds().min(20);
    lasting::killed_and_opened_again(&shared.url, rounds, || shared.open());
}

#[test]
fn what_cannot_be_opened_is_told_in_one_line_without_the_password() {
    let shared = server::shared().database();
    let password = Secret::new("tell-nobody".into());
    let refused = |url: &str| {
        let line = Store::open_server(url, Some(&password), None)
            .unwrap_err()
            .to_string();
        assert!(
            !line.contains("tell-nobody") && !line.contains('\n'),
            "{line}"
        );
        line
    };
    // Nobody listens at the first port.
    assert!(refused("postgres://app@127.0.0.1:1/waymark").contains("127.0.0.1:1"));
    assert!(refused("not an address").contains("store.url"));
    assert!(refused(&shared.url.replace("/test_", "/absent_")).contains("absent_"));
    server::by_hand(&shared.url, "CREATE TABLE recipes (name TEXT)").unwrap();
    assert!(refused(&shared.url).contains("not Waymark's"));
    server::by_hand(&shared.url, "DROP TABLE recipes").unwrap();
    shared.open().close_blocking();
    server::by_hand(
        &shared.url,
        "INSERT INTO migrations VALUES (4711, '4711_later', '')",
    )
    .unwrap();
    assert!(refused(&shared.url).contains("4711"));
}

#[test]
fn both_databases_have_the_same_tables() {
    let (folder, shared) = (Folder::new(), server::shared().database());
    folder.open().close_blocking();
    shared.open().close_blocking();
    let file = rusqlite::Connection::open(folder.db()).unwrap();
    let sql = "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
               WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
    let mut statement = file.prepare(sql).unwrap();
    let found = statement.query_map([], |row| row.get(0)).unwrap();
    let mut sqlite: Vec<String> = found.map(Result::unwrap).collect();
    let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns
               WHERE table_schema = 'public' AND table_name NOT IN ('given', 'writers') AND column_name <> 'rowid'";
    let told = server::by_hand(&shared.url, sql).unwrap();
    let mut postgres: Vec<String> = told.lines().map(str::to_owned).collect();
    sqlite.sort();
    postgres.sort();
    assert_eq!(sqlite, postgres);
}

#[test]
fn a_stopped_service_moves_to_a_server_whole() {
    let (folder, shared) = (Folder::new(), server::shared().database());
    // Some of it from before a key was set.
    fill(folder.open(), 5);
    let key: Option<SealKey> = Some("5".repeat(64).parse().unwrap());
    let id = run(async {
        let store = folder.sealed(key.clone()).unwrap();
        let mut ids = ids(61);
        let id = begin(&store, &mut ids).await;
        let mut record = turn(&mut ids, &id, 0, "naïve ‘quotes’ — £1 \u{1F600}");
        let opened = case(&mut ids, &id, waymark::casework::Priority::Urgent);
        record.opened.push(opened.clone());
        store.commit_turn(record).await.unwrap();
        let answer = reply(&mut ids, &opened.reference, "Hello, this is Sam.");
        store.reply_to_case(&sam(), answer, at(3)).await.unwrap();
        // While anybody works with the file nothing moves.
        let moved = Store::move_to_server(&folder.db(), &shared.url, None);
        assert_eq!(moved.unwrap_err(), StoreError::Busy);
        store.close().await;
        id
    });
    let moved = Store::move_to_server(&folder.db(), &shared.url, None).unwrap();
    let rows = |name: &str| moved.iter().find(|t| t.table == name).unwrap().rows;
    assert_eq!(
        (rows("conversations"), rows("messages"), rows("cases")),
        (2, 5, 6)
    );
    run(async {
        let before = folder.sealed(key.clone()).unwrap();
        let other = Store::open_server(&shared.url, None, None).unwrap_err();
        assert!(other.to_string().contains("WAYMARK_SEAL_KEY"), "{other}");
        let after = Store::open_server(&shared.url, None, key).unwrap();
        let left = before.export_conversation(&id).await.unwrap();
        let right = after.export_conversation(&id).await.unwrap();
        assert_eq!(
            serde_json::to_value(left).unwrap(),
            serde_json::to_value(right).unwrap()
        );
        // Numbers go on where they stood.
        assert_eq!(
            before.last_seq().await.unwrap(),
            after.last_seq().await.unwrap()
        );
        let mut ids = ids(62);
        let next = begin(&after, &mut ids).await;
        after
            .commit_turn(turn(&mut ids, &next, 0, "and on"))
            .await
            .unwrap();
        assert_eq!(
            after.last_seq().await.unwrap(),
            before.last_seq().await.unwrap() + 2
        );
        assert!(matches!(
            after.verify_chain().await.unwrap(),
            ChainCheck::Whole { .. }
        ));
        before.close().await;
    });
    // Never over anything.
    let again = Store::move_to_server(&folder.db(), &shared.url, None);
    assert!(matches!(again.unwrap_err(), StoreError::Refused(_)));
}
