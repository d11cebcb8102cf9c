//! `POST .../voice`: a recording in, what was heard and the reply out; `GET .../speech`: a message read aloud.
//! What never lives here: sound (the library), what to reply (the desk). Recordings are never kept.

use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use waymark::{
    assistant::{Reply, Said},
    base::ConversationId,
    voice::{Format, Heard, Nothing, SayError, Wish},
};

use super::caller::Caller;
use crate::{app::App, body::Recording, trouble::Trouble};

/// What may be said beside a recording.
#[derive(Deserialize)]
pub(crate) struct Beside {
    client_id: Option<String>,
}

/// Hears a recording and answers it. Never limited, as messages are not: it may be a cry for help.
pub(crate) async fn hear(
    State(app): State<App>,
    caller: Caller,
    Query(beside): Query<Beside>,
    Recording(bytes): Recording,
) -> Result<Response, Trouble> {
    let client_id = beside.client_id.filter(|id| !id.is_empty());
    let (heard, reply) = answered(&app, &caller.0, client_id.as_deref(), bytes).await?;
    Ok(axum::Json(shown(&heard, &reply)).into_response())
}

/// One spoken turn: what was heard, and the reply to it.
pub(crate) async fn answered(
    app: &App,
    id: &ConversationId,
    client_id: Option<&str>,
    bytes: Vec<u8>,
) -> Result<(Heard, Reply), Trouble> {
    let heard = app.desk.hear(bytes).await?;
    let said = Said::Heard(Box::new(heard.clone()));
    let reply = app.turn(id, client_id, said).await?;
    Ok((heard, reply))
}

fn shown(heard: &Heard, reply: &Reply) -> serde_json::Value {
    let nothing = heard.nothing.map(|why| match why {
        Nothing::NoSpeech => "no_speech",
        Nothing::Unclear => "unclear",
        Nothing::OtherLanguage(_) => "other_language",
    });
    json!({
        "transcript": heard.text,
        "confidence": heard.confidence,
        "alternatives": heard.alternatives,
        "nothing": nothing,
        "reply": reply,
    })
}

/// Which message is to be read out, and how.
#[derive(Deserialize)]
pub(crate) struct Listen {
    message: u64,
    voice: Option<String>,
    speed: Option<f32>,
    format: Option<String>,
}

/// Reads a message of the conversation out, as it is spoken.
pub(crate) async fn speech(
    State(app): State<App>,
    caller: Caller,
    listen: Result<Query<Listen>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Trouble> {
    let Query(listen) = listen.map_err(|_| {
        Trouble::BadInput(
            "\"message\" is the number (seq) of a message, \"speed\" a number.".to_owned(),
        )
    })?;
    let id = caller.limited(&app)?;
    read_out(&app, &id, listen).await
}

/// The message as sound, part by part.
pub(crate) async fn read_out(
    app: &App,
    id: &ConversationId,
    listen: Listen,
) -> Result<Response, Trouble> {
    let before = listen.message.saturating_sub(1);
    let found = app.desk.history(id, before, 1).await?;
    let found = found.into_iter().find(|m| m.seq == listen.message);
    let message = found.ok_or(Trouble::NotFound)?.message;
    let format = match listen.format.as_deref() {
        None | Some("ogg") => Format::Ogg,
        Some("wav") => Format::Wav,
        Some(_) => {
            return Err(Trouble::BadInput("\"format\" is ogg or wav.".to_owned()));
        }
    };
    let wish = Wish {
        voice: listen.voice,
        speed: listen.speed.unwrap_or(1.0),
        format,
    };
    let reply: Option<Reply> = message
        .reply_json
        .as_deref()
        .and_then(|json| serde_json::from_str(json).ok());
    let mut speech = match reply {
        Some(reply) => app.desk.read_out(&reply, wish)?,
        None if message.lang.is_english() => app.desk.speak(&message.text, wish)?,
        None => return Err(SayError::NotEnglish.into()),
    };
    // The first part decides the status: what goes wrong before it can still be told.
    let first = speech.next().await.unwrap_or(Err(SayError::Empty))?;
    let parts = stream::unfold((Some(first), speech), |(first, mut speech)| async {
        let part = match first {
            Some(first) => Ok(first),
            None => speech.next().await?,
        };
        Some((part.map(Bytes::from), (None, speech)))
    });
    let headers = [
        (header::CONTENT_TYPE, format.content_type()),
        (header::CACHE_CONTROL, "private, max-age=3600"),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}
