//! `GET .../events`: messages as they come.
//! What never lives here: how a conversation is followed (follow.rs).

use axum::{
    extract::State,
    http::HeaderMap,
    response::{Response, sse::Event},
};
use waymark::casework::Message;

use super::{
    caller::{After, Caller},
    history,
};
use crate::{app::App, follow, trouble::Trouble};

/// Streams messages after `Last-Event-ID`, else after `?after=`.
pub(crate) async fn stream(
    State(app): State<App>,
    After(after): After,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Response, Trouble> {
    let after = follow::last_seen(&headers, after);
    follow::follow(&app, caller.0, after, draw)
}

fn draw(_: &App, message: &Message) -> Event {
    Event::default()
        .event("message")
        .data(history::shown(message).to_string())
}
