//! One session with the server: statements prepared once, batches of writes that are serial over all nodes, and coming back
//! after the server was away.
//! What never lives here: statements (../sql/), where the server is (connector.rs).

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    error::Error as StdError,
    sync::Arc,
    thread,
    time::Duration,
};

use bytes::BytesMut;
use postgres::{
    Client, SimpleQueryMessage, Statement,
    fallible_iterator::FallibleIterator,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use super::{connector::Connector, errors::away, migrate};
use crate::{
    base::Stopwatch,
    store::{
        db::Value,
        error::{Result, StoreError},
    },
};

/// Held by the one node that writes: "WYMK". One batch after the other, over all nodes, as in SQLite's one file.
const WRITER: i64 = 0x5759_4D4B;
/// Statements kept prepared; ours are fewer, but for the filters of lists.
const PREPARED: usize = 400;
/// How long a batch waits for a server that is away before it is refused.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a commit in doubt is looked into.
const DOUBT: Duration = Duration::from_secs(30);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(150);

/// A session that outlives its connection.
pub(in crate::store) struct Session {
    connector: Arc<Connector>,
    client: RefCell<Option<Client>>,
    prepared: RefCell<HashMap<String, Statement>>,
    /// Whether a transaction is open.
    open: Cell<bool>,
    /// The name of this process among those that write.
    node: String,
    /// The number of its batch under way.
    batch: Cell<u64>,
}

impl Session {
    /// The first session of a process: the schema is brought up to date.
    pub(in crate::store) fn first(connector: Arc<Connector>) -> Result<Self> {
        let mut client = connector.connect_first()?;
        migrate::bring_up_to_date(&mut client, connector.shown())?;
        let named = client.query_one("SELECT gen_random_uuid()::TEXT", &[])?;
        client.execute(
            "DELETE FROM writers WHERE at < now() - INTERVAL '7 days'",
            &[],
        )?;
        let mut session = Self::later(connector);
        session.node = named.try_get(0)?;
        session.client.replace(Some(client));
        Ok(session)
    }

    /// One that connects when it is first used.
    pub(in crate::store) fn later(connector: Arc<Connector>) -> Self {
        Self {
            connector,
            client: RefCell::default(),
            prepared: RefCell::default(),
            open: Cell::new(false),
            node: String::new(),
            batch: Cell::new(0),
        }
    }

    pub(in crate::store) fn in_transaction(&self) -> bool {
        self.open.get()
    }

    /// Begins to read: what is read is of one moment.
    pub(in crate::store) fn begin_read(&self) -> Result<()> {
        self.begin(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Duration::ZERO,
        )
    }

    /// Begins a batch of writes once no other node writes. The batch notes itself down.
    pub(in crate::store) fn begin_write(&self) -> Result<()> {
        let (node, batch) = (&self.node, self.batch.get() + 1);
        self.batch.set(batch);
        let sql = format!(
            "BEGIN; SELECT pg_advisory_xact_lock({WRITER});
             INSERT INTO writers (node, batch) VALUES ('{node}', {batch})
             ON CONFLICT (node) DO UPDATE SET batch = excluded.batch, at = now()"
        );
        self.begin(&sql, PATIENCE)
    }

    /// Makes a batch durable. When the connection is lost in the middle of it, the server is asked what became of it.
    ///
    /// # Errors
    /// `Busy`: nothing was written. `Other`: nobody knows; only when the server stays away.
    pub(in crate::store) fn commit_write(&self) -> Result<()> {
        let outcome = self.speak("COMMIT");
        self.open.set(false);
        match outcome {
            Ok(_) => Ok(()),
            Err(_) if self.lost() => self.what_became_of_it(),
            Err(error) => Err(error),
        }
    }

    /// Runs what takes and returns nothing.
    pub(in crate::store) fn say(&self, sql: &str) -> Result<()> {
        let ends = sql.starts_with("ROLLBACK") && !sql.contains(" TO ") || sql == "COMMIT";
        let outcome = self.speak(sql);
        if ends {
            self.open.set(false);
        }
        outcome.map(drop)
    }

    pub(in crate::store) fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize> {
        let statement = self.prepare(sql)?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| v as _).collect();
        let changed = self.with(|client| client.execute(&statement, &values))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    pub(in crate::store) fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut look: impl FnMut(postgres::Row) -> Result<bool>,
    ) -> Result<()> {
        let statement = self.prepare(sql)?;
        let mut looked = Ok(());
        self.with(|client| {
            let values = values.iter().map(|v| v as &(dyn ToSql + Sync));
            let mut rows = client.query_raw(&statement, values)?;
            while let Some(row) = rows.next()? {
                match look(row) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        looked = Err(error);
                        break;
                    }
                }
            }
            Ok(())
        })?;
        looked
    }

    fn prepare(&self, sql: &str) -> Result<Statement> {
        if let Some(known) = self.prepared.borrow().get(sql) {
            return Ok(known.clone());
        }
        let numbered = sql.replace('?', "$");
        let statement = self.with(|client| client.prepare(&numbered))?;
        let mut prepared = self.prepared.borrow_mut();
        if prepared.len() >= PREPARED {
            prepared.clear();
        }
        prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Connects where needed and begins. A connection that turns out to be dead is replaced: nothing was done in it yet.
    fn begin(&self, sql: &str, patience: Duration) -> Result<()> {
        let begun = Stopwatch::start();
        let mut again = true;
        loop {
            let outcome = self.connected().and_then(|()| self.speak(sql));
            match outcome {
                Ok(_) => {
                    self.open.set(true);
                    return Ok(());
                }
                Err(error) if !self.lost() => {
                    // The lock was waited for in vain: the transaction that began before it is ended.
                    let _ = self.speak("ROLLBACK");
                    return Err(error);
                }
                Err(_) if again => again = false,
                Err(error) if begun.elapsed() >= patience => return Err(error),
                Err(_) => thread::park_timeout(PAUSE),
            }
        }
    }

    /// After a commit whose answer never came: whether its note is there. Behind the lock, which the old session holds until
    /// it has ended one way or the other.
    fn what_became_of_it(&self) -> Result<()> {
        let begun = Stopwatch::start();
        tracing::warn!(
            "the connection was lost in the middle of a commit: asking what became of it"
        );
        let asked = format!(
            "BEGIN; SELECT pg_advisory_xact_lock({WRITER});
             SELECT coalesce(max(batch), 0) FROM writers WHERE node = '{}'; COMMIT",
            self.node
        );
        while begun.elapsed() < DOUBT {
            match self.connected().and_then(|()| self.speak(&asked)) {
                Ok(noted) if noted == self.batch.get().to_string() => return Ok(()),
                Ok(_) => return Err(StoreError::Busy),
                // The old session has not ended yet, or the server is not back yet.
                Err(_) => {
                    let _ = self.speak("ROLLBACK");
                    thread::park_timeout(PAUSE);
                }
            }
        }
        Err(StoreError::Other(
            "PostgreSQL went away in the middle of a commit: what was written last may be there or not".to_owned(),
        ))
    }

    fn connected(&self) -> Result<()> {
        if self.lost() {
            self.prepared.borrow_mut().clear();
            self.open.set(false);
            // The dead one goes first, so that a server with few places has room.
            self.client.replace(None);
            let client = self.connector.connect()?;
            self.client.replace(Some(client));
        }
        Ok(())
    }

    fn lost(&self) -> bool {
        self.client.borrow().as_ref().is_none_or(Client::is_closed)
    }

    /// Says something without parameters; returns the last value of the last row, if there was any.
    fn speak(&self, sql: &str) -> Result<String> {
        let said = self.with(|client| client.simple_query(sql))?;
        let last = said.iter().rev().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some(row.get(row.len().saturating_sub(1)).unwrap_or_default())
            }
            _ => None,
        });
        Ok(last.unwrap_or_default().to_owned())
    }

    fn with<T>(
        &self,
        ask: impl FnOnce(&mut Client) -> std::result::Result<T, postgres::Error>,
    ) -> Result<T> {
        let Ok(mut place) = self.client.try_borrow_mut() else {
            return Err(StoreError::Other(
                "a statement stands within the rows of another: collect them first".to_owned(),
            ));
        };
        let Some(client) = place.as_mut() else {
            return Err(StoreError::Busy);
        };
        match ask(client) {
            Ok(answer) => Ok(answer),
            Err(error) => {
                if away(&error) {
                    // Not to be used again, whatever the client still thinks of it.
                    *place = None;
                }
                Err(error.into())
            }
        }
    }
}

