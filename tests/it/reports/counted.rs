//! The data set counted by hand: fourteen conversations, seventeen questions, six cases.
//! What never lives here: withholding (withheld.rs).

use std::io::Read as _;

use jiff::civil::date;
use waymark::{
    base::{CaseReference, ConversationId, Ids},
    casework::{CaseKind, Channel, Outcome, Priority, Reach, Report},
    store::{AdviserReply, Store},
};
use waymark_web::{ReportFormat, dictionary};

use super::{ASKED, Asked, PLANTED, asks, at, began, case, lines, run, sam, summer, told, total};
use crate::world;

/// The data set. Conversations of July, August and September; one of June and one of October, which do not count.
async fn filled(store: &Store, ids: &mut Ids) -> Vec<ConversationId> {
    let mut all = Vec::new();
    let children = Asked {
        regime: Some("children"),
        article: Some("direct-payments/how-to-ask"),
        ..ASKED
    };
    let polish = Asked {
        lang: "pl",
        area: Some("cambridgeshire"),
        ..ASKED
    };
    let unmet = Asked {
        outcome: Outcome::HandedOver,
        regime: None,
        area: None,
        article: Some("health/nhs"),
        ..ASKED
    };
    let (helped, useless) = (
        Asked {
            helpful: Some(true),
            ..ASKED
        },
        Asked {
            helpful: Some(false),
            channel: Channel::Telegram,
            ..ASKED
        },
    );
    let urgent = Asked {
        outcome: Outcome::Urgent,
        article: None,
        ..ASKED
    };
    // By hand: 4 helped (July), 3 of children (July), 3 Polish in Cambridgeshire (August), 2 unmet (August), 2 useless on
    // Telegram (September); of these the first three ask a second time, the first of them urgently.
    let plan = [
        (4, &helped, date(2026, 7, 1)),
        (3, &children, date(2026, 7, 31)),
        (3, &polish, date(2026, 8, 15)),
        (2, &unmet, date(2026, 8, 31)),
        (2, &useless, date(2026, 9, 30)),
        (1, &ASKED, date(2026, 6, 30)),
        (1, &ASKED, date(2026, 10, 1)),
    ];
    for (many, asked, day) in plan {
        for _ in 0..many {
            let id = began(store, ids, asked.channel).await;
            asks(store, ids, (&id, 0), day, asked).await;
            all.push(id);
        }
    }
    for (id, asked) in all.iter().zip([&urgent, &ASKED, &ASKED]) {
        asks(store, ids, (id, 1), date(2026, 7, 2), asked).await;
    }
    all
}

/// Six cases of the first conversation, in kinds and times; and one a second too late to count.
async fn cases(store: &Store, ids: &mut Ids, id: &ConversationId) {
    let question = (CaseKind::Question, Priority::Normal);
    let harm = (CaseKind::Safeguarding, Priority::Urgent);
    let set_up = (CaseKind::SetUp, Priority::Normal);
    let plan = [
        // Opened, what, hours to the first reply, hours to the closing.
        ("2026-07-10T10:00:00Z", question, Some(1), Some(2)),
        ("2026-07-10T10:00:00Z", question, Some(2), Some(10)),
        ("2026-07-10T10:00:00Z", question, Some(3), None),
        ("2026-08-10T10:00:00Z", harm, Some(5), None),
        ("2026-08-10T10:00:00Z", set_up, None, None),
        ("2026-09-30T22:59:59Z", set_up, None, None),
        ("2026-09-30T23:00:00Z", question, None, None),
    ];
    for (version, (opened, what, replied, closed)) in (2..).zip(plan) {
        let new = case(store, ids, (id, version), opened, what).await;
        let hours = |h| at(opened) + jiff::SignedDuration::from_hours(h);
        if let Some(replied) = replied {
            reply(store, ids, &new.reference, hours(replied)).await;
        }
        if let Some(closed) = closed {
            let (caller, at) = (sam(), hours(closed));
            store
                .close_case(&caller, &new.reference, "answered", None, at)
                .await
                .unwrap();
        }
    }
}

async fn reply(store: &Store, ids: &mut Ids, case: &CaseReference, when: jiff::Timestamp) {
    let reply = AdviserReply {
        case: case.clone(),
        name: "Sam".to_owned(),
        text: PLANTED.to_owned(),
        lang: waymark::base::Lang::english(),
        message: ids.message(),
        asks: false,
    };
    store.reply_to_case(&sam(), reply, when).await.unwrap();
}

fn said(all: &[(&str, u64)]) -> Vec<(String, Option<u64>)> {
    let lines = all.iter();
    lines.map(|(c, n)| ((*c).to_owned(), Some(*n))).collect()
}

