//! `waymark cases export`, `gaps` and `requests`: what a report is made of, codes and instants; and the clocks of requests.
//! What never lives here: people's words, but for the questions of `gaps`.

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;
use waymark::{
    base::CaseReference,
    casework::{Caller, Case, Decision, Reach, RequestKind, RequestMove},
    store::{CaseFilter, Store},
};

use crate::out;

/// One case without words.
#[derive(Serialize)]
struct Row {
    reference: CaseReference,
    channel: String,
    kind: String,
    priority: String,
    area: String,
    client_group: String,
    reason: String,
    state: String,
    outcome: String,
    opened: String,
    reply_expected_by: String,
    first_opened: String,
    first_replied: String,
    closed: String,
    rating: String,
}

/// Columns in the order of `Row`.
const HEAD: &str = "reference,channel,kind,priority,area,client_group,reason,state,outcome,opened,reply_expected_by,\
                    first_opened,first_replied,closed,rating";

fn row(case: &Case) -> Row {
    let when = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let opened = &case.opened;
    Row {
        reference: opened.reference.clone(),
        channel: word(&case.channel),
        kind: word(&opened.kind),
        priority: word(&opened.priority),
        area: opened.area.clone().unwrap_or_default(),
        client_group: case.client_group.as_ref().map(word).unwrap_or_default(),
        reason: opened.reason.clone(),
        state: word(&case.state),
        outcome: case.outcome.clone().unwrap_or_default(),
        opened: case.created.to_string(),
        reply_expected_by: when(opened.reply_expected_by),
        first_opened: when(case.first_opened),
        first_replied: when(case.first_replied),
        closed: when(case.closed),
        rating: case.rating.as_ref().map(word).unwrap_or_default(),
    }
}

/// Every case opened between the two, without words.
pub(super) async fn all(
    store: &Store,
    (from, until): (Timestamp, Timestamp),
    json: bool,
) -> Result<()> {
    let filter = CaseFilter {
        states: Vec::new(),
        limit: u32::MAX,
        ..CaseFilter::default()
    };
    let mut cases = store.cases(&Reach::Everywhere, filter).await?;
    cases.retain(|c| c.created >= from && c.created < until);
    cases.sort_by_key(|c| (c.created, c.opened.reference.clone()));
    if !json {
        out::line(HEAD);
    }
    for case in &cases {
        let row = row(case);
        if json {
            out::line(serde_json::to_string(&row)?);
            continue;
        }
        let serde_json::Value::Object(fields) = serde_json::to_value(&row)? else {
            continue;
        };
        let cells = HEAD
            .split(',')
            .map(|key| cell(fields[key].as_str().unwrap_or("")));
        out::line(cells.collect::<Vec<_>>().join(","));
    }
    Ok(())
}

/// What the knowledge did not meet, most first.
pub(super) async fn gaps(
    store: &Store,
    (from, until): (Timestamp, Timestamp),
    json: bool,
) -> Result<()> {
    for gap in store
        .knowledge_gaps(&Reach::Everywhere, from, until)
        .await?
    {
        if json {
            out::line(serde_json::to_string(&gap)?);
            continue;
        }
        let article = gap.article.as_deref().unwrap_or("(near nothing)");
        out::line(format!(
            "{:>4}  {article}  unanswered {}, unhelpful {}, rejected {}",
            gap.questions, gap.unanswered, gap.unhelpful, gap.rejected
        ));
        for question in &gap.examples {
            out::line(format!("      {}", question.replace('\n', " ")));
        }
    }
    Ok(())
}

/// Undecided requests and when each is due.
pub(super) async fn requests(store: &Store, now: Timestamp) -> Result<()> {
    let open = store.requests(&Reach::Everywhere, false).await?;
    if open.is_empty() {
        out::line("no open requests");
    }
    for request in open {
        let mut due = Vec::new();
        if let Some(by) = request.acknowledge_by() {
            due.push(format!("acknowledge by {by}"));
        }
        if let Some(by) = request.respond_by(now) {
            due.push(format!("answer by {by}"));
        }
        if request.stopped() {
            due.push("the clock is stopped".to_owned());
        }
        out::line(format!(
            "{}  {:?}  received {}  {}",
            request.case,
            request.kind,
            request.received,
            due.join(", ")
        ));
    }
    Ok(())
}

/// What a request is, or how it moves on.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Step {
    /// It asks for a copy.
    Access,
    /// It asks for erasure (`waymark person erase` does it).
    Erasure,
    /// It is a complaint about how data was handled.
    Complaint,
    /// The person was told that it has come in.
    Acknowledge,
    /// We asked them something that we cannot go on without.
    StopClock,
    /// They have answered.
    StartClock,
    /// Two months more.
    Extend,
    /// Done as asked.
    Granted,
    /// Done in part.
    Partly,
    /// Not done.
    Refused,
    /// Taken back.
    Withdrawn,
}

/// Records a request, or moves it on.
pub(super) async fn step(
    store: &Store,
    caller: &Caller,
    case: &CaseReference,
    step: Step,
    now: Timestamp,
) -> Result<()> {
    let by = match step {
        Step::Access | Step::Erasure | Step::Complaint => {
            let kind = match step {
                Step::Access => RequestKind::Access,
                Step::Erasure => RequestKind::Erasure,
                _ => RequestKind::Complaint,
            };
            store.record_request(caller, case, kind, None, now).await?;
            return requests(store, now).await;
        }
        Step::Acknowledge => RequestMove::Acknowledge,
        Step::StopClock => RequestMove::StopClock,
        Step::StartClock => RequestMove::StartClock,
        Step::Extend => RequestMove::Extend,
        Step::Granted => RequestMove::Decide(Decision::Granted),
        Step::Partly => RequestMove::Decide(Decision::Partly),
        Step::Refused => RequestMove::Decide(Decision::Refused),
        Step::Withdrawn => RequestMove::Decide(Decision::Withdrawn),
    };
    store.move_request(caller, case, by, now).await?;
    requests(store, now).await
}

fn word<T: Serialize>(value: &T) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|w| w.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// A cell of a table: quoted where it must be, and never taken for a formula.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
