//! `GET .../messages?after=`: what was said so far, and the form of one message.
//! What never lives here: live messages (events.rs).

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use waymark::casework::Message;

use super::caller::{After, Caller};
use crate::{app::App, trouble::Trouble};

/// Most messages in one answer.
const MOST: u32 = 200;

/// Lists messages after a number, oldest first; `more` says that there are further ones.
pub(crate) async fn list(
    State(app): State<App>,
    After(after): After,
    caller: Caller,
) -> Result<Response, Trouble> {
    let messages = app.desk.history(&caller.0, after, MOST).await?;
    let last = messages.last().map_or(after, |m| m.seq);
    let more = !app.desk.history(&caller.0, last, 1).await?.is_empty();
    let messages: Vec<Value> = messages.iter().map(shown).collect();
    Ok(axum::Json(json!({"messages": messages, "more": more})).into_response())
}

/// One message as the API shows it: as kept, with the reply as an object instead of a text.
pub(crate) fn shown(kept: &Message) -> Value {
    let message = &kept.message;
    let reply = message.reply_json.as_deref();
    let reply: Option<Value> = reply.and_then(|json| serde_json::from_str(json).ok());
    json!({
        "seq": kept.seq,
        "at": kept.at,
        "id": message.id,
        "author": message.author,
        "name": message.name,
        "text": message.text,
        "lang": message.lang,
        "reply": reply,
        "receipt": message.receipt,
        "case": message.case,
    })
}
