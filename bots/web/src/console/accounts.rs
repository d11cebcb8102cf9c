//! Keeping accounts: add, invite, say what each may do, reset, disable.
//! What never lives here: what a role may do (casework's matrix), one's own account (account.rs).

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;
use waymark::{
    base::plain_time,
    casework::{Account, AccountState, Grant, Grants, Role},
    knowledge::Library,
    store::{Invitation, NewAccount, StoreError},
};

use super::{
    log::event_row,
    onward, page,
    session::{Signed, Staff},
    views::{
        AccountRow, AccountsPage, Frame, InvitedPage, OneAccountPage, RoleTicks, Tick, Wrong, roles,
    },
};
use crate::{app::App, body::Form, trouble::Trouble};

const HERE: &str = "/console/accounts";
/// An invitation is good for so long.
const INVITED_DAYS: i64 = 3;

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
}

/// `GET /console/accounts`.
pub(crate) async fn list(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let notice = match asked.done.as_str() {
        "changed" => {
            Some("The roles are changed. Whoever was signed in there has to sign in again.")
        }
        "disabled" => Some("The account is disabled and signed out everywhere."),
        _ => None,
    };
    page(&all(&app, &staff, notice, &Form::empty(), None).await?)
}

async fn all(
    app: &App,
    staff: &Staff,
    notice: Option<&'static str>,
    typed: &Form,
    wrong: Option<Wrong>,
) -> Result<AccountsPage, Trouble> {
    let accounts = app.desk.store().accounts().await?;
    Ok(AccountsPage {
        frame: Frame::inside(app, staff, HERE).saying(notice),
        rows: accounts.iter().map(|a| row(app, a)).collect(),
        name: typed.get("name").to_owned(),
        display: typed.get("display").to_owned(),
        ticks: ticks(&app.desk.library(), &ticked(typed).unwrap_or_default()),
        wrong,
    })
}

fn row(app: &App, account: &Account) -> AccountRow {
    AccountRow {
        name: account.name.clone(),
        display: account.display.clone(),
        state: match account.state {
            AccountState::Active => "Active",
            AccountState::Invited => "Invited",
            AccountState::Disabled => "Disabled",
        },
        single_sign_on: account.single_sign_on,
        roles: roles(app, &account.grants),
    }
}

/// Every role everywhere and in each council's area.
fn ticks(library: &Library, held: &Grants) -> Vec<RoleTicks> {
    let councils = library.areas.iter().filter(|(_, a)| a.parent.is_some());
    let councils: Vec<_> = councils
        .map(|(id, a)| (Some(id), a.name.as_str()))
        .collect();
    let places = [(None, "All areas")].into_iter().chain(councils);
    let places: Vec<_> = places.collect();
    let tick = |role: Role, area: Option<&String>, words: &str| {
        let grant = Grant {
            role,
            area: area.cloned(),
        };
        Tick {
            on: held.iter().any(|g| *g == grant),
            value: grant.to_string(),
            words: words.to_owned(),
        }
    };
    let of_role = |role: Role| RoleTicks {
        role: role.as_str().to_owned(),
        means: means(role),
        ticks: places
            .iter()
            .map(|(area, words)| tick(role, *area, words))
            .collect(),
    };
    Role::ALL.into_iter().map(of_role).collect()
}

/// A role in a line.
fn means(role: Role) -> &'static str {
    match role {
        Role::Adviser => "Adviser: works cases",
        Role::Senior => {
            "Senior (safeguarding lead): works cases, gives them out, decides on personal data, reads reports"
        }
        Role::Manager => "Manager: reads reports; sees no conversation",
        Role::Editor => "Editor: sees what could not be answered, writes saved replies",
        Role::Auditor => "Auditor: reads cases and the log, changes nothing",
        Role::Admin => "Admin: keeps accounts; sees no case",
    }
}

fn ticked(form: &Form) -> Result<Grants, Trouble> {
    let grants = form.all("grant").map(str::parse::<Grant>);
    let grants: Result<Grants, _> = grants.collect();
    grants.map_err(|why| Trouble::BadInput(why.to_string()))
}

/// A fresh link: what the store keeps of it, and the link itself.
fn invitation(app: &App, headers: &HeaderMap) -> Result<(Invitation, String, Timestamp), Trouble> {
    let secret = app.desk.ids()?.token();
    let now = app.desk.clock().now().instant;
    let expires = now.checked_add((INVITED_DAYS * 24).hours()).unwrap_or(now);
    let set = app.settings.console.address.trim_end_matches('/');
    let origin = headers.get(header::ORIGIN).and_then(|o| o.to_str().ok());
    let base = match set {
        "" => origin.unwrap_or(""),
        set => set,
    };
    let link = format!("{base}/console/invitation/{}", secret.reveal());
    let hash = secret.hash();
    Ok((Invitation { hash, expires }, link, expires))
}

