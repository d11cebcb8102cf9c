//! Coming in and going out: with a password and a code here, or with the identity provider. Every refusal reads the same.
//! What never lives here: how a password is checked (passwords.rs), how a token is (single_sign_on.rs).

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;
use waymark::{
    base::{Secret, TokenHash},
    casework::Act,
    store::SingleSignOn,
};

use super::{
    guard, onward, page,
    second_factor::{self, SecondFactor},
    session::{self, Signed, Staff, cookie, cookie_name, presented},
    single_sign_on::{self, OneTime},
    views::{Frame, SignInPage, Wrong},
};
use crate::{address::Client, app::App, body::Form, trouble::Trouble};

const REFUSED: &str = "The name, the password or the code is not right. A code counts only once: wait for the next one.";
const NOT_ELSEWHERE: &str =
    "Signing in did not work. Try again; if it still does not, ask whoever keeps the accounts.";
/// Somebody at the identity provider has so long.
const ELSEWHERE_MINUTES: i64 = 10;

/// What a sign-in page is asked with.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    onward: String,
    #[serde(default)]
    done: String,
}

/// What somebody typed.
pub(super) struct Typed {
    name: String,
    password: Secret,
    code: String,
}

impl Typed {
    /// Of a form; whoever is signed in already need not type their name.
    pub(super) fn of(form: &Form, name: &str) -> Self {
        Self {
            name: name.trim().to_lowercase(),
            password: Secret::new(form.get("password").to_owned()),
            code: form.get("code").to_owned(),
        }
    }
}

/// Where somebody begins: the first page that their roles give them.
pub(crate) async fn landing(staff: Staff) -> Response {
    const FIRST: [(Act, &str); 6] = [
        (Act::SeeQueue, "/console/queue"),
        (Act::SeeGaps, "/console/gaps"),
        (Act::KeepSavedReplies, "/console/replies"),
        (Act::SeeReports, "/console/standing"),
        (Act::KeepAccounts, "/console/accounts"),
        (Act::ReadLog, "/console/log"),
    ];
    let grants = &staff.account.grants;
    let found = FIRST.iter().find(|(act, _)| grants.may(*act));
    onward(found.map_or("/console/account", |(_, to)| to), None)
}

/// `GET /console/sign-in`.
pub(crate) async fn show(
    State(app): State<App>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let notice = match asked.done.as_str() {
        "out" => Some("You are signed out."),
        "changed" => Some("Your account is ready. Sign in with it."),
        _ => None,
    };
    page(&form(&app, "", &asked.onward, notice, None))
}

fn form(
    app: &App,
    name: &str,
    to: &str,
    notice: Option<&'static str>,
    wrong: Option<Wrong>,
) -> SignInPage {
    SignInPage {
        frame: Frame::outside(app).saying(notice),
        name: name.to_owned(),
        onward: guard::onward(to).to_owned(),
        second_factor: app.settings.console.second_factor,
        single_sign_on: app.settings.console.single_sign_on.is_some(),
        wrong,
    }
}

/// `POST /console/sign-in`.
pub(crate) async fn submit(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    fields: Form,
) -> Result<Response, Trouble> {
    let typed = Typed::of(&fields, fields.get("name"));
    let to = guard::onward(fields.get("onward"));
    if !app.console.limits.allow(&typed.name, client.network()) {
        return Err(Trouble::TooMany);
    }
    if !is_right(&app, &typed).await? {
        let wrong = Some(Wrong::new("name", REFUSED));
        let again = form(&app, fields.get("name"), to, None, wrong);
        return Ok((StatusCode::FORBIDDEN, page(&again)?).into_response());
    }
    let now = app.desk.clock().now().instant;
    let cookie = session::begin(&app, &headers, &typed.name, now).await?;
    Ok(onward(to, Some(cookie)))
}

/// Whether it is their password and a code of now that was not used before. A refusal is noted where there is an account.
pub(super) async fn is_right(app: &App, typed: &Typed) -> Result<bool, Trouble> {
    let store = app.desk.store();
    let kept = store.credentials(&typed.name).await?;
    let password = kept.as_ref().map(|k| &k.password);
    let fits = app
        .console
        .passwords
        .fits(&typed.password, password)
        .await?;
    let factor = kept.as_ref().and_then(|k| k.totp.as_ref());
    let right = fits
        && match factor {
            Some(secret) => spend(app, &typed.name, secret, &typed.code).await?,
            None => !app.settings.console.second_factor,
        };
    if !right && kept.is_some() {
        let now = app.desk.clock().now().instant;
        store
            .record_staff_event(&typed.name, "refused", "", now)
            .await?;
    }
    Ok(right)
}

async fn spend(app: &App, name: &str, secret: &Secret, code: &str) -> Result<bool, Trouble> {
    let service = &app.settings.service_name;
    let secret = second_factor::opened(app, name, secret)?;
    let factor = SecondFactor::kept(secret.reveal(), service, name).ok_or(Trouble::Fault)?;
    let now = app.desk.clock().now().instant;
    match factor.step(code, now) {
        Some(step) => Ok(app.desk.store().spend_totp_step(name, step).await?),
        None => Ok(false),
    }
}

