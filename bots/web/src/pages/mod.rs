//! The pages that people see: the chat without and with JavaScript, and the few pages around it.
//! What never lives here: what to answer (the desk), problem documents (dress.rs).

pub(crate) mod carry;
pub(crate) mod chat;
pub(crate) mod frame;
pub(crate) mod guides;
pub(crate) mod helped;
pub(crate) mod keep;
pub(crate) mod leave;
pub(crate) mod letter;
pub(crate) mod map;
pub(crate) mod message;
pub(crate) mod plain;
pub(crate) mod search;
pub(crate) mod views;
pub(crate) mod visitor;
pub(crate) mod voice;
pub(crate) mod widget;

use askama::Template;
use axum::{
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};

use crate::{app::App, packing::FOR_ALL, trouble::Trouble};

/// Draws a page; a template that fails is our fault.
fn page(template: &impl Template) -> Result<Response, Trouble> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be drawn");
        Trouble::Fault
    })?;
    Ok(Html(html).into_response())
}

/// Draws a page that is the same for whoever asks.
fn page_for_all(template: &impl Template) -> Result<Response, Trouble> {
    Ok((FOR_ALL, page(template)?).into_response())
}

/// The page for a trouble.
pub(crate) fn trouble(app: &App, trouble: &Trouble) -> Response {
    trouble_keeping(app, trouble, "")
}

/// The page for a trouble, with what was written still in its box, so that nothing is lost.
fn trouble_keeping(app: &App, trouble: &Trouble, draft: &str) -> Response {
    let told = trouble.told();
    let view = views::TroublePage {
        frame: frame::Frame::new(app),
        title: told.title,
        detail: told.detail.into_owned(),
        draft: crate::markdown::visible(draft),
    };
    let mut response = page(&view).unwrap_or_else(|_| told.title.into_response());
    *response.status_mut() = told.status;
    response
}

/// On to another page, with a cookie set or cleared on the way.
fn onward(to: &str, cookie: Option<String>) -> Response {
    let redirect = Redirect::to(to);
    match cookie {
        Some(cookie) => ([(header::SET_COOKIE, cookie)], redirect).into_response(),
        None => redirect.into_response(),
    }
}
