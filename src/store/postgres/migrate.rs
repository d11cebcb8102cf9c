//! Brings a PostgreSQL database to this program's schema, forwards only. Every migration is recorded with its SHA-256.
//! What never lives here: the tables themselves (../migrations/postgres/, one numbered file a step, each SQLite's twin).

use postgres::Client;

use crate::store::{
    error::{Result, StoreError},
    migration::{Migration, changed},
};

/// In order. The first holds what SQLite came to in six steps; from then on each number stands in both folders.
const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 6,
        name: "0006_start",
        sql: include_str!("../migrations/postgres/0006_start.sql"),
    },
    Migration {
        number: 9,
        name: "0009_running",
        sql: include_str!("../migrations/postgres/0009_running.sql"),
    },
    Migration {
        number: 10,
        name: "0010_keys",
        sql: include_str!("../migrations/postgres/0010_keys.sql"),
    },
    Migration {
        number: 13,
        name: "0013_reply_mails",
        sql: include_str!("../migrations/postgres/0013_reply_mails.sql"),
    },
];

/// Taken by whoever migrates, so that two nodes starting at once do it one after the other: "WYMM".
const LOCK: i64 = 0x5759_4D4D;

/// Applies what is missing, all in one transaction.
///
/// # Errors
/// `NewerSchema`; `Corrupt` for a database with somebody else's tables; `Other` when a recorded migration is not the one in
/// this program. Nothing is changed then.
pub(super) fn bring_up_to_date(client: &mut Client, shown: &str) -> Result<()> {
    let mut tx = client.transaction()?;
    tx.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    let tables: i64 = count(
        &mut tx,
        "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()",
    )?;
    let ours: i64 = count(
        &mut tx,
        "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'migrations'",
    )?;
    if tables > 0 && ours == 0 {
        return Err(StoreError::Corrupt(format!(
            "{shown} holds tables that are not Waymark's: check store.url, or make a database for Waymark alone"
        )));
    }
    tx.batch_execute(
        "CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)",
    )?;
    let known = MIGRATIONS.last().map_or(0, |m| m.number);
    let found = count(&mut tx, "SELECT coalesce(max(number), 0) FROM migrations")?;
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    for migration in MIGRATIONS {
        let number = i64::from(migration.number);
        let sql = "SELECT sha256 FROM migrations WHERE number = $1";
        let recorded = tx.query_opt(sql, &[&number])?;
        let recorded = recorded.and_then(|row| row.try_get::<_, String>(0).ok());
        match recorded {
            Some(sha256) if sha256 == migration.sha256() => {}
            Some(_) => return Err(changed(migration.name)),
            None => {
                tx.batch_execute(migration.sql)?;
                tx.execute(
                    "INSERT INTO migrations (number, name, sha256) VALUES ($1, $2, $3)",
                    &[&number, &migration.name, &migration.sha256()],
                )?;
            }
        }
    }
    Ok(tx.commit()?)
}

fn count(tx: &mut postgres::Transaction<'_>, sql: &str) -> Result<i64> {
    Ok(tx.query_one(sql, &[])?.try_get(0)?)
}