#[test]
fn the_numbers_are_those_of_the_hand_count_and_stay_when_people_delete_theirs() {
    run(async {
        let store = Store::open_in_memory().unwrap();
        let mut ids = Ids::new([9; 32], at("2026-07-01T00:00:00Z"));
        let all = filled(&store, &mut ids).await;
        cases(&store, &mut ids, &all[0]).await;
        let before = told(&store, &Reach::Everywhere, 2).await;
        let is = |table: &str, hand: &[(&str, u64)]| {
            assert_eq!(lines(&before, table), said(hand), "{table}");
            let sum = hand.iter().map(|(_, n)| n).sum::<u64>();
            assert_eq!(total(&before, table), Some(sum), "{table}");
        };
        is(
            "people_by_month",
            &[("2026-07", 7), ("2026-08", 5), ("2026-09", 2)],
        );
        is("people_by_channel", &[("web", 12), ("telegram", 2)]);
        is(
            "people_by_area",
            &[("kent", 9), ("cambridgeshire", 3), ("not_said", 2)],
        );
        is(
            "people_adult_or_child",
            &[("adult", 9), ("child", 3), ("not_said", 2)],
        );
        is(
            "people_by_regime",
            &[("adults", 9), ("children", 3), ("not_said", 2)],
        );
        is("people_by_language", &[("en", 11), ("pl", 3)]);
        is(
            "answers_by_topic",
            &[("employment", 11), ("direct-payments", 3)],
        );
        is("answers_by_stage", &[("asking", 3)]);
        is(
            "answers_by_article",
            &[
                ("employment/sick-pay", 11),
                ("direct-payments/how-to-ask", 3),
            ],
        );
        is("answers_helpful", &[("not_said", 8), ("yes", 4), ("no", 2)]);
        is("unanswered_by_topic", &[("health", 2)]);
        is("cases_by_area", &[("kent", 6)]);
        // One urgent message: withheld with its neighbour even among the least.
        let outcomes = lines(&before, "questions_by_outcome");
        assert_eq!(total(&before, "questions_by_outcome"), Some(17));
        assert_eq!(outcomes[0], ("answered".to_owned(), Some(14)));
        assert!(outcomes[1..].iter().all(|(_, count)| count.is_none()));
        assert_eq!(total(&before, "cases_by_kind"), Some(6));
        let kinds = lines(&before, "cases_by_kind");
        assert_eq!(kinds[0], ("question".to_owned(), Some(3)));
        assert_eq!(
            kinds[1..],
            [
                ("set_up".to_owned(), None),
                ("safeguarding".to_owned(), None)
            ]
        );
        // Replies after 1, 2, 3 and 5 hours; closings after 2 and 10.
        let times: Vec<_> = before
            .times
            .iter()
            .map(|t| (t.id, t.half_hours, t.nine_in_ten_hours))
            .collect();
        assert_eq!(
            times,
            [
                ("first_reply", Some(2.0), Some(5.0)),
                ("closing", Some(2.0), Some(10.0))
            ]
        );
        // A Kent manager sees Kent and what no council has yet.
        let kent = told(&store, &Reach::of(["kent", "england"]), 2).await;
        assert_eq!(total(&kent, "people_by_area"), Some(11));
        assert_eq!(kent.areas, ["england", "kent"]);
        // Everybody deletes theirs.
        for id in &all {
            store
                .erase_conversation(id, "person", at("2026-09-30T12:00:00Z"))
                .await
                .unwrap();
        }
        let after = told(&store, &Reach::Everywhere, 2).await;
        assert_eq!(before.tables, after.tables);
        assert_eq!(before.times, after.times);
    });
}

#[test]
fn every_form_tells_the_same_and_none_holds_a_word_of_anybodys() {
    run(async {
        let store = Store::open_in_memory().unwrap();
        let mut ids = Ids::new([9; 32], at("2026-07-01T00:00:00Z"));
        let all = filled(&store, &mut ids).await;
        cases(&store, &mut ids, &all[0]).await;
        let report = told(&store, &Reach::Everywhere, 2).await;
        let written = |format: ReportFormat| format.write(&report).unwrap();
        let text = |format| String::from_utf8(written(format)).unwrap();
        let (csv, md, json) = (
            text(ReportFormat::Csv),
            text(ReportFormat::Markdown),
            text(ReportFormat::Json),
        );
        assert!(csv.contains("2026-07-01,2026-09-30,people_by_area,\"People, by area\",conversations,kent,Kent,9,no\n"), "{csv}");
        assert!(csv.contains(
            ",questions_by_outcome,\"Questions, by outcome\",questions,urgent,Urgent,,yes\n"
        ));
        assert!(csv.contains(
            ",closing,From opening to closing,hours,nine_in_ten,Nine in ten were quicker,10.0,no\n"
        ));
        assert!(md.contains("| Kent | 9 |") && md.contains("| Urgent | not shown |"));
        let mut book =
            zip::ZipArchive::new(std::io::Cursor::new(written(ReportFormat::Xlsx))).unwrap();
        let mut whole = String::new();
        for at in 0..book.len() {
            let mut part = String::new();
            let _ = book
                .by_index(at)
                .unwrap()
                .read_to_string(&mut part)
                .unwrap();
            whole.push_str(&part);
        }
        for table in &report.tables {
            let name: String = table.id.chars().take(31).collect();
            assert!(whole.contains(&format!("name=\"{name}\"")), "{name}");
            assert!(csv.contains(table.id) && md.contains(table.title) && json.contains(table.id));
        }
        for form in [&csv, &md, &json, &whole] {
            assert!(!form.contains(PLANTED), "{form}");
            for id in &all {
                assert!(!form.contains(id.as_str()));
            }
            assert!(!form.contains("WM-"), "no reference of a case");
        }
    });
}

#[test]
fn every_table_has_its_meaning_and_every_stage_its_articles() {
    run(async {
        let store = Store::open_in_memory().unwrap();
        let report = told(&store, &Reach::Everywhere, 5).await;
        let known: Vec<&str> = dictionary().map(|e| e.id).collect();
        let tables = report.tables.iter().map(|t| (t.id, t.meaning));
        let all: Vec<_> = tables
            .chain(report.times.iter().map(|t| (t.id, t.meaning)))
            .collect();
        let ids: Vec<&str> = all.iter().map(|(id, _)| *id).collect();
        assert_eq!(known, ids);
        for (id, meaning) in all {
            assert!(
                meaning.ends_with('.') && meaning.len() > 15,
                "{id}: {meaning}"
            );
        }
        let library = &world::knowledge().library;
        for (article, _) in Report::stages() {
            assert!(library.article(&article).is_some(), "{article} is gone");
        }
        assert_eq!(summer().code(), "2026-Q3");
    });
}
