//! What people wrote is sealed where a key is set: nowhere in the database's files, read back whole, lost with its key; what was
//! written before stays readable and can be sealed later; another key or none stops the start.
//! What never lives here: the cipher (base), the terminal (cli/sealed.rs).

use jiff::SignedDuration;
use waymark::{
    base::{CaseReference, ConversationId, Ids, SealKey},
    casework::{
        AddressId, Button, Channel, Committed, Delivery, Feedback, Load, Needs, NewContentTodo,
        NewConversation, NewEvent, NewOutgoing, Outgoing, Part, Priority, Reach, Urgency,
    },
    store::{Lease, Lend, LendSends, Store, StoreError},
};

use super::{Folder, at, begin, case, ids, reply, run, sam, turn};

const BOT: &str = "telegram:1";

fn key(digit: &str) -> Option<SealKey> {
    Some(digit.repeat(64).parse().unwrap())
}

/// Everything that somebody can write, each with a word of its own.
struct Written {
    id: ConversationId,
    case: CaseReference,
    address: AddressId,
}

/// What each of them holds.
const MARK: &str = "wordsfor_";
/// One a place.
const WORDS: [&str; 19] = [
    "wordsfor_email@example.org",
    "wordsfor_state",
    "wordsfor_asked",
    "wordsfor_replied",
    "wordsfor_repeat",
    "wordsfor_comment",
    "wordsfor_packet",
    "wordsfor_phone",
    "wordsfor_note",
    "wordsfor_draft",
    "wordsfor_todo",
    "wordsfor_question",
    "wordsfor_event",
    "wordsfor_whole",
    "wordsfor_part",
    "wordsfor_label",
    "wordsfor_value",
    "wordsfor_adviser",
    "wordsfor_alone",
];

