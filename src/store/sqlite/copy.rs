//! A copy of the whole file while it is in use, and whether every page of one is sound.
//! What never lives here: where copies are kept and how they are packed (bots/cli).

use std::{fs::OpenOptions, io::ErrorKind, path::Path, time::Duration};

use rusqlite::{Connection, backup::Backup};

use super::migrate;
use crate::store::{
    db::{Behind, Db},
    error::{Result, StoreError},
};

/// Between two tries when another process holds the database.
const PAUSE: Duration = Duration::from_millis(50);

const ELSEWHERE: StoreError = StoreError::Refused(
    "the database is a PostgreSQL server's: back it up with its own tools (pg_dump)",
);

/// The newest schema that this program knows.
pub(in crate::store) fn schema() -> u32 {
    migrate::known()
}

/// In one step, so that it is of one instant and no writer makes it begin again.
pub(in crate::store) fn to(db: &Db, path: &Path) -> Result<()> {
    let Behind::Sqlite(db) = &db.behind else {
        return Err(ELSEWHERE);
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| match e.kind() {
        ErrorKind::StorageFull => StoreError::Full,
        _ => StoreError::Other(format!("{} cannot be made: {e}", path.display())),
    })?;
    let mut copy = Connection::open(path)?;
    Backup::new(db, &mut copy)?.run_to_completion(i32::MAX, PAUSE, None)?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Every page, every index, every reference from one table to another; false where they are a server's to check.
pub(in crate::store) fn check(db: &Db) -> Result<bool> {
    let Behind::Sqlite(db) = &db.behind else {
        return Ok(false);
    };
    let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    let loose = db.prepare("PRAGMA foreign_key_check")?.exists([])?;
    if verdict == "ok" && !loose {
        return Ok(true);
    }
    Err(StoreError::Corrupt(
        "the database is damaged: keep a copy of its files and restore a backup".to_owned(),
    ))
}
