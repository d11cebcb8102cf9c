//! Whose conversation a request is about: the id in the path and the bearer token, checked by the desk.
//! What never lives here: cookies (pages).

use std::collections::HashMap;

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::{header, request::Parts},
};
use waymark::base::ConversationId;

use crate::{address::Key, app::App, trouble::Trouble};

/// A conversation whose token was presented.
pub(crate) struct Caller(pub(crate) ConversationId);

impl Caller {
    /// Takes one from what this conversation may ask for in a minute.
    pub(crate) fn limited(self, app: &App) -> Result<ConversationId, Trouble> {
        let key = Key::Conversation(self.0.clone());
        if app.requests.allow(Some(key)) {
            Ok(self.0)
        } else {
            Err(Trouble::TooMany)
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Trouble> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let value = parts.headers.get(header::AUTHORIZATION);
        let value = value.and_then(|v| v.to_str().ok()).unwrap_or("");
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
            return Err(Trouble::NoToken);
        }
        let id: Option<ConversationId> = path.ok().and_then(|Path(id)| id.parse().ok());
        let id = id.ok_or(Trouble::UnknownConversation)?;
        app.desk.admit(&id, token.trim()).await?;
        Ok(Self(id))
    }
}

/// `?after=`: the number of the last message seen; 0 when absent.
pub(crate) struct After(pub(crate) u64);

impl FromRequestParts<App> for After {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Trouble> {
        let query = Query::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let after = query.ok().and_then(|Query(mut all)| all.remove("after"));
        match after.as_deref() {
            None | Some("") => Ok(Self(0)),
            Some(number) => number.parse().map(Self).map_err(|_| {
                Trouble::BadInput("\"after\" is the number (seq) of a message.".to_owned())
            }),
        }
    }
}
