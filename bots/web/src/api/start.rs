//! `POST /api/v1/conversations`: a new conversation and its token.
//! What never lives here: the first message (messages.rs).

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use waymark::{assistant::Stated, casework::Channel};

use crate::{address::Client, app::App, body::Json, trouble::Trouble};

/// What may be said at the start.
#[derive(Deserialize)]
pub(crate) struct Start {
    area: Option<String>,
    lang: Option<String>,
}

/// Starts a conversation.
pub(crate) async fn start(
    State(app): State<App>,
    client: Client,
    Json(start): Json<Start>,
) -> Result<Response, Trouble> {
    // Starting costs a row and carries no words; what is said afterwards is never limited.
    if !app.requests.allow(client.network()) {
        return Err(Trouble::TooMany);
    }
    let stated = stated(&app, start)?;
    let (id, token) = app.desk.start(Channel::Web, stated).await?;
    let place = format!("/api/v1/conversations/{id}");
    let body = axum::Json(json!({"id": id, "token": token.reveal()}));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], body).into_response())
}

fn stated(app: &App, start: Start) -> Result<Stated, Trouble> {
    let library = app.desk.library();
    if let Some(area) = &start.area
        && !library.areas.contains_key(area)
    {
        let known: Vec<&str> = library.areas.keys().map(String::as_str).collect();
        let known = known.join(", ");
        return Err(Trouble::BadInput(format!("\"area\" is one of: {known}.")));
    }
    let lang = start.lang.map(|code| code.parse()).transpose();
    let lang = lang.map_err(|_: String| {
        Trouble::BadInput("\"lang\" is a language code such as en or pl.".to_owned())
    })?;
    Ok(Stated {
        area: start.area,
        lang,
        ..Stated::default()
    })
}
