//! PostgreSQL's errors in the store's words.
//! What never lives here: values of rows: of a server's message only what names tables and columns is passed on.

use postgres::{Error, error::SqlState};

use crate::store::error::StoreError;

/// Whether the connection is gone: closed, cut, or ended by a server that stops or is not up yet.
pub(super) fn away(error: &Error) -> bool {
    match error.code() {
        Some(code) => {
            code.code().starts_with("08")
                || [
                    SqlState::ADMIN_SHUTDOWN,
                    SqlState::CRASH_SHUTDOWN,
                    SqlState::CANNOT_CONNECT_NOW,
                    SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
                ]
                .contains(code)
        }
        // Without a code it is the connection's, or ours: a value that does not fit its column.
        None => error.is_closed() || source_is_io(error),
    }
}

fn source_is_io(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<std::io::Error>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        if away(&error) {
            return Self::Busy;
        }
        let Some(code) = error.code() else {
            return Self::Other("database: a value does not fit its column".to_owned());
        };
        let class = code.code().get(..2).unwrap_or_default();
        match class {
            // Waited too long for a lock, ran into another transaction, or the server has no room for one more.
            "55" | "40" => Self::Busy,
            "53" if *code == SqlState::DISK_FULL => Self::Full,
            "53" => Self::Busy,
            "57" => Self::Busy,
            "25" if *code == SqlState::READ_ONLY_SQL_TRANSACTION => Self::ReadOnly(
                "the PostgreSQL server only reads (a standby?): name the one that writes in store.url".to_owned(),
            ),
            "42" if *code == SqlState::INSUFFICIENT_PRIVILEGE => Self::ReadOnly(
                "the PostgreSQL role may not work on its tables: make it the owner of the database".to_owned(),
            ),
            "XX" => Self::Corrupt(
                "PostgreSQL reports damaged data: stop, keep a copy of its folder, and restore a backup"
                    .to_owned(),
            ),
            _ => Self::Other(told(&error)),
        }
    }
}

/// Code, and what is named by it. The message itself only where it is about a statement, which is ours, not about a value.
fn told(error: &Error) -> String {
    let Some(db) = error.as_db_error() else {
        return "database: an unknown error".to_owned();
    };
    let named = [db.table(), db.column(), db.constraint()];
    let named: Vec<&str> = named.into_iter().flatten().collect();
    let ours = ["42", "25", "P0"]
        .iter()
        .any(|c| db.code().code().starts_with(c));
    let message = if ours { db.message() } else { "" };
    let text = format!(
        "database: {} {} {message}",
        db.code().code(),
        named.join(" ")
    );
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
