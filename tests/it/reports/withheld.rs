//! Whoever knows everything that is shown cannot work out a small count that is not.
//! What never lives here: whether the counts are right (counted.rs).

use jiff::civil::date;
use proptest::prelude::*;
use waymark::casework::{
    Channel, Counted, Outcome, Period, Table, TurnsCounted, VisitsCounted, report,
};

const SMALLEST: u64 = 5;

/// What an attacker can conclude from a table alone.
fn nothing_given_away(table: &Table) {
    if table.withheld {
        assert!(table.rows.is_empty(), "{}", table.id);
        return;
    }
    let shown: u64 = table.rows.iter().filter_map(|r| r.count).sum();
    let hidden = table.rows.iter().filter(|r| r.count.is_none()).count() as u64;
    let small = table.rows.iter().filter_map(|r| r.count);
    assert!(small.into_iter().all(|c| c >= SMALLEST), "{}", table.id);
    assert!(
        table.total.is_none_or(|t| t == 0 || t >= SMALLEST),
        "{}",
        table.id
    );
    if hidden > 0 {
        let rest = table.total.unwrap() - shown;
        assert!(hidden >= 2, "{}: one alone is what is left", table.id);
        // Each may be anything from 1 up to what is left beside ones.
        assert!(rest - (hidden - 1) >= SMALLEST, "{}", table.id);
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::Answered),
        Just(Outcome::HandedOver),
        Just(Outcome::Urgent),
        Just(Outcome::Calculated)
    ]
}

fn article() -> impl Strategy<Value = Option<String>> {
    let all = [
        "employment/sick-pay",
        "employment/holiday",
        "direct-payments/how-to-ask",
        "direct-payments/pros-and-cons",
        "health/nhs",
    ];
    prop_oneof![
        Just(None),
        prop::sample::select(all.to_vec()).prop_map(|a| Some(a.to_owned()))
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_table_gives_a_small_count_away(
        turns in prop::collection::vec((outcome(), article(), prop::option::of(any::<bool>()), 1_u64..12), 0..12),
        areas in prop::collection::vec((prop::option::of("[a-d]"), 1_u64..12), 0..6),
    ) {
        let turns: Vec<TurnsCounted> = turns.into_iter().map(|(outcome, article, helpful, count)| TurnsCounted {
            area: None, outcome, reason: None, urgent: outcome == Outcome::Urgent, article, helpful, count,
        }).collect();
        let visits: Vec<VisitsCounted> = areas.into_iter().map(|(area, count)| VisitsCounted {
            month: "2026-07".to_owned(), channel: Channel::Web, area, regime: None, audience: None,
            lang: "en".to_owned(), count,
        }).collect();
        let counted = Counted { visits, turns, cases: Vec::new() };
        let period = Period::quarter_of(date(2026, 7, 1));
        let made = report(&counted, period, SMALLEST, "2026-10-01T00:00:00Z".parse().unwrap());
        for table in &made.tables {
            nothing_given_away(table);
        }
        // The tables of answers share a total that is a line of the first: it must not tell what that one withholds.
        let outcomes = made.table("questions_by_outcome").unwrap();
        let answered = outcomes.rows.iter().any(|r| r.code == "answered" && r.count.is_none());
        if answered {
            for table in ["answers_by_topic", "answers_by_stage", "answers_by_article", "answers_helpful"] {
                prop_assert!(made.table(table).unwrap().total.is_none());
            }
        }
        // An article that is shown belongs to a topic that is shown.
        let (topics, articles) = (made.table("answers_by_topic").unwrap(), made.table("answers_by_article").unwrap());
        for row in articles.rows.iter().filter(|r| r.code.contains('/')) {
            let folder = row.code.split('/').next().unwrap();
            prop_assert!(topics.count(folder).is_some());
        }
    }
}
