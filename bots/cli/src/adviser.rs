//! `waymark adviser`: accounts of those who work here, and the invitation of the very first.
//! What never lives here: what a role may do (casework), passwords (nobody types one here).

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use jiff::{Timestamp, ToSpan};
use waymark::{
    base::{Chance, Clock, Ids, SealKey, Secret, plain_time},
    casework::{AccountState, Grant, Grants, Role},
    config::Config,
    store::{Invitation, NewAccount, Store, StoreError},
};
use waymark_web::{ConsoleSettings, SingleSignOnSettings};

use crate::{open, out};

/// Who does it, for the staff log.
const TERMINAL: &str = "terminal";
/// The first account's name, until somebody adds others.
const FIRST: &str = "admin";
/// An invitation is good for so long.
const INVITED_DAYS: i64 = 3;

#[derive(Args)]
pub(crate) struct Adviser {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make an account and print an invitation link for its owner.
    Add {
        /// For signing in and for the log, for good: lower-case letters, digits, dots, hyphens.
        account: String,
        /// The name that people see.
        #[arg(long)]
        name: Option<String>,
        /// adviser, senior, manager, editor, auditor or admin; with @ and an area where it holds for one only. May be repeated.
        #[arg(long = "role", required = true)]
        roles: Vec<Grant>,
    },
    /// Who there is, and what each may do.
    List {
        /// As JSON lines.
        #[arg(long)]
        json: bool,
    },
    /// Put other roles in the place of those an account has; ends its sessions.
    Grant {
        /// Whose.
        account: String,
        /// As with `add`.
        #[arg(long = "role", required = true)]
        roles: Vec<Grant>,
    },
    /// Take password, authenticator and sessions away and print a new invitation; also lets a disabled account in again.
    Reset {
        /// Whose.
        account: String,
    },
    /// Let an account in no more, at once.
    Disable {
        /// Whose.
        account: String,
    },
}

