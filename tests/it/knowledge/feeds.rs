//! Feeds of local services as pages of bytes: both versions read alike, what may not be shown is not, and whatever comes is
//! taken or named, within bounds.
//! What never lives here: HTTP (cli/services.rs), what is said of a service (transcripts).

use jiff::civil::{Date, date};
use proptest::prelude::*;
use waymark::knowledge::{Import, Imported, Listing, More};

use crate::{
    directory::{page, service, shallow},
    world::{self, Folder},
};

const TODAY: Date = date(2026, 11, 22);

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(
        world::root()
            .join("tests/fixtures/open-referral")
            .join(name),
    )
    .unwrap()
}

fn import(pages: &[Vec<u8>]) -> Imported {
    let mut import = Import::new("test", TODAY);
    for page in pages {
        import.take_page(page).unwrap();
    }
    import.finish()
}

/// One row of version 3 with these fields beside a name.
fn row(fields: &str) -> Imported {
    let page = format!(
        r#"{{"contents": [{{"id": "1", "name": "Tea club", "status": "active"{fields}}}], "last_page": true}}"#
    );
    import(&[page.into_bytes()])
}

fn one(fields: &str) -> Listing {
    let done = row(fields);
    assert_eq!(done.listings.len(), 1, "{:?}", done.complaints);
    done.listings[0].clone()
}

#[test]
fn a_feed_of_version_1_is_read() {
    let done = import(&[fixture("kent-v1.json")]);
    let names: Vec<&str> = done.listings.iter().map(|l| l.name.as_str()).collect();
    assert!(!names.contains(&"Closed Day Centre"), "{names:?}");
    assert_eq!(
        (
            done.standard.as_str(),
            done.counts.merged,
            done.counts.closed,
            done.counts.over
        ),
        ("v1", 1, 1, 2)
    );
    let day = done.listings.iter().find(|l| l.id == "k1").unwrap();
    assert_eq!(
        day.what,
        "A day centre with lunch, crafts & company. Come and see us first."
    );
    assert_eq!((day.from_age, day.to_age), (Some(18), None));
    assert_eq!(day.phone.as_deref(), Some("01632 960101"));
    assert_eq!(
        day.postcodes,
        ["ME14 1XX"],
        "the same place written twice is one"
    );
    assert_eq!(day.cost.as_deref(), Some("£42.50 a day"));
    assert_eq!(day.point, Some((51.272, 0.529)), "numbers may be strings");
    let winter = done.listings.iter().find(|l| l.id == "k8").unwrap();
    assert_eq!(
        (winter.phone.as_deref(), winter.until),
        (None, Some(date(2026, 12, 31)))
    );
    assert_eq!(
        winter.url.as_deref(),
        Some("https://kind-kent.example.org/"),
        "the organisation's, for its own is none"
    );
    let shown: Vec<&str> = done.complaints.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(winter.holds(TODAY) && !winter.holds(date(2027, 1, 1)));
    let autism = done.listings.iter().find(|l| l.id == "k3").unwrap();
    assert!(!autism.what.contains("alert"), "{}", autism.what);
}

#[test]
fn a_feed_of_version_3_is_read() {
    let done = import(&[fixture("fenland-v3.json")]);
    assert_eq!((done.standard.as_str(), done.listings.len()), ("v3", 5));
    let ely = done.listings.iter().find(|l| l.id == "f2").unwrap();
    assert_eq!(ely.hours.as_deref(), Some("Mon, Tue, Wed 09:00 to 17:00"));
    assert_eq!(
        (ely.tags[0].as_str(), ely.checked),
        ("Respite", Some(date(2026, 10, 2)))
    );
}

