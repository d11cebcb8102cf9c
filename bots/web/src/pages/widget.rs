//! The chat on other websites: the script that a council pastes in, and the page that shows how.
//! What never lives here: who may frame us (headers.rs), the chat itself.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};

use super::{
    chat::areas,
    frame::Frame,
    keep::origin,
    page_for_all,
    views::{WidgetPage, WidgetScript},
};
use crate::{address::Client, app::App, packing::FOR_ALL, trouble::Trouble};

/// `GET /widget.js`: the only file that other websites may fetch.
pub(crate) async fn script(State(app): State<App>, client: Client) -> Result<Response, Trouble> {
    if !app.files.allow(client.network()) {
        return Err(Trouble::TooMany);
    }
    let script = WidgetScript {
        service_json: serde_json::Value::from(app.settings.service_name.as_str()).to_string(),
        colour: app.settings.theme.colour(),
        on_colour: app.settings.theme.on_colour(),
    };
    let body = script.render().map_err(|_| Trouble::Fault)?;
    let told = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    Ok((FOR_ALL, told, body).into_response())
}

/// `GET /widget`: how to put it on a website, and what it looks like there.
pub(crate) async fn demo(State(app): State<App>, headers: HeaderMap) -> Result<Response, Trouble> {
    page_for_all(&WidgetPage {
        frame: Frame::new(&app),
        origin: origin(&app, &headers),
        areas: areas(&app),
        origins: app.settings.widget_origins.clone(),
    })
}
