//! Reports: a small data set counted by hand, and the same numbers in every form; what is withheld; what stays when people delete
//! what they wrote.
//! What never lives here: who may read them (console/matrix.rs), how a browser shows them (tests/browser).

mod counted;
mod withheld;

use jiff::{Timestamp, civil::date};
use serde_json::Value;
use waymark::{
    base::{ConversationId, Ids, Lang},
    casework::{
        Caller, CaseKind, Channel, Feedback, NewCase, NewConversation, Outcome, Packet, Period,
        Priority, Reach, Tally,
    },
    store::Store,
};
use waymark_web::{ReportFormat, ReportTold, report};

use crate::{
    store::{run, turn},
    world,
};

/// What the people of the data set write: never to be found in a report.
const PLANTED: &str = "zanzibar";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn summer() -> Period {
    Period::new(date(2026, 7, 1), date(2026, 9, 30)).unwrap()
}

/// One turn of the data set.
struct Asked {
    channel: Channel,
    area: Option<&'static str>,
    regime: Option<&'static str>,
    lang: &'static str,
    outcome: Outcome,
    article: Option<&'static str>,
    helpful: Option<bool>,
}

const ASKED: Asked = Asked {
    channel: Channel::Web,
    area: Some("kent"),
    regime: Some("adults"),
    lang: "en",
    outcome: Outcome::Answered,
    article: Some("employment/sick-pay"),
    helpful: None,
};

async fn began(store: &Store, ids: &mut Ids, channel: Channel) -> ConversationId {
    let id = ids.conversation();
    let new = NewConversation {
        id: id.clone(),
        token: ids.token().hash(),
        channel,
        state_json: "{}".to_owned(),
        created: at("2026-07-10T10:00:00Z"),
    };
    store.create_conversation(new).await.unwrap();
    id
}

/// A turn of a conversation on a day.
async fn asks(
    store: &Store,
    ids: &mut Ids,
    (id, version): (&ConversationId, u64),
    day: jiff::civil::Date,
    asked: &Asked,
) {
    let mut record = turn(ids, id, version, PLANTED);
    let urgent = asked.outcome == Outcome::Urgent;
    record.tally = Some(Tally {
        day,
        outcome: asked.outcome,
        reason: (asked.outcome == Outcome::HandedOver).then(|| "low_confidence".to_owned()),
        urgent,
        article: asked.article.map(str::to_owned),
        area: asked.area.map(str::to_owned),
        regime: asked.regime.map(str::to_owned),
        audience: None,
        lang: asked.lang.parse::<Lang>().unwrap(),
    });
    let receipt = record.receipt.as_ref().unwrap().id.clone();
    store.commit_turn(record).await.unwrap();
    if let Some(helpful) = asked.helpful {
        let feedback = Feedback {
            receipt,
            helpful,
            comment: Some(PLANTED.to_owned()),
        };
        let later = at("2026-07-10T11:00:00Z");
        store.add_feedback(id, feedback, later).await.unwrap();
    }
}

/// A case of a conversation, opened at an instant.
async fn case(
    store: &Store,
    ids: &mut Ids,
    (id, version): (&ConversationId, u64),
    opened: &str,
    (kind, priority): (CaseKind, Priority),
) -> NewCase {
    let new = NewCase {
        reference: ids.case(),
        conversation: id.clone(),
        priority,
        kind,
        reason: "asked_for_person".to_owned(),
        area: Some("kent".to_owned()),
        packet: Packet {
            own_words: vec![PLANTED.to_owned()],
            ..Packet::default()
        },
        reply_expected_by: Some(at(opened) + jiff::SignedDuration::from_hours(4)),
    };
    let mut record = turn(ids, id, version, PLANTED);
    record.at = at(opened);
    record.opened.push(new.clone());
    store.commit_turn(record).await.unwrap();
    new
}

fn sam() -> Caller {
    Caller::everywhere("sam")
}

async fn told(store: &Store, reach: &Reach, smallest: u64) -> ReportTold {
    let library = &world::knowledge().library;
    let now = at("2026-10-01T09:00:00Z");
    report(store, library, "Test", reach, summer(), smallest, now)
        .await
        .unwrap()
}

/// The lines of a table as JSON has them: code and count.
fn lines(report: &ReportTold, table: &str) -> Vec<(String, Option<u64>)> {
    let json = ReportFormat::Json.write(report).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    let tables = json["tables"].as_array().unwrap();
    let found = tables.iter().find(|t| t["id"] == table).unwrap();
    let rows = found["lines"].as_array().unwrap().iter();
    rows.map(|r| (r["code"].as_str().unwrap().to_owned(), r["count"].as_u64()))
        .collect()
}

fn total(report: &ReportTold, table: &str) -> Option<u64> {
    let found = report.tables.iter().find(|t| t.id == table);
    found.unwrap().total
}
