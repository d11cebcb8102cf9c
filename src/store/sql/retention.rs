//! SQL of retention: what is past its time, and its deletion in small steps.
//! What never lives here: how long anything is kept (casework::retention), when it runs (bots).

use jiff::Timestamp;

use super::{
    Db, Work, erasure, params,
    rows::{Columns, all, first, instant, run, signed},
};
use crate::{
    base::{CaseReference, ConversationId},
    casework::{CutOff, Retained},
    store::{error::Result, shapes::LogStart},
};

/// Deleted in one step of the writer, so that nobody waits long for it.
const STEP: u32 = 200;
/// Whoever deletes by age, as the log tells it.
pub(super) const ACTOR: &str = "retention";

/// Conversations that no case holds.
const ANONYMOUS: &str = "FROM conversations v WHERE v.updated < ?1
    AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.conversation = v.id)";
/// Closed cases whose words are still there, and that no undecided request holds.
const CASES: &str = "FROM cases c WHERE c.state = 'closed' AND c.closed < ?1 AND c.erased IS NULL
    AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.case_reference = c.reference AND r.decided IS NULL)";
/// Cases without words or events any more.
const EMPTY: &str = "FROM cases WHERE erased IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM case_events e WHERE e.case_reference = cases.reference)";

/// How much is past its time.
pub(in crate::store) fn look(db: &Db, cut: &CutOff) -> Result<Retained> {
    let count = |sql: &str, before: Option<Timestamp>| -> Result<u64> {
        let Some(before) = before else { return Ok(0) };
        let sql = format!("SELECT count(*) {sql}");
        let found = first(db, &sql, [instant(before)], |row| {
            Columns::of(row, "count").count()
        })?;
        Ok(found.unwrap_or(0))
    };
    let start = start(db)?.map_or(0, |s| s.seq);
    let events = match cut.audit {
        Some(before) => last_to_go(db, before)?.saturating_sub(start),
        None => 0,
    };
    Ok(Retained {
        dry_run: true,
        conversations: count(ANONYMOUS, cut.anonymous)?,
        cases: count(CASES, cut.cases)?,
        events,
    })
}

/// One step: deletes some of what is past its time; nothing deleted means that all is done.
pub(in crate::store) fn step(
    work: &mut Work<'_>,
    cut: &CutOff,
    now: Timestamp,
) -> Result<Retained> {
    let mut done = Retained::default();
    if let Some(before) = cut.anonymous {
        let sql = format!("SELECT v.id {ANONYMOUS} LIMIT {STEP}");
        let ids: Vec<ConversationId> = all(work.db, &sql, [instant(before)], |row| {
            Columns::of(row, "conversation").parsed()
        })?;
        for id in ids {
            erasure::erase(work, &id, ACTOR, now)?;
            done.conversations += 1;
        }
    }
    if let Some(before) = cut.cases {
        let sql = format!("SELECT c.reference {CASES} LIMIT {STEP}");
        let old: Vec<CaseReference> = all(work.db, &sql, [instant(before)], |row| {
            Columns::of(row, "case").parsed()
        })?;
        for reference in old {
            erasure::erase_case(work, &reference, ACTOR, now)?;
            done.cases += 1;
        }
    }
    if let Some(before) = cut.audit {
        done.events = shorten(work, before)?;
    }
    Ok(done)
}

/// Where the log begins, if it was ever shortened.
pub(in crate::store) fn start(db: &Db) -> Result<Option<LogStart>> {
    first(db, "SELECT seq, hash, at FROM log_start", [], |row| {
        let mut c = Columns::of(row, "log's start");
        Ok(LogStart {
            seq: c.count()?,
            hash: c.plain()?,
            at: c.parsed()?,
        })
    })
}

/// The last event that goes: all before it are old too, and the newest of all always stays.
fn last_to_go(db: &Db, before: Timestamp) -> Result<u64> {
    let young = first(
        db,
        "SELECT coalesce(min(CASE WHEN at >= ?1 THEN seq END), max(seq)) FROM case_events",
        [instant(before)],
        |row| {
            let seq: Option<i64> = Columns::of(row, "case event").plain()?;
            Ok(seq.and_then(|s| u64::try_from(s).ok()).unwrap_or(0))
        },
    )?;
    Ok(young.unwrap_or(0).saturating_sub(1))
}

/// Removes the oldest events, up to those that are young enough, and the rows of cases of which nothing is left.
fn shorten(work: &mut Work<'_>, before: Timestamp) -> Result<u64> {
    let db = work.db;
    let begun = start(db)?.map_or(0, |s| s.seq);
    let last = last_to_go(db, before)?.min(begun + u64::from(STEP));
    if last <= begun {
        return Ok(0);
    }
    run(
        db,
        "INSERT INTO log_start (one, seq, hash, at) SELECT 1, seq, hash, at FROM case_events WHERE seq = ?1
         ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at",
        [signed(last)],
    )?;
    let gone = run(
        db,
        "DELETE FROM case_events WHERE seq <= ?1",
        params![signed(last)],
    )?;
    run(db, &format!("DELETE {EMPTY}"), [])?;
    work.truncate_log();
    Ok(u64::try_from(gone).unwrap_or(0))
}
