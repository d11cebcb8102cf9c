//! Moving house: everything of a stopped service's SQLite file into an empty PostgreSQL database, table by table, read back and
//! compared before it counts.
//! What never lives here: what the tables mean; a service that runs.

use std::{path::Path, sync::Arc, thread};

use sha2::{Digest, Sha256};

use super::{
    Store,
    db::{Behind, Db, Value},
    error::{Result, StoreError},
    postgres::{Connector, Session},
    seals::Seals,
    shapes::{ChainCheck, Moved},
    sql::{chain, staff_log},
    sqlite::open,
};
use crate::base::Secret;

/// The counters of SQLite and PostgreSQL: they move with the rows.
const COUNTERS: &str = "given";
/// Tables that each database has of its own.
const OWN: [&str; 3] = ["migrations", "probe", COUNTERS];

impl Store {
    /// Copies the database of a stopped service, the SQLite file `from`, into the empty PostgreSQL database at `to`, in one
    /// transaction; says what went over, a row a table. Rows are counted and hashed on both sides, and the logs' chains are
    /// checked. Blocks until it is done.
    ///
    /// # Errors
    /// `Busy` when something still works with the file; `Refused` when the target holds anything; `Corrupt` when what arrived is
    /// not what was sent. The target is then as empty as before.
    pub fn move_to_server(from: &Path, to: &str, password: Option<&Secret>) -> Result<Vec<Moved>> {
        let connector = Arc::new(Connector::new(to, password)?);
        let from = from.to_owned();
        // On a thread of its own: the caller may be an async task, which PostgreSQL's client must not meet.
        let moving = thread::spawn(move || {
            // Rows go over as they are: what is sealed opens there with the same key.
            let seals = Arc::new(Seals::new(None));
            let from = Db::new(Behind::Sqlite(open::alone(&from)?), seals.clone());
            let session = Box::new(Session::first(connector)?);
            let to = Db::new(Behind::Postgres(session), seals);
            to.begin_write()?;
            let moved = move_all(&from, &to);
            match &moved {
                Ok(_) => to.commit_write()?,
                Err(_) => to.say("ROLLBACK")?,
            }
            moved
        });
        moving
            .join()
            .unwrap_or_else(|_| Err(StoreError::Other("moving stopped half way".to_owned())))
    }
}

fn move_all(from: &Db, to: &Db) -> Result<Vec<Moved>> {
    let tables = tables(from)?;
    for table in &tables {
        if counted(to, table)?.rows > 0 {
            return Err(StoreError::Refused(
                "the PostgreSQL database holds something already: name an empty one",
            ));
        }
    }
    let mut moved = Vec::new();
    for table in tables {
        let columns = columns(from, &table)?;
        let sent = copy(from, to, &table, &columns)?;
        let arrived = summed(to, &table, &columns)?;
        if sent != arrived {
            return Err(StoreError::Corrupt(format!(
                "table {table} did not arrive as it was sent: nothing was moved"
            )));
        }
        moved.push(sent);
    }
    for table in &moved {
        let seq = from.last_number(&table.table)?;
        to.run(
            "UPDATE given SET seq = ?2 WHERE name = ?1",
            &[
                Value::Text(&table.table),
                Value::Integer(super::sql::signed(seq)),
            ],
        )?;
    }
    for check in [chain::verify(to)?, staff_log::verify(to)?] {
        if let ChainCheck::Broken { why, .. } = check {
            return Err(StoreError::Corrupt(format!("{why}: nothing was moved")));
        }
    }
    Ok(moved)
}

/// In the order in which they were made: what a table points at stands before it.
fn tables(db: &Db) -> Result<Vec<String>> {
    let made = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid";
    let all = names(db, made, &[])?;
    Ok(all
        .into_iter()
        .filter(|name| !OWN.contains(&name.as_str()))
        .collect())
}

fn columns(db: &Db, table: &str) -> Result<Vec<String>> {
    let sql = "SELECT name FROM pragma_table_info(?1) ORDER BY cid";
    names(db, sql, &[Value::Text(table)])
}

fn names(db: &Db, sql: &str, values: &[Value<'_>]) -> Result<Vec<String>> {
    let mut out = Vec::new();
    db.each(sql, values, |row| {
        if let Some(Value::Text(name)) = row.value(0) {
            out.push(name.to_owned());
        }
        Ok(true)
    })?;
    Ok(out)
}

fn counted(db: &Db, table: &str) -> Result<Moved> {
    summed(db, table, &[])
}

/// Copies the rows in the order of their making, and sums up what was sent.
fn copy(from: &Db, to: &Db, table: &str, columns: &[String]) -> Result<Moved> {
    let names = columns.join(", ");
    let places: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    let insert = format!(
        "INSERT INTO {table} ({names}) VALUES ({})",
        places.join(", ")
    );
    let mut sum = Sum::default();
    let select = format!("SELECT {names} FROM {table} ORDER BY rowid");
    from.each(&select, &[], |row| {
        let values: Option<Vec<Value<'_>>> = (0..columns.len()).map(|at| row.value(at)).collect();
        let values = values.ok_or_else(|| StoreError::unreadable("value"))?;
        sum.add(&values);
        to.run(&insert, &values)?;
        Ok(true)
    })?;
    Ok(sum.of(table))
}

fn summed(db: &Db, table: &str, columns: &[String]) -> Result<Moved> {
    let names = match columns {
        [] => "1".to_owned(),
        some => some.join(", "),
    };
    let mut sum = Sum::default();
    db.each(&format!("SELECT {names} FROM {table}"), &[], |row| {
        let values: Option<Vec<Value<'_>>> = (0..columns.len()).map(|at| row.value(at)).collect();
        sum.add(&values.ok_or_else(|| StoreError::unreadable("value"))?);
        Ok(true)
    })?;
    Ok(sum.of(table))
}

/// A sum over the hashes of rows, whatever their order.
#[derive(Default)]
struct Sum {
    rows: u64,
    words: [u64; 4],
}

impl Sum {
    fn add(&mut self, values: &[Value<'_>]) {
        let mut hash = Sha256::new();
        for value in values {
            let (kind, bytes) = match value {
                Value::Null => (b'-', Vec::new()),
                Value::Integer(number) => (b'i', number.to_be_bytes().to_vec()),
                Value::Real(number) => (b'r', number.to_bits().to_be_bytes().to_vec()),
                // PostgreSQL keeps no NUL: both sides are read as it keeps it.
                Value::Text(text) => (b't', text.replace('\0', "\u{FFFD}").into_bytes()),
            };
            hash.update([kind]);
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        }
        self.rows += 1;
        for (word, bytes) in self.words.iter_mut().zip(hash.finalize().chunks_exact(8)) {
            let number = bytes.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
            *word = word.wrapping_add(number);
        }
    }

    fn of(self, table: &str) -> Moved {
        let words = self.words.iter().map(|word| format!("{word:016x}"));
        Moved {
            table: table.to_owned(),
            rows: self.rows,
            hash: words.collect(),
        }
    }
}
