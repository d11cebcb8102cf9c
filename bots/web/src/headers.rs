//! What every response carries, the request line in the log, and its count.
//! What never lives here: anything personal. The route's template is logged, never the address that was asked for.

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use waymark::base::Stopwatch;

use crate::{app::App, metrics::method_word};

const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     connect-src 'self'; media-src 'self' blob:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
/// The same where people may speak: the page itself may ask for the microphone, nobody else.
const LISTENING: HeaderValue =
    HeaderValue::from_static("camera=(), microphone=(self), geolocation=(), payment=(), usb=()");

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CSP),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The policy of the pages that people see: as everywhere, but these websites may show them in a frame. The console stays out
/// of every frame. `None` when an origin cannot stand in a header.
pub(crate) fn policy(origins: &[String]) -> Option<HeaderValue> {
    let may = format!("frame-ancestors 'self' {}", origins.join(" "));
    HeaderValue::from_str(&CSP.replace("frame-ancestors 'none'", may.trim_end())).ok()
}

/// Adds the headers, writes one log line, counts the request.
pub(crate) async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    let watch = Stopwatch::start();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let framed = !request.uri().path().starts_with("/console");
    let mut response = next.run(request).await;
    add(&mut response, app.settings.secure_cookies);
    if framed {
        if app.desk.hears() {
            response
                .headers_mut()
                .insert("permissions-policy", LISTENING);
        }
        let policy = response
            .headers_mut()
            .get_mut(header::CONTENT_SECURITY_POLICY);
        if let (Some(policy), Some(ours)) = (policy, &app.policy) {
            policy.clone_from(ours);
        }
    }
    let status = response.status().as_u16();
    app.metrics
        .request(&method, &route, status, watch.elapsed());
    let (method, ms) = (method_word(&method), watch.millis());
    tracing::info!(method, route, status, ms, "request");
    response
}

fn add(response: &mut Response, over_tls: bool) {
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        // What a handler said itself stands.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if over_tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // Conversations are nobody else's business: nothing is kept unless a handler says so.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
