//! Requests about personal data: what is asked, by when, how it stands; and the page of one, with what may be done now.
//! What never lives here: moving one on (deciding.rs), giving a copy out (copy.rs), the clocks (casework).

use askama::Template;
use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Deserialize;
use waymark::{
    base::{CaseReference, plain_time},
    casework::{Act, Case, CaseEventKind, CaseKind, Reach, Request, RequestKind},
    store::CaseFilter,
};

use super::{
    case::{reference, unknown},
    case_views::HistoryView,
    page,
    queue::{self, Menu, menu},
    session::Staff,
    views::{Frame, Wrong},
    words::{self, DECISIONS, REQUESTS},
};
use crate::{app::App, trouble::Trouble};

const HERE: &str = "/console/requests";

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// `decided`; else what is open.
    #[serde(default)]
    view: String,
    #[serde(default)]
    done: String,
}

/// Something that must be done by a day.
struct Due {
    what: &'static str,
    by: String,
    near: String,
    late: bool,
}

/// One request.
struct Row {
    reference: String,
    kind: &'static str,
    received: String,
    area: String,
    dues: Vec<Due>,
    late: bool,
    stopped: bool,
    extended: bool,
    /// How and when it was decided.
    decided: Option<String>,
}

/// A case about personal data that nobody has made a request yet.
struct Unsorted {
    reference: String,
    opened: String,
    area: String,
}

#[derive(Template)]
#[template(path = "console/requests.html")]
struct RequestsPage {
    frame: Frame,
    decided: bool,
    rows: Vec<Row>,
    unsorted: Vec<Unsorted>,
}

/// What the page of one request is filled with.
#[derive(Template)]
#[template(path = "console/request.html")]
struct RequestPage {
    frame: Frame,
    reference: String,
    /// `None`: this case carries no request yet.
    row: Option<Row>,
    complaint: bool,
    erasure: bool,
    acknowledged: Option<String>,
    stops: Vec<String>,
    kinds: Vec<Menu>,
    decisions: Vec<Menu>,
    reason: String,
    /// The words were erased: there is nothing to give out any more.
    erased: bool,
    history: Vec<HistoryView>,
    wrong: Option<Wrong>,
}

fn dues(request: &Request, now: Timestamp) -> Vec<Due> {
    if request.decided.is_some() {
        return Vec::new();
    }
    let each = [
        ("Acknowledge", request.acknowledge_by()),
        ("Answer", request.respond_by(now)),
    ];
    let due = |(what, by): (&'static str, Option<Timestamp>)| {
        by.map(|by| Due {
            what,
            by: plain_time(by),
            near: words::near(by, now),
            late: by < now,
        })
    };
    each.into_iter().filter_map(due).collect()
}

fn row(app: &App, request: &Request, case: &Case, now: Timestamp) -> Row {
    let dues = dues(request, now);
    let decided = request.decided.zip(request.decision);
    Row {
        reference: request.case.to_string(),
        kind: words::words(&REQUESTS, request.kind),
        received: plain_time(request.received),
        area: queue::area(&app.desk.library(), case.opened.area.as_deref()),
        late: dues.iter().any(|d| d.late),
        dues,
        stopped: request.stopped(),
        extended: request.extended,
        decided: decided
            .map(|(at, how)| format!("{}, {}", words::words(&DECISIONS, how), plain_time(at))),
    }
}

/// A request in one line, for the page of its case.
pub(super) fn standing(request: &Request, now: Timestamp) -> String {
    let kind = words::words(&REQUESTS, request.kind);
    let dues = dues(request, now);
    match (dues.first(), request.decision) {
        (_, Some(how)) => format!("{kind}: {}", words::words(&DECISIONS, how).to_lowercase()),
        (Some(due), _) => format!("{kind}: {} {}", due.what.to_lowercase(), due.near),
        (None, _) if request.stopped() => format!("{kind}: the clock is stopped"),
        (None, None) => kind.to_owned(),
    }
}

/// The nearest day first; without one, by receipt.
fn order(request: &Request, now: Timestamp) -> (Timestamp, Timestamp) {
    let days = [request.acknowledge_by(), request.respond_by(now)];
    let nearest = days.into_iter().flatten().min();
    (nearest.unwrap_or(Timestamp::MAX), request.received)
}

/// `GET /console/requests`.
pub(crate) async fn list(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let now = app.desk.clock().now().instant;
    let reach = staff.account.grants.reach(Act::DecidePersonalData);
    let (store, decided) = (app.desk.store(), asked.view == "decided");
    let all = store.requests(&reach, true).await?;
    let mut shown: Vec<&Request> = all
        .iter()
        .filter(|r| r.decided.is_some() == decided)
        .collect();
    shown.sort_by_key(|r| order(r, now));
    if decided {
        shown.sort_by_key(|r| std::cmp::Reverse(r.decided));
    }
    let mut rows = Vec::new();
    for request in shown {
        if let Some(case) = store.case(&request.case).await? {
            rows.push(row(&app, request, &case, now));
        }
    }
    page(&RequestsPage {
        frame: Frame::inside(&app, &staff, HERE),
        decided,
        rows,
        unsorted: unsorted(&app, &reach, &all).await?,
    })
}

