//! SQL of accounts, grants and invitations.
//! What never lives here: sessions (sessions.rs), their log (staff_log.rs), passwords in clear.

use jiff::Timestamp;

use super::{
    Db, Row, params,
    rows::{self, Columns, first, instant, run, signed, word},
    staff_log::note,
};
use crate::{
    base::{Secret, TokenHash},
    casework::{Account, AccountState, Grant, Grants, is_account_name},
    store::{
        error::{Result, StoreError},
        staff::{Credentials, Invitation, NewAccount, Subject},
    },
};

/// Who makes the accounts of single sign-on.
const ELSEWHERE: &str = "single-sign-on";

pub(super) const ACCOUNT: &str = "a.name, a.display, a.state, a.subject IS NOT NULL, \
     a.totp_secret IS NOT NULL, a.created, \
     (SELECT string_agg(g.held, ',') FROM grants g WHERE g.account = a.name)";

/// The columns of `ACCOUNT`, wherever they stand in a row.
pub(super) fn account_columns(c: &mut Columns<'_>) -> Result<Account> {
    Ok(Account {
        name: c.plain()?,
        display: c.plain()?,
        state: c.word()?,
        single_sign_on: c.plain()?,
        second_factor: c.plain()?,
        created: c.parsed()?,
        grants: c.several::<Grant>()?.into_iter().collect(),
    })
}

fn row(row: &Row<'_>) -> Result<Account> {
    account_columns(&mut Columns::of(row, "account"))
}

pub(in crate::store) fn all_accounts(db: &Db) -> Result<Vec<Account>> {
    let sql = format!("SELECT {ACCOUNT} FROM accounts a ORDER BY a.name");
    rows::all(db, &sql, [], row)
}

pub(in crate::store) fn account(db: &Db, name: &str) -> Result<Option<Account>> {
    let sql = format!("SELECT {ACCOUNT} FROM accounts a WHERE a.name = ?1");
    first(db, &sql, [name], row)
}

fn existing(db: &Db, name: &str) -> Result<Account> {
    account(db, name)?.ok_or(StoreError::NotFound("account"))
}

pub(in crate::store) fn add(
    db: &Db,
    new: &NewAccount,
    invitation: &Invitation,
    actor: &str,
    at: Timestamp,
) -> Result<()> {
    if !is_account_name(&new.name) {
        return Err(StoreError::Refused(
            "an account name is 2 to 40 lower-case letters, digits, dots or hyphens, a letter first",
        ));
    }
    insert(db, &new.name, &new.display, AccountState::Invited, None, at)?;
    note(db, at, &new.name, "added", actor, "")?;
    set_grants(db, &new.name, &new.grants, actor, at)?;
    invite(db, &new.name, invitation, at)
}

fn insert(
    db: &Db,
    name: &str,
    display: &str,
    state: AccountState,
    subject: Option<&str>,
    at: Timestamp,
) -> Result<()> {
    let made = run(
        db,
        "INSERT INTO accounts (name, display, state, subject, created, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (name) DO NOTHING",
        params![name, display, word(&state)?, subject, instant(at)],
    )?;
    match made {
        0 => Err(StoreError::Duplicate("account")),
        _ => Ok(()),
    }
}

fn invite(db: &Db, name: &str, invitation: &Invitation, at: Timestamp) -> Result<()> {
    run(
        db,
        "UPDATE accounts SET state = ?2, invitation = ?3, invitation_expires = ?4, updated = ?5
         WHERE name = ?1",
        params![
            name,
            word(&AccountState::Invited)?,
            invitation.hash.0,
            instant(invitation.expires),
            instant(at)
        ],
    )?;
    Ok(())
}

pub(in crate::store) fn reset(
    db: &Db,
    name: &str,
    invitation: &Invitation,
    actor: &str,
    at: Timestamp,
) -> Result<()> {
    if existing(db, name)?.single_sign_on {
        return Err(StoreError::Refused(
            "this account signs in with your identity provider and has no password here",
        ));
    }
    run(
        db,
        "UPDATE accounts SET password = NULL, totp_secret = NULL, totp_step = 0 WHERE name = ?1",
        [name],
    )?;
    run(db, "DELETE FROM sessions WHERE account = ?1", [name])?;
    note(db, at, name, "reset", actor, "")?;
    invite(db, name, invitation, at)
}

pub(in crate::store) fn invited(
    db: &Db,
    presented: &TokenHash,
    at: Timestamp,
) -> Result<Option<Account>> {
    let sql = format!(
        "SELECT {ACCOUNT} FROM accounts a
         WHERE a.invitation = ?1 AND a.invitation_expires > ?2 AND a.state = 'invited'"
    );
    first(db, &sql, params![presented.0, instant(at)], row)
}

pub(in crate::store) fn take_up(
    db: &Db,
    presented: &TokenHash,
    credentials: &Credentials,
    display: &str,
    at: Timestamp,
) -> Result<Option<Account>> {
    let Some(account) = invited(db, presented, at)? else {
        return Ok(None);
    };
    run(
        db,
        "UPDATE accounts SET state = ?2, display = ?3, invitation = NULL, invitation_expires = NULL
         WHERE name = ?1",
        params![account.name, word(&AccountState::Active)?, display],
    )?;
    change_credentials(db, &account.name, credentials, at)?;
    existing(db, &account.name).map(Some)
}

