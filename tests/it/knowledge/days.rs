//! What is right on which day: rates over the two new years of April, figures not announced, validity of sections, reviews
//! that are overdue; and how figures, phones and links are drawn.
//! What never lives here: complaints of the linter but for the overdue review.

use jiff::civil::{Date, date};
use waymark::{
    base::Lang,
    knowledge::{Library, Severity, Span},
    retrieval::{Index, Query},
};

use super::{changed, complaints, library, small};
use crate::world;

fn shown(library: &Library, text: &str, day: Date) -> String {
    library.render(text, day, &Lang::english()).text
}

#[test]
fn rates_change_with_their_own_year() {
    let small = library(&small());
    let real = &world::knowledge().library;
    // (library, placeholder, last day of the old value, old, new)
    let turns = [
        (
            &small,
            "{{ rate.wage }}",
            date(2026, 3, 31),
            "£12.21",
            "£12.71",
        ),
        (
            &small,
            "{{ rate.sick_pay }}",
            date(2026, 4, 5),
            "£118.75",
            "£123.25",
        ),
        (
            real,
            "{{ rate.nlw_21 }}",
            date(2026, 3, 31),
            "£12.21",
            "£12.71",
        ),
        (
            real,
            "{{ rate.nmw_18_20 }}",
            date(2026, 3, 31),
            "£10",
            "£10.85",
        ),
        (
            real,
            "{{ rate.ssp_weekly }}",
            date(2026, 4, 5),
            "£118.75",
            "£123.25",
        ),
        (
            real,
            "{{ rate.redundancy_week_cap }}",
            date(2026, 4, 5),
            "£719",
            "£751",
        ),
        (
            real,
            "{{ rate.carers_allowance_earnings }}",
            date(2026, 4, 5),
            "£196",
            "£204",
        ),
    ];
    for (library, text, last, old, new) in turns {
        assert_eq!(shown(library, text, last), old, "{text} on {last}");
        let next = last.tomorrow().unwrap();
        assert_eq!(shown(library, text, next), new, "{text} on {next}");
    }
    // A wage has already changed on the days between the two new years; a tax figure has not.
    let between = date(2026, 4, 3);
    assert_eq!(shown(real, "{{ rate.nlw_21 }}", between), "£12.71");
    assert_eq!(shown(real, "{{ rate.ssp_weekly }}", between), "£118.75");
}

#[test]
fn a_rate_can_be_pinned_to_a_day() {
    let text = "{{ rate.nlw_21 @ 2025-06-01 }} then, {{rate.nlw_21}} now";
    let real = &world::knowledge().library;
    let rendered = real.render(text, date(2026, 11, 22), &Lang::english());
    assert_eq!(rendered.text, "£12.21 then, £12.71 now");
    assert_eq!(rendered.rates, ["nlw_21=12.21", "nlw_21=12.71"]);
}

#[test]
fn what_is_not_announced_is_said_not_guessed() {
    let real = &world::knowledge().library;
    let next = shown(real, "{{ rate.nlw_21 }}", date(2027, 4, 1));
    assert!(
        next.contains("£12.71") && next.contains("31 March 2027"),
        "{next}"
    );
    assert!(next.contains("not been announced"), "{next}");
    let tax = shown(real, "{{ rate.ssp_weekly }}", date(2027, 4, 6));
    assert!(
        tax.contains("5 April 2027") && tax.contains("not been announced"),
        "{tax}"
    );
    // A figure from before the first one held is not known; it is not the first one.
    let past = shown(real, "{{ rate.ssp_weekly }}", date(2019, 1, 1));
    assert!(
        !past.contains('£') && past.contains("do not hold"),
        "{past}"
    );
    // On the last day it still simply holds.
    assert_eq!(
        shown(real, "{{ rate.nlw_21 }}", date(2027, 3, 31)),
        "£12.71"
    );
}

