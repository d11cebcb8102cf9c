//! For operators and machines: health, readiness, metrics, security.txt, the OpenAPI document.
//! What never lives here: anything about a person or a conversation.

use std::time::Duration;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use waymark::casework::Reach;

use crate::{app::App, packing::FOR_ALL, trouble::Trouble};

/// The hand-written description of the API.
const OPENAPI: &str = include_str!("../assets/openapi.json");

/// `GET /healthz`: the process runs.
pub(crate) async fn healthz() -> Response {
    axum::Json(json!({"status": "ok"})).into_response()
}

/// `GET /readyz`: it can answer.
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    let health = app.desk.health().await;
    let status = if health.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, axum::Json(health)).into_response()
}

/// `GET /metrics`, on its own listener.
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    // Counted when it is asked for; should the store not answer, the last counts stand and /readyz tells.
    if let Ok(cases) = app.desk.open_cases().await {
        for (priority, count) in cases {
            app.metrics.open_cases(priority, count);
        }
    }
    let (store, now) = (app.desk.store(), app.desk.clock().now());
    if let Ok(counts) = store.case_counts(&Reach::Everywhere, now.instant).await {
        app.metrics.overdue(counts.overdue);
    }
    if let Ok(standing) = store.standing(now.today).await {
        app.metrics.standing(&standing);
    }
    app.metrics.health(&app.desk.health().await);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response()
}

/// `GET /api/openapi.json`.
pub(crate) async fn openapi() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (FOR_ALL, headers, OPENAPI).into_response()
}

/// `GET /.well-known/security.txt` (RFC 9116), good for a year.
pub(crate) async fn security(State(app): State<App>) -> Result<Response, Trouble> {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let contact = app.settings.security_contact.trim();
    let now = app.desk.clock().now().instant;
    let expires = now.checked_add(YEAR).map_err(|_| Trouble::Fault)?;
    // A line break in the setting would add fields of its own.
    if contact.is_empty() || contact.contains(char::is_control) {
        return Err(Trouble::NoSecurityContact);
    }
    let text = format!("Contact: {contact}\nExpires: {expires:.0}\nPreferred-Languages: en\n");
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, text).into_response())
}