pub(in crate::store) fn credentials(db: &Db, name: &str) -> Result<Option<Credentials>> {
    let sql = "SELECT password, totp_secret FROM accounts
               WHERE name = ?1 AND state = 'active' AND password IS NOT NULL";
    first(db, sql, [name], |row| {
        let mut c = Columns::of(row, "account");
        Ok(Credentials {
            password: Secret::new(c.plain()?),
            totp: c.plain::<Option<String>>()?.map(Secret::new),
        })
    })
}

pub(in crate::store) fn totp_secrets(db: &Db) -> Result<Vec<(String, Secret)>> {
    let sql = "SELECT name, totp_secret FROM accounts WHERE totp_secret IS NOT NULL ORDER BY name";
    rows::all(db, sql, [], |row| {
        let mut c = Columns::of(row, "account");
        Ok((c.plain()?, Secret::new(c.plain()?)))
    })
}

pub(in crate::store) fn replace_totp_secret(
    db: &Db,
    name: &str,
    from: &Secret,
    to: &Secret,
) -> Result<()> {
    let sql = "UPDATE accounts SET totp_secret = ?3 WHERE name = ?1 AND totp_secret = ?2";
    run(db, sql, params![name, from.reveal(), to.reveal()])?;
    Ok(())
}

pub(in crate::store) fn spend_step(db: &Db, name: &str, step: u64) -> Result<bool> {
    let sql = "UPDATE accounts SET totp_step = ?2 WHERE name = ?1 AND totp_step < ?2";
    Ok(run(db, sql, params![name, signed(step)])? == 1)
}

pub(in crate::store) fn change_credentials(
    db: &Db,
    name: &str,
    credentials: &Credentials,
    at: Timestamp,
) -> Result<()> {
    let totp = credentials.totp.as_ref().map(Secret::reveal);
    let changed = run(
        db,
        "UPDATE accounts SET password = ?2, totp_secret = ?3, updated = ?4
         WHERE name = ?1 AND state = 'active'",
        params![name, credentials.password.reveal(), totp, instant(at)],
    )?;
    if changed == 0 {
        return Err(StoreError::NotFound("account"));
    }
    let second = match totp {
        Some(_) => "second_factor=yes",
        None => "second_factor=no",
    };
    note(db, at, name, "credentials", name, second)
}

pub(in crate::store) fn grant(
    db: &Db,
    name: &str,
    grants: &Grants,
    actor: &str,
    at: Timestamp,
) -> Result<()> {
    if existing(db, name)?.single_sign_on {
        return Err(StoreError::Refused(
            "this account's roles come from your identity provider: change them there",
        ));
    }
    set_grants(db, name, grants, actor, at)
}

/// A change ends the sessions: whoever goes on does so with a new id and the new roles.
fn set_grants(db: &Db, name: &str, grants: &Grants, actor: &str, at: Timestamp) -> Result<()> {
    if grants.is_empty() {
        return Err(StoreError::Refused("an account needs at least one role"));
    }
    if existing(db, name)?.grants == *grants {
        return Ok(());
    }
    run(db, "DELETE FROM grants WHERE account = ?1", [name])?;
    for held in grants.iter() {
        let sql = "INSERT INTO grants (account, held) VALUES (?1, ?2)";
        run(db, sql, params![name, held.to_string()])?;
    }
    run(db, "DELETE FROM sessions WHERE account = ?1", [name])?;
    let all: Vec<String> = grants.iter().map(ToString::to_string).collect();
    note(db, at, name, "granted", actor, &all.join(","))
}

pub(in crate::store) fn disable(db: &Db, name: &str, actor: &str, at: Timestamp) -> Result<()> {
    let changed = run(
        db,
        "UPDATE accounts SET state = ?2, invitation = NULL, updated = ?3 WHERE name = ?1",
        params![name, word(&AccountState::Disabled)?, instant(at)],
    )?;
    if changed == 0 {
        return Err(StoreError::NotFound("account"));
    }
    run(db, "DELETE FROM sessions WHERE account = ?1", [name])?;
    note(db, at, name, "disabled", actor, "")
}

pub(in crate::store) fn of_subject(
    db: &Db,
    subject: &Subject,
    at: Timestamp,
) -> Result<Option<Account>> {
    let known: Option<(String, AccountState)> = first(
        db,
        "SELECT name, state FROM accounts WHERE subject = ?1",
        [&subject.key],
        |row| {
            let mut c = Columns::of(row, "account");
            Ok((c.plain()?, c.word()?))
        },
    )?;
    let name = match known {
        Some((_, AccountState::Disabled)) => return Ok(None),
        Some((name, _)) => name,
        None => {
            let name = free_name(db, &subject.name)?;
            let (active, key) = (AccountState::Active, Some(subject.key.as_str()));
            insert(db, &name, &subject.display, active, key, at)?;
            note(db, at, &name, "added", ELSEWHERE, "")?;
            name
        }
    };
    run(
        db,
        "UPDATE accounts SET display = ?2, updated = ?3 WHERE name = ?1",
        params![name, subject.display, instant(at)],
    )?;
    set_grants(db, &name, &subject.grants, ELSEWHERE, at)?;
    existing(db, &name).map(Some)
}

/// The wished name, or the first with a number behind it that nobody has.
fn free_name(db: &Db, wished: &str) -> Result<String> {
    for number in 1..1000 {
        let name = match number {
            1 => wished.to_owned(),
            n => format!("{wished}-{n}"),
        };
        if is_account_name(&name) && account(db, &name)?.is_none() {
            return Ok(name);
        }
    }
    Err(StoreError::Refused("no account name could be made"))
}
