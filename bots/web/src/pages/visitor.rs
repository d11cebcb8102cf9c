//! Whose browser this is: the one cookie, and whether a form came from our own pages.
//! What never lives here: bearer tokens in headers (api).

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use waymark::{assistant::DeskError, base::ConversationId};

use crate::{app::App, settings::Settings, trouble::Trouble};

/// The name of the cookie. Over TLS its prefix makes browsers refuse it from any other place.
pub(crate) fn cookie_name(settings: &Settings) -> &'static str {
    if settings.secure_cookies {
        "__Host-waymark"
    } else {
        "waymark"
    }
}

/// The cookie of a new conversation.
pub(crate) fn remember(settings: &Settings, id: &ConversationId, token: &str) -> String {
    let seconds = u64::from(settings.cookie_days) * 24 * 60 * 60;
    cookie(settings, &format!("{id}.{token}"), seconds)
}

/// Takes the conversation off this browser.
pub(crate) fn forget(settings: &Settings) -> String {
    cookie(settings, "", 0)
}

fn cookie(settings: &Settings, value: &str, seconds: u64) -> String {
    let name = cookie_name(settings);
    let secure = if settings.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// The conversation whose cookie the browser presents, if it still is there and the token opens it.
pub(crate) struct Visitor(pub(crate) Option<ConversationId>);

/// As `Visitor`, where words are at stake that an early refusal would lose.
pub(crate) async fn visitor(
    app: &App,
    headers: &HeaderMap,
) -> Result<Option<ConversationId>, Trouble> {
    let presented = cookie_value(headers, &app.settings).and_then(|value| {
        let (id, token) = value.split_once('.')?;
        Some((id.parse::<ConversationId>().ok()?, token))
    });
    let Some((id, token)) = presented else {
        return Ok(None);
    };
    match app.desk.admit(&id, token).await {
        Ok(()) => Ok(Some(id)),
        // Erased meanwhile, or not theirs: they start afresh rather than meet an error.
        Err(DeskError::NoSuchConversation | DeskError::WrongToken) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Trouble> {
        visitor(app, &parts.headers).await.map(Self)
    }
}

/// What our cookie holds, if the browser sent it.
pub(crate) fn cookie_value<'a>(headers: &'a HeaderMap, settings: &Settings) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let pairs = cookies.filter_map(|c| c.to_str().ok());
    pairs.flat_map(|c| c.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == cookie_name(settings)).then_some(value)
    })
}

/// Proof that a form came from our own pages: browsers say where a request starts, and the cookie is `SameSite=Lax`
/// besides, so no hidden code is needed in each form.
pub(crate) struct OurForm;

impl FromRequestParts<App> for OurForm {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Trouble> {
        let get = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
        let ours = match (get("sec-fetch-site"), get("origin")) {
            (Some(site), _) => matches!(site, "same-origin" | "none"),
            (None, Some(origin)) => {
                let from = origin.split_once("://").map(|(_, host)| host);
                from.is_some() && from == get("host")
            }
            (None, None) => true,
        };
        ours.then_some(Self).ok_or(Trouble::OtherSite)
    }
}
