//! The webhook: Telegram delivers an event; it is told "good" only once the event is durable.
//! What never lives here: reading events (parse), who listens on which port (bots/web).

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use waymark::delivery::Channel;

use crate::ingress::Ingress;

/// The header in which Telegram presents our secret.
const SECRET: &str = "x-telegram-bot-api-secret-token";
/// Telegram's events are some kilobytes.
const LARGEST: usize = 1024 * 1024;

/// `POST /hooks/telegram/{account}`.
pub(crate) fn router(ingress: Ingress, bot: u64) -> Router {
    Router::new()
        .route("/hooks/telegram/{account}", post(take))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new((ingress, bot.to_string())))
}

async fn take(
    State(held): State<Arc<(Ingress, String)>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    let (ingress, bot) = held.as_ref();
    let presented = headers.get(SECRET).and_then(|s| s.to_str().ok());
    // Both are looked at, so that the time it takes tells nothing.
    let ours = ingress.channel.verify(presented);
    if !ours || account != *bot {
        return StatusCode::NOT_FOUND;
    }
    match ingress.keep(vec![body]).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::error!(%error, "an event could not be kept: Telegram will bring it again");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