#[test]
fn figures_phones_and_links_come_from_the_registers() {
    let small = library(&small());
    let day = date(2026, 11, 22);
    let same = |text: &str, wanted: &str| assert_eq!(shown(&small, text, day), wanted, "{text}");
    same("{{ fact.penalty }}", "£45,000");
    same("{{ fact.change_day }}", "1 January 2027");
    same("{{ fact.longest }}", "28 weeks");
    same("{{ fact.portion }}", "15%");
    same("{{ rate.share }}", "80%");
    same("{{ phone.helpline }}", "0300 123 1100");
    same(
        "[the Act](source:wage-act)",
        "[the Act](https://example.org/wage-act)",
    );
    same(
        "[help](service:helpline)",
        "[help](https://example.org/helpline)",
    );
    // What has no address, and what stands in no register, is its words alone.
    same("[hearsay](service:hearsay)", "hearsay");
    same("[the Akt](source:wage-akt)", "the Akt");
    same("[what](article:direct-payments/start#what)", "what");
    let missing = shown(
        &small,
        "{{ rate.none }} {{ fact.none }} {{ phone.none }} {{ phone.hearsay }}",
        day,
    );
    assert!(
        !missing.contains("{{") && missing.contains("no confirmed number"),
        "{missing}"
    );
}

#[test]
fn an_overdue_review_is_a_notice() {
    let files = changed(
        "articles/direct-payments/start.md",
        "2027-05-31",
        "2026-06-30",
    );
    let heard = complaints(&files, date(2026, 7, 1));
    let notice = heard
        .iter()
        .find(|c| c.text.starts_with("review was due"))
        .unwrap();
    assert_eq!(notice.severity, Severity::Notice);
    let on_the_day = complaints(&files, date(2026, 6, 30));
    assert!(
        !on_the_day
            .iter()
            .any(|c| c.text.starts_with("review was due"))
    );
}

fn finds(index: &Index, library: &Library, text: &str, day: Date, today: Date) -> Vec<String> {
    let query = Query {
        text,
        lang: &waymark::base::Lang::english(),
        context: None,
        day,
        today,
        area: None,
        regime: None,
        audience: None,
        near: None,
        limit: 12,
    };
    let ranking = index.search(library, &query).unwrap();
    let found = ranking
        .candidates
        .iter()
        .filter_map(|c| library.at(c.place));
    found
        .map(|(a, s)| format!("{}#{}", a.id, s.anchor))
        .collect()
}

#[test]
fn sixty_days_after_its_review_an_article_is_not_quoted() {
    let library = library(&changed(
        "articles/direct-payments/start.md",
        "2027-05-31",
        "2026-06-30",
    ));
    let index = Index::build(&library).unwrap();
    let asked = "what can the money buy";
    let held = |today| finds(&index, &library, asked, today, today);
    let start = |found: &Vec<String>| found.iter().any(|f| f.starts_with("direct-payments/start"));
    assert!(start(&held(date(2026, 6, 30))));
    assert!(start(&held(date(2026, 8, 29))), "the sixtieth day");
    assert!(!start(&held(date(2026, 8, 30))), "the day after");
    // It is today that counts, not the day asked about.
    assert!(!start(&finds(
        &index,
        &library,
        asked,
        date(2026, 6, 1),
        date(2026, 8, 30)
    )));
    assert!(start(&finds(
        &index,
        &library,
        asked,
        date(2026, 12, 1),
        date(2026, 7, 1)
    )));
}

#[test]
fn a_section_is_quoted_only_on_its_days() {
    let library = library(&small());
    let index = Index::build(&library).unwrap();
    let on = |day| finds(&index, &library, "the wage rule", day, date(2026, 11, 22));
    let (old, new) = (
        "employment/wage#old-rule".to_owned(),
        "employment/wage#new-rule".to_owned(),
    );
    let before = on(date(2026, 12, 31));
    assert!(
        before.contains(&old) && !before.contains(&new),
        "{before:?}"
    );
    let after = on(date(2027, 1, 1));
    assert!(after.contains(&new) && !after.contains(&old), "{after:?}");
}

#[test]
fn spans_hold_both_their_ends() {
    let span = Span {
        from: Some(date(2026, 4, 6)),
        to: Some(date(2027, 4, 5)),
    };
    assert!(span.holds(date(2026, 4, 6)) && span.holds(date(2027, 4, 5)));
    assert!(!span.holds(date(2026, 4, 5)) && !span.holds(date(2027, 4, 6)));
    assert!(span.is_future(date(2026, 4, 5)) && !span.is_future(date(2026, 4, 6)));
    let open = Span::default();
    assert!(open.holds(date(1900, 1, 1)) && open.within(span) == span);
}
