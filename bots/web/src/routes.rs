//! Every address there is, in tables: what machines use (described in openapi.json), what browsers use, and the
//! console's own (console/routes.rs).
//! What never lives here: handlers.

use axum::{
    Router,
    extract::State,
    middleware,
    routing::{MethodRouter, delete, get, post},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    api, app::App, assets, console, dress, headers, ops, packing, pages, trouble::Trouble,
};

type Route = (&'static str, &'static [&'static str], MethodRouter<App>);

fn machine() -> Vec<Route> {
    use api::{events, history, messages, person, start, voice};
    const C: &str = "/api/v1/conversations";
    const ONE: &str = "/api/v1/conversations/{id}";
    let both = get(history::list).post(messages::send);
    vec![
        (C, &["post"], post(start::start)),
        (ONE, &["delete"], delete(person::erase)),
        (
            "/api/v1/conversations/{id}/messages",
            &["get", "post"],
            both,
        ),
        (
            "/api/v1/conversations/{id}/voice",
            &["post"],
            post(voice::hear),
        ),
        (
            "/api/v1/conversations/{id}/speech",
            &["get"],
            get(voice::speech),
        ),
        (
            "/api/v1/conversations/{id}/events",
            &["get"],
            get(events::stream),
        ),
        (
            "/api/v1/conversations/{id}/feedback",
            &["post"],
            post(person::feedback),
        ),
        (
            "/api/v1/conversations/{id}/export",
            &["get"],
            get(person::export),
        ),
        ("/api/openapi.json", &["get"], get(ops::openapi)),
        ("/healthz", &["get"], get(ops::healthz)),
        ("/readyz", &["get"], get(ops::readyz)),
        ("/.well-known/security.txt", &["get"], get(ops::security)),
    ]
}

fn browser() -> Vec<Route> {
    use pages::{
        carry, chat, guides, helped, keep, leave, letter, map, plain, search, voice, widget,
    };
    vec![
        ("/", &["get"], get(chat::show)),
        ("/chat", &["get", "post"], get(chat::back).post(chat::send)),
        ("/chat/events", &["get"], get(chat::events)),
        ("/chat/begin", &["post"], post(chat::begin)),
        ("/chat/voice", &["post"], post(voice::hear)),
        ("/chat/speech", &["get"], get(voice::speech)),
        ("/chat/feedback", &["post"], post(helped::feedback)),
        ("/chat/why", &["get"], get(helped::why)),
        ("/chat/keep", &["get"], get(keep::show)),
        ("/chat/carry", &["post"], post(carry::link)),
        ("/chat/link", &["post"], post(keep::link)),
        ("/chat/link/revoke", &["post"], post(keep::revoke)),
        (
            "/chat/letter",
            &["get", "post"],
            get(letter::show).post(letter::send),
        ),
        ("/chat/mail", &["post"], post(keep::mail)),
        ("/chat/print", &["get"], get(keep::print)),
        ("/chat/text", &["get"], get(keep::text)),
        (
            "/return",
            &["get", "post"],
            get(keep::cut).post(keep::enter),
        ),
        ("/return/", &["get"], get(keep::cut)),
        ("/return/{link}", &["get"], get(keep::arrive)),
        ("/chat/again", &["post"], post(leave::again)),
        ("/chat/copy", &["get"], get(leave::copy)),
        (
            "/chat/delete",
            &["get", "post"],
            get(leave::ask).post(leave::delete),
        ),
        ("/guides", &["get"], get(guides::contents)),
        ("/guides/{*id}", &["get"], get(guides::article)),
        ("/search", &["get"], get(search::results)),
        ("/search/suggest", &["get"], get(search::suggest)),
        ("/sitemap.xml", &["get"], get(map::sitemap)),
        ("/robots.txt", &["get"], get(map::robots)),
        ("/widget", &["get"], get(widget::demo)),
        ("/widget.js", &["get"], get(widget::script)),
        ("/leave", &["get"], get(leave::leave)),
        ("/about", &["get"], get(plain::about)),
        ("/privacy", &["get"], get(plain::privacy)),
        ("/accessibility", &["get"], get(plain::accessibility)),
        ("/cookies", &["get"], get(plain::cookies)),
        ("/static/{hash}/{name}", &["get"], get(assets::file)),
    ]
}

/// Method and path of every route that openapi.json describes.
pub fn machine_routes() -> Vec<(&'static str, &'static str)> {
    let routes = machine().into_iter();
    routes
        .flat_map(|(path, methods, _)| methods.iter().map(move |method| (*method, path)))
        .collect()
}

/// Everything people and programs may reach.
pub(crate) fn public(app: &App) -> Router {
    let tables = machine().into_iter().chain(browser());
    let routes = tables.fold(Router::new(), |all, (path, _, handler)| {
        all.route(path, handler)
    });
    let routes = console::routes(app).fold(routes, |all, (path, handler)| all.route(path, handler));
    routes
        .fallback(async || Trouble::NotFound)
        .method_not_allowed_fallback(async || Trouble::WrongMethod)
        .layer(packing::layer())
        .layer(CatchPanicLayer::custom(dress::broke))
        .layer(middleware::from_fn_with_state(app.clone(), dress::dress))
        .layer(middleware::from_fn_with_state(app.clone(), headers::finish))
        .with_state(app.clone())
}

/// What only operators may reach, on a loopback port.
pub(crate) fn operators(app: &App) -> Router {
    Router::new()
        .route("/metrics", get(ops::metrics))
        .fallback(async |State(_): State<App>| "See /metrics\n")
        .with_state(app.clone())
}
