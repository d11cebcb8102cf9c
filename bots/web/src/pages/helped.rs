//! Was this helpful, and if not, why.
//! What never lives here: what becomes of it (the adviser console, reports).

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use waymark::casework::Feedback;

use super::{
    frame::Frame,
    leave::limited,
    onward, page,
    views::HelpedPage,
    visitor::{OurForm, Visitor},
};
use crate::{api::person::receipt, app::App, body::Form, dress::wants_json, trouble::Trouble};

/// Why an answer did not help; the form sends the place in this list, from 1.
pub(crate) const REASONS: [&str; 5] = [
    "It did not answer my question",
    "It was hard to understand",
    "It does not fit my situation",
    "I think it is wrong or out of date",
    "I wanted a person",
];

/// `POST /chat/feedback`. A "no" without a reason leads to the page that asks for one.
pub(crate) async fn feedback(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    headers: HeaderMap,
    _: OurForm,
    form: Form,
) -> Result<Response, Trouble> {
    let id = limited(&app, visitor)?;
    let receipt = receipt(form.get("receipt"))?;
    let helpful = form.get("helpful") == "yes";
    let reason = form.get("reason").parse::<usize>().ok();
    let reason = reason.and_then(|n| REASONS.get(n.checked_sub(1)?));
    let comment = form.get("comment").trim();
    let told: Vec<&str> = reason
        .into_iter()
        .copied()
        .chain((!comment.is_empty()).then_some(comment))
        .collect();
    let asks_why = !helpful && told.is_empty() && !form.has("comment");
    let why = format!("/chat/why?receipt={receipt}");
    let feedback = Feedback {
        receipt,
        helpful,
        comment: (!told.is_empty()).then(|| told.join(": ")),
    };
    app.desk.feedback(&id, feedback).await?;
    if wants_json(&headers) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let next = if asks_why {
        &why
    } else {
        "/?done=helped#notice"
    };
    Ok(onward(next, None))
}

/// Which answer.
#[derive(Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    receipt: String,
}

/// `GET /chat/why`: asks for the reason, where no script does.
pub(crate) async fn why(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = which.map(|Query(which)| which.receipt).unwrap_or_default();
    // Come to by hand, or by half an address: there is nothing to ask about.
    let (Some(_), Ok(receipt)) = (visitor, receipt(&asked)) else {
        return Ok(onward("/", None));
    };
    page(&HelpedPage {
        frame: Frame::new(&app),
        receipt: receipt.to_string(),
    })
}
