//! Taking an invitation up: a password and a second factor, once.
//! What never lives here: who is invited (accounts.rs, bots/cli).

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use sha2::{Digest as _, Sha256};
use waymark::{
    base::{Secret, TokenHash},
    casework::Account,
    store::Credentials,
};

use super::{
    fresh_bytes, onward, page,
    passwords::unfit,
    second_factor::{self, SecondFactor},
    views::{Frame, InvitationPage, Wrong},
};
use crate::{address::Client, app::App, body::Form, trouble::Trouble};

/// The second factor that goes with an invitation: made of its secret, so that the page can be opened twice.
fn factor(app: &App, token: &str, account: &Account) -> Result<SecondFactor, Trouble> {
    let bytes: [u8; 32] = Sha256::digest(format!("second factor {token}")).into();
    let service = &app.settings.service_name;
    SecondFactor::fresh(bytes, service, &account.name).ok_or(Trouble::Fault)
}

async fn invited(app: &App, client: &Client, token: &str) -> Result<Account, Trouble> {
    if !app.console.limits.allow_from(client.network()) {
        return Err(Trouble::TooMany);
    }
    let now = app.desk.clock().now().instant;
    let found = app.desk.store().invited(&TokenHash::of(token), now).await?;
    found.ok_or(Trouble::NoInvitation)
}

fn form(
    app: &App,
    account: &Account,
    display: &str,
    factor: &SecondFactor,
    wrong: Option<Wrong>,
) -> InvitationPage {
    InvitationPage {
        frame: Frame::outside(app),
        name: account.name.clone(),
        display: display.to_owned(),
        required: app.settings.console.second_factor,
        picture: factor.picture(),
        secret: factor.secret().reveal().to_owned(),
        wrong,
    }
}

/// `GET /console/invitation/{token}`.
pub(crate) async fn show(
    State(app): State<App>,
    client: Client,
    Path(token): Path<String>,
) -> Result<Response, Trouble> {
    let account = invited(&app, &client, &token).await?;
    page(&form(
        &app,
        &account,
        &account.display,
        &factor(&app, &token, &account)?,
        None,
    ))
}

/// `POST /console/invitation/{token}`.
pub(crate) async fn submit(
    State(app): State<App>,
    client: Client,
    Path(token): Path<String>,
    fields: Form,
) -> Result<Response, Trouble> {
    let account = invited(&app, &client, &token).await?;
    let factor = factor(&app, &token, &account)?;
    let now = app.desk.clock().now().instant;
    let display = fields.get("display").trim().to_owned();
    let code = fields.get("code");
    let without = code.trim().is_empty() && !app.settings.console.second_factor;
    let step = factor.step(code, now);
    let wrong = match fields.get("password") {
        _ if display.is_empty()
            || display.chars().count() > 80
            || display.contains(char::is_control) =>
        {
            Some(Wrong::new(
                "display",
                "Say what people are to see as your name, such as 'Sam'.",
            ))
        }
        chosen if chosen != fields.get("again") => {
            Some(Wrong::new("again", "Type the same password twice."))
        }
        chosen => unfit(chosen, &account.name).map(|why| Wrong::new("password", why)),
    };
    let wrong = wrong.or_else(|| {
        let words = "The code is not right. Type the six digits that your app shows now.";
        (step.is_none() && !without).then(|| Wrong::new("code", words))
    });
    if wrong.is_some() {
        let again = form(&app, &account, &display, &factor, wrong);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response());
    }
    let password = Secret::new(fields.get("password").to_owned());
    let salt = fresh_bytes(&app)?;
    let kept = || second_factor::to_keep(&app, &account.name, factor.secret());
    let credentials = Credentials {
        password: app.console.passwords.hash(&password, salt).await?,
        totp: (!without).then(kept).transpose()?,
    };
    let store = app.desk.store();
    let taken = store
        .take_up_invitation(&TokenHash::of(&token), credentials, &display, now)
        .await?;
    let account = taken.ok_or(Trouble::NoInvitation)?;
    if let Some(step) = step {
        store.spend_totp_step(&account.name, step).await?;
    }
    Ok(onward("/console/sign-in?done=changed", None))
}
