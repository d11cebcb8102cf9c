//! The page's recorder and its reading aloud: the voice routes of the API for whoever holds the cookie.
//! What never lives here: sound (the library), what to reply (the desk). Recordings are never kept.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use serde::Deserialize;

use super::{
    chat::{drawn, numbered},
    leave::limited,
    visitor::{OurForm, Visitor},
};
use crate::{
    api::voice::{Listen, answered, read_out},
    app::App,
    body::Recording,
    trouble::Trouble,
};

/// What the recorder says beside a recording.
#[derive(Deserialize, Default)]
pub(crate) struct Beside {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    after: u64,
}

/// `POST /chat/voice`: hears a recording and answers it; the script gets the new messages, drawn. Never limited, as messages
/// are not: it may be a cry for help.
pub(crate) async fn hear(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    _: OurForm,
    beside: Result<Query<Beside>, QueryRejection>,
    Recording(bytes): Recording,
) -> Result<Response, Trouble> {
    let id = visitor.ok_or(Trouble::UnknownConversation)?;
    let beside = beside.map(|Query(beside)| beside).unwrap_or_default();
    let client_id = numbered(&beside.client_id);
    answered(&app, &id, client_id.as_deref(), bytes).await?;
    drawn(&app, &id, beside.after, None).await
}

/// `GET /chat/speech?message=`: a message of the conversation as sound.
pub(crate) async fn speech(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    listen: Result<Query<Listen>, QueryRejection>,
) -> Result<Response, Trouble> {
    let id = limited(&app, visitor)?;
    let Query(listen) = listen.map_err(|_| Trouble::NotFound)?;
    read_out(&app, &id, listen).await
}