/// Open cases about personal data that carry no request.
async fn unsorted(app: &App, reach: &Reach, known: &[Request]) -> Result<Vec<Unsorted>, Trouble> {
    let filter = CaseFilter {
        kind: Some(CaseKind::DataProtection),
        ..CaseFilter::default()
    };
    let cases = app.desk.store().cases(reach, filter).await?;
    let library = app.desk.library();
    let free = cases
        .into_iter()
        .filter(|c| known.iter().all(|r| r.case != c.opened.reference));
    Ok(free
        .map(|case| Unsorted {
            opened: plain_time(case.created),
            area: queue::area(&library, case.opened.area.as_deref()),
            reference: case.opened.reference.to_string(),
        })
        .collect())
}

/// A case within reach of whoever decides; any other does not exist.
pub(super) async fn within(
    app: &App,
    staff: &Staff,
    reference: &CaseReference,
) -> Result<Case, Trouble> {
    let reach = staff.account.grants.reach(Act::DecidePersonalData);
    let case = app.desk.store().case(reference).await?;
    case.filter(|c| reach.covers(c.opened.area.as_deref()))
        .ok_or(Trouble::UnknownCase)
}

/// `GET /console/requests/{reference}`.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(path): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let notice = match asked.done.as_str() {
        "recorded" => Some("The request is recorded."),
        "acknowledged" => Some("Noted: the person was told that it came in."),
        "stopped" => Some("The clock stands still."),
        "started" => Some("The clock runs again."),
        "extended" => Some("Two months more. Tell the person why."),
        "decided" => Some("Decided. Close the case when the person has been told."),
        "erased" => Some("Decided, and erased. Close the case."),
        _ => None,
    };
    draw(&app, &staff, &reference(&path)?, notice, None).await
}

/// The page, with 422 where something was wrong; `wrong` brings what was typed as the reason.
pub(super) async fn draw(
    app: &App,
    staff: &Staff,
    reference: &CaseReference,
    notice: Option<&'static str>,
    wrong: Option<(Wrong, String)>,
) -> Result<Response, Trouble> {
    let now = app.desk.clock().now().instant;
    let case = within(app, staff, reference).await?;
    let store = app.desk.store();
    let reach = staff.account.grants.reach(Act::DecidePersonalData);
    let request = store.request(&reach, reference).await.map_err(unknown)?;
    let kind = request.as_ref().map(|r| r.kind);
    let chosen = kind.map_or("", |k| words::value(&REQUESTS, k));
    let stops = request.iter().flat_map(|r| &r.stops);
    let events = store.case_events(reference).await?;
    let (wrong, reason) = wrong.map_or((None, String::new()), |(w, r)| (Some(w), r));
    let told = wrong.is_some();
    let drawn = page(&RequestPage {
        frame: Frame::inside(app, staff, HERE).saying(notice),
        reference: reference.to_string(),
        complaint: kind == Some(RequestKind::Complaint),
        erasure: kind == Some(RequestKind::Erasure),
        acknowledged: request
            .as_ref()
            .and_then(|r| r.acknowledged)
            .map(plain_time),
        stops: stops
            .map(|stop| match stop.until {
                Some(until) => format!("{} to {}", plain_time(stop.from), plain_time(until)),
                None => format!("since {}", plain_time(stop.from)),
            })
            .collect(),
        row: request.as_ref().map(|r| row(app, r, &case, now)),
        kinds: menu(&REQUESTS.map(|(_, v, w)| (v, w)), chosen),
        decisions: menu(&DECISIONS.map(|(_, v, w)| (v, w)), ""),
        reason,
        erased: events.iter().any(|e| e.event.kind == CaseEventKind::Erased),
        history: history(&events),
        wrong,
    })?;
    Ok(match told {
        true => (StatusCode::UNPROCESSABLE_ENTITY, drawn).into_response(),
        false => drawn,
    })
}

/// What happened to the person's data here, newest first.
fn history(events: &[waymark::casework::CaseEvent]) -> Vec<HistoryView> {
    use CaseEventKind::{Erased, Exported, Opened, Request};
    let about = |kind| matches!(kind, Request | Exported | Erased | Opened);
    let told = events.iter().rev().filter(|e| about(e.event.kind));
    told.map(|event| HistoryView {
        at: plain_time(event.at),
        by: event.event.actor.clone(),
        what: words::event(event),
        times: 1,
    })
    .collect()
}
