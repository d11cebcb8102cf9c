//! One connection, whichever database is behind it: what is bound, what a row holds, how a statement is run.
//! What never lives here: statements (sql/), transactions (writer.rs, readers.rs), what is sealed in it (seals.rs).

use std::{borrow::Cow, sync::Arc};

use rusqlite::{
    Connection, Statement, ToSql,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    error::{Result, StoreError},
    postgres::{Session, column as postgres_column},
    seals::{Keys, Seals},
};

/// A connection inside a transaction, and the keys of what it reads and writes.
pub(super) struct Db {
    pub(super) behind: Behind,
    pub(super) seals: Arc<Seals>,
    /// Those that this transaction has met.
    pub(super) keys: Keys,
}

/// What is behind a connection.
pub(super) enum Behind {
    /// One file.
    Sqlite(Connection),
    /// A server that several nodes share.
    Postgres(Box<Session>),
}

/// One value on its way in or out. Booleans are 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a str),
}

/// What can be bound to a statement.
pub(super) trait Bind {
    fn value(&self) -> Value<'_>;
}

/// What a column can be read as. `None` when it holds something else.
pub(super) trait Held: Sized {
    fn held(value: Value<'_>) -> Option<Self>;
}

/// The values of one statement, in order: `params![...]`, or an array of one type.
pub(super) trait Params {
    fn values(&self) -> Vec<Value<'_>>;
}

/// The values of a statement, of any types: `params![id.as_str(), instant(at)]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &dyn $crate::store::db::Bind),*] as &[&dyn $crate::store::db::Bind]
    };
}
pub(super) use params;

/// A row that was found, as long as it is looked at.
pub(super) struct Row<'r> {
    /// Where it was found.
    pub(super) db: &'r Db,
    cells: Cells<'r>,
}

enum Cells<'r> {
    /// SQLite's.
    Sqlite(&'r rusqlite::Row<'r>),
    /// PostgreSQL's.
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    /// What stands in a column, counted from 0; `None` when there is no such column or nothing that we keep in it.
    pub(super) fn value(&self, column: usize) -> Option<Value<'_>> {
        match self.cells {
            Cells::Sqlite(row) => match row.get_ref(column).ok()? {
                ValueRef::Null => Some(Value::Null),
                ValueRef::Integer(number) => Some(Value::Integer(number)),
                ValueRef::Real(number) => Some(Value::Real(number)),
                ValueRef::Text(text) => std::str::from_utf8(text).ok().map(Value::Text),
                ValueRef::Blob(_) => None,
            },
            Cells::Postgres(row) => postgres_column(row, column),
        }
    }
}

impl Db {
    pub(super) fn new(behind: Behind, seals: Arc<Seals>) -> Self {
        Self {
            behind,
            seals,
            keys: Keys::default(),
        }
    }

    /// Runs a statement that returns nothing; says how many rows it changed.
    pub(super) fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize> {
        match &self.behind {
            Behind::Sqlite(db) => {
                let mut statement = db.prepare_cached(sql)?;
                bind(&mut statement, values)?;
                Ok(statement.raw_execute()?)
            }
            Behind::Postgres(session) => session.run(sql, values),
        }
    }

