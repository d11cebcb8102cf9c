//! A case being worked: one claimer of many wins; a case out of reach
//! does not exist; what stands beside a case; enquiries by phone; paging through a long queue.
//! What never lives here: the rules by themselves (life.rs), the conversation (transcripts).

use std::collections::BTreeSet;

use waymark::{
    base::{CaseReference, Lang},
    casework::{
        Action, Caller, Case, CaseEventKind, CaseKind, CaseState, Change, Channel, ClientGroup,
        ContactBy, Format, Link, Needs, NewContentTodo, Priority, Reach, Refusal,
    },
    store::{CaseFilter, NewEnquiry, Store, StoreError},
};

use super::{Folder, at, begin, case, fresh, ids, reply, run, sam, turn};

pub(super) fn kent() -> Caller {
    Caller {
        adviser: "sam".to_owned(),
        reach: Reach::of(["kent"]),
    }
}

pub(super) fn kim() -> Caller {
    Caller::everywhere("kim")
}

/// A conversation with one waiting case.
pub(super) async fn waiting(
    store: &Store,
    ids: &mut waymark::base::Ids,
    priority: Priority,
) -> CaseReference {
    let id = begin(store, ids).await;
    let mut record = turn(ids, &id, 0, "a person please");
    record.opened.push(case(ids, &id, priority));
    let reference = record.opened[0].reference.clone();
    store.commit_turn(record).await.unwrap();
    reference
}

