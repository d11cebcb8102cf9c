//! One's own account: what one may do, where one is signed in, a new password, a new second factor.
//! What never lives here: other people's accounts (accounts.rs).

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use waymark::{
    base::{Secret, plain_time},
    store::Credentials,
};

use super::{
    fresh_bytes, onward, page,
    passwords::unfit,
    second_factor::{self, SecondFactor},
    session::{Signed, Staff},
    views::{AccountPage, Frame, PasswordPage, SecondFactorPage, SessionView, Wrong, roles},
};
use crate::{app::App, trouble::Trouble};

const HERE: &str = "/console/account";

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
}

/// `GET /console/account`.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let notice = match asked.done.as_str() {
        "ended" => Some("That session has ended."),
        "others" => Some("All your other sessions have ended."),
        "password" => Some("Your password is changed, and your other sessions have ended."),
        "factor" => Some("Your new authenticator is set up, and your other sessions have ended."),
        _ => None,
    };
    let (account, limits) = (&staff.account, app.settings.console.limits());
    let now = app.desk.clock().now().instant;
    let sessions = app
        .desk
        .store()
        .sessions(&account.name, limits, now)
        .await?;
    page(&AccountPage {
        frame: Frame::inside(&app, &staff, HERE).saying(notice),
        name: account.name.clone(),
        display: account.display.clone(),
        roles: roles(&app, &account.grants),
        single_sign_on: account.single_sign_on,
        second_factor: account.second_factor,
        sessions: sessions
            .into_iter()
            .map(|s| SessionView {
                here: s.handle == staff.session.handle,
                handle: s.handle,
                device: s.device,
                since: plain_time(s.created),
                seen: plain_time(s.seen),
            })
            .collect(),
    })
}

/// `POST /console/account/sessions/end`.
pub(crate) async fn end(
    State(app): State<App>,
    staff: Staff,
    Signed(fields): Signed,
) -> Result<Response, Trouble> {
    let now = app.desk.clock().now().instant;
    let (name, handle) = (&staff.account.name, fields.get("session"));
    app.desk.store().end_session(name, handle, now).await?;
    Ok(onward("/console/account?done=ended", None))
}

/// `POST /console/account/sessions/end-others`.
pub(crate) async fn end_others(
    State(app): State<App>,
    staff: Staff,
    _: Signed,
) -> Result<Response, Trouble> {
    end_all_but_this(&app, &staff).await?;
    Ok(onward("/console/account?done=others", None))
}

async fn end_all_but_this(app: &App, staff: &Staff) -> Result<(), Trouble> {
    let now = app.desk.clock().now().instant;
    let (name, handle) = (&staff.account.name, &staff.session.handle);
    Ok(app
        .desk
        .store()
        .end_other_sessions(name, handle, now)
        .await?)
}

/// What is kept now; accounts that sign in elsewhere have nothing here to change.
async fn kept(app: &App, staff: &Staff) -> Result<Credentials, Trouble> {
    let kept = app.desk.store().credentials(&staff.account.name).await?;
    kept.ok_or(Trouble::NotFound)
}

/// `GET /console/account/password`.
pub(crate) async fn password(State(app): State<App>, staff: Staff) -> Result<Response, Trouble> {
    kept(&app, &staff).await?;
    page(&PasswordPage {
        frame: Frame::inside(&app, &staff, HERE),
        wrong: None,
    })
}

/// `POST /console/account/password`.
pub(crate) async fn change_password(
    State(app): State<App>,
    staff: Staff,
    Signed(fields): Signed,
) -> Result<Response, Trouble> {
    let kept = kept(&app, &staff).await?;
    let chosen = fields.get("password");
    let wrong = match chosen == fields.get("again") {
        false => Some(Wrong::new("again", "Type the same password twice.")),
        true => unfit(chosen, &staff.account.name).map(|why| Wrong::new("password", why)),
    };
    if wrong.is_some() {
        let frame = Frame::inside(&app, &staff, HERE);
        let again = page(&PasswordPage { frame, wrong })?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
    }
    let password = Secret::new(chosen.to_owned());
    let changed = Credentials {
        password: app
            .console
            .passwords
            .hash(&password, fresh_bytes(&app)?)
            .await?,
        totp: kept.totp,
    };
    change(&app, &staff, changed, "/console/account?done=password").await
}

/// Keeps them, ends the other sessions, and lets this one go on under a new id.
async fn change(
    app: &App,
    staff: &Staff,
    changed: Credentials,
    to: &str,
) -> Result<Response, Trouble> {
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    store
        .change_credentials(&staff.account.name, changed, now)
        .await?;
    end_all_but_this(app, staff).await?;
    let cookie = super::session::prove(app, staff).await?;
    Ok(onward(to, Some(cookie)))
}

/// `GET /console/account/second-factor`: a fresh one to be scanned. It is not kept before a code of it has come back.
pub(crate) async fn second_factor(
    State(app): State<App>,
    staff: Staff,
) -> Result<Response, Trouble> {
    kept(&app, &staff).await?;
    let (service, name) = (&app.settings.service_name, &staff.account.name);
    let fresh = SecondFactor::fresh(fresh_bytes(&app)?, service, name).ok_or(Trouble::Fault)?;
    page(&scan(&app, &staff, &fresh, None))
}

fn scan(app: &App, staff: &Staff, fresh: &SecondFactor, wrong: Option<Wrong>) -> SecondFactorPage {
    SecondFactorPage {
        frame: Frame::inside(app, staff, HERE),
        picture: fresh.picture(),
        secret: fresh.secret().reveal().to_owned(),
        wrong,
    }
}

/// `POST /console/account/second-factor`.
pub(crate) async fn change_second_factor(
    State(app): State<App>,
    staff: Staff,
    Signed(fields): Signed,
) -> Result<Response, Trouble> {
    let kept = kept(&app, &staff).await?;
    let (service, name) = (&app.settings.service_name, &staff.account.name);
    let shown = SecondFactor::kept(fields.get("secret"), service, name);
    let shown = shown.ok_or_else(|| Trouble::BadInput("this page was changed".to_owned()))?;
    let now = app.desk.clock().now().instant;
    let Some(step) = shown.step(fields.get("code"), now) else {
        let words = "The code is not right. Type the six digits that your app shows now.";
        let again = page(&scan(&app, &staff, &shown, Some(Wrong::new("code", words))))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
    };
    let changed = Credentials {
        password: kept.password,
        totp: Some(second_factor::to_keep(&app, name, shown.secret())?),
    };
    app.desk.store().spend_totp_step(name, step).await?;
    change(&app, &staff, changed, "/console/account?done=factor").await
}
