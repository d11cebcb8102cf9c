//! What a person may do with their conversation: say whether an answer helped, take a copy, have it erased.
//! What never lives here: retention (casework).

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use waymark::{base::ReceiptId, casework::Feedback};

use super::caller::Caller;
use crate::{app::App, body::Json, trouble::Trouble};

/// Whether an answer helped.
#[derive(Deserialize)]
pub(crate) struct Helped {
    receipt: String,
    helpful: bool,
    comment: Option<String>,
}

/// `POST .../feedback`.
pub(crate) async fn feedback(
    State(app): State<App>,
    caller: Caller,
    Json(helped): Json<Helped>,
) -> Result<StatusCode, Trouble> {
    let id = caller.limited(&app)?;
    let feedback = Feedback {
        receipt: receipt(&helped.receipt)?,
        helpful: helped.helpful,
        comment: helped.comment,
    };
    app.desk.feedback(&id, feedback).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads a receipt's id.
pub(crate) fn receipt(text: &str) -> Result<ReceiptId, Trouble> {
    text.parse().map_err(|_| {
        Trouble::BadInput("\"receipt\" is the receipt of a reply in this conversation.".to_owned())
    })
}

/// `GET .../export`: everything kept about the conversation, as a file.
pub(crate) async fn export(State(app): State<App>, caller: Caller) -> Result<Response, Trouble> {
    let id = caller.limited(&app)?;
    let copy = app.desk.export(&id).await?;
    let name = "attachment; filename=\"conversation.json\"";
    Ok(([(header::CONTENT_DISPOSITION, name)], axum::Json(copy)).into_response())
}

/// `DELETE ...`: erased, for good; or, where a case must be kept, a request that a person decides.
pub(crate) async fn erase(State(app): State<App>, caller: Caller) -> Result<Response, Trouble> {
    let id = caller.limited(&app)?;
    Ok(match app.desk.erase(&id).await? {
        None => StatusCode::NO_CONTENT.into_response(),
        Some(case) => {
            let asked = serde_json::json!({"requested": case});
            (StatusCode::ACCEPTED, axum::Json(asked)).into_response()
        }
    })
}