    /// Shows each row of a query to `look`, until that returns false.
    pub(super) fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut look: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        match &self.behind {
            Behind::Sqlite(db) => {
                let mut statement = db.prepare_cached(sql)?;
                bind(&mut statement, values)?;
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next()? {
                    let cells = Cells::Sqlite(row);
                    if !look(&Row { db: self, cells })? {
                        break;
                    }
                }
                Ok(())
            }
            Behind::Postgres(session) => session.each(sql, values, |row| {
                let cells = Cells::Postgres(&row);
                look(&Row { db: self, cells })
            }),
        }
    }

    /// As `each`, at most `most` rows; `look` may ask this connection for more, such as the key of what it reads.
    pub(super) fn gathered(
        &self,
        sql: &str,
        values: &[Value<'_>],
        most: usize,
        mut look: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let Behind::Postgres(session) = &self.behind else {
            let mut seen = 0;
            return self.each(sql, values, |row| {
                look(row)?;
                seen += 1;
                Ok(seen < most)
            });
        };
        let mut rows = Vec::new();
        session.each(sql, values, |row| {
            rows.push(row);
            Ok(rows.len() < most)
        })?;
        rows.iter().try_for_each(|row| {
            let cells = Cells::Postgres(row);
            look(&Row { db: self, cells })
        })
    }

    /// Begins a batch of writes; with PostgreSQL once no other node writes.
    pub(super) fn begin_write(&self) -> Result<()> {
        self.keys.forget_all();
        match &self.behind {
            Behind::Sqlite(_) => self.say("BEGIN IMMEDIATE"),
            Behind::Postgres(session) => session.begin_write(),
        }
    }

    /// Makes a batch durable. An error means that nothing was written, but for one that says so.
    pub(super) fn commit_write(&self) -> Result<()> {
        match &self.behind {
            Behind::Sqlite(_) => self.say("COMMIT"),
            Behind::Postgres(session) => session.commit_write(),
        }
    }

    /// Begins to read: what is read until `COMMIT` is of one moment.
    pub(super) fn begin_read(&self) -> Result<()> {
        self.keys.forget_all();
        match &self.behind {
            Behind::Sqlite(_) => self.say("BEGIN"),
            Behind::Postgres(session) => session.begin_read(),
        }
    }

    /// Runs a statement that takes nothing and returns nothing: of transactions and savepoints.
    pub(super) fn say(&self, sql: &str) -> Result<()> {
        if sql.starts_with("ROLLBACK") {
            // A key that was made in what is taken back is none.
            self.keys.forget_all();
        }
        match &self.behind {
            Behind::Sqlite(_) => self.run(sql, &[]).map(drop),
            Behind::Postgres(session) => session.say(sql),
        }
    }

    /// Whether a transaction is open. SQLite ends one by itself when the disk is full, and for a few other faults.
    pub(super) fn in_transaction(&self) -> bool {
        match &self.behind {
            Behind::Sqlite(db) => !db.is_autocommit(),
            Behind::Postgres(session) => session.in_transaction(),
        }
    }

    /// Whether other processes may be at work on it right now as we are.
    pub(super) fn shared(&self) -> bool {
        matches!(self.behind, Behind::Postgres(_))
    }

    /// A number that moves when another connection commits; `None` where nobody counts that.
    pub(super) fn changes_elsewhere(&self) -> Result<Option<i64>> {
        match &self.behind {
            Behind::Sqlite(db) => {
                let version = db.pragma_query_value(None, "data_version", |row| row.get(0))?;
                Ok(Some(version))
            }
            Behind::Postgres(_) => Ok(None),
        }
    }

    /// The newest number ever given to a row of `table`, deleted ones included; 0 before the first.
    pub(super) fn last_number(&self, table: &str) -> Result<u64> {
        let sql = match &self.behind {
            Behind::Sqlite(_) => "SELECT seq FROM sqlite_sequence WHERE name = ?1",
            Behind::Postgres(_) => "SELECT seq FROM given WHERE name = ?1",
        };
        let mut last = 0;
        self.each(sql, &[Value::Text(table)], |row| {
            last = row
                .value(0)
                .and_then(i64::held)
                .and_then(|seq| u64::try_from(seq).ok())
                .ok_or_else(|| StoreError::unreadable("counter"))?;
            Ok(false)
        })?;
        Ok(last)
    }
}

fn bind(statement: &mut Statement<'_>, values: &[Value<'_>]) -> Result<()> {
    let expected = statement.parameter_count();
    if expected != values.len() {
        return Err(StoreError::Other(format!(
            "a statement takes {expected} values and was given {}",
            values.len()
        )));
    }
    for (place, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(place + 1, value)?;
    }
    Ok(())
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl Bind for str {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Bind for String {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Bind for Cow<'_, str> {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Bind for f64 {
    fn value(&self) -> Value<'_> {
        Value::Real(*self)
    }
}

impl<T: Bind + ?Sized> Bind for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: Bind> Bind for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Bind::value)
    }
}

impl Held for String {
    fn held(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl Held for f64 {
    fn held(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Real(number) => Some(number),
            _ => None,
        }
    }
}

impl<T: Held> Held for Option<T> {
    fn held(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::held(value).map(Some),
        }
    }
}

impl Held for bool {
    fn held(value: Value<'_>) -> Option<Self> {
        i64::held(value).map(|number| number != 0)
    }
}

impl Bind for bool {
    fn value(&self) -> Value<'_> {
        Value::Integer(i64::from(*self))
    }
}

impl Held for i64 {
    fn held(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }
}

impl Bind for i64 {
    fn value(&self) -> Value<'_> {
        Value::Integer(*self)
    }
}

macro_rules! whole_numbers {
    ($($number:ty)*) => { $(
        impl Held for $number {
            fn held(value: Value<'_>) -> Option<Self> {
                i64::held(value).and_then(|number| number.try_into().ok())
            }
        }
        impl Bind for $number {
            fn value(&self) -> Value<'_> {
                Value::Integer(i64::from(*self))
            }
        }
    )* };
}
whole_numbers!(u8 u16 u32 i32);

impl Params for &[&dyn Bind] {
    fn values(&self) -> Vec<Value<'_>> {
        self.iter().map(|value| value.value()).collect()
    }
}

impl Params for Vec<Value<'_>> {
    fn values(&self) -> Vec<Value<'_>> {
        self.clone()
    }
}

impl Params for [&dyn Bind; 0] {
    fn values(&self) -> Vec<Value<'_>> {
        Vec::new()
    }
}

macro_rules! arrays {
    ($($length:literal)*) => { $(
        impl<T: Bind> Params for [T; $length] {
            fn values(&self) -> Vec<Value<'_>> {
                self.iter().map(Bind::value).collect()
            }
        }
    )* };
}
arrays!(1 2 3 4);
