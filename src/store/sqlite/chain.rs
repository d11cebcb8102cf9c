//! The case log: appending to it, reading it, checking it from end to end.
//! What never lives here: text. An event holds ids and codes, so that erasing text leaves the chain whole.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    cases, retention,
    rows::{self, Columns, all, first, instant, run, signed},
};
use crate::{
    base::CaseReference,
    casework::{CaseEvent, NewCaseEvent, chain_hash},
    store::{
        error::{Result, StoreError},
        shapes::ChainCheck,
    },
};

/// What the first event has in place of the hash of the one before it.
const NOTHING_BEFORE: &str = "";

/// Appends an event and changes its case accordingly.
pub(super) fn record(db: &Connection, at: Timestamp, event: &NewCaseEvent) -> Result<()> {
    let stood = cases::find_case(db, &event.case)?.ok_or(StoreError::NotFound("case"))?;
    append(db, at, event)?;
    cases::update(db, &stood.after(event, at))
}

pub(super) fn append(db: &Connection, at: Timestamp, event: &NewCaseEvent) -> Result<()> {
    let previous = first(
        db,
        "SELECT hash FROM case_events ORDER BY seq DESC LIMIT 1",
        [],
        |row| Columns::of(row, "case event").plain::<String>(),
    )?
    .unwrap_or_else(|| NOTHING_BEFORE.to_owned());
    // From the counter and not from the last row: a row cut off the end leaves a gap for ever.
    let seq = last_given(db)? + 1;
    let hash = chain_hash(&previous, seq, at, event);
    run(
        db,
        "INSERT INTO case_events (seq, at, case_reference, kind, actor, detail, previous, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            signed(seq),
            instant(at),
            event.case.as_str(),
            event.kind.as_str(),
            event.actor,
            event.detail,
            previous,
            hash
        ],
    )?;
    Ok(())
}

/// The number of the newest event ever given.
pub(in crate::store) fn last_given(db: &Connection) -> Result<u64> {
    let last = first(
        db,
        "SELECT seq FROM sqlite_sequence WHERE name = 'case_events'",
        [],
        |row| Columns::of(row, "case event").count(),
    )?;
    Ok(last.unwrap_or(0))
}

pub(in crate::store) fn of_case(db: &Connection, case: &CaseReference) -> Result<Vec<CaseEvent>> {
    let sql = format!(
        "SELECT {} FROM case_events WHERE case_reference = ?1 ORDER BY seq",
        rows::EVENT
    );
    all(db, &sql, [case.as_str()], rows::event)
}

/// Walks the whole log: numbers without a gap, each hash right, each linked to the one before, none cut off the end.
pub(in crate::store) fn verify(db: &Connection) -> Result<ChainCheck> {
    let sql = format!("SELECT {} FROM case_events ORDER BY seq", rows::EVENT);
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query([])?;
    let (gone, mut previous) = match retention::start(db)? {
        Some(start) => (start.seq, start.hash),
        None => (0, NOTHING_BEFORE.to_owned()),
    };
    let mut events: u64 = 0;
    while let Some(row) = found.next()? {
        let expected = gone + events + 1;
        let Ok(event) = rows::event(row) else {
            return Ok(broken(expected, "cannot be read"));
        };
        if event.seq != expected {
            return Ok(broken(expected, "is missing"));
        }
        if event.previous != previous {
            return Ok(broken(expected, "does not follow from the one before it"));
        }
        if event.hash != chain_hash(&previous, event.seq, event.at, &event.event) {
            return Ok(broken(expected, "was changed after it was written"));
        }
        previous = event.hash;
        events += 1;
    }
    if last_given(db)? > gone + events {
        return Ok(broken(gone + events + 1, "is missing from the end"));
    }
    Ok(ChainCheck::Whole { events })
}

fn broken(seq: u64, what: &str) -> ChainCheck {
    ChainCheck::Broken {
        seq,
        why: format!("case event {seq} {what}"),
    }
}