async fn write(store: &Store, ids: &mut Ids) -> Written {
    let id = begin(store, ids).await;
    store
        .bot(BOT.to_owned(), "b".to_owned(), at(0))
        .await
        .unwrap();
    let met = store.meet_address(BOT.to_owned(), "42".to_owned(), at(0));
    let address = met.await.unwrap().id;
    let mut record = turn(ids, &id, 0, "wordsfor_asked is what i want to know");
    record.state_json = r#"{"v":1,"about":"wordsfor_state"}"#.to_owned();
    record.client_id = Some("first".to_owned());
    record.reply_json = r#"{"summary":"wordsfor_repeat"}"#.to_owned();
    record.messages[1].reply_json =
        Some(r#"{"reason":"low_confidence","summary":"wordsfor_replied"}"#.to_owned());
    let receipt = record.receipt.as_mut().unwrap();
    receipt.reason = Some("low_confidence".to_owned());
    let receipt = receipt.id.clone();
    let mut opened = case(ids, &id, Priority::Normal);
    opened.packet.own_words = vec!["wordsfor_packet".to_owned()];
    let reference = opened.reference.clone();
    record.opened.push(opened);
    record
        .delivery
        .outgoing
        .push(outgoing(ids, address, "wordsfor_whole"));
    assert_eq!(store.commit_turn(record).await.unwrap(), Committed::Done);
    let helped = Feedback {
        receipt,
        helpful: false,
        comment: Some("wordsfor_comment".to_owned()),
    };
    store.add_feedback(&id, helped, at(2)).await.unwrap();
    let event = NewEvent {
        event: "7".to_owned(),
        lane: "42".to_owned(),
        raw: r#"{"text":"wordsfor_event"}"#.to_owned(),
        urgent: false,
        due: at(0),
    };
    let received = store.receive_events(BOT.to_owned(), vec![event.clone()], at(1));
    assert_eq!(received.await.unwrap(), 1);
    let again = store.receive_events(BOT.to_owned(), vec![event], at(1));
    assert_eq!(again.await.unwrap(), 0);
    let email = Some("wordsfor_email@example.org".to_owned());
    store.ask_reply_mail(&id, email).await.unwrap();
    works(store, ids, &reference).await;
    Written {
        id,
        case: reference,
        address,
    }
}

/// What an adviser writes in a case.
async fn works(store: &Store, ids: &mut Ids, case: &CaseReference) {
    let needs = Needs {
        reach_at: Some("wordsfor_phone".to_owned()),
        ..Needs::default()
    };
    store.set_needs(&sam(), case, needs, at(3)).await.unwrap();
    let note = ids.note();
    store
        .add_note(&sam(), case, note, "wordsfor_note", at(3))
        .await
        .unwrap();
    let todo = NewContentTodo {
        id: ids.note(),
        case: case.clone(),
        article: None,
        section: None,
        reason: "wrong".to_owned(),
        comment: "wordsfor_todo".to_owned(),
        question: "wordsfor_question".to_owned(),
    };
    store.reject_suggestion(&sam(), todo, at(3)).await.unwrap();
    let said = reply(ids, case, "wordsfor_adviser");
    store.reply_to_case(&sam(), said, at(4)).await.unwrap();
    store
        .save_draft(&sam(), case, "wordsfor_draft", at(5))
        .await
        .unwrap();
}

fn outgoing(ids: &mut Ids, address: AddressId, text: &str) -> NewOutgoing {
    NewOutgoing {
        message: ids.message(),
        address,
        outgoing: Outgoing {
            markdown: text.to_owned(),
            ..Outgoing::default()
        },
        urgency: Urgency::Ordinary,
    }
}

async fn lent(store: &Store, minute: i64) -> waymark::casework::Sending {
    let ask = LendSends {
        account: BOT.to_owned(),
        owner: "worker".to_owned(),
        now: at(minute),
        until: at(minute + 1),
        most: 1,
        interval: SignedDuration::from_millis(1),
        gap: SignedDuration::from_millis(1),
        doubt_until: at(minute + 1),
    };
    let mut sends = store.lend_sends(ask).await.unwrap();
    assert_eq!(sends.len(), 1);
    sends.remove(0)
}

/// Cuts what waits into a part and a button, and reads both back; then sends something outside any conversation.
async fn delivers(store: &Store, ids: &mut Ids, written: &Written) {
    let whole = lent(store, 6).await;
    let Load::Whole(out) = &whole.load else {
        panic!("{:?}", whole.load)
    };
    assert_eq!(out.markdown, "wordsfor_whole");
    let lease = Lease {
        seq: whole.seq,
        fence: whole.fence,
    };
    let part = |payload: &str| Part {
        op: "text".to_owned(),
        payload: payload.to_owned(),
    };
    let button = Button {
        label: "wordsfor_label".to_owned(),
        value: "wordsfor_value".to_owned(),
    };
    let parts = vec![part("wordsfor_part one"), part("wordsfor_part two")];
    let buttons = vec![("b1".to_owned(), button.clone())];
    let cut = store.cut_send(lease, parts, buttons, at(600), at(6));
    assert!(cut.await.unwrap());
    let offered = store.offered(written.address, "b1".to_owned(), at(7));
    assert_eq!(offered.await.unwrap().unwrap().button, button);
    let again = lent(store, 9).await;
    let Load::Part(first) = &again.load else {
        panic!("{:?}", again.load)
    };
    assert_eq!(first.payload, "wordsfor_part one");
    let alone = Delivery {
        outgoing: vec![outgoing(ids, written.address, "wordsfor_alone")],
        ..Delivery::default()
    };
    store.settle_delivery(alone, at(9)).await.unwrap();
}

/// Everything that was written, read back by whoever reads it.
async fn reads(store: &Store, written: &Written) -> String {
    let file = store
        .open_case(&sam(), &written.case, at(20))
        .await
        .unwrap();
    let todos = store.content_todos(&Reach::Everywhere, true).await.unwrap();
    let copy = store
        .export_person(&sam(), &written.id, at(21))
        .await
        .unwrap();
    let repeated = store.repeated(&written.id, "first").await.unwrap();
    let gaps = store.knowledge_gaps(&Reach::Everywhere, at(0), at(60));
    let gaps = format!("{:?}", gaps.await.unwrap());
    assert!(
        gaps.contains("wordsfor_asked") && gaps.contains("wordsfor_question"),
        "{gaps}"
    );
    let copy = serde_json::to_string(&copy).unwrap();
    format!("{file:?} {todos:?} {copy} {repeated:?}")
}

#[test]
fn what_people_wrote_is_in_no_file() {
    let folder = Folder::new();
    run(async {
        let store = folder.sealed(key("1")).unwrap();
        let mut ids = ids(60);
        let written = write(&store, &mut ids).await;
        delivers(&store, &mut ids, &written).await;
        // In use as it is, with what its log holds.
        assert!(!folder.holds(MARK));
        let read = reads(&store, &written).await;
        let beside = [
            "wordsfor_event",
            "wordsfor_whole",
            "wordsfor_part",
            "wordsfor_label",
            "wordsfor_value",
            "wordsfor_alone",
        ];
        for words in WORDS.iter().filter(|word| !beside.contains(word)) {
            assert!(read.contains(words), "{words}");
        }
        let ask = Lend {
            account: BOT.to_owned(),
            owner: "worker".to_owned(),
            now: at(9),
            until: at(10),
            most: 1,
        };
        let lanes = store.lend_lanes(ask).await.unwrap();
        assert_eq!(lanes[0].events[0].raw, r#"{"text":"wordsfor_event"}"#);
        let sealing = store.sealing().await.unwrap();
        assert_eq!((sealing.on, sealing.sealed), (true, 20), "{sealing:?}");
        assert_eq!(sealing.plain_values(), 0, "{sealing:?}");
        store.close().await;
        assert!(!folder.holds(MARK));
    });
}

/// A row with this id refuses the second one: an error tells that the key is still there.
fn has_key(folder: &Folder, id: &str) -> bool {
    let sql = format!("INSERT INTO probe (id, beats) SELECT 1, 0 FROM seal_keys WHERE id = '{id}'");
    folder.by_hand(&sql).is_err()
}

#[test]
fn what_was_erased_cannot_be_read_from_an_older_copy() {
    let folder = Folder::new();
    run(async {
        let store = folder.sealed(key("1")).unwrap();
        let mut ids = ids(61);
        let written = write(&store, &mut ids).await;
        let (id, reference) = (written.id.as_str(), written.case.as_str());
        for copied in ["conversations", "messages", "cases", "case_notes"] {
            let sql = format!("CREATE TABLE old_{copied} AS SELECT * FROM {copied}");
            folder.by_hand(&sql).unwrap();
        }
        assert!(has_key(&folder, id) && has_key(&folder, reference));
        let erased = store.erase_conversation(&written.id, "person", at(30));
        assert!(erased.await.unwrap());
        assert!(!has_key(&folder, id) && !has_key(&folder, reference));
        assert!(store.case(&written.case).await.unwrap().is_some());
        // Somebody puts the rows of an older copy back.
        for sql in [
            "INSERT INTO conversations SELECT * FROM old_conversations",
            "INSERT INTO messages SELECT * FROM old_messages",
            "INSERT INTO case_notes SELECT * FROM old_case_notes",
            "UPDATE cases SET packet_json = (SELECT packet_json FROM old_cases)",
        ] {
            folder.by_hand(sql).unwrap();
        }
        let messages = store.messages_after(&written.id, 0, 10).await;
        assert!(
            matches!(messages, Err(StoreError::Corrupt(_))),
            "{messages:?}"
        );
        let found = store.conversation(&written.id).await;
        assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
        let found = store.case(&written.case).await;
        assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
        store.close().await;
    });
}

#[test]
fn another_key_or_none_stops_the_start() {
    let folder = Folder::new();
    run(async {
        let store = folder.sealed(key("1")).unwrap();
        let written = write(&store, &mut ids(62)).await;
        store.close().await;
        for (other, told) in [
            (None, "WAYMARK_SEAL_KEY is not set"),
            (key("2"), "WAYMARK_SEAL_KEY is not the key"),
        ] {
            let error = folder.sealed(other).unwrap_err().to_string();
            assert!(error.contains(told) && !error.contains('\n'), "{error}");
        }
        let store = folder.sealed(key("1")).unwrap();
        assert!(reads(&store, &written).await.contains("wordsfor_asked"));
        store.close().await;
    });
}

#[test]
fn a_process_that_missed_the_change_of_the_key_writes_nothing() {
    let folder = Folder::new();
    run(async {
        let mut ids = ids(66);
        let store = folder.sealed(key("1")).unwrap();
        let written = write(&store, &mut ids).await;
        let missed = folder.sealed(key("1")).unwrap();
        let changed = store.change_key(key("2").unwrap(), Vec::new()).await;
        assert!(changed.unwrap() > 1);
        store.close().await;
        // Another machine's process, which nobody stopped: what it took would be wrapped for nobody.
        let found = missed.conversation(&written.id).await;
        assert!(found.is_err(), "{found:?}");
        let id = ids.conversation();
        let new = NewConversation {
            id: id.clone(),
            token: ids.token().hash(),
            channel: Channel::Web,
            state_json: r#"{"v":1}"#.to_owned(),
            created: at(30),
        };
        let refused = missed.create_conversation(new).await;
        let told = refused.unwrap_err().to_string();
        assert!(told.contains("WAYMARK_SEAL_KEY is not the key"), "{told}");
        missed.close().await;

        let refused = folder.sealed(key("1")).unwrap_err().to_string();
        assert!(refused.contains("is not the key"), "{refused}");
        let store = folder.sealed(key("2")).unwrap();
        assert!(store.conversation(&id).await.unwrap().is_none());
        assert!(reads(&store, &written).await.contains("wordsfor_asked"));
        store.close().await;
    });
}

#[test]
fn what_was_plain_stays_readable_and_is_sealed_on_demand() {
    let folder = Folder::new();
    run(async {
        let mut ids = ids(63);
        let store = folder.open();
        let written = write(&store, &mut ids).await;
        delivers(&store, &mut ids, &written).await;
        assert!(folder.holds("wordsfor_asked") && folder.holds("wordsfor_phone"));
        let sealing = store.sealing().await.unwrap();
        let plain = (sealing.on, sealing.sealed, sealing.plain_values());
        assert_eq!(plain, (false, 0, 20));
        let refused = store.seal_all().await;
        assert!(matches!(refused, Err(StoreError::Refused(_))));
        store.close().await;

        let store = folder.sealed(key("1")).unwrap();
        assert!(reads(&store, &written).await.contains("wordsfor_asked"));
        let plain = store.sealing().await.unwrap().plain_values();
        assert_eq!(plain, sealing.plain_values());
        assert_eq!(store.seal_all().await.unwrap(), plain);
        assert_eq!(store.seal_all().await.unwrap(), 0);
        let sealing = store.sealing().await.unwrap();
        assert_eq!((sealing.sealed, sealing.plain_values()), (plain, 0));
        assert!(!folder.holds(MARK));
        let read = reads(&store, &written).await;
        assert!(read.contains("wordsfor_asked") && read.contains("wordsfor_phone"));
        let offered = store.offered(written.address, "b1".to_owned(), at(7));
        assert_eq!(
            offered.await.unwrap().unwrap().button.label,
            "wordsfor_label"
        );
        store.close().await;
    });
}

#[test]
fn what_is_sealed_opens_in_its_own_place_only() {
    let folder = Folder::new();
    run(async {
        let store = folder.sealed(key("1")).unwrap();
        let mut ids = ids(64);
        let (one, two) = (begin(&store, &mut ids).await, begin(&store, &mut ids).await);
        for (id, words) in [(&one, "of the first"), (&two, "of the second")] {
            let record = turn(&mut ids, id, 0, words);
            store.commit_turn(record).await.unwrap();
        }
        // The first one's question in the place of the answer to it: the same key, another row.
        folder
            .by_hand("UPDATE messages SET text = (SELECT text FROM messages WHERE seq = 1) WHERE seq = 2")
            .unwrap();
        let read = store.messages_after(&one, 0, 10).await;
        assert!(matches!(read, Err(StoreError::Corrupt(_))), "{read:?}");
        assert_eq!(store.messages_after(&two, 0, 10).await.unwrap().len(), 2);
        // Another conversation's key in the place of this one's.
        let sql = format!(
            "UPDATE seal_keys SET wrapped = (SELECT wrapped FROM seal_keys WHERE id = '{}') WHERE id = '{}'",
            one.as_str(),
            two.as_str()
        );
        folder.by_hand(&sql).unwrap();
        let read = store.messages_after(&two, 0, 10).await;
        assert!(matches!(read, Err(StoreError::Corrupt(_))), "{read:?}");
        store.close().await;
    });
}

#[test]
fn nobody_can_write_what_looks_sealed() {
    let folder = Folder::new();
    run(async {
        let mut ids = ids(65);
        let store = folder.open();
        let id = begin(&store, &mut ids).await;
        let texts = ["\u{1}sealed2:AAAA", "\u{1}plain:x", "sealed2:AAAA"];
        for (version, text) in (0..).zip(texts) {
            let record = turn(&mut ids, &id, version, text);
            store.commit_turn(record).await.unwrap();
        }
        store.close().await;
        let store = folder.sealed(key("1")).unwrap();
        let record = turn(&mut ids, &id, 3, texts[0]);
        store.commit_turn(record).await.unwrap();
        store.seal_all().await.unwrap();
        let messages = store.messages_after(&id, 0, 20).await.unwrap();
        let read: Vec<&str> = messages
            .iter()
            .step_by(2)
            .map(|m| m.message.text.as_str())
            .collect();
        assert_eq!(read, [texts[0], texts[1], texts[2], texts[0]]);
        store.close().await;
    });
}
