//! Who is signed in: the cookie, the session behind it, and the hidden code of each of its forms.
//! What never lives here: what they may do (guard.rs asks casework's matrix), signing in (sign_in.rs).

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
};
use waymark::{
    base::{Token, TokenHash},
    casework::Account,
    store::{NewSession, Session},
};

use crate::{app::App, body::Form, settings::Settings, trouble::Trouble};

/// A session's last use is noted to the minute, not at every request.
const TO_THE_MINUTE: i64 = 60;

/// Somebody signed in, and the session they came with.
#[derive(Clone)]
pub(crate) struct Staff {
    pub(crate) account: Account,
    pub(crate) session: Session,
    /// What the store knows the session by.
    pub(crate) hash: TokenHash,
    /// What each form of this session carries.
    pub(crate) csrf: String,
}

/// The name of the cookie. Over TLS its prefix makes browsers refuse it from any other place.
pub(crate) fn cookie_name(settings: &Settings) -> &'static str {
    match settings.secure_cookies {
        true => "__Host-waymark-staff",
        false => "waymark-staff",
    }
}

/// A cookie that goes when the browser is closed; empty takes it away.
pub(crate) fn cookie(settings: &Settings, name: &str, value: &str) -> String {
    let secure = match settings.secure_cookies {
        true => "; Secure",
        false => "",
    };
    let over = match value {
        "" => "; Max-Age=0",
        _ => "",
    };
    format!("{name}={value}; Path=/{over}; HttpOnly; SameSite=Lax{secure}")
}

/// What a cookie of ours holds, if the browser sent it.
pub(crate) fn presented<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let pairs = cookies.filter_map(|c| c.to_str().ok());
    pairs.flat_map(|c| c.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name && !value.is_empty()).then_some(value)
    })
}

/// What the forms of a session carry: made of its secret, which no other site knows.
fn csrf(secret: &str) -> String {
    TokenHash::of(&format!("form {secret}")).0
}

/// Who sent these headers, if they are signed in.
pub(crate) async fn staff(app: &App, headers: &HeaderMap) -> Result<Option<Staff>, Trouble> {
    let Some(secret) = presented(headers, cookie_name(&app.settings)) else {
        return Ok(None);
    };
    let hash = TokenHash::of(secret);
    let now = app.desk.clock().now().instant;
    let limits = app.settings.console.limits();
    let store = app.desk.store();
    let Some((session, account)) = store.session(&hash, limits, now).await? else {
        return Ok(None);
    };
    if now.as_second() - session.seen.as_second() >= TO_THE_MINUTE {
        store.touch_session(&hash, now).await?;
    }
    Ok(Some(Staff {
        account,
        session,
        hash,
        csrf: csrf(secret),
    }))
}

/// Begins a session for an account, instead of the one the browser had; its cookie.
pub(crate) async fn begin(
    app: &App,
    headers: &HeaderMap,
    account: &str,
    proved: jiff::Timestamp,
) -> Result<String, Trouble> {
    let mut ids = app.desk.ids()?;
    let secret: Token = ids.token();
    let new = NewSession {
        hash: secret.hash(),
        handle: ids.message().to_string(),
        account: account.to_owned(),
        device: device(headers),
        proved,
    };
    let name = cookie_name(&app.settings);
    let before = presented(headers, name).map(TokenHash::of);
    let now = app.desk.clock().now().instant;
    let limits = app.settings.console.limits();
    let store = app.desk.store();
    store.begin_session(new, before, limits, now).await?;
    Ok(cookie(&app.settings, name, secret.reveal()))
}

/// The owner has shown again who they are: the session goes on under a new id; its cookie.
pub(crate) async fn prove(app: &App, staff: &Staff) -> Result<String, Trouble> {
    let secret = app.desk.ids()?.token();
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    if !store
        .prove_session(&staff.hash, &secret.hash(), now)
        .await?
    {
        return Err(Trouble::NotSignedIn);
    }
    let name = cookie_name(&app.settings);
    Ok(cookie(&app.settings, name, secret.reveal()))
}

/// The device as its owner would name it. Nothing else of what the browser tells is kept.
fn device(headers: &HeaderMap) -> String {
    const BROWSERS: [(&str, &str); 5] = [
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("SamsungBrowser", "Samsung browser"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ];
    let said = headers.get(header::USER_AGENT);
    let said = said.and_then(|v| v.to_str().ok()).unwrap_or("");
    let find = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(mark, _)| said.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Trouble;

    /// Put there by the guard, which stands before every console route.
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Trouble> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or(Trouble::NotSignedIn)
    }
}

/// A form that one of our own pages sent, in this session: its hidden code fits.
pub(crate) struct Signed(pub(crate) Form);

impl FromRequest<App> for Signed {
    type Rejection = Trouble;

    async fn from_request(request: Request, app: &App) -> Result<Self, Trouble> {
        let expected = request.extensions().get::<Staff>().map(|s| s.csrf.clone());
        let expected = expected.ok_or(Trouble::NotSignedIn)?;
        let form = Form::from_request(request, app).await?;
        // Hashes are compared, so that time tells nothing.
        if TokenHash::of(form.get("csrf")) != TokenHash::of(&expected) {
            return Err(Trouble::OtherSite);
        }
        if form.cut {
            return Err(Trouble::TooLarge(app.settings.max_body_bytes));
        }
        Ok(Self(form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_and_no_more() {
        let of = |said: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, said.parse().unwrap());
            device(&headers)
        };
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(of(edge), "Edge on Windows");
        assert_eq!(
            of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0"),
            "Firefox on Linux"
        );
        assert_eq!(of("<script>"), "Unknown device");
    }
}
