//! Another council is content, not code: the repository's knowledge with an invented council's files beside it
//! (tests/fixtures/council), asked through the desk.
//! What never lives here: the real councils' answers (tests/transcripts, tests/questions).

use std::sync::OnceLock;

use jiff::{Timestamp, civil::date};
use tokio::runtime::Runtime;
use waymark::{
    assistant::{Desk, Input, Reply, Said, Snapshot, State, Stated},
    base::{Chance, Clock},
    casework::{Channel, Outcome},
    knowledge::{Library, Severity, check, load, read_folder},
    store::Store,
};

use crate::world::{self, Folder};

/// The repository's knowledge as an editor leaves it who has added a council: files beside the others, one entry in areas.toml.
fn library() -> &'static Library {
    static HELD: OnceLock<Library> = OnceLock::new();
    HELD.get_or_init(|| {
        let folder = Folder::new("council");
        let mut files = world::knowledge().files.clone();
        for (file, text) in read_folder(&world::root().join("tests/fixtures/council")).unwrap() {
            files.entry(file).or_default().push_str(&text);
        }
        for (file, text) in files {
            folder.put(&file, text);
        }
        let files = read_folder(&folder.0).unwrap();
        let (library, mut complaints) = load(&files);
        complaints.extend(check(&library, &files, date(2026, 11, 22)));
        complaints.retain(|c| c.severity != Severity::Notice);
        assert!(complaints.is_empty(), "{complaints:?}");
        library
    })
}

/// A desk over that knowledge at an instant.
fn desk(at: Timestamp) -> Desk {
    let snapshot = Snapshot::new(library().clone(), world::staffed()).unwrap();
    let store = Store::open_in_memory().unwrap();
    Desk::new(store, Clock::Fixed(at), Chance::seeded(5), snapshot)
}

/// The one most tests ask: building one takes long.
fn sunday() -> &'static Desk {
    static HELD: OnceLock<Desk> = OnceLock::new();
    HELD.get_or_init(|| desk(world::sunday_noon()))
}

/// What a person is told who says these things one after the other.
fn told(desk: &Desk, said: &[&str]) -> Vec<Reply> {
    Runtime::new().unwrap().block_on(async {
        let start = desk.start(Channel::Web, Stated::default()).await;
        let (id, _) = start.unwrap();
        let mut replies = Vec::new();
        for text in said {
            let input = Input {
                what: Said::Text((*text).to_owned()),
                channel: Channel::Web,
                stated: Stated::default(),
            };
            replies.push(desk.turn(&id, None, input).await.unwrap());
        }
        replies
    })
}

#[test]
fn whoever_names_the_place_gets_its_article_and_contact() {
    for place in [
        "I live in Barchester",
        "my postcode is BZ4 1AA",
        "i am with barsetshire county council",
    ] {
        let replies = told(
            sunday(),
            &[
                place,
                "who do i ring at the council about my direct payment",
            ],
        );
        let reply = &replies[1];
        assert_eq!(reply.area.as_deref(), Some("barsetshire"), "{place}");
        assert_eq!(
            reply.outcome,
            Outcome::Answered,
            "{place}: {}",
            reply.summary
        );
        let cited = reply.citations.iter();
        assert!(
            cited
                .map(|c| &c.article)
                .any(|a| a == "local/barsetshire/barset-dp-adults"),
            "{place}: {}",
            reply.body_markdown
        );
        assert!(
            reply.body_markdown.contains("01632 960101"),
            "{}",
            reply.body_markdown
        );
        assert!(
            !reply.body_markdown.contains("Kent"),
            "{}",
            reply.body_markdown
        );
    }
    // Its own things are found by their own name too; nobody else is told of them.
    let card = &told(sunday(), &["what is the hiram card"])[0];
    assert!(
        card.body_markdown.contains("Hiram Card"),
        "{}",
        card.body_markdown
    );
    let elsewhere = &told(
        sunday(),
        &["i live in maidstone", "my prepaid card does not work"],
    )[1];
    assert!(
        !elsewhere.body_markdown.contains("Hiram"),
        "{}",
        elsewhere.body_markdown
    );
}

#[test]
fn urgent_help_shows_its_numbers_for_the_hour() {
    let cry = "i live in barchester and my carer hits me";
    let place = |reply: &Reply, number: &str| {
        let found = reply.body_markdown.find(number);
        found.unwrap_or_else(|| panic!("no {number}: {}", reply.body_markdown))
    };
    let closed = &told(sunday(), &[cry])[0];
    assert!(closed.urgent);
    assert!(
        place(closed, "999") < place(closed, "01632 960303"),
        "danger first"
    );
    // Outside its hours the number that answers now comes first; inside them the day line does.
    assert!(
        place(closed, "01632 960303") < place(closed, "01632 960101"),
        "{}",
        closed.body_markdown
    );
    let thursday = desk("2026-11-26T11:00:00Z".parse().unwrap());
    let open = &told(&thursday, &[cry])[0];
    assert!(
        place(open, "01632 960101") < place(open, "01632 960303"),
        "{}",
        open.body_markdown
    );
    // A Monday is a working day elsewhere, not here.
    let monday = &told(&desk("2026-11-23T11:00:00Z".parse().unwrap()), &[cry])[0];
    assert!(
        place(monday, "01632 960303") < place(monday, "01632 960101"),
        "{}",
        monday.body_markdown
    );
    let child = &told(
        &thursday,
        &["i live in barchester. my neighbour beats her little boy"],
    )[0];
    assert!(child.urgent);
    place(child, "01632 960202");
}

#[test]
fn a_reply_is_promised_within_its_own_hours() {
    let promised = |place: &str| {
        let replies = told(sunday(), &[place, "i want to talk to a person"]);
        let case = replies[1].case.clone().unwrap();
        case.reply_expected_by.unwrap().to_string()
    };
    // Open Tuesday to Thursday for six hours, closed on Tuesday the 24th: eight service hours end on Thursday.
    assert_eq!(promised("I live in Barchester"), "2026-11-26T12:00:00Z");
    assert_eq!(promised("I live in Maidstone"), "2026-11-23T17:00:00Z");
}

/// Every local question of the question set, asked from Kent, has the very same answer as without the new council.
#[test]
fn the_answers_of_other_councils_do_not_change() {
    let questions =
        std::fs::read_to_string(world::root().join("tests/questions/local.jsonl")).unwrap();
    let answer = |question: &str, snapshot: &Snapshot| {
        let stated = Stated {
            area: Some("kent".to_owned()),
            ..Stated::default()
        };
        let what = Said::Text(question.to_owned());
        let input = Input {
            what,
            channel: Channel::Web,
            stated,
        };
        let reply = world::turn(State::default(), &input, snapshot).reply;
        (
            reply.outcome,
            reply.area,
            reply.body_markdown,
            reply.options,
        )
    };
    let with = sunday().snapshot();
    let mut asked = 0;
    for line in questions.lines() {
        let question: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(text) = question["q"].as_str() else {
            continue;
        };
        asked += 1;
        assert_eq!(
            answer(text, &with),
            answer(text, world::snapshot()),
            "{text}"
        );
    }
    assert!(asked > 20, "{asked} questions");
}
