//! What programs that look for pages read: the site map, and where they need not look.
//! What never lives here: anything about one person.

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use super::{
    guides::{href, shown},
    keep::origin,
};
use crate::{app::App, packing::FOR_ALL};

/// Pages that are no guides.
const OTHERS: [&str; 6] = [
    "/",
    "/guides",
    "/about",
    "/privacy",
    "/accessibility",
    "/cookies",
];

/// `GET /sitemap.xml`.
pub(crate) async fn sitemap(State(app): State<App>, headers: HeaderMap) -> Response {
    let origin = origin(&app, &headers);
    let library = app.desk.library();
    let today = app.desk.clock().now().today;
    let guides = shown(&library, today).map(|a| href(&a.id, ""));
    let all = OTHERS.iter().map(|p| (*p).to_owned()).chain(guides);
    let entries: String = all
        .map(|path| {
            format!(
                "<url><loc>{}</loc></url>\n",
                escaped(&format!("{origin}{path}"))
            )
        })
        .collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{entries}</urlset>\n"
    );
    (
        FOR_ALL,
        [(header::CONTENT_TYPE, "application/xml; charset=utf-8")],
        body,
    )
        .into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// `GET /robots.txt`.
pub(crate) async fn robots(State(app): State<App>, headers: HeaderMap) -> String {
    let origin = origin(&app, &headers);
    format!(
        "User-agent: *\nDisallow: /chat\nDisallow: /return\nDisallow: /leave\nDisallow: /search\nDisallow: /api\nSitemap: {origin}/sitemap.xml\n"
    )
}