/// The standard's own examples: a service wherever one stands in them, a sentence where none does.
#[test]
fn the_standards_own_examples_are_read() {
    let take = |name: &str| {
        let mut import = Import::new(name, TODAY);
        let page = import.take_page(&fixture(&format!("examples/{name}.json")));
        page.map(|p| (p.more, import.finish()))
    };
    for name in [
        "service_full",
        "service_list",
        "service_at_location_full",
        "service_at_location_list",
        "organization_full",
    ] {
        let (more, done) = take(name).unwrap();
        assert_eq!(done.listings.len(), 1, "{name}: {:?}", done.complaints);
        let listing = &done.listings[0];
        assert_eq!(listing.name, "Community Counselling", "{name}");
        assert_eq!(
            listing.organisation.as_deref(),
            Some("Example Organization Inc."),
            "{name}"
        );
        assert!(
            !listing.holds(TODAY),
            "{name}: assured in 2005, last changed in 2023"
        );
        assert_eq!(more == More::Yes, name.ends_with("_list"), "{name}");
    }
    for name in [
        "organization_list",
        "taxonomy",
        "taxonomy_list",
        "taxonomy_term",
        "taxonomy_term_list",
    ] {
        let (_, done) = take(name).unwrap();
        assert_eq!(
            (done.listings.len(), done.counts.unusable),
            (0, 1),
            "{name}"
        );
    }
}

#[test]
fn an_official_example_falls_back_to_its_page_of_details() {
    let mut import = Import::new("test", TODAY);
    let list = import
        .take_page(&fixture("examples/service_list.json"))
        .unwrap();
    assert_eq!((list.rows, list.total), (1, Some(10)));
    let ids = import.shallow();
    assert_eq!(ids, ["ac148810-d857-441c-9679-408f346de14b"]);
    assert!(import.take_detail(&ids[0], &fixture("examples/service_full.json")));
    assert!(
        !import.take_detail(&ids[0], &fixture("examples/taxonomy.json")),
        "details of something else"
    );
    let done = import.finish();
    assert_eq!(done.listings[0].towns, ["MyCity"]);
    assert_eq!(done.listings[0].until, Some(date(2005, 1, 1)));
}

#[test]
fn both_versions_of_one_directory_come_to_the_same() {
    let of = |old| {
        let mut listings = import(&[page(120, 1, 200, old, true)]).listings;
        listings.iter_mut().for_each(|l| l.tags.sort());
        listings
    };
    assert_eq!(of(true), of(false));
    let mut from_details = Import::new("test", TODAY);
    from_details
        .take_page(&page(120, 1, 200, false, false))
        .unwrap();
    for id in from_details.shallow() {
        let number = id.trim_start_matches("s-").parse().unwrap();
        assert!(from_details.take_detail(&id, service(number, false).to_string().as_bytes()));
    }
    assert_eq!(from_details.finish().listings, of(false));
}

