//! Opens a database file with care: whatever is not a sound Waymark database is refused in one line and left as it is,
//! and a new one is made only where nothing was.
//! What never lives here: the schema (migrate.rs).

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::migrate;
use crate::store::error::{Result, StoreError};

/// How long to wait for another process that writes.
pub(in crate::store) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Files up to this size are checked page by page at start; larger ones when read, and by `waymark doctor`.
const CHECKED_IN_FULL: u64 = 128 * 1024 * 1024;
/// The first bytes of every SQLite file.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// The writer's connection on `path`, schema up to date.
pub(in crate::store) fn file(path: &Path) -> Result<Connection> {
    let made = match fs::metadata(path) {
        Ok(found) => {
            look_before_opening(path, &found)?;
            false
        }
        Err(e) if e.kind() == ErrorKind::NotFound => {
            make(path)?;
            true
        }
        Err(e) => return Err(unreachable_file(path, &e)),
    };
    let opened = open_checked(path, made);
    let still_empty = || fs::metadata(path).is_ok_and(|m| m.len() == 0);
    if made && opened.is_err() && still_empty() {
        // Ours and nothing in it: leave nothing that the next start would have to refuse.
        let _ = fs::remove_file(path);
    }
    opened
}

/// The writer's connection on a file that must be there, and that nobody else works with now.
pub(in crate::store) fn alone(path: &Path) -> Result<Connection> {
    let found = fs::metadata(path).map_err(|e| unreachable_file(path, &e))?;
    look_before_opening(path, &found)?;
    // Asked before anything else is: who gets the whole file has it alone.
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    db.execute_batch("BEGIN EXCLUSIVE; ROLLBACK")?;
    drop(db);
    let db = file(path)?;
    db.execute_batch("BEGIN IMMEDIATE")?;
    Ok(db)
}

/// A database that is gone with its handle. One connection does everything.
pub(in crate::store) fn memory() -> Result<Connection> {
    let mut db = Connection::open_in_memory()?;
    settle(&db)?;
    migrate::bring_up_to_date(&mut db)?;
    Ok(db)
}

/// A further connection that only reads.
pub(in crate::store) fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    settle(&db)?;
    db.pragma_update(None, "query_only", true)?;
    Ok(db)
}

fn settle(db: &Connection) -> Result<()> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.set_prepared_statement_cache_capacity(64);
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "secure_delete", true)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

fn open_checked(path: &Path, made: bool) -> Result<Connection> {
    let at = |error: rusqlite::Error| locate(path, error.into());
    let log_left = fs::metadata(beside(path, "-wal")).is_ok();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags).map_err(at)?;
    settle(&db).map_err(|e| locate(path, e))?;
    // Until it is known to be ours and sound, closing it must not fold a log that a crash has left into it.
    let keep_log = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    db.set_db_config(keep_log, log_left).map_err(at)?;
    if db.is_readonly("main").map_err(at)? {
        return Err(read_only(path));
    }
    if !made {
        recognise(path, &db).map_err(|e| locate(path, e))?;
    }
    let mode: String = db
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(at)?;
    if mode != "wal" {
        return Err(StoreError::Other(format!(
            "{} is on a file system where SQLite cannot keep a write-ahead log: put it on a local disk",
            path.display()
        )));
    }
    db.pragma_update(None, "synchronous", "FULL").map_err(at)?;
    migrate::bring_up_to_date(&mut db).map_err(|e| locate(path, e))?;
    db.set_db_config(keep_log, false).map_err(at)?;
    Ok(db)
}

/// Before SQLite touches the file: is it one, and may we write it?
fn look_before_opening(path: &Path, found: &fs::Metadata) -> Result<()> {
    let shown = path.display();
    if !found.is_file() {
        return Err(StoreError::Corrupt(format!(
            "{shown} is not a file: name the database file itself, for example data/waymark.db"
        )));
    }
    if found.len() == 0 {
        return Err(StoreError::Corrupt(format!(
            "{shown} is empty where a database was expected: restore a backup, or delete it to start afresh"
        )));
    }
    let mut start = [0_u8; 16];
    let mut file = File::open(path).map_err(|e| unreachable_file(path, &e))?;
    if file.read_exact(&mut start).is_err() || &start != MAGIC {
        return Err(StoreError::Corrupt(format!(
            "{shown} is not a Waymark database: check store.path; the file was left as it is"
        )));
    }
    OpenOptions::new()
        .write(true)
        .open(path)
        .map(drop)
        .map_err(|e| unreachable_file(path, &e))
}

/// Before anything is written: is it Waymark's, of a schema we know, and sound?
fn recognise(path: &Path, db: &Connection) -> Result<()> {
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        // A first start that was cut off before it made its tables.
        return Ok(());
    }
    let application: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != migrate::APPLICATION_ID {
        return Err(StoreError::Corrupt(format!(
            "{} is a SQLite database, but not Waymark's: check store.path; the file was left as it is",
            path.display()
        )));
    }
    let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > migrate::known() {
        let known = migrate::known();
        return Err(StoreError::NewerSchema { found, known });
    }
    let size = fs::metadata(path).map_or(0, |m| m.len());
    if size <= CHECKED_IN_FULL {
        let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(damaged(path));
        }
    }
    Ok(())
}

/// A new, empty file that only its owner may read, in a folder that only its owner may enter.
fn make(path: &Path) -> Result<()> {
    for left in ["-wal", "-journal"] {
        let left = beside(path, left);
        if fs::metadata(&left).is_ok() {
            return Err(StoreError::Corrupt(format!(
                "{} is missing, but {} is there: put the database back beside it, or restore a backup; no new one was made",
                path.display(),
                left.display()
            )));
        }
    }
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(folder)
            .map_err(|e| unreachable_file(folder, &e))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        // Another process made it between our look and now: that one is as good.
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Err(StoreError::Busy),
        Err(e) => Err(unreachable_file(path, &e)),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Names the file in errors that SQLite gives without it.
fn locate(path: &Path, error: StoreError) -> StoreError {
    let shown = path.display();
    match error {
        StoreError::ReadOnly(_) => read_only(path),
        StoreError::Corrupt(text) if !text.contains(&shown.to_string()) => damaged(path),
        StoreError::Other(text) if !text.contains(&shown.to_string()) => {
            StoreError::Other(format!("{shown}: {text}"))
        }
        other => other,
    }
}

fn damaged(path: &Path) -> StoreError {
    StoreError::Corrupt(format!(
        "{} is damaged: keep a copy of it and restore a backup; the file was left as it is",
        path.display()
    ))
}

fn read_only(path: &Path) -> StoreError {
    StoreError::ReadOnly(format!(
        "{} cannot be written to: give this user write permission on it and on its folder",
        path.display()
    ))
}

fn unreachable_file(path: &Path, error: &std::io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => read_only(path),
        ErrorKind::StorageFull => StoreError::Full,
        _ => StoreError::Other(format!("{} cannot be opened: {error}", path.display())),
    }
}
