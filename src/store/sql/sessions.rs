//! SQL of sessions and of sign-ins under way at the identity provider.
//! What never lives here: accounts (staff.rs), cookies.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    Db, params,
    rows::{Columns, all, first, instant, run},
    staff::{ACCOUNT, account_columns},
    staff_log::note,
};
use crate::{
    base::{Secret, TokenHash},
    casework::Account,
    store::{
        error::{Result, StoreError},
        session::{NewSession, Session, SessionLimits, SingleSignOn},
    },
};

const SESSION: &str = "s.handle, s.account, s.device, s.created, s.seen, s.proved";

fn columns(c: &mut Columns<'_>) -> Result<Session> {
    Ok(Session {
        handle: c.plain()?,
        account: c.plain()?,
        device: c.plain()?,
        created: c.parsed()?,
        seen: c.parsed()?,
        proved: c.parsed()?,
    })
}

fn before(at: Timestamp, by: Duration) -> String {
    instant(at.checked_sub(by).unwrap_or(Timestamp::MIN))
}

pub(in crate::store) fn begin(
    db: &Db,
    new: &NewSession,
    instead_of: Option<&TokenHash>,
    limits: SessionLimits,
    at: Timestamp,
) -> Result<()> {
    run(
        db,
        "DELETE FROM sessions WHERE seen < ?1 OR created < ?2 OR id_hash = ?3",
        params![
            before(at, limits.idle),
            before(at, limits.absolute),
            instead_of.map(|h| h.0.as_str())
        ],
    )?;
    let made = run(
        db,
        "INSERT INTO sessions (id_hash, handle, account, device, created, seen, proved)
         SELECT ?1, ?2, name, ?4, ?5, ?5, ?6 FROM accounts WHERE name = ?3 AND state = 'active'",
        params![
            new.hash.0,
            new.handle,
            new.account,
            new.device,
            instant(at),
            instant(new.proved)
        ],
    )?;
    if made == 0 {
        return Err(StoreError::NotFound("account in use"));
    }
    note(db, at, &new.account, "signed_in", &new.account, "")
}

pub(in crate::store) fn find(
    db: &Db,
    presented: &TokenHash,
    limits: SessionLimits,
    at: Timestamp,
) -> Result<Option<(Session, Account)>> {
    let sql = format!(
        "SELECT {SESSION}, {ACCOUNT} FROM sessions s JOIN accounts a ON a.name = s.account
         WHERE s.id_hash = ?1 AND s.seen >= ?2 AND s.created >= ?3 AND a.state = 'active'"
    );
    let since = params![
        presented.0,
        before(at, limits.idle),
        before(at, limits.absolute)
    ];
    first(db, &sql, since, |row| {
        let mut c = Columns::of(row, "session");
        Ok((columns(&mut c)?, account_columns(&mut c)?))
    })
}

pub(in crate::store) fn touch(db: &Db, presented: &TokenHash, at: Timestamp) -> Result<()> {
    let sql = "UPDATE sessions SET seen = ?2 WHERE id_hash = ?1";
    run(db, sql, params![presented.0, instant(at)])?;
    Ok(())
}

pub(in crate::store) fn prove(
    db: &Db,
    old: &TokenHash,
    new: &TokenHash,
    at: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE sessions SET id_hash = ?2, seen = ?3, proved = ?3 WHERE id_hash = ?1";
    Ok(run(db, sql, params![old.0, new.0, instant(at)])? == 1)
}

pub(in crate::store) fn of_account(
    db: &Db,
    account: &str,
    limits: SessionLimits,
    at: Timestamp,
) -> Result<Vec<Session>> {
    let sql = format!(
        "SELECT {SESSION} FROM sessions s
         WHERE s.account = ?1 AND s.seen >= ?2 AND s.created >= ?3 ORDER BY s.created DESC, s.handle"
    );
    let since = params![
        account,
        before(at, limits.idle),
        before(at, limits.absolute)
    ];
    all(db, &sql, since, |row| {
        columns(&mut Columns::of(row, "session"))
    })
}

pub(in crate::store) fn end(db: &Db, account: &str, handle: &str, at: Timestamp) -> Result<bool> {
    let sql = "DELETE FROM sessions WHERE account = ?1 AND handle = ?2";
    let ended = run(db, sql, params![account, handle])? == 1;
    if ended {
        note(db, at, account, "signed_out", account, "")?;
    }
    Ok(ended)
}

pub(in crate::store) fn end_others(db: &Db, account: &str, but: &str, at: Timestamp) -> Result<()> {
    let sql = "DELETE FROM sessions WHERE account = ?1 AND handle <> ?2";
    if run(db, sql, params![account, but])? > 0 {
        note(db, at, account, "others_signed_out", account, "")?;
    }
    Ok(())
}

pub(in crate::store) fn begin_elsewhere(
    db: &Db,
    begun: &SingleSignOn,
    expires: Timestamp,
    at: Timestamp,
) -> Result<()> {
    let sweep = "DELETE FROM single_sign_ons WHERE expires < ?1";
    run(db, sweep, [instant(at)])?;
    run(
        db,
        "INSERT INTO single_sign_ons (state_hash, browser, nonce, verifier, onward, again, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            begun.state.0,
            begun.browser.0,
            begun.nonce.reveal(),
            begun.verifier.reveal(),
            begun.onward,
            begun.again,
            instant(expires)
        ],
    )?;
    Ok(())
}

pub(in crate::store) fn take_elsewhere(
    db: &Db,
    state: &TokenHash,
    browser: &TokenHash,
    at: Timestamp,
) -> Result<Option<SingleSignOn>> {
    let found = first(
        db,
        "SELECT nonce, verifier, onward, again FROM single_sign_ons
         WHERE state_hash = ?1 AND browser = ?2 AND expires >= ?3",
        params![state.0, browser.0, instant(at)],
        |row| {
            let mut c = Columns::of(row, "sign-in");
            Ok(SingleSignOn {
                state: state.clone(),
                browser: browser.clone(),
                nonce: Secret::new(c.plain()?),
                verifier: Secret::new(c.plain()?),
                onward: c.plain()?,
                again: c.plain()?,
            })
        },
    )?;
    run(
        db,
        "DELETE FROM single_sign_ons WHERE state_hash = ?1 AND browser = ?2",
        params![state.0, browser.0],
    )?;
    Ok(found)
}

/// Ends every session and sign-in under way, and takes back every invitation and link that is given out once.
pub(in crate::store) fn end_all(db: &Db) -> Result<()> {
    for everything in [
        "DELETE FROM sessions",
        "DELETE FROM single_sign_ons",
        "DELETE FROM links",
        "UPDATE accounts SET invitation = NULL, invitation_expires = NULL",
    ] {
        run(db, everything, [])?;
    }
    Ok(())
}