/// What stands in a column of a row.
pub(in crate::store) fn column(row: &postgres::Row, column: usize) -> Option<Value<'_>> {
    fn held<'a, T: postgres::types::FromSql<'a>>(
        row: &'a postgres::Row,
        column: usize,
        value: impl FnOnce(T) -> Value<'a>,
    ) -> Option<Value<'a>> {
        let found: Option<T> = row.try_get(column).ok()?;
        Some(found.map_or(Value::Null, value))
    }
    match *row.columns().get(column)?.type_() {
        Type::BOOL => held(row, column, |b: bool| Value::Integer(i64::from(b))),
        Type::INT4 => held(row, column, |n: i32| Value::Integer(i64::from(n))),
        Type::INT8 => held(row, column, Value::Integer),
        Type::FLOAT8 => held(row, column, Value::Real),
        _ => held(row, column, Value::Text),
    }
}

/// Bound as the statement expects it: our 0 and 1 are its booleans, our numbers its larger and smaller ones.
impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        expected: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match (self, expected) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Integer(n), &Type::BOOL) => (*n != 0).to_sql(expected, out),
            (Self::Integer(n), &Type::INT4) => i32::try_from(*n)?.to_sql(expected, out),
            (Self::Integer(n), &Type::INT8) => n.to_sql(expected, out),
            (Self::Real(n), &Type::FLOAT8) => n.to_sql(expected, out),
            // PostgreSQL keeps no NUL in text.
            (Self::Text(t), &Type::TEXT | &Type::VARCHAR) if t.contains('\0') => {
                t.replace('\0', "\u{FFFD}").to_sql(expected, out)
            }
            (Self::Text(t), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => t.to_sql(expected, out),
            _ => Err(format!("a value of another type than {expected}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
