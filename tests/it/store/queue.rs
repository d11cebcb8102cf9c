//! The queue page by page, saved replies, and the gaps in the knowledge.
//! What never lives here: working one case (casework.rs).

use std::collections::BTreeSet;

use waymark::{
    casework::{
        CaseState, Feedback, GapKind, NewContentTodo, Priority, Reach, SavedReply, Unmet, fill,
        gaps,
    },
    store::{CaseFilter, Place, Whose},
};

use super::{at, begin, case, casework::kent, fresh, ids, run, sam, turn};

#[test]
fn a_long_queue_is_read_page_by_page_each_case_once() {
    run(async {
        let store = fresh();
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
        let store = fresh();
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

#[test]
fn gaps_are_grouped_by_the_nearest_article_most_first() {
    let unmet = |kind, article: Option<&str>, question: &str, minute| Unmet {
        kind,
        article: article.map(str::to_owned),
        question: question.to_owned(),
        at: at(minute),
    };
    let found = gaps(vec![
        unmet(GapKind::Unanswered, None, "what of the moon", 1),
        unmet(GapKind::Unhelpful, Some("a/b"), "old", 1),
        unmet(GapKind::Rejected, Some("a/b"), "", 3),
        unmet(GapKind::Unanswered, Some("a/b"), "new", 2),
        unmet(GapKind::Unanswered, Some("a/b"), "new", 2),
    ]);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].article.as_deref(), Some("a/b"));
    let gap = &found[0];
    assert_eq!(
        (gap.questions, gap.unanswered, gap.unhelpful, gap.rejected),
        (4, 2, 1, 1)
    );
    assert_eq!(gap.examples, ["new", "old"]);
}

#[test]
fn what_was_not_met_is_found_in_what_is_kept() {
    run(async {
        let store = fresh();
        let mut ids = ids(27);
        let id = begin(&store, &mut ids).await;
        let mut missed = turn(&mut ids, &id, 0, "who pays the piper");
        let near = r#"{"reason":"low_confidence","candidates":[{"article":"a/piper"}]}"#;
        missed.messages[1].reply_json = Some(near.to_owned());
        missed.receipt.as_mut().unwrap().reason = Some("low_confidence".to_owned());
        let opened = case(&mut ids, &id, Priority::Normal);
        let reference = opened.reference.clone();
        missed.opened.push(opened);
        store.commit_turn(missed).await.unwrap();
        let mut answered = turn(&mut ids, &id, 1, "and sick pay");
        let cited = r#"{"outcome":"answered","citations":[{"article":"employment/sick-pay"}]}"#;
        answered.messages[1].reply_json = Some(cited.to_owned());
        let receipt = answered.receipt.as_ref().unwrap().id.clone();
        store.commit_turn(answered).await.unwrap();
        let feedback = Feedback {
            receipt,
            helpful: false,
            comment: None,
        };
        store.add_feedback(&id, feedback, at(3)).await.unwrap();
        let todo = NewContentTodo {
            id: ids.note(),
            case: reference,
            article: Some("employment/sick-pay".to_owned()),
            section: Some("who-gets-it".to_owned()),
            reason: "out_of_date".to_owned(),
            comment: String::new(),
            question: "sick pay in March".to_owned(),
        };
        store
            .reject_suggestion(&sam(), todo.clone(), at(4))
            .await
            .unwrap();

        let found = store
            .knowledge_gaps(&kent().reach, at(0), at(60))
            .await
            .unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].article.as_deref(), Some("employment/sick-pay"));
        assert_eq!((found[0].unhelpful, found[0].rejected), (1, 1));
        assert_eq!(found[0].examples, ["sick pay in March", "and sick pay"]);
        assert_eq!(found[1].examples, ["who pays the piper"]);
        assert!(
            store
                .knowledge_gaps(&Reach::of(["medway"]), at(0), at(60))
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            store
                .knowledge_gaps(&kent().reach, at(5), at(60))
                .await
                .unwrap()
                .is_empty()
        );

        assert_eq!(
            store.content_todos(&kent().reach, false).await.unwrap()[0].todo,
            todo
        );
        store
            .content_todo_done(&todo.id, "ed", at(9))
            .await
            .unwrap();
        assert!(
            store
                .content_todo_done(&todo.id, "ed", at(9))
                .await
                .is_err()
        );
        assert!(
            store
                .content_todos(&kent().reach, false)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            store
                .content_todos(&kent().reach, true)
                .await
                .unwrap()
                .len(),
            1
        );
    });
}