#[test]
fn what_is_over_is_not_shown() {
    let holds = |fields: &str| one(fields).holds(TODAY);
    assert!(holds(""));
    assert!(holds(r#", "assured_date": "2024-11-23""#));
    assert!(
        !holds(r#", "assured_date": "2024-11-20""#),
        "nobody has looked for two years"
    );
    assert!(holds(
        r#", "assured_date": "2020-01-01", "last_modified": "2026-01-01T00:00:00Z""#
    ));
    assert!(!holds(r#", "valid_to": "2026-11-21""#));
    assert!(
        holds(r#", "valid_to": "2026-11-22""#),
        "the last day counts"
    );
    let schedules = |list: &str| holds(&format!(r#", "schedules": [{list}]"#));
    assert!(
        !schedules(r#"{"dtstart": "2026-11-21", "opens_at": "10:00"}"#),
        "an event that was"
    );
    assert!(schedules(
        r#"{"dtstart": "2026-01-01", "freq": "WEEKLY", "byday": "MO"}"#
    ));
    assert!(!schedules(r#"{"freq": "WEEKLY", "until": "2026-06-01"}"#));
    assert!(schedules(
        r#"{"freq": "WEEKLY", "valid_to": "2026-06-01"}, {"freq": "WEEKLY"}"#
    ));
    for status in ["inactive", "defunct", "temporarily closed", "Deleted"] {
        let page = format!(r#"[{{"id": "1", "name": "x", "status": "{status}"}}]"#);
        assert_eq!(import(&[page.into_bytes()]).counts.closed, 1, "{status}");
    }
    assert_eq!(
        one(r#", "assured_date": "2027-05-05""#).checked,
        None,
        "nobody has looked tomorrow"
    );
}

#[test]
fn a_row_with_wrong_types_keeps_what_is_right() {
    let listing = one(
        r#", "description": 7, "url": ["https://a.example"], "email": {"x": 1}, "minimum_age": "12.0", "maximum_age": "old",
        "contacts": {"phones": {"number": 1632960123}}, "organization": "none", "service_areas": [null, 3, {"name": "Kent"}],
        "service_at_locations": [{"location": [1, 2]}, "there"], "schedules": "always", "fees": true, "new_field": {"a": [1]}"#,
    );
    assert_eq!(
        (listing.what.as_str(), listing.from_age, listing.to_age),
        ("7", Some(12), None)
    );
    assert_eq!(
        (listing.serves.len(), listing.url, listing.cost),
        (1, None, None)
    );
    let many = row(r#", "phones": [{"number": "12"}, {"number": "01632 960199"}]"#);
    assert_eq!(many.listings[0].phone.as_deref(), Some("01632 960199"));
    assert!(many.complaints[0].text.contains("'12'"));
}

#[test]
fn nothing_of_a_row_can_become_markup_or_a_link() {
    let listing = one(
        r#", "description": "See [here](https://evil.example) or <a href='https://evil.example'>there</a> www.evil.example {{ rate.x }} `code` **now** ![i](x)""#,
    );
    for mark in ["evil", "[", "]", "<", "{", "*", "href", "http"] {
        assert!(!listing.what.contains(mark), "{mark}: {}", listing.what);
    }
    let named = row(r#", "organization": {"name": "A](javascript:alert(1))"}"#);
    assert!(
        !named.listings[0]
            .organisation
            .as_deref()
            .unwrap()
            .contains(']')
    );
}

#[test]
fn hostile_pages_are_refused_or_bounded() {
    let take = |bytes: &[u8]| Import::new("test", TODAY).take_page(bytes);
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(
        take(deep(2_000_000).as_bytes()).is_ok(),
        "one row that is no record"
    );
    let inside = format!(
        r#"{{"contents": [{{"id": "1", "name": "x", "status": "active", "contacts": {}}}]}}"#,
        deep(500_000)
    );
    let mut held = Import::new("test", TODAY);
    held.take_page(inside.as_bytes()).unwrap();
    let done = held.finish();
    assert!(
        done.listings.is_empty() && done.complaints[0].text.contains("recursion"),
        "{:?}",
        done.complaints
    );
    let huge = format!(
        r#"[{{"id": "1", "name": "x", "description": "{}"}}]"#,
        "y".repeat(2_000_000)
    );
    let done = import(&[huge.into_bytes()]);
    assert!(
        done.complaints[0].text.contains("bytes long"),
        "{:?}",
        done.complaints
    );
    let long = format!(
        r#"[{{"id": "{0}", "name": "{0}", "description": "{0}", "status": "active"}}]"#,
        "word ".repeat(30_000)
    );
    let listing = import(&[long.into_bytes()]).listings.remove(0);
    assert!(serde_json::to_string(&listing).unwrap().len() < 2_000);
    let rows = format!("[{}]", vec!["{}"; 100_001].join(","));
    assert!(
        take(rows.as_bytes())
            .unwrap_err()
            .to_string()
            .contains("more than")
    );
    let empty = format!("[{}]", vec!["{}"; 50_000].join(","));
    let done = import(&[empty.into_bytes()]);
    assert_eq!(
        (
            done.counts.unusable,
            done.complaints.len(),
            done.more_complaints
        ),
        (50_000, 1_000, 49_000)
    );
    assert!(
        take(b"\xff").is_err()
            && take(b"").is_err()
            && take(b"null").is_err()
            && take(b"{}").is_err()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_page_cut_or_changed_anywhere_is_taken_or_named(
        old in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = fixture(if old { "kent-v1.json" } else { "fenland-v3.json" });
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() * 2).min(bytes.len()));
        let mut import = Import::new("test", TODAY);
        let _ = import.take_page(&bytes);
        let _ = import.take_detail("k1", &bytes);
        for listing in import.finish().listings {
            prop_assert!(listing.url.is_none_or(|u| u.starts_with("http")));
            prop_assert!(listing.phone.is_none_or(|p| p.chars().all(|c| c.is_ascii_digit() || c == ' ')));
        }
    }

    #[test]
    fn any_value_in_any_field_is_taken(field in 0..FIELDS.len(), value in value()) {
        let mut row = service(3, field % 2 == 0);
        row[FIELDS[field]] = value;
        let page = serde_json::json!({"contents": [row.clone(), shallow(row)]}).to_string();
        let mut import = Import::new("test", TODAY);
        prop_assert!(import.take_page(page.as_bytes()).is_ok());
        import.finish();
    }

    #[test]
    fn text_of_any_kind_stays_inert(text in any::<String>(), html in "[<>&a-z/ \"'=;!\\-]{0,200}") {
        for text in [text, html] {
            let page = serde_json::json!([{"id": "1", "name": "x", "status": "active", "description": text, "fees": text}]);
            let done = import(&[page.to_string().into_bytes()]);
            for listing in &done.listings {
                let shown = format!("{} {}", listing.what, listing.cost.clone().unwrap_or_default());
                prop_assert!(!shown.contains(['[', ']', '{', '}', '<', '>', '*', '\\', '\n']), "{}", shown);
            }
        }
    }
}

const FIELDS: [&str; 16] = [
    "id",
    "name",
    "description",
    "status",
    "url",
    "email",
    "assured_date",
    "fees",
    "organization",
    "contacts",
    "schedules",
    "service_at_locations",
    "eligibilitys",
    "attributes",
    "service_taxonomys",
    "minimum_age",
];

/// Any JSON value, a few levels deep.
fn value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(prop::sample::select(&KEYS[..]), inner, 0..4)
                .prop_map(|m| Value::from_iter(m.into_iter().map(|(k, v)| (k.to_owned(), v)))),
        ]
    })
}

const KEYS: [&str; 10] = [
    "id",
    "name",
    "number",
    "phones",
    "location",
    "addresses",
    "postal_code",
    "taxonomy_term",
    "valid_to",
    "byday",
];

/// What looks for local services and what only sounds like it: tests/fixtures/open-referral/asks.txt.
#[test]
fn a_search_for_services_is_told_from_a_question_about_rules() {
    let asks = String::from_utf8(fixture("asks.txt")).unwrap();
    let wrong: Vec<&str> = asks
        .lines()
        .filter(|l| match l.split_once(' ') {
            Some(("+", text)) => !world::knowledge().library.asks_for_services(text),
            Some(("-", text)) => world::knowledge().library.asks_for_services(text),
            _ => false,
        })
        .collect();
    assert!(asks.lines().count() > 70 && wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_feed_file_comes_back_as_it_was_kept() {
    use waymark::knowledge::{Feed, FeedHead, feeds_mark, forget_feed, keep_feed, read_feeds};
    let folder = Folder::new("feeds");
    let done = import(&[fixture("fenland-v3.json")]);
    let head = FeedHead {
        name: "fenland".into(),
        source: "x".into(),
        standard: done.standard.clone(),
        fetched: TODAY,
        counts: done.counts,
        ..FeedHead::default()
    };
    let feed = Feed {
        head,
        listings: done.listings,
    };
    let empty = feeds_mark(&folder.0);
    let path = keep_feed(&folder.0, &feed).unwrap();
    assert_ne!(feeds_mark(&folder.0), empty);
    assert_eq!(read_feeds(&folder.0).0.0, vec![feed.clone()]);
    // A torn line and a strange file do no harm.
    let whole = std::fs::read_to_string(&path).unwrap();
    folder.put("fenland.jsonl", &whole.as_bytes()[..whole.len() - 30]);
    folder.put("broken.jsonl", "not a head\n");
    folder.put("Not A Feed.jsonl", "x");
    let (feeds, complaints) = read_feeds(&folder.0);
    assert_eq!((feeds.len(), complaints.len()), (4, 2), "{complaints:?}");
    assert!(
        forget_feed(&folder.0, "fenland").unwrap() && !forget_feed(&folder.0, "fenland").unwrap()
    );
    assert!(read_feeds(&folder.0.join("nowhere")).0.is_empty());
}
