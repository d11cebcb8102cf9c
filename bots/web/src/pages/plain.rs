//! The pages that only inform: privacy, accessibility, cookies.
//! What never lives here: anything about one person.

use axum::{extract::State, response::Response};

use super::{
    frame::Frame,
    page,
    views::{AccessibilityPage, CookiesPage, PrivacyPage},
    visitor::cookie_name,
};
use crate::{app::App, trouble::Trouble};

/// `GET /privacy`.
pub(crate) async fn privacy(State(app): State<App>) -> Result<Response, Trouble> {
    page(&PrivacyPage {
        frame: Frame::new(&app),
        cookie_days: app.settings.cookie_days,
        anonymous_days: app.settings.anonymous_days,
        case_years: app.settings.case_years,
    })
}

/// `GET /accessibility`.
pub(crate) async fn accessibility(State(app): State<App>) -> Result<Response, Trouble> {
    page(&AccessibilityPage {
        frame: Frame::new(&app),
    })
}

/// `GET /cookies`.
pub(crate) async fn cookies(State(app): State<App>) -> Result<Response, Trouble> {
    page(&CookiesPage {
        frame: Frame::new(&app),
        name: cookie_name(&app.settings),
        days: app.settings.cookie_days,
    })
}
