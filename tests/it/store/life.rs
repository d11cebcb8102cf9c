//! The life of a case by its rules: any sequence of actions keeps its invariants, and the log alone tells the case.
//! What never lives here: what stands beside a case (casework.rs).

use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use waymark::{
    casework::{
        Action, Actor, Case, CaseKind, CaseState, Change, Channel, ClientGroup, Link, NewCaseEvent,
        Priority, Rating,
    },
    store::{ChainCheck, StoreError},
};

use super::{
    at, case,
    casework::{kim, waiting},
    fresh, ids, run, sam,
};

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
            let store = fresh();
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
