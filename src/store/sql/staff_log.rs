//! The staff log: what happened to accounts, each event linked to the one before it, as the case log is.
//! What never lives here: text; what brings an account there (staff.rs, sessions.rs).

use jiff::Timestamp;

use super::{
    Db, Row, params,
    retention::STAFF_LOG,
    rows::{self, Columns, each, first, instant, run, signed},
};
use crate::{
    casework::{StaffEvent, staff_hash},
    store::{error::Result, shapes::ChainCheck},
};

const COLUMNS: &str = "seq, at, account, kind, actor, detail, previous, hash";

/// An event as kept.
struct Linked {
    event: StaffEvent,
    previous: String,
    /// Empty in what was written before the log was chained.
    hash: String,
}

fn linked(row: &Row<'_>) -> Result<Linked> {
    let mut c = Columns::of(row, "staff event");
    Ok(Linked {
        event: StaffEvent {
            seq: c.count()?,
            at: c.parsed()?,
            account: c.plain()?,
            kind: c.plain()?,
            actor: c.plain()?,
            detail: c.plain()?,
        },
        previous: c.plain()?,
        hash: c.plain()?,
    })
}

pub(in crate::store) fn note(
    db: &Db,
    at: Timestamp,
    account: &str,
    kind: &str,
    actor: &str,
    detail: &str,
) -> Result<()> {
    let previous = newest_hash(db)?;
    let event = StaffEvent {
        // From the counter and not from the last row: a row cut off the end leaves a gap for ever.
        seq: db.last_number("staff_events")? + 1,
        at,
        account: account.to_owned(),
        kind: kind.to_owned(),
        actor: actor.to_owned(),
        detail: detail.to_owned(),
    };
    let hash = staff_hash(&previous, &event);
    run(
        db,
        "INSERT INTO staff_events (seq, at, account, kind, actor, detail, previous, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            signed(event.seq),
            instant(at),
            account,
            kind,
            actor,
            detail,
            previous,
            hash
        ],
    )?;
    Ok(())
}

/// The hash of the newest event.
fn newest_hash(db: &Db) -> Result<String> {
    let sql = "SELECT seq FROM staff_events ORDER BY seq DESC LIMIT 1";
    let newest = first(db, sql, [], |row| Columns::of(row, "staff event").count())?;
    let hash = newest.map(|seq| hash_at(db, seq)).transpose()?.flatten();
    Ok(hash.unwrap_or_default())
}

/// The chain's hash at one event. Where it has none of its own, the log there is older than its chain: it is worked out from all before.
pub(super) fn hash_at(db: &Db, seq: u64) -> Result<Option<String>> {
    let sql = "SELECT hash FROM staff_events WHERE seq = ?1";
    let kept = first(db, sql, [signed(seq)], |row| {
        Columns::of(row, "staff event").plain::<String>()
    })?;
    if kept.as_deref() != Some("") {
        return Ok(kept);
    }
    let (_, mut hash) = beginning(db)?;
    let until = format!("SELECT {COLUMNS} FROM staff_events WHERE seq <= ?1 ORDER BY seq");
    each(db, &until, [signed(seq)], |row| {
        hash = staff_hash(&hash, &linked(row)?.event);
        Ok(true)
    })?;
    Ok(Some(hash))
}

/// The last event that retention removed, and what the first one left follows from.
fn beginning(db: &Db) -> Result<(u64, String)> {
    let start = STAFF_LOG.start(db)?;
    Ok(start.map_or((0, String::new()), |s| (s.seq, s.hash)))
}

/// Walks the whole staff log, as the case log is walked. What was written before it was chained is proved by the first event after.
pub(in crate::store) fn verify(db: &Db) -> Result<ChainCheck> {
    let sql = format!("SELECT {COLUMNS} FROM staff_events ORDER BY seq");
    let (gone, mut previous) = beginning(db)?;
    let (mut events, mut chained) = (0_u64, false);
    let mut wrong = None;
    each(db, &sql, [], |row| {
        events += 1;
        match follows(row, gone + events, &previous, chained) {
            Ok((hash, has_one)) => (previous, chained) = (hash, has_one),
            Err(what) => wrong = Some(broken(gone + events, what)),
        }
        Ok(wrong.is_none())
    })?;
    if let Some(wrong) = wrong {
        return Ok(wrong);
    }
    if db.last_number("staff_events")? > gone + events {
        return Ok(broken(gone + events + 1, "is missing from the end"));
    }
    Ok(ChainCheck::Whole { events })
}

/// The hash of the event in this row and whether it is kept with it, if it is the one expected; else what is wrong with it.
fn follows(
    row: &Row<'_>,
    expected: u64,
    previous: &str,
    chained: bool,
) -> std::result::Result<(String, bool), &'static str> {
    let Ok(kept) = linked(row) else {
        return Err("cannot be read");
    };
    if kept.event.seq != expected {
        return Err("is missing");
    }
    let hash = staff_hash(previous, &kept.event);
    match kept.hash.is_empty() {
        true if chained => Err("has no hash"),
        true => Ok((hash, false)),
        false if kept.previous != previous => Err("does not follow from the one before it"),
        false if kept.hash != hash => Err("was changed after it was written"),
        false => Ok((hash, true)),
    }
}

fn broken(seq: u64, what: &str) -> ChainCheck {
    ChainCheck::Broken {
        seq,
        why: format!("staff event {seq} {what}"),
    }
}

pub(in crate::store) fn events(
    db: &Db,
    account: Option<&str>,
    limit: u32,
) -> Result<Vec<StaffEvent>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM staff_events
         WHERE CAST(?1 AS TEXT) IS NULL OR account = ?1 ORDER BY seq DESC LIMIT ?2"
    );
    rows::all(db, &sql, params![account, limit], |row| {
        Ok(linked(row)?.event)
    })
}
