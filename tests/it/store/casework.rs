//! The life of a case: any sequence of actions keeps its invariants and its log; one claimer of many wins; a case out of reach
//! does not exist; what stands beside a case; enquiries by phone; paging through a long queue.
//! What never lives here: the conversation (transcripts).

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use waymark::{
    base::{CaseReference, Lang},
    casework::{
        Action, Actor, Caller, Case, CaseEventKind, CaseKind, CaseState, Change, Channel,
        ClientGroup, ContactBy, Format, Link, Needs, NewCaseEvent, NewContentTodo, Priority,
        Rating, Reach, Refusal, SavedReply, fill,
    },
    store::{CaseFilter, ChainCheck, NewEnquiry, Place, Store, StoreError, Whose},
};

use super::{Folder, at, begin, case, ids, reply, run, sam, turn};

fn kent() -> Caller {
    Caller {
        adviser: "sam".to_owned(),
        reach: Reach::of(["kent"]),
    }
}

fn kim() -> Caller {
    Caller::everywhere("kim")
}

/// A conversation with one waiting case.
async fn waiting(store: &Store, ids: &mut waymark::base::Ids, priority: Priority) -> CaseReference {
    let id = begin(store, ids).await;
    let mut record = turn(ids, &id, 0, "a person please");
    record.opened.push(case(ids, &id, priority));
    let reference = record.opened[0].reference.clone();
    store.commit_turn(record).await.unwrap();
    reference
}

fn actors() -> impl Strategy<Value = Actor> {
    prop_oneof![
        4 => Just(Actor::Adviser("sam".to_owned())),
        3 => Just(Actor::Adviser("kim".to_owned())),
        1 => Just(Actor::Person),
        1 => Just(Actor::Service),
    ]
}

fn actions() -> impl Strategy<Value = Action> {
    let mut ids = ids(77);
    let (message, note, other) = (ids.message(), ids.note(), ids.case());
    prop_oneof![
        Just(Action::Read),
        Just(Action::Claim),
        Just(Action::Assign {
            to: "kim".to_owned()
        }),
        Just(Action::Assign {
            to: "Not a code".to_owned()
        }),
        Just(Action::Release),
        any::<bool>().prop_map({
            let message = message.clone();
            move |asks| Action::Reply {
                message: message.clone(),
                asks,
            }
        }),
        (-60_i64..100_000).prop_map(|minutes| Action::Snooze { until: at(minutes) }),
        Just(Action::Wake),
        Just(Action::Close {
            outcome: "answered".to_owned()
        }),
        Just(Action::Close {
            outcome: "She said that ...".to_owned()
        }),
        Just(Action::Reopen),
        Just(Action::Note { note }),
        Just(Action::Change(Change {
            priority: Some(Priority::Urgent),
            client_group: Some(ClientGroup::Carer),
            ..Change::default()
        })),
        Just(Action::Change(Change {
            kind: Some(CaseKind::Money),
            ..Change::default()
        })),
        Just(Action::ChangeNeeds),
        Just(Action::Link {
            with: other.clone(),
            how: Link::SamePerson
        }),
        Just(Action::Unlink { from: other }),
        Just(Action::DeliveryFailed { message }),
        Just(Action::RejectSuggestion),
        Just(Action::AskRating),
        Just(Action::Rate(Rating::Partly)),
        Just(Action::PersonWrote),
    ]
}

/// What holds of a case whatever was done with it.
fn holds(case: &Case) {
    assert_eq!(
        case.snoozed_until.is_some(),
        case.state == CaseState::Snoozed,
        "{case:?}"
    );
    assert_eq!(
        case.closed.is_some(),
        case.state == CaseState::Closed,
        "{case:?}"
    );
    assert_eq!(
        case.outcome.is_some(),
        case.state == CaseState::Closed,
        "{case:?}"
    );
    assert!(
        case.state != CaseState::Claimed || case.adviser.is_some(),
        "{case:?}"
    );
    assert!(
        case.state != CaseState::Waiting || case.adviser.is_none(),
        "{case:?}"
    );
    if case.state == CaseState::Snoozed && case.opened.priority == Priority::Urgent {
        // Raised while it was put aside by nobody is the one way there.
        assert!(
            case.adviser.is_some() || case.updated > case.created,
            "{case:?}"
        );
    }
    assert!(case.created <= case.updated);
}

