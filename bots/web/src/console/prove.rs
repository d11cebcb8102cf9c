//! Before a sensitive act: who is it, once more. The session then goes on under a new id.
//! What never lives here: which acts are sensitive (routes.rs).

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    guard, onward, page,
    session::{self, Signed, Staff},
    sign_in::{Typed, is_right},
    views::{Frame, ProvePage, Wrong},
};
use crate::{address::Client, app::App, trouble::Trouble};

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    onward: String,
}

/// `GET /console/prove`.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    page(&form(&app, &staff, &asked.onward, None))
}

fn form(app: &App, staff: &Staff, to: &str, wrong: Option<Wrong>) -> ProvePage {
    ProvePage {
        frame: Frame::inside(app, staff, ""),
        onward: guard::onward(to).to_owned(),
        second_factor: staff.account.second_factor,
        single_sign_on: staff.account.single_sign_on,
        wrong,
    }
}

/// `POST /console/prove`.
pub(crate) async fn submit(
    State(app): State<App>,
    client: Client,
    staff: Staff,
    Signed(fields): Signed,
) -> Result<Response, Trouble> {
    let name = &staff.account.name;
    if !app.console.limits.allow(name, client.network()) {
        return Err(Trouble::TooMany);
    }
    let to = guard::onward(fields.get("onward"));
    if !is_right(&app, &Typed::of(&fields, name)).await? {
        let words = "The password or the code is not right. A code counts only once: wait for the next one.";
        let again = form(&app, &staff, to, Some(Wrong::new("password", words)));
        return Ok((StatusCode::FORBIDDEN, page(&again)?).into_response());
    }
    let cookie = session::prove(&app, &staff).await?;
    Ok(onward(to, Some(cookie)))
}