#[test]
fn of_fifty_claimers_at_once_exactly_one_wins() {
    let folder = Folder::new();
    run(async {
        // Two processes, as `serve` and the terminal are.
        let stores = [folder.open(), folder.open()];
        let mut ids = ids(20);
        let reference = waiting(&stores[0], &mut ids, Priority::Urgent).await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..50 {
            let (store, reference) = (stores[n % 2].clone(), reference.clone());
            tasks.spawn(async move {
                let caller = Caller::everywhere(&format!("adviser-{n}"));
                store
                    .act_on_case(&caller, &reference, Action::Claim, at(3))
                    .await
            });
        }
        let mut winners = Vec::new();
        while let Some(done) = tasks.join_next().await {
            match done.unwrap() {
                Ok(case) => winners.push(case.adviser.unwrap()),
                Err(StoreError::Case(Refusal::Taken(_))) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(winners.len(), 1, "{winners:?}");
        let case = stores[1].case(&reference).await.unwrap().unwrap();
        assert_eq!(
            (case.state, case.adviser.as_ref()),
            (CaseState::Claimed, winners.first())
        );
        let claims = stores[0].case_events(&reference).await.unwrap();
        let claims = claims
            .iter()
            .filter(|e| e.event.kind == CaseEventKind::Claimed);
        assert_eq!(claims.count(), 1);
    });
}

#[test]
fn a_case_out_of_reach_does_not_exist_even_for_who_knows_its_reference() {
    run(async {
        let store = fresh();
        let mut ids = ids(21);
        let mine = waiting(&store, &mut ids, Priority::Normal).await;
        let theirs = waiting(&store, &mut ids, Priority::Normal).await;
        let move_there = Change {
            area: Some("cambridgeshire".to_owned()),
            ..Change::default()
        };
        store
            .act_on_case(&sam(), &theirs, Action::Change(move_there), at(2))
            .await
            .unwrap();
        let before = store.case_events(&theirs).await.unwrap().len();

        let kent = kent();
        let none: Result<Case, _> = Err(StoreError::NotFound("case"));
        let actions = [
            Action::Read,
            Action::Claim,
            Action::Assign {
                to: "sam".to_owned(),
            },
            Action::Close {
                outcome: "answered".to_owned(),
            },
            Action::Change(Change {
                area: Some("kent".to_owned()),
                ..Change::default()
            }),
            Action::Export,
        ];
        for action in actions {
            assert_eq!(store.act_on_case(&kent, &theirs, action, at(3)).await, none);
        }
        assert_eq!(
            store
                .close_case(&kent, &theirs, "answered", None, at(3))
                .await,
            none
        );
        let (note, needs) = (ids.note(), Needs::default());
        assert_eq!(
            store.add_note(&kent, &theirs, note, "seen", at(3)).await,
            none
        );
        assert_eq!(store.set_needs(&kent, &theirs, needs, at(3)).await, none);
        let gone = || StoreError::NotFound("case");
        assert_eq!(
            store.open_case(&kent, &theirs, at(3)).await.unwrap_err(),
            gone()
        );
        assert_eq!(
            store.save_draft(&kent, &theirs, "dear", at(3)).await,
            Err(gone())
        );
        assert_eq!(
            store
                .link_cases(&kent, &mine, &theirs, Link::Related, at(3))
                .await,
            Err(gone())
        );
        let words = reply(&mut ids, &theirs, "Hello");
        assert_eq!(
            store.reply_to_case(&kent, words, at(3)).await.unwrap_err(),
            gone()
        );
        assert_eq!(
            store.case_events(&theirs).await.unwrap().len(),
            before,
            "nothing was logged either"
        );

        let listed = store
            .cases(&kent.reach, CaseFilter::default())
            .await
            .unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(
            store.case_counts(&kent.reach, at(3)).await.unwrap().normal,
            1
        );
        assert_eq!(
            store
                .case_counts(&Reach::of(["medway"]), at(3))
                .await
                .unwrap()
                .normal,
            0
        );
        // Linked by somebody who may see both, it shows only to who may see it.
        store
            .link_cases(&kim(), &mine, &theirs, Link::SamePerson, at(4))
            .await
            .unwrap();
        assert!(
            store
                .open_case(&kent, &mine, at(5))
                .await
                .unwrap()
                .links
                .is_empty()
        );
        let both = store.open_case(&kim(), &mine, at(5)).await.unwrap();
        assert_eq!(both.links[0].case.opened.reference, theirs);
        store
            .unlink_cases(&kim(), &theirs, &mine, at(6))
            .await
            .unwrap();
        assert!(
            store
                .open_case(&kim(), &mine, at(7))
                .await
                .unwrap()
                .links
                .is_empty()
        );
    });
}

#[test]
fn what_stands_beside_a_case_is_there_and_goes_with_an_erasure() {
    let folder = Folder::new();
    run(async {
        let store = folder.open();
        let mut ids = ids(22);
        let reference = waiting(&store, &mut ids, Priority::Normal).await;
        let case = store
            .act_on_case(&sam(), &reference, Action::Claim, at(2))
            .await
            .unwrap();
        store
            .add_note(&sam(), &reference, ids.note(), "a noted secret", at(3))
            .await
            .unwrap();
        store
            .save_draft(&sam(), &reference, "Dear drafted", at(4))
            .await
            .unwrap();
        store
            .save_draft(&kim(), &reference, "Kims drafted", at(4))
            .await
            .unwrap();
        let needs = Needs {
            formats: [Format::Bsl].into(),
            contact: Some(ContactBy::Email),
            reach_at: Some("someone@example.org".to_owned()),
            ..Needs::default()
        };
        store
            .set_needs(&sam(), &reference, needs.clone(), at(5))
            .await
            .unwrap();
        let todo = NewContentTodo {
            id: ids.note(),
            case: reference.clone(),
            article: Some("employment/sick-pay".to_owned()),
            section: None,
            reason: "not_asked".to_owned(),
            comment: "commented here".to_owned(),
            question: "questioned there".to_owned(),
        };
        store.reject_suggestion(&sam(), todo, at(5)).await.unwrap();

        let file = store.open_case(&kim(), &reference, at(6)).await.unwrap();
        assert_eq!(file.case.first_opened, Some(at(2)));
        assert_eq!(
            (file.case.needs, file.notes.len(), file.drafts.len()),
            (needs, 1, 2)
        );
        assert_eq!(
            file.also_looking,
            [("sam".to_owned(), at(5))],
            "a colleague is at it"
        );
        let file = store.open_case(&sam(), &reference, at(60)).await.unwrap();
        assert!(file.also_looking.is_empty());
        // A colleague who has not taken it over does not write in it; sending does away with one's own draft.
        let words = reply(&mut ids, &reference, "Here you are");
        let refused = store
            .reply_to_case(&kim(), words.clone(), at(61))
            .await
            .unwrap_err();
        assert_eq!(refused, StoreError::Case(Refusal::Taken("sam".to_owned())));
        let sent = store.reply_to_case(&sam(), words, at(61)).await.unwrap();
        let drafts = store
            .open_case(&sam(), &reference, at(62))
            .await
            .unwrap()
            .drafts;
        assert_eq!(
            drafts
                .iter()
                .map(|d| d.adviser.as_str())
                .collect::<Vec<_>>(),
            ["kim"]
        );
        // It did not arrive.
        let why = "the address was refused";
        assert!(
            store
                .delivery_failed(&sent.message.id, ids.note(), why, at(63))
                .await
                .unwrap()
        );
        assert!(
            !store
                .delivery_failed(&ids.message(), ids.note(), why, at(63))
                .await
                .unwrap()
        );
        let flagged = CaseFilter {
            undelivered: true,
            ..CaseFilter::default()
        };
        assert_eq!(
            store
                .cases(&Reach::Everywhere, flagged.clone())
                .await
                .unwrap()
                .len(),
            1
        );
        let again = reply(&mut ids, &reference, "Once more");
        store.reply_to_case(&sam(), again, at(64)).await.unwrap();
        assert!(
            store
                .cases(&Reach::Everywhere, flagged)
                .await
                .unwrap()
                .is_empty()
        );

        let conversation = case.opened.conversation;
        assert!(
            store
                .erase_conversation(&conversation, "person", at(70))
                .await
                .unwrap()
        );
        let file = store.open_case(&sam(), &reference, at(71)).await.unwrap();
        assert!(file.erased && file.notes.is_empty() && file.drafts.is_empty());
        assert!(file.case.needs.is_empty());
        store.close().await;
        for words in [
            "a noted secret",
            "drafted",
            "someone@example",
            "commented here",
            "questioned there",
        ] {
            assert!(!folder.holds(words), "{words}");
        }
    });
}

#[test]
fn an_enquiry_by_phone_is_a_case_that_nobody_can_be_written_to_in() {
    run(async {
        let store = fresh();
        let mut ids = ids(23);
        let enquiry = NewEnquiry {
            reference: ids.case(),
            conversation: ids.conversation(),
            token: ids.token().hash(),
            message: ids.message(),
            channel: Channel::Phone,
            words: "Rang about holiday pay".to_owned(),
            lang: Lang::english(),
            priority: Priority::High,
            kind: CaseKind::Question,
            area: Some("kent".to_owned()),
            client_group: Some(ClientGroup::OlderPerson),
            needs: Needs {
                formats: BTreeSet::from([Format::LargePrint]),
                ..Needs::default()
            },
            reply_expected_by: None,
            claim: true,
        };
        let elsewhere = NewEnquiry {
            area: Some("medway".to_owned()),
            ..enquiry.clone()
        };
        let refused = store.log_enquiry(&kent(), elsewhere, at(1)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))));
        let case = store.log_enquiry(&kent(), enquiry, at(1)).await.unwrap();
        assert_eq!(
            (case.state, case.channel),
            (CaseState::Claimed, Channel::Phone)
        );
        assert_eq!(case.client_group, Some(ClientGroup::OlderPerson));
        let file = store
            .open_case(&kent(), &case.opened.reference, at(2))
            .await
            .unwrap();
        assert_eq!(file.messages[0].message.text, "Rang about holiday pay");
        let words = reply(&mut ids, &case.opened.reference, "Hello");
        let refused = store
            .reply_to_case(&kent(), words, at(3))
            .await
            .unwrap_err();
        assert_eq!(refused, StoreError::Case(Refusal::NoChannel));
    });
}

