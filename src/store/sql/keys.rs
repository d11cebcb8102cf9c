//! SQL of the keys that what people wrote is sealed with, wrapped as they are.
//! What never lives here: the keys themselves (../seals.rs).

use super::{
    Db, params,
    rows::{Columns, all, first, run},
};
use crate::store::{error::Result, seals::Owner};

/// The row by which the operator's key is known again.
const STORE: &str = "store";
const CHECK: &str = "check";

fn named(db: &Db, what: &str, id: &str) -> Result<Option<String>> {
    first(
        db,
        "SELECT wrapped FROM seal_keys WHERE what = ?1 AND id = ?2",
        [what, id],
        |row| Columns::of(row, "key").plain(),
    )
}

fn add(db: &Db, what: &str, id: &str, wrapped: &str) -> Result<()> {
    run(
        db,
        "INSERT INTO seal_keys (what, id, wrapped) VALUES (?1, ?2, ?3)",
        [what, id, wrapped],
    )?;
    Ok(())
}

pub(in crate::store) fn find(db: &Db, owner: Owner<'_>) -> Result<Option<String>> {
    named(db, owner.what(), &owner.id())
}

pub(in crate::store) fn keep(db: &Db, owner: Owner<'_>, wrapped: &str) -> Result<()> {
    add(db, owner.what(), &owner.id(), wrapped)
}

pub(in crate::store) fn remove(db: &Db, owner: Owner<'_>) -> Result<()> {
    run(
        db,
        "DELETE FROM seal_keys WHERE what = ?1 AND id = ?2",
        params![owner.what(), owner.id()],
    )?;
    Ok(())
}

/// Every key as it stands, with whose it is: kind, name, wrapped. Not the row that knows the operator's key again.
pub(in crate::store) fn everybodys(db: &Db) -> Result<Vec<(String, String, String)>> {
    let sql = "SELECT what, id, wrapped FROM seal_keys WHERE what <> ?1";
    all(db, sql, [STORE], |row| {
        let mut c = Columns::of(row, "key");
        Ok((c.plain()?, c.plain()?, c.plain()?))
    })
}

/// The same key, wrapped anew.
pub(in crate::store) fn replace(db: &Db, what: &str, id: &str, wrapped: &str) -> Result<()> {
    run(
        db,
        "UPDATE seal_keys SET wrapped = ?3 WHERE what = ?1 AND id = ?2",
        [what, id, wrapped],
    )?;
    Ok(())
}

/// The operator's key is another from now on.
pub(in crate::store) fn replace_check(db: &Db, sealed: &str) -> Result<()> {
    replace(db, STORE, CHECK, sealed)
}

/// Keys of lanes and addresses for which nothing is kept any more, and of cases whose rows are gone.
pub(super) fn prune(db: &Db) -> Result<usize> {
    run(
        db,
        "DELETE FROM seal_keys WHERE
           what = 'lane' AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.account || ' ' || i.lane = seal_keys.id)
           OR what = 'address' AND NOT EXISTS (SELECT 1 FROM outbox o WHERE CAST(o.address AS TEXT) = seal_keys.id)
           OR what = 'case' AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.reference = seal_keys.id)",
        [],
    )
}

/// What the operator's key sealed when it was first used here.
pub(in crate::store) fn check(db: &Db) -> Result<Option<String>> {
    named(db, STORE, CHECK)
}

pub(in crate::store) fn keep_check(db: &Db, sealed: &str) -> Result<()> {
    add(db, STORE, CHECK, sealed)
}
