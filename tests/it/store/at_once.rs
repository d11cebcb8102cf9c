//! What happens at once or twice: repeats, conflicts, batches with a failure in them, other processes.
//! What never lives here: crashes and reopening (lasting.rs).

use waymark::{
    casework::{Channel, Committed, Feedback, NewConversation, Priority, Reach},
    store::{CaseFilter, ChainCheck, StoreError},
};

use super::{Folder, at, begin, case, filled, fresh, ids, reply, run, sam, turn};

#[test]
fn a_repeated_client_id_gets_the_first_reply_and_writes_nothing() {
    run(async {
        let store = fresh();
        let mut ids = ids(2);
        let id = begin(&store, &mut ids).await;
        let mut first = turn(&mut ids, &id, 0, "hello");
        first.client_id = Some("c-1".to_owned());
        first.reply_json = r#"{"first":true}"#.to_owned();
        let mut again = turn(&mut ids, &id, 0, "hello");
        again.client_id = Some("c-1".to_owned());
        assert_eq!(store.commit_turn(first).await.unwrap(), Committed::Done);
        let reply_json = r#"{"first":true}"#.to_owned();
        assert_eq!(
            store.repeated(&id, "c-1").await.unwrap().as_ref(),
            Some(&reply_json)
        );
        assert_eq!(store.repeated(&id, "c-2").await.unwrap(), None);
        // Although the version has moved on, the answer is the first reply and not a conflict.
        let second = store.commit_turn(again).await.unwrap();
        assert_eq!(second, Committed::Repeated { reply_json });
        assert_eq!(store.messages_after(&id, 0, 10).await.unwrap().len(), 2);
        assert_eq!(store.conversation(&id).await.unwrap().unwrap().version, 1);
        // The same client id in another conversation is another message.
        let other = begin(&store, &mut ids).await;
        let mut theirs = turn(&mut ids, &other, 0, "hello");
        theirs.client_id = Some("c-1".to_owned());
        assert_eq!(store.commit_turn(theirs).await.unwrap(), Committed::Done);
    });
}

#[test]
fn two_turns_over_one_version_conflict() {
    run(async {
        let store = fresh();
        let mut ids = ids(3);
        let id = begin(&store, &mut ids).await;
        let (one, two) = (turn(&mut ids, &id, 0, "one"), turn(&mut ids, &id, 0, "two"));
        let (one, two) = tokio::join!(store.commit_turn(one), store.commit_turn(two));
        assert_eq!(one.unwrap(), Committed::Done);
        assert_eq!(two.unwrap(), Committed::Conflict);
        assert_eq!(store.messages_after(&id, 0, 10).await.unwrap().len(), 2);
        let unknown = ids.conversation();
        let gone = store.commit_turn(turn(&mut ids, &unknown, 0, "?")).await;
        assert_eq!(gone.unwrap(), Committed::Gone);
    });
}

#[test]
fn sixty_four_turns_at_once_are_all_kept_and_one_failure_harms_only_itself() {
    let folder = Folder::new();
    run(async {
        let store = folder.open();
        let mut ids = ids(4);
        let taken = begin(&store, &mut ids).await;
        let mut opening = turn(&mut ids, &taken, 0, "a person please");
        let reference = case(&mut ids, &taken, Priority::Normal);
        opening.opened.push(reference.clone());
        store.commit_turn(opening).await.unwrap();

        let mut tasks = tokio::task::JoinSet::new();
        let mut good = Vec::new();
        for n in 0..64 {
            let id = begin(&store, &mut ids).await;
            let mut record = turn(&mut ids, &id, 0, "at once");
            if n % 8 == 3 {
                // The reference is taken: this job fails after it has written its messages.
                let mut new = case(&mut ids, &id, Priority::Urgent);
                new.reference = reference.reference.clone();
                record.opened.push(new);
            } else {
                good.push(id.clone());
            }
            let store = store.clone();
            tasks.spawn(async move { (id, store.commit_turn(record).await) });
        }
        while let Some(done) = tasks.join_next().await {
            let (id, outcome) = done.unwrap();
            if good.contains(&id) {
                assert_eq!(outcome.unwrap(), Committed::Done);
            } else {
                assert_eq!(outcome, Err(StoreError::Duplicate("case reference")));
                assert!(store.messages_after(&id, 0, 10).await.unwrap().is_empty());
                assert_eq!(store.conversation(&id).await.unwrap().unwrap().version, 0);
            }
        }
        drop(store);

        let store = folder.open();
        assert_eq!(good.len(), 56);
        for id in good {
            assert_eq!(store.messages_after(&id, 0, 10).await.unwrap().len(), 2);
        }
        assert_eq!(
            store.verify_chain().await.unwrap(),
            ChainCheck::Whole { events: 1 }
        );
    });
}

