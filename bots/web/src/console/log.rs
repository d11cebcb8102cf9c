//! The log for auditors: whether the logs are whole, and what happened to accounts.
//! What never lives here: a case's own history (its page).

use axum::{extract::State, response::Response};
use waymark::{base::plain_time, casework::StaffEvent, store::ChainCheck};

use super::{
    page,
    session::Staff,
    views::{Frame, LogPage, StaffEventRow},
};
use crate::{app::App, trouble::Trouble};

/// Events on the page.
const NEWEST: u32 = 200;

/// An event in words.
pub(super) fn event_row(event: &StaffEvent) -> StaffEventRow {
    let what = match event.kind.as_str() {
        "added" => "Account added".to_owned(),
        "granted" => format!("Roles: {}", event.detail.replace(',', ", ")),
        "reset" => "Reset and invited anew".to_owned(),
        "disabled" => "Disabled".to_owned(),
        "credentials" => "New password or second factor".to_owned(),
        "signed_in" => "Signed in".to_owned(),
        "signed_out" => "Signed out".to_owned(),
        "others_signed_out" => "Other sessions ended".to_owned(),
        "refused" => "Sign-in refused".to_owned(),
        other => other.to_owned(),
    };
    StaffEventRow {
        at: plain_time(event.at),
        account: event.account.clone(),
        what,
        actor: event.actor.clone(),
    }
}

/// Whether a log is whole, and that in words.
fn told(name: &str, check: ChainCheck) -> (bool, String) {
    match check {
        ChainCheck::Whole { events } => (
            true,
            format!("{name} is whole: {events} events, each linked to the one before it."),
        ),
        ChainCheck::Broken { seq, why } => {
            (false, format!("{name} is broken at event {seq}: {why}."))
        }
    }
}

/// `GET /console/log`.
pub(crate) async fn show(State(app): State<App>, staff: Staff) -> Result<Response, Trouble> {
    let store = app.desk.store();
    let cases = told("The log of cases", store.verify_chain().await?);
    let accounts = told("The staff log", store.verify_staff_log().await?);
    let events = store.staff_events(None, NEWEST).await?;
    page(&LogPage {
        frame: Frame::inside(&app, &staff, "/console/log"),
        cases,
        staff: accounts,
        events: events.iter().map(event_row).collect(),
    })
}