fn invited(
    app: &App,
    staff: &Staff,
    display: &str,
    link: String,
    expires: Timestamp,
) -> Result<Response, Trouble> {
    page(&InvitedPage {
        frame: Frame::inside(app, staff, HERE),
        display: display.to_owned(),
        link,
        until: plain_time(expires),
    })
}

/// `POST /console/accounts`.
pub(crate) async fn add(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    Signed(fields): Signed,
) -> Result<Response, Trouble> {
    let display = fields.get("display").trim();
    let new = NewAccount {
        name: fields.get("name").trim().to_lowercase(),
        display: display
            .chars()
            .filter(|c| !c.is_control())
            .take(80)
            .collect(),
        grants: ticked(&fields)?,
    };
    let wrong = if display.is_empty() {
        Some(Wrong::new(
            "display",
            "Say what people are to see as the name, such as 'Sam'.",
        ))
    } else if new.grants.is_empty() {
        Some(Wrong::new("grant", "Choose at least one role."))
    } else {
        None
    };
    let (kept, link, expires) = invitation(&app, &headers)?;
    let now = app.desk.clock().now().instant;
    let (store, by) = (app.desk.store(), &staff.account.name);
    let wrong = match wrong {
        Some(wrong) => wrong,
        None => match store.add_account(new, kept, by, now).await {
            Ok(()) => return invited(&app, &staff, display, link, expires),
            Err(StoreError::Duplicate(_)) => Wrong::new("name", "That account name is taken."),
            Err(StoreError::Refused(why)) => Wrong::new("name", format!("{why}.")),
            Err(other) => return Err(other.into()),
        },
    };
    let again = page(&all(&app, &staff, None, &fields, Some(wrong)).await?)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
}

async fn existing(app: &App, name: &str) -> Result<Account, Trouble> {
    let found = app.desk.store().account(name).await?;
    found.ok_or(Trouble::NotFound)
}

/// `GET /console/accounts/{name}`.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    let account = existing(&app, &name).await?;
    page(&one(&app, &staff, &account, None).await?)
}

async fn one(
    app: &App,
    staff: &Staff,
    account: &Account,
    wrong: Option<Wrong>,
) -> Result<OneAccountPage, Trouble> {
    const NEWEST: u32 = 20;
    let events = app
        .desk
        .store()
        .staff_events(Some(&account.name), NEWEST)
        .await?;
    Ok(OneAccountPage {
        frame: Frame::inside(app, staff, HERE),
        row: row(app, account),
        own: account.name == staff.account.name,
        ticks: ticks(&app.desk.library(), &account.grants),
        events: events.iter().map(event_row).collect(),
        wrong,
    })
}

/// `POST /console/accounts/{name}`: other roles.
pub(crate) async fn change(
    State(app): State<App>,
    staff: Staff,
    Path(name): Path<String>,
    Signed(fields): Signed,
) -> Result<Response, Trouble> {
    let account = existing(&app, &name).await?;
    let grants = ticked(&fields)?;
    let wrong = if grants.is_empty() {
        Some("Choose at least one role, or disable the account.")
    } else if account.name == staff.account.name && !grants.holds(Role::Admin) {
        Some("You cannot take the admin role from yourself: ask another admin.")
    } else {
        None
    };
    if let Some(why) = wrong {
        let again = one(&app, &staff, &account, Some(Wrong::new("grant", why))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response());
    }
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    store.grant(&name, grants, &staff.account.name, now).await?;
    Ok(onward("/console/accounts?done=changed", None))
}

/// `POST /console/accounts/{name}/reset`.
pub(crate) async fn reset(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    Path(name): Path<String>,
    _: Signed,
) -> Result<Response, Trouble> {
    let account = existing(&app, &name).await?;
    let (kept, link, expires) = invitation(&app, &headers)?;
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    store
        .reset_account(&name, kept, &staff.account.name, now)
        .await?;
    invited(&app, &staff, &account.display, link, expires)
}

/// `POST /console/accounts/{name}/disable`.
pub(crate) async fn disable(
    State(app): State<App>,
    staff: Staff,
    Path(name): Path<String>,
    _: Signed,
) -> Result<Response, Trouble> {
    let account = existing(&app, &name).await?;
    if account.name == staff.account.name {
        let why = "You cannot disable your own account: ask another admin.";
        let again = one(&app, &staff, &account, Some(Wrong::new("grant", why))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response());
    }
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    store
        .disable_account(&name, &staff.account.name, now)
        .await?;
    Ok(onward("/console/accounts?done=disabled", None))
}
