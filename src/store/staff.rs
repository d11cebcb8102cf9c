//! The store's verbs of accounts: add, invite, take an invitation up, grant, disable, sign in from elsewhere; their log.
//! What never lives here: SQL, passwords in clear, sessions (session.rs), who may do it (casework's matrix, asked by bots).

use jiff::Timestamp;

use super::{
    Store,
    error::Result,
    sql::{staff, staff_log},
};
use crate::{
    base::{Secret, TokenHash},
    casework::{Account, Grants, StaffEvent},
};

/// An account to be made; its owner takes it up by an invitation.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name in the log, for good.
    pub name: String,
    /// The name that people see.
    pub display: String,
    /// What it may do.
    pub grants: Grants,
}

/// A link that lets somebody choose a password, once.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Hash of the link's secret.
    pub hash: TokenHash,
    /// Good until.
    pub expires: Timestamp,
}

/// What a sign-in is checked against.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// As a PHC string (argon2id).
    pub password: Secret,
    /// In base 32, when a second factor is set up.
    pub totp: Option<Secret>,
}

/// Somebody as the identity provider tells.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Who it is, for good: tenant and object, or issuer and subject. Never an e-mail address: those move to others.
    pub key: String,
    /// The name wished for in the log; a number is added where it is taken.
    pub name: String,
    /// The name that people see.
    pub display: String,
    /// What its roles there come to here.
    pub grants: Grants,
}

impl Store {
    /// Every account, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        self.read(staff::all_accounts).await
    }

    /// One account.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn account(&self, name: &str) -> Result<Option<Account>> {
        let name = name.to_owned();
        self.read(move |db| staff::account(db, &name)).await
    }

    /// Makes an account that waits for its owner.
    ///
    /// # Errors
    /// `Duplicate` when the name is taken; `Refused` when it is no account name or nothing is granted.
    pub async fn add_account(
        &self,
        new: NewAccount,
        invitation: Invitation,
        actor: &str,
        at: Timestamp,
    ) -> Result<()> {
        let actor = actor.to_owned();
        self.write(move |w| staff::add(w.db, &new, &invitation, &actor, at))
            .await
    }

    /// Takes away password, second factor and sessions, and invites anew; also what enables a disabled account.
    ///
    /// # Errors
    /// `NotFound`; `Refused` for an account that signs in elsewhere.
    pub async fn reset_account(
        &self,
        name: &str,
        invitation: Invitation,
        actor: &str,
        at: Timestamp,
    ) -> Result<()> {
        let (name, actor) = (name.to_owned(), actor.to_owned());
        self.write(move |w| staff::reset(w.db, &name, &invitation, &actor, at))
            .await
    }

    /// Whose invitation this is, while it holds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn invited(&self, presented: &TokenHash, at: Timestamp) -> Result<Option<Account>> {
        let presented = presented.clone();
        self.read(move |db| staff::invited(db, &presented, at))
            .await
    }

    /// Takes an invitation up: it is spent, and the account is in use with these credentials and this name for people.
    /// `None` when it does not hold (any more).
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn take_up_invitation(
        &self,
        presented: &TokenHash,
        credentials: Credentials,
        display: &str,
        at: Timestamp,
    ) -> Result<Option<Account>> {
        let (presented, display) = (presented.clone(), display.to_owned());
        self.write(move |w| staff::take_up(w.db, &presented, &credentials, &display, at))
            .await
    }

    /// What a sign-in of an account in use is checked against; `None` for every other.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn credentials(&self, name: &str) -> Result<Option<Credentials>> {
        let name = name.to_owned();
        self.read(move |db| staff::credentials(db, &name)).await
    }

    /// Spends a step of the second factor: false when that step, or a later one, was spent before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn spend_totp_step(&self, name: &str, step: u64) -> Result<bool> {
        let name = name.to_owned();
        self.write(move |w| staff::spend_step(w.db, &name, step))
            .await
    }

    /// The secret of every account with a second factor, as it is kept.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn totp_secrets(&self) -> Result<Vec<(String, Secret)>> {
        self.read(staff::totp_secrets).await
    }

    /// Puts a secret in the place of the one that was read, unless it has changed since. Not logged: it is the same second factor.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn replace_totp_secret(&self, name: &str, from: Secret, to: Secret) -> Result<()> {
        let name = name.to_owned();
        self.write(move |w| staff::replace_totp_secret(w.db, &name, &from, &to))
            .await
    }

    /// Puts new credentials in the place of the old ones.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn change_credentials(
        &self,
        name: &str,
        credentials: Credentials,
        at: Timestamp,
    ) -> Result<()> {
        let name = name.to_owned();
        self.write(move |w| staff::change_credentials(w.db, &name, &credentials, at))
            .await
    }

    /// Changes what an account may do, and ends its sessions if that is a change.
    ///
    /// # Errors
    /// `NotFound`; `Refused` when nothing is left or the grants come from elsewhere.
    pub async fn grant(
        &self,
        name: &str,
        grants: Grants,
        actor: &str,
        at: Timestamp,
    ) -> Result<()> {
        let (name, actor) = (name.to_owned(), actor.to_owned());
        self.write(move |w| staff::grant(w.db, &name, &grants, &actor, at))
            .await
    }

    /// Lets an account in no more and ends its sessions. What it did stays in the log under its name.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn disable_account(&self, name: &str, actor: &str, at: Timestamp) -> Result<()> {
        let (name, actor) = (name.to_owned(), actor.to_owned());
        self.write(move |w| staff::disable(w.db, &name, &actor, at))
            .await
    }

    /// The account of somebody whom the identity provider let in: made at the first time, its name for people and its
    /// grants as they are there now. `None` when the account was disabled here.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn account_of_subject(
        &self,
        subject: Subject,
        at: Timestamp,
    ) -> Result<Option<Account>> {
        self.write(move |w| staff::of_subject(w.db, &subject, at))
            .await
    }

    /// Appends to the staff log.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn record_staff_event(
        &self,
        account: &str,
        kind: &'static str,
        detail: &str,
        at: Timestamp,
    ) -> Result<()> {
        let (account, detail) = (account.to_owned(), detail.to_owned());
        self.write(move |w| staff_log::note(w.db, at, &account, kind, &account, &detail))
            .await
    }

    /// The newest events of the staff log, of one account or of all, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn staff_events(&self, account: Option<&str>, limit: u32) -> Result<Vec<StaffEvent>> {
        let account = account.map(str::to_owned);
        self.read(move |db| staff_log::events(db, account.as_deref(), limit))
            .await
    }
}