#[test]
fn what_belongs_to_another_conversation_is_refused() {
    run(async {
        let store = fresh();
        let mut ids = ids(6);
        let (mine, theirs) = (begin(&store, &mut ids).await, begin(&store, &mut ids).await);
        let record = turn(&mut ids, &theirs, 0, "theirs");
        let receipt = record.receipt.clone().unwrap().id;
        store.commit_turn(record).await.unwrap();
        let feedback = Feedback {
            receipt,
            helpful: false,
            comment: None,
        };
        let refused = store.add_feedback(&mine, feedback.clone(), at(2)).await;
        assert!(matches!(refused, Err(StoreError::NotFound(_))));
        store.add_feedback(&theirs, feedback, at(2)).await.unwrap();

        let mut mixed = turn(&mut ids, &mine, 0, "mixed");
        mixed.opened.push(case(&mut ids, &theirs, Priority::Normal));
        assert!(matches!(
            store.commit_turn(mixed).await,
            Err(StoreError::Refused(_))
        ));
        let unknown = ids.case();
        let closing = store
            .close_case(&sam(), &unknown, "resolved", None, at(3))
            .await;
        assert_eq!(closing, Err(StoreError::NotFound("case")));
        let again = NewConversation {
            id: mine,
            token: ids.token().hash(),
            channel: Channel::Web,
            state_json: "{}".to_owned(),
            created: at(0),
        };
        let taken = store.create_conversation(again).await;
        assert_eq!(taken, Err(StoreError::Duplicate("conversation")));
    });
}

#[test]
fn a_reply_from_another_process_is_noticed() {
    let folder = Folder::new();
    filled(&folder, 1);
    run(async {
        let (serving, command) = (folder.open(), folder.open());
        let mut ids = ids(9);
        let case = serving
            .cases(&Reach::Everywhere, CaseFilter::default())
            .await
            .unwrap()
            .remove(0);
        let mut news = serving.subscribe();
        assert_eq!(serving.poll_other_processes().await.unwrap(), 0);
        let reference = &case.opened.reference;
        let sent = command
            .reply_to_case(
                &sam(),
                reply(&mut ids, reference, "From the terminal"),
                at(5),
            )
            .await
            .unwrap();
        assert!(news.try_recv().is_err());
        assert_eq!(serving.poll_other_processes().await.unwrap(), 1);
        let notice = news.recv().await.unwrap();
        assert_eq!(
            (notice.conversation, notice.seq),
            (case.opened.conversation.clone(), sent.seq)
        );
        assert_eq!(serving.poll_other_processes().await.unwrap(), 0);
        // One's own messages are published when they are written, not by the poll.
        serving
            .reply_to_case(&sam(), reply(&mut ids, reference, "From here"), at(6))
            .await
            .unwrap();
        assert!(news.try_recv().is_ok());
        assert_eq!(serving.poll_other_processes().await.unwrap(), 0);
        assert!(news.try_recv().is_err());
        assert_eq!(
            serving.verify_chain().await.unwrap(),
            ChainCheck::Whole { events: 4 }
        );
    });
}

#[test]
fn the_blocking_twins_see_the_same() {
    for store in [fresh(), Folder::new().open()] {
        let mut ids = ids(10);
        let id = ids.conversation();
        let new = NewConversation {
            id: id.clone(),
            token: ids.token().hash(),
            channel: Channel::Terminal,
            state_json: "{}".to_owned(),
            created: at(0),
        };
        store.create_conversation_blocking(new).unwrap();
        let mut record = turn(&mut ids, &id, 0, "hello");
        record.client_id = Some("c".to_owned());
        record.opened.push(case(&mut ids, &id, Priority::Normal));
        let reference = record.opened[0].reference.clone();
        assert_eq!(store.commit_turn_blocking(record).unwrap(), Committed::Done);
        assert_eq!(
            store.conversation_blocking(&id).unwrap().unwrap().version,
            1
        );
        assert!(store.repeated_blocking(&id, "c").unwrap().is_some());
        assert!(store.case_blocking(&reference).unwrap().is_some());
        store.close_blocking();
    }
}