impl Adviser {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let store = open::store(&config)?;
        let done = open::runtime()?.block_on(work(&store, &config, self.what));
        store.close_blocking();
        done?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn work(store: &Store, config: &Config, what: What) -> Result<()> {
    let now = Clock::System.now().instant;
    match what {
        What::Add {
            account,
            name,
            roles,
        } => {
            let new = NewAccount {
                display: name.unwrap_or_else(|| account.clone()),
                grants: granted(config, roles)?,
                name: account,
            };
            let (invitation, link) = invitation(config, now)?;
            store.add_account(new, invitation, TERMINAL, now).await?;
            tell(&link, now);
        }
        What::List { json } => list(store, json).await?,
        What::Grant { account, roles } => {
            let grants = granted(config, roles)?;
            store.grant(&account, grants, TERMINAL, now).await?;
            out::line(format!("{account}: roles changed"));
        }
        What::Reset { account } => {
            let (invitation, link) = invitation(config, now)?;
            store
                .reset_account(&account, invitation, TERMINAL, now)
                .await?;
            tell(&link, now);
        }
        What::Disable { account } => {
            store.disable_account(&account, TERMINAL, now).await?;
            out::line(format!("{account}: disabled and signed out"));
        }
    }
    Ok(())
}

/// Roles in areas that there are: a misspelt one would lock its owner out silently.
fn granted(config: &Config, roles: Vec<Grant>) -> Result<Grants> {
    let areas = open::library(config)?.areas;
    for area in roles.iter().filter_map(|g| g.area.as_ref()) {
        if !areas.contains_key(area) {
            let known: Vec<&str> = areas.keys().map(String::as_str).collect();
            bail!("'{area}' is no area; there are {}", known.join(", "));
        }
    }
    Ok(roles.into_iter().collect())
}

async fn list(store: &Store, json: bool) -> Result<()> {
    let accounts = store.accounts().await?;
    for account in &accounts {
        if json {
            out::line(serde_json::to_string(account)?);
            continue;
        }
        let state = match account.state {
            AccountState::Active => "active",
            AccountState::Invited => "invited",
            AccountState::Disabled => "disabled",
        };
        let roles: Vec<String> = account.grants.iter().map(ToString::to_string).collect();
        let roles = roles.join(" ");
        out::line(format!(
            "{}  {state}  {roles}  {}",
            account.name, account.display
        ));
    }
    if accounts.is_empty() && !json {
        out::line("no accounts yet");
    }
    Ok(())
}

/// What the store keeps of a fresh invitation, and its link.
fn invitation(config: &Config, now: Timestamp) -> Result<(Invitation, String)> {
    let seed = Chance::System.draw().context("no random source")?;
    let secret = Ids::new(seed, now).token();
    let base = match config.console.address.trim_end_matches('/') {
        "" => format!("http://{}", config.server.listen),
        address => address.to_owned(),
    };
    let invitation = Invitation {
        hash: secret.hash(),
        expires: expires(now),
    };
    Ok((
        invitation,
        format!("{base}/console/invitation/{}", secret.reveal()),
    ))
}

fn expires(now: Timestamp) -> Timestamp {
    now.checked_add((INVITED_DAYS * 24).hours()).unwrap_or(now)
}

fn tell(link: &str, now: Timestamp) {
    out::line(format!(
        "Good once, until {}:\n{link}",
        plain_time(expires(now))
    ));
}

/// Where there is no account yet: makes the first, which may do everything, and prints its invitation. Never again after that.
///
/// # Errors
/// When the store cannot be read or written.
pub(crate) async fn first_run(store: &Store, config: &Config) -> Result<()> {
    if !store.accounts().await?.is_empty() {
        return Ok(());
    }
    let now = Clock::System.now().instant;
    let (invitation, link) = invitation(config, now)?;
    let everything = Role::ALL.into_iter().map(|role| Grant { role, area: None });
    let new = NewAccount {
        name: FIRST.to_owned(),
        display: "Adviser".to_owned(),
        grants: everything.collect(),
    };
    match store.add_account(new, invitation, TERMINAL, now).await {
        Ok(()) => {}
        // Another process came first, and prints its own.
        Err(StoreError::Duplicate(_)) => return Ok(()),
        Err(other) => return Err(other.into()),
    }
    out::line(
        "There is no account for the console yet. Set up the first one, 'admin', with this link.",
    );
    out::line("It is shown only now; `waymark adviser reset admin` makes another.");
    tell(&link, now);
    Ok(())
}

/// The console's settings out of the configuration; the one secret comes by the environment.
pub(crate) fn console(config: &Config, seal: Option<SealKey>) -> ConsoleSettings {
    const SECRET: &str = "WAYMARK_SINGLE_SIGN_ON_SECRET";
    let (console, provider) = (&config.console, &config.single_sign_on);
    let secret = std::env::var(SECRET).ok().filter(|s| !s.is_empty());
    ConsoleSettings {
        address: console.address.clone(),
        idle: Duration::from_secs(u64::from(console.idle_minutes) * 60),
        absolute: Duration::from_secs(u64::from(console.session_hours) * 60 * 60),
        second_factor: console.second_factor,
        single_sign_on: (!provider.issuer.is_empty()).then(|| SingleSignOnSettings {
            issuer: provider.issuer.clone(),
            client_id: provider.client_id.clone(),
            client_secret: secret.map(Secret::new),
            roles: provider.roles.clone(),
        }),
        seal,
        ..ConsoleSettings::default()
    }
}

/// The key that second factors are sealed with, from the environment, once the store was found to fit it.
///
/// # Errors
/// One line that names it: when it is missing, no key, or another than before.
pub(crate) async fn seal_key(store: &Store) -> Result<Option<SealKey>> {
    let key = open::seal_key()?;
    let sealed = waymark_web::seal_second_factors(store, key.as_ref(), &Chance::System).await?;
    if sealed > 0 {
        tracing::info!(sealed, "second factors of staff are sealed now");
    }
    Ok(key)
}
