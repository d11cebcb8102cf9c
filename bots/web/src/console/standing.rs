//! How the queue stands, in figures, for whoever reads reports: no names, no words, no references.
//! What never lives here: reports over time.

use askama::Template;
use axum::{extract::State, response::Response};
use waymark::{base::plain_time, casework::Act};

use super::{page, session::Staff, views::Frame, words};
use crate::{app::App, trouble::Trouble};

#[derive(Template)]
#[template(path = "console/standing.html")]
struct StandingPage {
    frame: Frame,
    figures: Vec<(&'static str, u64)>,
    oldest: Option<String>,
}

/// `GET /console/standing`.
pub(crate) async fn show(State(app): State<App>, staff: Staff) -> Result<Response, Trouble> {
    let now = app.desk.clock().now().instant;
    let reach = staff.account.grants.reach(Act::SeeReports);
    let counts = app.desk.store().case_counts(&reach, now).await?;
    let oldest = counts.oldest_waiting;
    page(&StandingPage {
        frame: Frame::inside(&app, &staff, "/console/standing"),
        figures: vec![
            ("Open cases", counts.urgent + counts.high + counts.normal),
            ("Of these urgent", counts.urgent),
            ("Of high priority", counts.high),
            ("Overdue", counts.overdue),
            ("That nobody has", counts.waiting),
            ("Put aside", counts.snoozed),
        ],
        oldest: oldest.map(|at| format!("{}, {}", plain_time(at), words::near(at, now))),
    })
}
