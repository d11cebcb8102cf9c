//! The case log: appending to it, reading it, checking it from end to end.
//! What never lives here: text. An event holds ids and codes, so that erasing text leaves the chain whole.

use jiff::Timestamp;

use super::{
    Db, Row, cases, params, retention,
    rows::{self, Columns, all, each, first, instant, run, signed},
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
pub(super) fn record(db: &Db, at: Timestamp, event: &NewCaseEvent) -> Result<()> {
    let stood = cases::find_case(db, &event.case)?.ok_or(StoreError::NotFound("case"))?;
    append(db, at, event)?;
    cases::update(db, &stood.after(event, at))
}

pub(super) fn append(db: &Db, at: Timestamp, event: &NewCaseEvent) -> Result<()> {
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
pub(in crate::store) fn last_given(db: &Db) -> Result<u64> {
    db.last_number("case_events")
}

/// The chain's hash at one event.
pub(super) fn hash_at(db: &Db, seq: u64) -> Result<Option<String>> {
    let sql = "SELECT hash FROM case_events WHERE seq = ?1";
    first(db, sql, [signed(seq)], |row| {
        Columns::of(row, "case event").plain()
    })
}

pub(in crate::store) fn of_case(db: &Db, case: &CaseReference) -> Result<Vec<CaseEvent>> {
    let sql = format!(
        "SELECT {} FROM case_events WHERE case_reference = ?1 ORDER BY seq",
        rows::EVENT
    );
    all(db, &sql, [case.as_str()], rows::event)
}

/// Walks the whole log: numbers without a gap, each hash right, each linked to the one before, none cut off the end.
pub(in crate::store) fn verify(db: &Db) -> Result<ChainCheck> {
    let sql = format!("SELECT {} FROM case_events ORDER BY seq", rows::EVENT);
    let (gone, mut previous) = match retention::start(db)? {
        Some(start) => (start.seq, start.hash),
        None => (0, NOTHING_BEFORE.to_owned()),
    };
    let mut events: u64 = 0;
    let mut wrong = None;
    each(db, &sql, [], |row| {
        let expected = gone + events + 1;
        match follows(row, expected, &previous) {
            Ok(hash) => previous = hash,
            Err(what) => wrong = Some(broken(expected, what)),
        }
        events += 1;
        Ok(wrong.is_none())
    })?;
    if let Some(wrong) = wrong {
        return Ok(wrong);
    }
    if last_given(db)? > gone + events {
        return Ok(broken(gone + events + 1, "is missing from the end"));
    }
    Ok(ChainCheck::Whole { events })
}

/// The hash of the event in this row, if it is the one expected after `previous`; else what is wrong with it.
fn follows(
    row: &Row<'_>,
    expected: u64,
    previous: &str,
) -> std::result::Result<String, &'static str> {
    let Ok(event) = rows::event(row) else {
        return Err("cannot be read");
    };
    if event.seq != expected {
        return Err("is missing");
    }
    if event.previous != previous {
        return Err("does not follow from the one before it");
    }
    if event.hash != chain_hash(previous, event.seq, event.at, &event.event) {
        return Err("was changed after it was written");
    }
    Ok(event.hash)
}

fn broken(seq: u64, what: &str) -> ChainCheck {
    ChainCheck::Broken {
        seq,
        why: format!("case event {seq} {what}"),
    }
}
