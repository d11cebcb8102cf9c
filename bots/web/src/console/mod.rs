//! The adviser console: sign-in, accounts, the queue and its cases. Works without JavaScript.
//! What never lives here: what a case may become (casework, store), the matrix of roles (casework), people's pages (pages).

mod account;
mod accounts;
mod acts;
mod case;
mod case_views;
mod copy;
mod deciding;
mod drawing;
mod enquiry;
mod gaps;
mod guard;
mod invitation;
mod limits;
mod live;
mod log;
mod passwords;
mod prove;
mod queue;
mod reply;
mod reports;
mod requests;
mod routes;
mod saved;
mod second_factor;
mod session;
mod sign_in;
mod single_sign_on;
mod standing;
mod views;
pub(crate) mod words;

use askama::Template;
use axum::{
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};

use sha2::{Digest as _, Sha256};

use crate::{app::App, trouble::Trouble};

pub use guard::Access;
pub use routes::console_routes;
pub(crate) use routes::routes;
pub use second_factor::{SealError, seal_second_factors, second_factors_resealed};

/// What the console keeps in memory.
pub(crate) struct Console {
    passwords: passwords::Passwords,
    limits: limits::Limits,
}

impl Console {
    pub(crate) fn new() -> Self {
        Self {
            passwords: passwords::Passwords::new(),
            limits: limits::Limits::new(),
        }
    }
}

/// Thirty-two bytes that nobody can guess.
fn fresh_bytes(app: &App) -> Result<[u8; 32], Trouble> {
    let token = app.desk.ids()?.token();
    Ok(Sha256::digest(token.reveal()).into())
}

/// Draws a page; a template that fails is our fault.
fn page(template: &impl Template) -> Result<Response, Trouble> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a console page could not be drawn");
        Trouble::Fault
    })?;
    Ok(Html(html).into_response())
}

/// The console's page for a trouble.
pub(crate) fn trouble(app: &App, trouble: &Trouble) -> Response {
    let told = trouble.told();
    let view = views::TroublePage {
        frame: views::Frame::outside(app),
        title: told.title,
        detail: told.detail.into_owned(),
    };
    let mut response = page(&view).unwrap_or_else(|_| told.title.into_response());
    *response.status_mut() = told.status;
    response
}

/// On to another page, with a cookie on the way.
fn onward(to: &str, cookie: Option<String>) -> Response {
    let redirect = Redirect::to(to);
    match cookie {
        Some(cookie) => ([(header::SET_COOKIE, cookie)], redirect).into_response(),
        None => redirect.into_response(),
    }
}
