//! By when a reply may be promised: bank holidays, clock changes, pauses, short days, closures, areas that differ.
//! What never lives here: how it is said (transcripts).

use jiff::Timestamp;
use proptest::prelude::*;
use waymark::{
    casework::{Calendar, Priority, ServiceHours, ShortDay},
    config::Config,
};

use crate::world;

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn calendar(weekly: &[&str], closed: &[&str], short: &[&str]) -> Calendar {
    let weekly = weekly.iter().map(|h| ServiceHours::parse(h).unwrap());
    let closed = closed.iter().map(|d| d.parse().unwrap());
    let short: Vec<_> = short.iter().map(|d| ShortDay::parse(d).unwrap()).collect();
    Calendar::new(weekly.collect(), closed, &short)
}

/// Hours, closed days, short days, from, minutes of service, expected.
type Case<'a> = (
    &'a [&'a str],
    &'a [&'a str],
    &'a [&'a str],
    &'a str,
    i64,
    &'a str,
);

#[test]
fn promises_of_a_queue_with_pauses_short_days_and_clock_changes() {
    let office: &[&str] = &["mon-fri 09:00-17:00"];
    let paused: &[&str] = &[
        "mon-thu 09:00-12:30",
        "mon-thu 13:15-17:00",
        "fri 09:00-13:00",
    ];
    let night: &[&str] = &["sat-sun 00:00-23:59"];
    // (hours, closed, short days, from, minutes of service, expected)
    let cases: [Case<'_>; 14] = [
        (
            office,
            &[],
            &[],
            "2026-11-23T10:00Z",
            60,
            "2026-11-23T11:00Z",
        ),
        // Before it opens, after it has closed, over a weekend.
        (
            office,
            &[],
            &[],
            "2026-11-23T05:00Z",
            30,
            "2026-11-23T09:30Z",
        ),
        (
            office,
            &[],
            &[],
            "2026-11-23T17:00Z",
            30,
            "2026-11-24T09:30Z",
        ),
        (
            office,
            &[],
            &[],
            "2026-11-27T16:30Z",
            60,
            "2026-11-30T09:30Z",
        ),
        // To the last minute of the day, not the first of the next.
        (
            office,
            &[],
            &[],
            "2026-11-23T09:00Z",
            480,
            "2026-11-23T17:00Z",
        ),
        // Pauses, and Friday's half-day.
        (
            paused,
            &[],
            &[],
            "2026-11-23T12:00Z",
            60,
            "2026-11-23T13:45Z",
        ),
        (
            paused,
            &[],
            &[],
            "2026-11-27T12:30Z",
            60,
            "2026-11-30T09:30Z",
        ),
        // A closure and a short day; a short day wins over a closure.
        (
            office,
            &["2026-11-24"],
            &[],
            "2026-11-23T16:30Z",
            60,
            "2026-11-25T09:30Z",
        ),
        (
            office,
            &[],
            &["2026-11-23 09:00-10:00"],
            "2026-11-23T09:30Z",
            60,
            "2026-11-24T09:30Z",
        ),
        (
            office,
            &["2026-11-24"],
            &["2026-11-24 12:00-13:00"],
            "2026-11-23T17:00Z",
            30,
            "2026-11-24T12:30Z",
        ),
        // The clocks go back on 25 October 2026 and forward on 28 March 2027: nine o'clock stays nine o'clock.
        (
            office,
            &[],
            &[],
            "2026-10-23T15:30Z",
            60,
            "2026-10-26T09:30Z",
        ),
        (
            office,
            &[],
            &[],
            "2027-03-26T16:30Z",
            60,
            "2027-03-29T08:30Z",
        ),
        // A night over the change is an hour longer, an hour shorter.
        (
            night,
            &[],
            &[],
            "2026-10-24T23:00Z",
            120,
            "2026-10-25T01:00Z",
        ),
        (
            night,
            &[],
            &[],
            "2027-03-28T00:00Z",
            120,
            "2027-03-28T02:00Z",
        ),
    ];
    for (weekly, closed, short, from, minutes, expected) in cases {
        let told = calendar(weekly, closed, short).after(instant(from), minutes);
        assert_eq!(told, Some(instant(expected)), "{weekly:?} {from} {minutes}");
    }
    assert_eq!(
        calendar(&[], &[], &[]).after(instant("2026-11-23T10:00Z"), 1),
        None
    );
    for bad in [
        "mon 9-17",
        "mon-fri",
        "mon-fri 17:00-09:00",
        "moo 09:00-10:00",
    ] {
        assert!(ServiceHours::parse(bad).is_err(), "{bad}");
    }
    assert!(ShortDay::parse("2026-12-24").is_err());
}

#[test]
fn christmas_and_areas_that_differ() {
    let config = Config::parse(
        "[advisers]\nenabled = true\nreply_within_hours = 2\nhours = [\"mon-fri 10:00-16:00\"]\n\
         short_days = [\"2026-12-24 10:00-12:00\"]\n\
         [advisers.areas.kent]\nhours = [\"mon-sat 08:00-12:00\"]\nclosed = [\"2026-12-29\"]\nreply_within_hours = 1\n",
    )
    .unwrap();
    let staffing = config.staffing();
    let areas = &world::knowledge().library.areas;
    let by =
        |priority, area, from| staffing.reply_expected_by(priority, area, areas, instant(from));
    let eve = "2026-12-24T11:30Z";
    // Christmas Day is a Friday, Boxing Day's substitute Monday 28 December.
    assert_eq!(
        by(Priority::Normal, None, eve),
        Some(instant("2026-12-29T11:30Z"))
    );
    // Kent works Saturdays, the 26th too: it is no bank holiday itself; and has the service's short day.
    assert_eq!(
        by(Priority::Normal, Some("kent"), eve),
        Some(instant("2026-12-26T08:30Z"))
    );
    assert_eq!(
        by(Priority::Urgent, Some("kent"), "2026-12-28T09:00Z"),
        Some(instant("2026-12-30T09:00Z"))
    );
    let nobody = Config::default().staffing();
    let told = nobody.reply_expected_by(Priority::Urgent, Some("kent"), areas, instant(eve));
    assert_eq!(told, None, "nothing is promised where nobody answers");
    for wrong in [
        "hours = [\"always\"]",
        "closed = [\"Christmas\"]",
        "short_days = [\"2026-12-24\"]",
    ] {
        let line = Config::parse(&format!("[advisers]\n{wrong}\n")).unwrap_err();
        assert!(line.starts_with("advisers: '"), "{line}");
        let line = Config::parse(&format!("[advisers.areas.kent]\n{wrong}\n")).unwrap_err();
        assert!(line.starts_with("advisers.areas.kent: '"), "{line}");
    }
}

proptest! {
    #[test]
    fn a_promise_never_lies_in_the_past_and_grows_with_the_time_allowed(
        from in 1_780_000_000_i64..1_830_000_000,
        (few, more) in (0_i64..3000, 0_i64..3000),
        more_hours in proptest::sample::subsequence(
            vec!["mon-fri 12:00-17:00", "sat 00:00-23:59", "sun-mon 22:00-23:00"], 0..=3
        ),
    ) {
        let weekly = [vec!["mon-fri 09:00-12:30"], more_hours].concat();
        let calendar = calendar(&weekly, &["2026-12-25"], &["2026-12-24 09:00-12:00"]);
        let from = Timestamp::from_second(from).unwrap();
        let (one, two) = (calendar.after(from, few).unwrap(), calendar.after(from, few + more).unwrap());
        prop_assert!(from <= one && one <= two);
        prop_assert!(two.as_second() - one.as_second() >= more * 60);
    }
}
