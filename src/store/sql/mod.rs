//! What is said to the database, once for both: each verb of the store calls one function of a file here.
//! What never lives here: connections and transactions (../engine.rs, ../writer.rs), what only one database knows.
//!
//! How SQL is written, so that SQLite and PostgreSQL take the same text:
//!
//! 1. Parameters are numbered, `?1`, and bound with `params![...]`; the same number may stand several times. A `?` stands
//!    nowhere else, not even in a string.
//! 2. Numbers and booleans are `INTEGER` in SQLite, `BIGINT` in PostgreSQL: a boolean column is compared with 0 or 1. A condition
//!    that is selected is read as `bool`.
//! 3. A parameter that is only asked for NULL has no type: `CAST(?1 AS TEXT) IS NULL`.
//! 4. JSON is text, read in Rust: no `json_each`, no `->>`. Several values in one row: `string_agg(held, ',')`.
//! 5. A list of values is as many parameters: `Query::among` in queue.rs.
//! 6. `CASE` in the place of `iif`, scalar `min` and `max`; `IS NOT DISTINCT FROM` in the place of `IS`; `ON CONFLICT (key)
//!    DO NOTHING` in the place of `OR IGNORE`; `lanes.fence + 1` in an upsert; a name behind each subquery in `FROM`.
//! 7. The number that a row was given comes with `RETURNING seq`; the newest ever given with `Db::last_number`.
//!    Sums are cast, `CAST(sum(x) AS BIGINT)`: PostgreSQL's are of a type of their own.
//! 8. What `ORDER BY` should decide stands there whole: the databases agree on nothing else. `rowid`, the order of
//!    insertion, may be asked for where the PostgreSQL table has a column of that name.
//! 9. No statement stands within the rows of another: `all` first, then on (what `all` and `first` read may be unsealed). An error is never caught and passed over: PostgreSQL ends the job's savepoint with it. Ask first, or `ON CONFLICT`.
//! 10. A migration is written twice, under one number, in ../migrations/sqlite/ and ../migrations/postgres/; a test
//!     compares the tables that come of them.

pub(super) mod addresses;
pub(super) mod alerts;
pub(super) mod beside;
pub(super) mod cases;
pub(super) mod chain;
pub(super) mod content;
pub(super) mod conversations;
pub(super) mod erasure;
pub(super) mod inbox;
pub(super) mod keys;
pub(super) mod ledger;
pub(super) mod life;
pub(super) mod links;
pub(super) mod outbox;
pub(super) mod outcomes;
pub(super) mod queue;
pub(super) mod reply_mails;
pub(super) mod requests;
pub(super) mod retention;
mod rows;
pub(super) mod sealed;
pub(super) mod sessions;
pub(super) mod staff;
pub(super) mod staff_log;
pub(super) mod standing;
pub(super) mod switches;
pub(super) mod tallies;
pub(super) mod turns;

pub(in crate::store) use self::rows::signed;
use super::{
    db::{Db, Row, params},
    writer::Work,
};