/// `POST /console/sign-out`.
pub(crate) async fn out(
    State(app): State<App>,
    staff: Staff,
    _: Signed,
) -> Result<Response, Trouble> {
    let (name, handle) = (&staff.account.name, &staff.session.handle);
    let now = app.desk.clock().now().instant;
    app.desk.store().end_session(name, handle, now).await?;
    let gone = cookie(&app.settings, cookie_name(&app.settings), "");
    Ok(onward("/console/sign-in?done=out", Some(gone)))
}

/// The cookie of a browser that is at the identity provider.
fn elsewhere_name(app: &App) -> &'static str {
    match app.settings.secure_cookies {
        true => "__Host-waymark-elsewhere",
        false => "waymark-elsewhere",
    }
}

/// `GET /console/sign-in/elsewhere`: off to the identity provider. Whoever is signed in shows again who they are.
pub(crate) async fn elsewhere(
    State(app): State<App>,
    client: Client,
    staff: Result<Staff, Trouble>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let address = app.settings.console.address.clone();
    let settings = app.settings.console.single_sign_on.clone();
    let settings = settings.ok_or(Trouble::NotFound)?;
    if !app.console.limits.allow_from(client.network()) {
        return Err(Trouble::TooMany);
    }
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let (mut ids, again) = (app.desk.ids()?, staff.is_ok());
    let mut secret = || Secret::new(ids.token().reveal().to_owned());
    let (once, browser) = (
        OneTime {
            state: secret(),
            nonce: secret(),
            verifier: secret(),
        },
        secret(),
    );
    let now = app.desk.clock().now().instant;
    let begun = SingleSignOn {
        state: TokenHash::of(once.state.reveal()),
        browser: TokenHash::of(browser.reveal()),
        nonce: once.nonce.clone(),
        verifier: once.verifier.clone(),
        onward: guard::onward(&asked.onward).to_owned(),
        again,
    };
    let expires = now.checked_add(ELSEWHERE_MINUTES.minutes()).unwrap_or(now);
    app.desk
        .store()
        .begin_single_sign_on(begun, expires, now)
        .await?;
    let asked = move || single_sign_on::begin(&address, &settings, &once, again);
    match tokio::task::spawn_blocking(asked).await {
        Ok(Ok(to)) => {
            let cookie = cookie(&app.settings, elsewhere_name(&app), browser.reveal());
            Ok(onward(&to, Some(cookie)))
        }
        Ok(Err(why)) => {
            tracing::error!(%why, "the identity provider cannot be asked");
            refused_elsewhere(&app)
        }
        Err(_) => Err(Trouble::Fault),
    }
}

fn refused_elsewhere(app: &App) -> Result<Response, Trouble> {
    let wrong = Some(Wrong::new("elsewhere", NOT_ELSEWHERE));
    let again = form(app, "", "", None, wrong);
    Ok((StatusCode::FORBIDDEN, page(&again)?).into_response())
}

/// What the identity provider sends the browser back with.
#[derive(Deserialize, Default)]
pub(crate) struct Back {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
}

/// `GET /console/sign-in/back`.
pub(crate) async fn back(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    staff: Result<Staff, Trouble>,
    back: Result<Query<Back>, QueryRejection>,
) -> Result<Response, Trouble> {
    let address = app.settings.console.address.clone();
    let settings = app.settings.console.single_sign_on.clone();
    let settings = settings.ok_or(Trouble::NotFound)?;
    if !app.console.limits.allow_from(client.network()) {
        return Err(Trouble::TooMany);
    }
    let back = back.map(|Query(back)| back).unwrap_or_default();
    let browser = presented(&headers, elsewhere_name(&app)).unwrap_or("");
    let (state, browser) = (TokenHash::of(&back.state), TokenHash::of(browser));
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    let Some(begun) = store.take_single_sign_on(&state, &browser, now).await? else {
        return refused_elsewhere(&app);
    };
    let once = OneTime {
        state: Secret::new(back.state),
        nonce: begun.nonce,
        verifier: begun.verifier,
    };
    let asked = move || single_sign_on::finish(&address, &settings, &once, back.code, now);
    let found = match tokio::task::spawn_blocking(asked).await {
        Ok(Ok(found)) => found,
        Ok(Err(why)) => {
            tracing::warn!(%why, "a sign-in with the identity provider was refused");
            return refused_elsewhere(&app);
        }
        Err(_) => return Err(Trouble::Fault),
    };
    // Without a role here nobody is let in, and no account is made of them.
    if found.subject.grants.is_empty() {
        tracing::warn!("somebody without a role was refused");
        return refused_elsewhere(&app);
    }
    let Some(account) = store.account_of_subject(found.subject, now).await? else {
        return refused_elsewhere(&app);
    };
    // A token that does not say when is good for a session, and not as a proof.
    let proved = found.proved.unwrap_or(Timestamp::UNIX_EPOCH).min(now);
    let changed = staff.is_ok_and(|s| s.account.name != account.name);
    if begun.again && changed {
        return refused_elsewhere(&app);
    }
    let cookie = session::begin(&app, &headers, &account.name, proved).await?;
    Ok(onward(&begun.onward, Some(cookie)))
}
