//! Moving a request about personal data on: recorded, acknowledged, its clock stopped and started, decided with a reason.
//! What never lives here: what the page shows (requests.rs), the clocks (casework), what an erasure takes (store).

use axum::{
    extract::{Path, State},
    response::Response,
};
use jiff::{Timestamp, civil::Date};
use waymark::{
    base::{CaseReference, Now},
    casework::{Act, Decision, RequestKind, RequestMove},
    store::StoreError,
};

use super::{
    acts::{Done, Failed, at},
    case::{caller, reference},
    onward, requests,
    session::{Signed, Staff},
    views::Wrong,
    words::{self, DECISIONS, REQUESTS},
};
use crate::{app::App, body::Form, trouble::Trouble};

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        at("main")(error)
    }
}

fn wrong(field: &'static str, words: &str) -> Failed {
    Failed::Wrong(Wrong::new(field, words))
}

/// `POST /console/requests/{reference}`.
pub(crate) async fn submit(
    State(app): State<App>,
    staff: Staff,
    Path(asked): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Trouble> {
    let reference = reference(&asked)?;
    requests::within(&app, &staff, &reference).await?;
    match done(&app, &staff, &reference, &form).await {
        Ok(done) => Ok(onward(
            &format!("/console/requests/{reference}?done={done}"),
            None,
        )),
        Err(Failed::Trouble(trouble)) => Err(trouble),
        Err(Failed::Wrong(wrong)) => {
            let told = Some((wrong, form.get("reason").to_owned()));
            requests::draw(&app, &staff, &reference, None, told).await
        }
    }
}

async fn done(app: &App, staff: &Staff, reference: &CaseReference, form: &Form) -> Done {
    let (by, done) = match form.get("act") {
        "record" => return record(app, staff, reference, form).await,
        "decide" => return decide(app, staff, reference, form).await,
        "acknowledge" => (RequestMove::Acknowledge, "acknowledged"),
        "stop" => (RequestMove::StopClock, "stopped"),
        "start" => (RequestMove::StartClock, "started"),
        "extend" => (RequestMove::Extend, "extended"),
        _ => return Err(Trouble::BadInput("choose what to do".to_owned()).into()),
    };
    let (caller, now) = (caller(staff, Act::DecidePersonalData), now(app));
    let store = app.desk.store();
    store.move_request(&caller, reference, by, now).await?;
    Ok(done)
}

fn now(app: &App) -> Timestamp {
    app.desk.clock().now().instant
}

async fn record(app: &App, staff: &Staff, reference: &CaseReference, form: &Form) -> Done {
    let kind: RequestKind = words::code(&REQUESTS, form.get("kind"))
        .ok_or_else(|| wrong("kind", "Choose what is asked."))?;
    let (caller, now) = (caller(staff, Act::DecidePersonalData), now(app));
    let received = match form.get("received").trim() {
        "" => None,
        day => {
            let day = day.parse::<Date>().ok().map(|d| Now::starting(d).instant);
            let past = day.filter(|day| *day <= now);
            let told = "Give the day on which it came in, not later than today.";
            Some(past.ok_or_else(|| wrong("received", told))?)
        }
    };
    let store = app.desk.store();
    store
        .record_request(&caller, reference, kind, received, now)
        .await?;
    Ok("recorded")
}

/// The reason becomes a note on the case; with an erasure it goes with all other words.
async fn decide(app: &App, staff: &Staff, reference: &CaseReference, form: &Form) -> Done {
    let decision = words::code(&DECISIONS, form.get("decision"))
        .ok_or_else(|| wrong("decision", "Choose how it is decided."))?;
    let reason = form.get("reason").trim();
    let why_needed = matches!(decision, Decision::Partly | Decision::Refused);
    if why_needed && reason.is_empty() {
        let told = "Write why. The person is told, and may ask the Information Commissioner.";
        return Err(wrong("reason", told));
    }
    let (caller, now) = (caller(staff, Act::DecidePersonalData), now(app));
    let store = app.desk.store();
    let request = store.request(&caller.reach, reference).await?;
    let open = request.filter(|r| r.decided.is_none());
    let request = open.ok_or_else(|| wrong("main", "This request has been decided."))?;
    let erases = request.kind == RequestKind::Erasure && decision == Decision::Granted;
    if erases && form.get("sure") != "yes" {
        let told = "Tick that the person has been told. Nobody can write to them afterwards.";
        return Err(wrong("sure", told));
    }
    if erases {
        let case = requests::within(app, staff, reference).await?;
        let conversation = case.opened.conversation;
        // First, so that a crash in between leaves it to be decided again and not to be forgotten.
        store.erase_person(&caller, &conversation, now).await?;
    } else if !reason.is_empty() {
        let note = app.desk.note_id().map_err(Trouble::from)?;
        let text = format!("{}: {reason}", words::words(&DECISIONS, decision));
        store.add_note(&caller, reference, note, &text, now).await?;
    }
    let by = RequestMove::Decide(decision);
    store.move_request(&caller, reference, by, now).await?;
    Ok(if erases { "erased" } else { "decided" })
}
