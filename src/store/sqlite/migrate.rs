//! Brings a database to this program's schema, forwards only. Every migration is recorded with its SHA-256.
//! What never lives here: the tables themselves (../migrations/sqlite/, one numbered file a step).

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::store::{
    error::{Result, StoreError},
    migration::{Migration, changed},
};

/// Marks a file as Waymark's: "WYMK".
pub(super) const APPLICATION_ID: i64 = 0x5759_4D4B;

/// In order, without gaps. A released file is never edited: add the next.
const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "0001_start",
        sql: include_str!("../migrations/sqlite/0001_start.sql"),
    },
    Migration {
        number: 2,
        name: "0002_casework",
        sql: include_str!("../migrations/sqlite/0002_casework.sql"),
    },
    Migration {
        number: 3,
        name: "0003_delivery",
        sql: include_str!("../migrations/sqlite/0003_delivery.sql"),
    },
    Migration {
        number: 4,
        name: "0004_staff",
        sql: include_str!("../migrations/sqlite/0004_staff.sql"),
    },
    Migration {
        number: 5,
        name: "0005_web",
        sql: include_str!("../migrations/sqlite/0005_web.sql"),
    },
    Migration {
        number: 6,
        name: "0006_staff_log",
        sql: include_str!("../migrations/sqlite/0006_staff_log.sql"),
    },
    Migration {
        number: 9,
        name: "0009_running",
        sql: include_str!("../migrations/sqlite/0009_running.sql"),
    },
    Migration {
        number: 10,
        name: "0010_keys",
        sql: include_str!("../migrations/sqlite/0010_keys.sql"),
    },
    Migration {
        number: 13,
        name: "0013_reply_mails",
        sql: include_str!("../migrations/sqlite/0013_reply_mails.sql"),
    },
];

/// The newest schema that this program knows.
pub(super) fn known() -> u32 {
    MIGRATIONS.last().map_or(0, |m| m.number)
}

/// Applies what is missing, all in one transaction; two processes starting at once do it one after the other.
///
/// # Errors
/// `NewerSchema`; `Other` when a recorded migration is not the one in this program; nothing is changed then.
pub(super) fn bring_up_to_date(db: &mut Connection) -> Result<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS migrations (
           number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT",
    )?;
    let found: u32 = tx.query_row(
        "SELECT coalesce(max(number), 0) FROM migrations",
        [],
        |row| row.get(0),
    )?;
    let version: u32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let found = found.max(version);
    if found > known() {
        return Err(StoreError::NewerSchema {
            found,
            known: known(),
        });
    }
    for migration in MIGRATIONS {
        let sha256 = migration.sha256();
        let recorded: Option<String> = tx
            .query_row(
                "SELECT sha256 FROM migrations WHERE number = ?1",
                [migration.number],
                |row| row.get(0),
            )
            .optional()?;
        match recorded {
            Some(recorded) if recorded == sha256 => {}
            Some(_) => return Err(changed(migration.name)),
            None => {
                tx.execute_batch(migration.sql)?;
                tx.execute(
                    "INSERT INTO migrations (number, name, sha256) VALUES (?1, ?2, ?3)",
                    params![migration.number, migration.name, sha256],
                )?;
            }
        }
    }
    if found < known() {
        tx.pragma_update(None, "user_version", known())?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    tx.commit()?;
    Ok(())
}
