//! One conversation and its case from first message to erasure, and the order of the queue.
//! What never lives here: failures (at_once.rs, door.rs, lasting.rs).

use waymark::{
    base::{CaseReference, ConversationId, Ids},
    casework::{
        Action, Caller, CaseEventKind, CaseState, Channel, Committed, Feedback, NewCaseEvent,
        Packet, Priority, Reach, Receipt, Refusal,
    },
    store::{AdviserReply, CaseFilter, ChainCheck, Store, StoreError},
};

use super::{Folder, at, begin, case, fresh, ids, reply, run, sam, turn};

async fn kinds(store: &Store, case: &CaseReference) -> Vec<CaseEventKind> {
    let events = store.case_events(case).await.unwrap();
    events.into_iter().map(|e| e.event.kind).collect()
}

#[test]
fn a_case_from_first_message_to_erasure() {
    let folder = Folder::new();
    run(async {
        let store = folder.open();
        let mut ids = ids(1);
        let id = begin(&store, &mut ids).await;
        let (receipt, reference) = asks_and_is_handed_over(&store, &mut ids, &id).await;
        let greeting = reply(&mut ids, &reference, "Hello, this is Sam.");
        is_answered_and_closed(&store, &id, &reference, greeting).await;
        takes_a_copy(&store, &id, &receipt).await;

        // Erased: nothing of it is left in any file, the log is whole.
        assert!(folder.holds("my very own words") && folder.holds("of sick do i pay"));
        assert!(
            store
                .erase_conversation(&id, "person", at(60))
                .await
                .unwrap()
        );
        assert!(
            !store
                .erase_conversation(&id, "person", at(61))
                .await
                .unwrap()
        );
        for words in [
            "my very own words",
            "of sick do i pay",
            "this is Sam",
            "xxxxx",
        ] {
            assert!(!folder.holds(words), "{words}");
        }
        is_gone_but_for_the_log(&store, &id, &receipt, &reference).await;
        let late = store
            .commit_turn(turn(&mut ids, &id, 2, "still there?"))
            .await
            .unwrap();
        assert_eq!(late, Committed::Gone);
        let refused = store
            .reply_to_case(&sam(), reply(&mut ids, &reference, "?"), at(62))
            .await;
        assert!(matches!(refused, Err(StoreError::NotFound(_))));
        store.close().await;
    });
}

