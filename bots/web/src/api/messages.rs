//! `POST .../messages`: one message, one reply. Never limited, so that triage sees every word.
//! What never lives here: what to reply (the desk).

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use waymark::assistant::Said;

use super::caller::Caller;
use crate::{app::App, body::Json, trouble::Trouble};

/// One message.
#[derive(Deserialize)]
pub(crate) struct Sent {
    text: Option<String>,
    action: Option<String>,
    client_id: Option<String>,
}

/// Sends a message and returns the reply. Words win over a button when both are there: words may tell of danger.
pub(crate) async fn send(
    State(app): State<App>,
    caller: Caller,
    Json(sent): Json<Sent>,
) -> Result<Response, Trouble> {
    let said = match (sent.text, sent.action) {
        (Some(text), None) => Said::Text(text),
        (Some(text), Some(_)) if !text.trim().is_empty() => Said::Text(text),
        (_, Some(action)) => Said::Action(action),
        (None, None) => return Err(Trouble::NoWords),
    };
    let client_id = sent.client_id.filter(|id| !id.is_empty());
    let reply = app.turn(&caller.0, client_id.as_deref(), said).await?;
    Ok(axum::Json(reply).into_response())
}
