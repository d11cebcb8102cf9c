//! Turns a trouble into what its reader can use: a problem document (RFC 9457) for programs, a page for people.
//! What never lives here: the wording (trouble.rs), the page itself (pages).

use std::any::Any;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{
    app::{App, emergency},
    console, pages,
    trouble::Trouble,
};

/// Draws whatever trouble a handler ended in.
pub(crate) async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let for_program = request.uri().path().starts_with("/api/") || wants_json(request.headers());
    let for_staff = request.uri().path().starts_with("/console");
    let wrote = request.method() == Method::POST;
    let response = next.run(request).await;
    let Some(trouble) = response.extensions().get::<Trouble>().cloned() else {
        return response;
    };
    let mut drawn = if for_program {
        problem(&app, &trouble, wrote)
    } else if for_staff {
        console::trouble(&app, &trouble)
    } else {
        pages::trouble(&app, &trouble)
    };
    let headers = drawn.headers_mut();
    match trouble {
        Trouble::NoToken => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Trouble::TooMany | Trouble::TooManyStreams => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        Trouble::Busy => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        _ => {}
    }
    // Which methods an address knows was found out by the router; the drawing must not lose it.
    if let Some(allow) = response.headers().get(header::ALLOW) {
        drawn.headers_mut().insert(header::ALLOW, allow.clone());
    }
    drawn
}

/// Whether the answer is to be JSON.
pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"))
}

/// A handler broke: the panic's own text is not shown, for it may hold what somebody wrote.
pub(crate) fn broke(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler broke off");
    Trouble::Fault.into_response()
}

fn problem(app: &App, trouble: &Trouble, wrote: bool) -> Response {
    let told = trouble.told();
    let mut detail = told.detail.into_owned();
    if wrote {
        // Words may have been lost here, unread by triage: the one number that matters goes with every refusal.
        let number = emergency(&app.desk.library());
        detail.push_str(&format!(" If someone may be in danger, call {number} now."));
    }
    let body = json!({
        "type": format!("urn:waymark:problem:{}", told.slug),
        "title": told.title,
        "status": told.status.as_u16(),
        "detail": detail,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (told.status, kind, body.to_string()).into_response()
}
