//! Telling a person by e-mail that a reply waits: once for a burst, not to somebody who looks, not where it is not safe.
//! What never lives here: the e-mail (alerts.rs), the page where people ask for it (web/page.rs).

use waymark::{
    base::{ConversationId, Ids},
    casework::{Packet, Priority, ReplyMail},
    store::Store,
};

use super::{Folder, at, begin, case, ids, reply, run, sam, turn};

async fn due(store: &Store, minute: i64) -> Vec<ReplyMail> {
    store.reply_mails_due(at(minute)).await.unwrap()
}

async fn asks(store: &Store, id: &ConversationId) {
    let email = Some("kim@example.org".to_owned());
    store.ask_reply_mail(id, email).await.unwrap();
}

#[test]
fn one_e_mail_for_a_burst_and_the_next_once_the_person_has_looked() {
    let folder = Folder::new();
    run(async {
        let store = folder.open();
        let mut ids: Ids = ids(70);
        let id = begin(&store, &mut ids).await;
        let mut record = turn(&mut ids, &id, 0, "a person please");
        record.opened.push(case(&mut ids, &id, Priority::Normal));
        let reference = record.opened[0].reference.clone();
        store.commit_turn(record).await.unwrap();
        let mut says = async |text: &str, minute| {
            let said = reply(&mut ids, &reference, text);
            let sent = store.reply_to_case(&sam(), said, at(minute)).await;
            sent.unwrap().message.id
        };
        // Nobody asked for it.
        says("one", 2).await;
        assert!(due(&store, 60).await.is_empty());
        assert!(!store.reply_mail_asked(&id).await.unwrap());

        asks(&store, &id).await;
        let first = says("two", 10).await;
        says("three", 11).await;
        assert!(due(&store, 12).await.is_empty(), "they may be looking");
        let found = due(&store, 13).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].email, "kim@example.org");
        assert_eq!((&found[0].message, found[0].tries), (&first, 0));
        // In vain, then there; nothing more until they look.
        store.reply_mail_failed(&id, at(20)).await.unwrap();
        assert!(due(&store, 19).await.is_empty());
        let again = due(&store, 20).await;
        assert_eq!(again[0].tries, 1);
        assert_eq!(again[0].again(at(20)), Some(at(25)));
        store.reply_mail_told(&id, at(20)).await.unwrap();
        says("four", 30).await;
        assert!(due(&store, 90).await.is_empty());

        store.person_looked(&id).await.unwrap();
        assert!(due(&store, 90).await.is_empty());
        let next = says("five", 100).await;
        assert_eq!(due(&store, 103).await[0].message, next);
        // Who writes has looked.
        let thanks = turn(&mut Ids::new([71; 32], at(0)), &id, 1, "thanks");
        store.commit_turn(thanks).await.unwrap();
        assert!(due(&store, 200).await.is_empty());
        says("six", 210).await;
        store.ask_reply_mail(&id, None).await.unwrap();
        assert!(due(&store, 300).await.is_empty());
        store.close().await;
    });
}

#[test]
fn who_said_that_writing_is_not_safe_is_not_written_to_and_an_erasure_takes_the_address() {
    let folder = Folder::new();
    run(async {
        let store = folder.open();
        let mut ids = ids(72);
        let id = begin(&store, &mut ids).await;
        let mut record = turn(&mut ids, &id, 0, "a person please");
        let mut opened = case(&mut ids, &id, Priority::Normal);
        opened.packet = Packet {
            safe_to_contact: Some("no".to_owned()),
            ..Packet::default()
        };
        let reference = opened.reference.clone();
        record.opened.push(opened);
        store.commit_turn(record).await.unwrap();
        asks(&store, &id).await;
        let copy = store.export_conversation(&id).await.unwrap().unwrap();
        assert_eq!(copy.reply_mail.as_deref(), Some("kim@example.org"));
        let said = reply(&mut ids, &reference, "hello");
        store.reply_to_case(&sam(), said, at(2)).await.unwrap();
        assert!(due(&store, 600).await.is_empty());
        assert!(folder.holds("kim@example.org"));
        let erased = store.erase_conversation(&id, "person", at(5));
        assert!(erased.await.unwrap());
        assert!(!folder.holds("kim@example.org"));
        let gone = store.ask_reply_mail(&id, Some("kim@example.org".to_owned()));
        assert!(gone.await.is_err());
        store.close().await;
    });
}
