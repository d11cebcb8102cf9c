//! The store's verbs of sessions: begin, find, touch, prove again, end; and of sign-ins under way at the identity provider.
//! What never lives here: SQL, cookies, what a session may do (its account's grants).

use std::time::Duration;

use jiff::Timestamp;

use super::{Store, error::Result, sql::sessions};
use crate::{
    base::{Secret, TokenHash},
    casework::Account,
};

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// Without a request.
    pub idle: Duration,
    /// In all.
    pub absolute: Duration,
}

/// A session to begin.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Hash of the id in the cookie.
    pub hash: TokenHash,
    /// Names it on a page; opens nothing.
    pub handle: String,
    /// Whose.
    pub account: String,
    /// Such as `Firefox on Linux`.
    pub device: String,
    /// When its owner last showed who they are: now, or earlier at the identity provider.
    pub proved: Timestamp,
}

/// A session as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it on a page; opens nothing.
    pub handle: String,
    /// Whose.
    pub account: String,
    /// Such as `Firefox on Linux`.
    pub device: String,
    /// When it began.
    pub created: Timestamp,
    /// The last request, to the minute.
    pub seen: Timestamp,
    /// When its owner last showed who they are.
    pub proved: Timestamp,
}

/// A sign-in that somebody has begun at the identity provider.
#[derive(Debug, Clone)]
pub struct SingleSignOn {
    /// Hash of the state that comes back.
    pub state: TokenHash,
    /// Hash of the cookie of the browser that began it.
    pub browser: TokenHash,
    /// What the token must repeat.
    pub nonce: Secret,
    /// The code verifier (PKCE).
    pub verifier: Secret,
    /// Where the browser goes afterwards.
    pub onward: String,
    /// Whether somebody signed in shows again who they are.
    pub again: bool,
}

impl Store {
    /// Begins a session; `instead_of` ends in the same moment (ids are new at every sign-in). Old ones are swept out.
    ///
    /// # Errors
    /// `NotFound` when the account is not in use.
    pub async fn begin_session(
        &self,
        new: NewSession,
        instead_of: Option<TokenHash>,
        limits: SessionLimits,
        at: Timestamp,
    ) -> Result<()> {
        self.write(move |w| sessions::begin(w.db, &new, instead_of.as_ref(), limits, at))
            .await
    }

    /// The session with this id and its account, if it has not run out and the account is in use.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn session(
        &self,
        presented: &TokenHash,
        limits: SessionLimits,
        at: Timestamp,
    ) -> Result<Option<(Session, Account)>> {
        let presented = presented.clone();
        self.read(move |db| sessions::find(db, &presented, limits, at))
            .await
    }

    /// Notes that a session is in use.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn touch_session(&self, presented: &TokenHash, at: Timestamp) -> Result<()> {
        let presented = presented.clone();
        self.write(move |w| sessions::touch(w.db, &presented, at))
            .await
    }

    /// Its owner has shown again who they are: the session goes on under a new id. False when it is gone.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn prove_session(
        &self,
        old: &TokenHash,
        new: &TokenHash,
        at: Timestamp,
    ) -> Result<bool> {
        let (old, new) = (old.clone(), new.clone());
        self.write(move |w| sessions::prove(w.db, &old, &new, at))
            .await
    }

    /// The sessions of an account that have not run out, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sessions(
        &self,
        account: &str,
        limits: SessionLimits,
        at: Timestamp,
    ) -> Result<Vec<Session>> {
        let account = account.to_owned();
        self.read(move |db| sessions::of_account(db, &account, limits, at))
            .await
    }

    /// Ends one session of an account, by its handle. False when there is none.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_session(&self, account: &str, handle: &str, at: Timestamp) -> Result<bool> {
        let (account, handle) = (account.to_owned(), handle.to_owned());
        self.write(move |w| sessions::end(w.db, &account, &handle, at))
            .await
    }

    /// Ends every session of an account but the one with this handle.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end_other_sessions(&self, account: &str, but: &str, at: Timestamp) -> Result<()> {
        let (account, but) = (account.to_owned(), but.to_owned());
        self.write(move |w| sessions::end_others(w.db, &account, &but, at))
            .await
    }

    /// Remembers a sign-in that goes to the identity provider, until `expires`.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin_single_sign_on(
        &self,
        begun: SingleSignOn,
        expires: Timestamp,
        at: Timestamp,
    ) -> Result<()> {
        self.write(move |w| sessions::begin_elsewhere(w.db, &begun, expires, at))
            .await
    }

    /// Takes it up again, once; `None` when it was not begun in this browser, is spent or has run out.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn take_single_sign_on(
        &self,
        state: &TokenHash,
        browser: &TokenHash,
        at: Timestamp,
    ) -> Result<Option<SingleSignOn>> {
        let (state, browser) = (state.clone(), browser.clone());
        self.write(move |w| sessions::take_elsewhere(w.db, &state, &browser, at))
            .await
    }
}