/// A question is answered; a second one is handed over.
async fn asks_and_is_handed_over(
    store: &Store,
    ids: &mut Ids,
    id: &ConversationId,
) -> (Receipt, CaseReference) {
    let mut news = store.subscribe();
    let first = turn(ids, id, 0, "my pa is of sick do i pay them");
    let receipt = first.receipt.clone().unwrap();
    assert_eq!(store.commit_turn(first).await.unwrap(), Committed::Done);
    let mut second = turn(ids, id, 1, "can i talk to a person");
    let opened = case(ids, id, Priority::High);
    let reference = opened.reference.clone();
    second.opened.push(opened.clone());
    second.events.push(NewCaseEvent {
        case: reference.clone(),
        kind: CaseEventKind::PersonWrote,
        actor: "person".to_owned(),
        detail: format!("message={}", second.messages[0].id),
    });
    assert_eq!(store.commit_turn(second).await.unwrap(), Committed::Done);
    assert_eq!(news.recv().await.unwrap().seq, 2);
    assert_eq!(news.recv().await.unwrap().seq, 4);

    let loaded = store.conversation(id).await.unwrap().unwrap();
    assert_eq!((loaded.version, loaded.channel), (2, Channel::Web));
    assert_eq!(loaded.state_json, r#"{"v":1,"turns":2}"#);
    assert_eq!(
        store.receipt(&receipt.id).await.unwrap().as_ref(),
        Some(&receipt)
    );
    let messages = store.messages_after(id, 1, 2).await.unwrap();
    assert_eq!(messages.iter().map(|m| m.seq).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(messages[0].message.receipt.as_ref(), Some(&receipt.id));
    let waiting = store
        .cases(&Reach::Everywhere, CaseFilter::default())
        .await
        .unwrap();
    assert_eq!((waiting.len(), &waiting[0].opened), (1, &opened));
    assert_eq!(waiting[0].state, CaseState::Waiting);
    let counts = store.case_counts(&Reach::Everywhere, at(1)).await.unwrap();
    assert_eq!((counts.high, counts.oldest_waiting), (1, Some(at(1))));
    (receipt, reference)
}

/// An adviser looks, replies and closes.
async fn is_answered_and_closed(
    store: &Store,
    id: &ConversationId,
    reference: &CaseReference,
    greeting: AdviserReply,
) {
    let mut news = store.subscribe();
    store
        .act_on_case(&sam(), reference, Action::Read, at(20))
        .await
        .unwrap();
    let sent = store.reply_to_case(&sam(), greeting, at(21)).await.unwrap();
    assert_eq!((sent.seq, news.recv().await.unwrap().seq), (5, 5));
    let last = store.messages_after(id, 4, 10).await.unwrap();
    assert_eq!(last[0].message.text, "Hello, this is Sam.");
    assert_eq!(last[0].message.case.as_ref(), Some(reference));
    let claimed = store.case(reference).await.unwrap().unwrap();
    assert_eq!(
        (claimed.state, claimed.adviser.as_deref(), claimed.updated),
        (CaseState::Claimed, Some("sam"), at(21))
    );
    let closed = store
        .close_case(&sam(), reference, "resolved", None, at(30))
        .await
        .unwrap();
    assert_eq!(closed.state, CaseState::Closed);
}

/// The person's copy holds all of it, but not the token.
async fn takes_a_copy(store: &Store, id: &ConversationId, receipt: &Receipt) {
    let helped = Feedback {
        receipt: receipt.id.clone(),
        helpful: true,
        comment: Some("x".repeat(3_000)),
    };
    store.add_feedback(id, helped, at(31)).await.unwrap();
    let copy = store.export_conversation(id).await.unwrap().unwrap();
    assert_eq!(
        (copy.messages.len(), copy.receipts.len(), copy.cases.len()),
        (5, 2, 1)
    );
    assert_eq!(
        copy.feedback[0].feedback.comment.as_ref().unwrap().len(),
        2_000
    );
    let written = serde_json::to_string(&copy).unwrap();
    let token = store.conversation(id).await.unwrap().unwrap().token;
    assert!(written.contains("my very own words") && !written.contains(&token.0));
}

async fn is_gone_but_for_the_log(
    store: &Store,
    id: &ConversationId,
    receipt: &Receipt,
    reference: &CaseReference,
) {
    use CaseEventKind::{Claimed, Closed, Erased, Opened, PersonWrote, Read, Replied};
    assert!(store.conversation(id).await.unwrap().is_none());
    assert!(store.receipt(&receipt.id).await.unwrap().is_none());
    assert!(store.export_conversation(id).await.unwrap().is_none());
    assert_eq!(store.messages_after(id, 0, 10).await.unwrap().len(), 0);
    let left = store.case(reference).await.unwrap().unwrap();
    assert_eq!(left.opened.packet, Packet::default());
    let happened = [Opened, PersonWrote, Read, Claimed, Replied, Closed, Erased];
    assert_eq!(kinds(store, reference).await, happened);
    assert_eq!(
        store.verify_chain().await.unwrap(),
        ChainCheck::Whole { events: 7 }
    );
    assert_eq!(
        store.last_seq().await.unwrap(),
        5,
        "numbers are never used twice"
    );
}

#[test]
fn the_queue_shows_urgent_first_then_oldest() {
    run(async {
        let store = fresh();
        let mut ids = ids(5);
        let mut references = Vec::new();
        let order = [
            (Priority::Normal, "kent"),
            (Priority::Urgent, "kent"),
            (Priority::High, "peterborough"),
            (Priority::Urgent, "kent"),
        ];
        for (minute, (priority, area)) in (1..).zip(order) {
            let id = begin(&store, &mut ids).await;
            let mut record = turn(&mut ids, &id, 0, "help");
            record.at = at(minute);
            let mut new = case(&mut ids, &id, priority);
            new.area = Some(area.to_owned());
            references.push(new.reference.clone());
            record.opened.push(new);
            store.commit_turn(record).await.unwrap();
        }
        let listed = async |filter: CaseFilter| -> Vec<usize> {
            let cases = store.cases(&Reach::Everywhere, filter).await.unwrap();
            let place = |r| references.iter().position(|x| x == r).unwrap();
            cases.iter().map(|c| place(&c.opened.reference)).collect()
        };
        assert_eq!(listed(CaseFilter::default()).await, [1, 3, 2, 0]);
        let kent = CaseFilter {
            area: Some("kent".to_owned()),
            limit: 2,
            ..CaseFilter::default()
        };
        assert_eq!(listed(kent).await, [1, 3]);
        let high = CaseFilter {
            priority: Some(Priority::High),
            ..CaseFilter::default()
        };
        assert_eq!(listed(high).await, [2]);
        store
            .close_case(&sam(), &references[1], "resolved", None, at(9))
            .await
            .unwrap();
        assert_eq!(listed(CaseFilter::default()).await, [3, 2, 0]);
        let closed = CaseFilter {
            states: vec![CaseState::Closed],
            ..CaseFilter::default()
        };
        assert_eq!(listed(closed).await, [1]);
        let counts = store.case_counts(&Reach::Everywhere, at(1)).await.unwrap();
        assert_eq!((counts.urgent, counts.high, counts.normal), (1, 1, 1));
        assert_eq!(counts.oldest_waiting, Some(at(1)));
    });
}

#[test]
fn a_reply_opens_a_closed_case_again() {
    run(async {
        let store = fresh();
        let mut ids = ids(12);
        let id = begin(&store, &mut ids).await;
        let mut record = turn(&mut ids, &id, 0, "a person please");
        record.opened.push(case(&mut ids, &id, Priority::Normal));
        let reference = record.opened[0].reference.clone();
        store.commit_turn(record).await.unwrap();
        // The log cannot be erased, so a sentence is no outcome code.
        let prose = store
            .close_case(&sam(), &reference, "Spoke to Mrs B.", None, at(2))
            .await;
        assert!(matches!(prose, Err(StoreError::Case(Refusal::NotACode(_)))));
        store
            .close_case(&sam(), &reference, "resolved", None, at(3))
            .await
            .unwrap();
        store
            .close_case(
                &Caller::everywhere("kim"),
                &reference,
                "resolved",
                None,
                at(4),
            )
            .await
            .unwrap();
        let more = reply(&mut ids, &reference, "One more thing");
        store.reply_to_case(&sam(), more, at(5)).await.unwrap();
        let case = store.case(&reference).await.unwrap().unwrap();
        assert_eq!(case.state, CaseState::Claimed);
        use CaseEventKind::{Claimed, Closed, Opened, Reopened, Replied};
        let happened = [Opened, Closed, Reopened, Claimed, Replied];
        assert_eq!(kinds(&store, &reference).await, happened);
    });
}