#[test]
fn what_was_put_aside_comes_back_by_itself() {
    run(async {
        let store = fresh();
        let mut ids = ids(24);
        let reference = waiting(&store, &mut ids, Priority::Normal).await;
        let until = at(120);
        store
            .act_on_case(&sam(), &reference, Action::Claim, at(2))
            .await
            .unwrap();
        store
            .act_on_case(&sam(), &reference, Action::Snooze { until }, at(3))
            .await
            .unwrap();
        assert!(store.wake_cases(at(119)).await.unwrap().is_empty());
        assert_eq!(
            store.wake_cases(at(120)).await.unwrap(),
            std::slice::from_ref(&reference)
        );
        assert!(store.wake_cases(at(121)).await.unwrap().is_empty());
        let case = store.case(&reference).await.unwrap().unwrap();
        assert_eq!(
            (case.state, case.adviser.as_deref()),
            (CaseState::Claimed, Some("sam"))
        );
    });
}

#[test]
fn nothing_that_an_employer_said_reaches_their_pa() {
    run(async {
        let store = fresh();
        let mut ids = ids(29);
        let mut talks = Vec::new();
        for words in ["the employer's own words", "the assistant's own words"] {
            let id = begin(&store, &mut ids).await;
            let mut record = turn(&mut ids, &id, 0, words);
            record.opened.push(case(&mut ids, &id, Priority::Normal));
            let reference = record.opened[0].reference.clone();
            store.commit_turn(record).await.unwrap();
            talks.push((id, reference));
        }
        let [(employer, theirs), (pa, own)] = [&talks[0], &talks[1]];
        // One adviser works both, and sees that they belong together: of one matter, not of one person.
        for link in [Link::Related, Link::Duplicate] {
            store
                .link_cases(&sam(), theirs, own, link, at(2))
                .await
                .unwrap();
        }
        let said = reply(&mut ids, theirs, "what an adviser told the employer");
        store.reply_to_case(&sam(), said, at(3)).await.unwrap();
        let noted = "a note on the employer";
        store
            .add_note(&sam(), theirs, ids.note(), noted, at(3))
            .await
            .unwrap();

        // What the page shows, what the person takes away, what an adviser gives out as theirs.
        let shown = store.messages_after(pa, 0, 100).await.unwrap();
        let taken = store.export_conversation(pa).await.unwrap().unwrap();
        let given = store.export_person(&sam(), pa, at(4)).await.unwrap();
        let given = serde_json::to_string(&given).unwrap();
        let all = format!("{shown:?} {taken:?} {given}");
        assert!(all.contains("the assistant's own words"), "{all}");
        assert!(!all.contains("employer"), "{all}");
        // Nor does it go with the PA's.
        assert!(store.erase_conversation(pa, "person", at(5)).await.unwrap());
        let left = store.messages_after(employer, 0, 100).await.unwrap();
        assert_eq!(left.len(), 3);
    });
}
