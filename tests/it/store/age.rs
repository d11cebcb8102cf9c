//! What goes by age, what holds it, and what is left; data protection requests and their clocks; a person's copy and erasure.
//! What never lives here: the terminal (cli/rights.rs).

use jiff::Timestamp;
use waymark::{
    casework::{
        Decision, Link, Priority, Reach, Request, RequestKind, RequestMove, RequestRefusal,
        Retained, Retention,
    },
    store::{ChainCheck, Invitation, NewAccount, StoreError},
};

use super::{Folder, at, begin, casework::waiting, fresh, ids, run, sam, turn};

const RULES: Retention = Retention {
    anonymous_days: Some(90),
    case_years: Some(6),
    audit_years: Some(6),
};

fn later(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn what_is_past_its_time_goes_and_the_log_stays_whole() {
    let folder = Folder::new();
    run(async {
        let store = folder.open();
        let mut ids = ids(40);
        let anonymous = begin(&store, &mut ids).await;
        store
            .commit_turn(turn(&mut ids, &anonymous, 0, "a passing word"))
            .await
            .unwrap();
        let closed = waiting(&store, &mut ids, Priority::Normal).await;
        store
            .close_case(&sam(), &closed, "answered", None, at(10))
            .await
            .unwrap();
        store
            .add_note(&sam(), &closed, ids.note(), "an old note", at(11))
            .await
            .unwrap();
        let open = waiting(&store, &mut ids, Priority::Normal).await;
        let held = waiting(&store, &mut ids, Priority::Normal).await;
        store
            .close_case(&sam(), &held, "answered", None, at(10))
            .await
            .unwrap();
        store
            .record_request(&sam(), &held, RequestKind::Access, None, at(11))
            .await
            .unwrap();

        let run_at = async |now: Timestamp, dry| {
            store
                .run_retention(RULES.cut_off(now), dry, now)
                .await
                .unwrap()
        };
        // A day too early for each class, then the day itself; looking first changes nothing.
        let none = Retained {
            dry_run: true,
            ..Retained::default()
        };
        assert_eq!(run_at(later("2027-02-20T09:00:00Z"), true).await, none);
        let spring = later("2027-02-22T09:00:00Z");
        let one = Retained {
            dry_run: true,
            conversations: 1,
            ..Retained::default()
        };
        assert_eq!(run_at(spring, true).await, one);
        assert!(store.conversation(&anonymous).await.unwrap().is_some());
        assert_eq!(
            run_at(spring, false).await,
            Retained {
                dry_run: false,
                ..one
            }
        );
        assert!(store.conversation(&anonymous).await.unwrap().is_none());
        assert_eq!(run_at(spring, false).await, Retained::default());

        let events = store.verify_chain().await.unwrap();
        let ChainCheck::Whole { events } = events else {
            panic!("{events:?}")
        };
        let six_years = later("2032-11-24T09:00:00Z");
        let gone = run_at(six_years, false).await;
        // Nothing but the newest event of all stays of the old log, and the erasure that has just been logged.
        assert_eq!((gone.conversations, gone.cases), (0, 1));
        assert!(gone.events >= events - 1, "{gone:?} of {events}");
        assert!(store.log_start().await.unwrap().is_some());
        assert!(matches!(
            store.verify_chain().await.unwrap(),
            ChainCheck::Whole { .. }
        ));
        // The open one and the one that a request holds are whole.
        for kept in [&open, &held] {
            let file = store.open_case(&sam(), kept, six_years).await.unwrap();
            assert!(!file.erased && !file.case.opened.packet.own_words.is_empty());
        }
        store.close().await;
        for words in ["a passing word", "an old note"] {
            assert!(!folder.holds(words), "{words}");
        }
        // Younger events still cannot be deleted, nor the beginning moved unseen.
        let refused = folder.by_hand("DELETE FROM case_events").unwrap_err();
        assert!(refused.contains("append-only"), "{refused}");
        folder
            .by_hand("UPDATE log_start SET seq = seq - 1")
            .unwrap();
        let store = folder.open();
        assert!(matches!(
            store.verify_chain().await.unwrap(),
            ChainCheck::Broken { .. }
        ));
    });
}

#[test]
fn the_staff_log_is_shortened_by_age_and_stays_whole() {
    let folder = Folder::new();
    run(async {
        let store = folder.open();
        let mut drawn = ids(42);
        let old = later("2026-11-22T09:00:00Z");
        let young = later("2031-03-01T09:00:00Z");
        for (name, added) in [("kim", old), ("lee", old), ("sam", young)] {
            let new = NewAccount {
                name: name.to_owned(),
                display: name.to_owned(),
                grants: ["adviser".parse().unwrap()].into_iter().collect(),
            };
            let invitation = Invitation {
                hash: drawn.token().hash(),
                expires: added,
            };
            let done = store.add_account(new, invitation, "terminal", added).await;
            done.unwrap();
            let done = store.disable_account(name, "terminal", added).await;
            done.unwrap();
        }
        assert_eq!(
            store.verify_staff_log().await.unwrap(),
            ChainCheck::Whole { events: 9 }
        );
        let now = later("2032-12-01T09:00:00Z");
        let look = store.run_retention(RULES.cut_off(now), true, now);
        assert_eq!(look.await.unwrap().staff_events, 6);
        assert!(store.staff_log_start().await.unwrap().is_none());
        let went = store.run_retention(RULES.cut_off(now), false, now);
        assert_eq!(went.await.unwrap().staff_events, 6);
        let whole = ChainCheck::Whole { events: 3 };
        assert_eq!(store.verify_staff_log().await.unwrap(), whole);
        let left = store.staff_events(None, 20).await.unwrap();
        assert!(left.iter().all(|e| e.account == "sam"), "{left:?}");
        let start = store.staff_log_start().await.unwrap().unwrap();
        assert_eq!((start.seq, start.at), (6, old));
        // It goes on from where it is, and the newest of all always stays.
        let done = store.disable_account("sam", "terminal", young).await;
        done.unwrap();
        let later = later("2099-12-01T09:00:00Z");
        let went = store.run_retention(RULES.cut_off(later), false, later);
        let went = went.await.unwrap();
        let whole = ChainCheck::Whole { events: 1 };
        assert_eq!(store.verify_staff_log().await.unwrap(), whole);
        let nothing = store.run_retention(RULES.cut_off(later), false, later);
        assert_eq!(
            nothing.await.unwrap(),
            Retained::default(),
            "after {went:?}"
        );
        store.close().await;
        let refused = folder.by_hand("DELETE FROM staff_events").unwrap_err();
        assert!(refused.contains("append-only"), "{refused}");
        folder
            .by_hand("UPDATE staff_log_start SET seq = seq - 1")
            .unwrap();
        let found = folder.open().verify_staff_log().await.unwrap();
        assert!(matches!(found, ChainCheck::Broken { .. }), "{found:?}");
    });
}

#[test]
fn clocks_of_requests() {
    let mut ids = ids(41);
    let received = later("2026-12-31T23:30:00Z");
    let new = |kind| Request::new(ids.clone().case(), kind, received);
    let complaint = new(RequestKind::Complaint);
    // Thirty days after 31 December, to the end of that day; the law sets no day for the answer.
    assert_eq!(
        complaint.acknowledge_by(),
        Some(later("2027-01-30T23:59:59Z"))
    );
    assert_eq!(complaint.respond_by(received), None);
    let told = complaint
        .moved(RequestMove::Acknowledge, later("2027-01-02T09:00:00Z"))
        .unwrap();
    assert_eq!(told.acknowledge_by(), None);
    assert_eq!(
        told.moved(RequestMove::Acknowledge, received),
        Err(RequestRefusal::Done)
    );

    // A month after 31 January is the last day of February.
    let access = Request::new(
        ids.case(),
        RequestKind::Access,
        later("2027-01-31T10:00:00Z"),
    );
    assert_eq!(
        access.respond_by(received),
        Some(later("2027-02-28T23:59:59Z"))
    );
    // Stopped from 5 to 8 February: three days more. In summer time a day ends an hour earlier in UTC.
    let stopped = access
        .moved(RequestMove::StopClock, later("2027-02-05T10:00:00Z"))
        .unwrap();
    assert!(stopped.stopped());
    assert_eq!(stopped.respond_by(later("2027-02-06T10:00:00Z")), None);
    assert_eq!(
        stopped.moved(RequestMove::StopClock, received),
        Err(RequestRefusal::Stopped)
    );
    let going = stopped
        .moved(RequestMove::StartClock, later("2027-02-08T10:00:00Z"))
        .unwrap();
    assert_eq!(
        going.respond_by(received),
        Some(later("2027-03-03T23:59:59Z"))
    );
    assert_eq!(
        going.moved(RequestMove::StartClock, received),
        Err(RequestRefusal::Running)
    );
    let longer = going
        .moved(RequestMove::Extend, later("2027-02-09T10:00:00Z"))
        .unwrap();
    assert_eq!(
        longer.respond_by(received),
        Some(later("2027-05-03T22:59:59Z"))
    );
    let decided = longer
        .moved(
            RequestMove::Decide(Decision::Partly),
            later("2027-03-01T10:00:00Z"),
        )
        .unwrap();
    assert_eq!(decided.respond_by(received), None);
    assert_eq!(
        decided.moved(RequestMove::Extend, received),
        Err(RequestRefusal::Decided)
    );
}

#[test]
fn a_request_lives_on_its_case_and_is_logged() {
    run(async {
        let store = fresh();
        let mut ids = ids(42);
        let reference = waiting(&store, &mut ids, Priority::Normal).await;
        let none = store
            .move_request(&sam(), &reference, RequestMove::Acknowledge, at(2))
            .await;
        assert!(matches!(none, Err(StoreError::NotFound(_))));
        let kind = RequestKind::Complaint;
        let request = store
            .record_request(&sam(), &reference, kind, None, at(2))
            .await
            .unwrap();
        assert_eq!(
            request.received,
            at(1),
            "it came in when the case was opened"
        );
        assert_eq!(
            store.requests(&Reach::of(["kent"]), false).await.unwrap(),
            [request]
        );
        assert!(
            store
                .requests(&Reach::of(["medway"]), false)
                .await
                .unwrap()
                .is_empty()
        );
        for step in [
            RequestMove::Acknowledge,
            RequestMove::StopClock,
            RequestMove::StartClock,
            RequestMove::Decide(Decision::Granted),
        ] {
            store
                .move_request(&sam(), &reference, step, at(3))
                .await
                .unwrap();
        }
        let late = store
            .move_request(&sam(), &reference, RequestMove::Extend, at(4))
            .await;
        assert_eq!(late, Err(StoreError::Request(RequestRefusal::Decided)));
        assert!(
            store
                .requests(&Reach::Everywhere, false)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            store
                .requests(&Reach::Everywhere, true)
                .await
                .unwrap()
                .len(),
            1
        );
        let log = store.case_events(&reference).await.unwrap();
        let told: Vec<&str> = log
            .iter()
            .skip(1)
            .map(|e| e.event.detail.as_str())
            .collect();
        let wanted = [
            "kind=complaint",
            "move=acknowledged",
            "move=clock_stopped",
            "move=clock_started",
            "decision=granted",
        ];
        assert_eq!(told, wanted);
    });
}

#[test]
fn a_person_is_all_conversations_that_are_linked_as_theirs() {
    run(async {
        let store = fresh();
        let mut ids = ids(43);
        let one = waiting(&store, &mut ids, Priority::Normal).await;
        let two = waiting(&store, &mut ids, Priority::Normal).await;
        let stranger = waiting(&store, &mut ids, Priority::Normal).await;
        store
            .link_cases(&sam(), &two, &one, Link::SamePerson, at(2))
            .await
            .unwrap();
        store
            .link_cases(&sam(), &one, &stranger, Link::Related, at(2))
            .await
            .unwrap();
        store
            .add_note(&sam(), &two, ids.note(), "noted", at(3))
            .await
            .unwrap();
        let conversation = store.case(&one).await.unwrap().unwrap().opened.conversation;
        let copy = store
            .export_person(&sam(), &conversation, at(4))
            .await
            .unwrap();
        assert_eq!((copy.conversations.len(), copy.cases.len()), (2, 2));
        assert!(serde_json::to_string(&copy).unwrap().contains("noted"));

        // The person asks for erasure: one request, however often they ask, and a closed case comes back for it.
        store
            .close_case(&sam(), &one, "answered", None, at(5))
            .await
            .unwrap();
        let asked = store
            .ask_erasure(&conversation, at(6))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (asked.kind, asked.case.clone()),
            (RequestKind::Erasure, one.clone())
        );
        assert_eq!(
            store.ask_erasure(&conversation, at(7)).await.unwrap(),
            Some(asked)
        );
        let back = store.case(&one).await.unwrap().unwrap();
        assert!(back.closed.is_none());
        assert_eq!(
            store
                .erase_person(&sam(), &conversation, at(8))
                .await
                .unwrap(),
            2
        );
        let left = store.open_case(&sam(), &two, at(9)).await.unwrap();
        assert!(left.erased && left.notes.is_empty());
        assert!(
            !store
                .open_case(&sam(), &stranger, at(9))
                .await
                .unwrap()
                .erased
        );
        assert_eq!(
            store.ask_erasure(&conversation, at(10)).await.unwrap(),
            None
        );
    });
}