fn is_code(text: &str) -> bool {
    text.split(' ').filter(|p| !p.is_empty()).all(|pair| {
        let good = |b: u8| b.is_ascii_alphanumeric() || b"_-.@+:".contains(&b);
        pair.split_once('=')
            .is_some_and(|(k, v)| k.bytes().chain(v.bytes()).all(good))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_sequence_of_actions_keeps_the_invariants_and_the_log_alone_tells_the_case(
        deeds in proptest::collection::vec((actions(), actors(), 0_i64..600), 1..40)
    ) {
        let mut drawn = ids(78);
        let conversation = drawn.conversation();
        let start = Case::new(case(&mut drawn, &conversation, Priority::Normal), Channel::Web, at(0));
        let (mut now, mut stood) = (at(0), start.clone());
        let mut log: Vec<(NewCaseEvent, Timestamp)> = Vec::new();
        for (action, actor, minutes) in deeds {
            now += minutes.minutes();
            match stood.act(&action, &actor, now) {
                Ok((case, events)) => {
                    prop_assert!(events.iter().all(|e| is_code(&e.detail)), "{events:?}");
                    let taken = stood.adviser.clone();
                    if action == Action::Claim && taken.is_some() {
                        prop_assert_eq!(&case.adviser, &taken, "claiming takes from nobody");
                    }
                    log.extend(events.into_iter().map(|e| (e, now)));
                    stood = case;
                }
                Err(refusal) => prop_assert!(!refusal.to_string().is_empty()),
            }
            holds(&stood);
        }
        let replayed = log.iter().fold(start, |case, (event, at)| case.after(event, *at));
        prop_assert_eq!(replayed, stood);
    }

    #[test]
    fn the_store_agrees_with_the_rules_and_its_chain_verifies(
        deeds in proptest::collection::vec((actions(), 0_usize..2), 1..25)
    ) {
        run(async {
            let store = Store::open_in_memory().unwrap();
            let mut drawn = ids(79);
            let reference = waiting(&store, &mut drawn, Priority::High).await;
            let mut stood = store.case(&reference).await.unwrap().unwrap();
            let mut events = 1;
            for (minute, (action, who)) in (2..).zip(deeds) {
                let caller = [sam(), kim()][who].clone();
                let by = Actor::Adviser(caller.adviser.clone());
                let told = stood.act(&action, &by, at(minute));
                let kept = store.act_on_case(&caller, &reference, action, at(minute)).await;
                match told {
                    Ok((case, new)) => {
                        events += new.len() as u64;
                        assert_eq!(kept.unwrap(), case);
                        stood = case;
                    }
                    Err(refusal) => assert_eq!(kept, Err(StoreError::Case(refusal))),
                }
                assert_eq!(store.case(&reference).await.unwrap().unwrap(), stood);
            }
            assert_eq!(store.verify_chain().await.unwrap(), ChainCheck::Whole { events });
        });
    }
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
        let store = Store::open_in_memory().unwrap();
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
        let bytes = std::fs::read(folder.db()).unwrap();
        for words in [
            "a noted secret",
            "drafted",
            "someone@example",
            "commented here",
            "questioned there",
        ] {
            let found = bytes.windows(words.len()).any(|w| w == words.as_bytes());
            assert!(!found, "{words}");
        }
    });
}

#[test]
fn an_enquiry_by_phone_is_a_case_that_nobody_can_be_written_to_in() {
    run(async {
        let store = Store::open_in_memory().unwrap();
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
        let store = Store::open_in_memory().unwrap();
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
            [reference.clone()]
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
fn a_long_queue_is_read_page_by_page_each_case_once() {
    run(async {
        let store = Store::open_in_memory().unwrap();
        let mut ids = ids(25);
        let id = begin(&store, &mut ids).await;
        let mut record = turn(&mut ids, &id, 0, "many things");
        for n in 0..130 {
            let priority = [Priority::Normal, Priority::Urgent, Priority::High][n % 3];
            record.opened.push(case(&mut ids, &id, priority));
        }
        let all: BTreeSet<_> = record.opened.iter().map(|c| c.reference.clone()).collect();
        store.commit_turn(record).await.unwrap();
        for closing in all.iter().take(25) {
            store
                .close_case(&sam(), closing, "answered", None, at(5))
                .await
                .unwrap();
        }
        for states in [CaseFilter::default().states, vec![CaseState::Closed]] {
            let mut filter = CaseFilter {
                states,
                limit: 10,
                ..CaseFilter::default()
            };
            let mut seen = Vec::new();
            loop {
                let page = store
                    .cases(&Reach::Everywhere, filter.clone())
                    .await
                    .unwrap();
                let Some(last) = page.last() else { break };
                filter.after = Some(Place::of(last));
                seen.extend(
                    page.into_iter()
                        .map(|c| (c.opened.priority, c.opened.reference)),
                );
            }
            let once: BTreeSet<_> = seen.iter().map(|(_, r)| r.clone()).collect();
            assert_eq!(once.len(), seen.len());
            let closed = filter.states == [CaseState::Closed];
            assert_eq!(seen.len(), if closed { 25 } else { 105 });
            assert!(closed || seen.is_sorted_by_key(|(p, _)| *p));
        }
        let mine = CaseFilter {
            adviser: Some(Whose::Of("sam".to_owned())),
            ..CaseFilter::default()
        };
        assert!(
            store
                .cases(&Reach::Everywhere, mine)
                .await
                .unwrap()
                .is_empty()
        );
        let late = CaseFilter {
            overdue_at: Some(at(241)),
            limit: 500,
            ..CaseFilter::default()
        };
        assert_eq!(
            store.cases(&Reach::Everywhere, late).await.unwrap().len(),
            105
        );
        let counts = store
            .case_counts(&Reach::Everywhere, at(241))
            .await
            .unwrap();
        assert_eq!((counts.overdue, counts.waiting), (105, 105));
    });
}

#[test]
fn saved_replies_are_filled_and_holes_are_named() {
    let text = "Hello {name}, about {reference}: {when}. {not closed {X}";
    let (filled, open) = fill(text, &[("name", "Jo"), ("reference", "WM-222222")]);
    assert_eq!(filled, "Hello Jo, about WM-222222: {when}. {not closed {X}");
    assert_eq!(open, ["when"]);
    run(async {
        let store = Store::open_in_memory().unwrap();
        let mut ids = ids(26);
        for (title, area) in [
            ("Hours", None),
            ("Kent card", Some("kent")),
            ("Other", Some("medway")),
        ] {
            let saved = SavedReply {
                id: ids.note(),
                title: title.to_owned(),
                text: "We are open.".to_owned(),
                area: area.map(str::to_owned),
                adviser: "sam".to_owned(),
                updated: at(1),
            };
            store.save_reply(saved).await.unwrap();
        }
        let saved = store.saved_replies(&kent().reach).await.unwrap();
        assert_eq!(
            saved.iter().map(|s| s.title.as_str()).collect::<Vec<_>>(),
            ["Hours", "Kent card"]
        );
        store.forget_reply(&saved[0].id).await.unwrap();
        assert!(store.forget_reply(&saved[0].id).await.is_err());
    });
}
