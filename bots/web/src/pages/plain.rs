//! The pages that only inform: about, privacy, accessibility, cookies.
//! What never lives here: anything about one person.

use axum::{extract::State, response::Response};
use waymark::{base::long_date, knowledge::Certainty};

use super::{
    frame::Frame,
    guides::shown,
    page_for_all,
    views::{AboutPage, AccessibilityPage, CookiesPage, PrivacyPage},
    visitor::cookie_name,
};
use crate::{app::App, trouble::Trouble};

/// `GET /privacy`.
pub(crate) async fn privacy(State(app): State<App>) -> Result<Response, Trouble> {
    page_for_all(&PrivacyPage {
        frame: Frame::new(&app),
        hears: app.desk.hears(),
        mails: app.settings.reply_mail,
        cookie_days: app.settings.cookie_days,
        anonymous_days: app.settings.anonymous_days,
        case_years: app.settings.case_years,
    })
}

/// `GET /accessibility`.
pub(crate) async fn accessibility(State(app): State<App>) -> Result<Response, Trouble> {
    let statement = app.settings.statement.clone();
    page_for_all(&AccessibilityPage {
        frame: Frame::new(&app),
        prepared: statement.prepared,
        audited: statement.audited,
        audited_by: statement.audited_by,
        problems: statement.problems,
    })
}

/// `GET /about`.
pub(crate) async fn about(State(app): State<App>) -> Result<Response, Trouble> {
    let library = app.desk.library();
    let today = app.desk.clock().now().today;
    let sources = &library.registers.sources;
    let checked = || sources.values().map(|s| s.checked);
    let day = |day: Option<_>| day.map_or_else(String::new, long_date);
    let reviews = || library.articles.iter().map(|a| a.review_by);
    let councils = library.areas.iter().filter(|(id, area)| {
        let ruled = shown(&library, today).any(|a| a.areas.contains(id));
        area.parent.is_some() && ruled
    });
    let held: Vec<&str> = councils.map(|(_, a)| a.name.as_str()).collect();
    page_for_all(&AboutPage {
        frame: Frame::new(&app),
        guides: shown(&library, today).count(),
        sections: shown(&library, today).map(|a| a.sections.len()).sum(),
        sources: sources.len(),
        unconfirmed: sources
            .values()
            .filter(|s| s.status != Certainty::Confirmed)
            .count(),
        oldest: day(checked().min()),
        newest: day(checked().max()),
        review: day(reviews().filter(|r| *r >= today).min()),
        overdue: reviews().filter(|r| *r < today).count(),
        councils: held.join(", "),
        version: library.hash.chars().take(12).collect(),
        program: env!("CARGO_PKG_VERSION"),
    })
}

/// `GET /cookies`.
pub(crate) async fn cookies(State(app): State<App>) -> Result<Response, Trouble> {
    page_for_all(&CookiesPage {
        frame: Frame::new(&app),
        name: cookie_name(&app.settings),
        days: app.settings.cookie_days,
    })
}
