//! SQLite's errors in the store's words.
//! What never lives here: values of rows (SQLite names tables and columns in its messages, never their content).

use rusqlite::{Error, ErrorCode, ffi::SQLITE_IOERR_SHMSIZE};

use crate::store::error::StoreError;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let code = error.sqlite_error_code();
        match code {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Self::ReadOnly(
                    "the database cannot be written to: check the permissions of its file and folder"
                        .to_owned(),
                )
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(
                "the database is damaged: stop, keep a copy of its files, and restore a backup"
                    .to_owned(),
            ),
            // No room for the shared index of the log: SQLite calls that an I/O error.
            Some(ErrorCode::SystemIoFailure)
                if error.sqlite_error().map(|e| e.extended_code) == Some(SQLITE_IOERR_SHMSIZE) =>
            {
                Self::Full
            }
            Some(ErrorCode::SystemIoFailure) => Self::Other(
                "the disk reported an error on the database: check the disk and the system log"
                    .to_owned(),
            ),
            _ => Self::Other(format!("database: {}", one_line(&error))),
        }
    }
}

/// The message alone: SQLite adds the whole statement to some.
fn one_line(error: &Error) -> String {
    let text = match error {
        Error::SqlInputError { msg, .. } => msg.clone(),
        Error::FromSqlConversionFailure(column, ..) => {
            format!("column {column} holds an unexpected value")
        }
        other => other.to_string(),
    };
    text.lines().next().unwrap_or_default().to_owned()
}
