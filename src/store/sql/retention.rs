//! SQL of retention: what is past its time, and its deletion in small steps.
//! What never lives here: how long anything is kept (casework::retention), when it runs (bots).

use jiff::Timestamp;

use super::{
    Db, Work, chain, erasure, params,
    rows::{Columns, all, first, instant, run, signed},
    staff_log,
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
/// An append-only log that retention shortens from its beginning.
pub(super) struct Log {
    events: &'static str,
    /// Where it begins since then.
    start: &'static str,
    /// The chain's hash at one of its events.
    hash: fn(&Db, u64) -> Result<Option<String>>,
}

/// What happened to cases.
pub(super) const CASE_LOG: Log = Log {
    events: "case_events",
    start: "log_start",
    hash: chain::hash_at,
};

/// What happened to accounts.
pub(super) const STAFF_LOG: Log = Log {
    events: "staff_events",
    start: "staff_log_start",
    hash: staff_log::hash_at,
};

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
    let to_go = |log: &Log| -> Result<u64> {
        let Some(before) = cut.audit else {
            return Ok(0);
        };
        let start = log.start(db)?.map_or(0, |s| s.seq);
        Ok(log.last_to_go(db, before)?.saturating_sub(start))
    };
    Ok(Retained {
        dry_run: true,
        conversations: count(ANONYMOUS, cut.anonymous)?,
        cases: count(CASES, cut.cases)?,
        events: to_go(&CASE_LOG)?,
        staff_events: to_go(&STAFF_LOG)?,
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
        done.events = CASE_LOG.shorten(work, before)?;
        if done.events > 0 {
            run(work.db, &format!("DELETE {EMPTY}"), [])?;
        }
        done.staff_events = STAFF_LOG.shorten(work, before)?;
    }
    Ok(done)
}

/// Where the case log begins, if it was ever shortened.
pub(in crate::store) fn start(db: &Db) -> Result<Option<LogStart>> {
    CASE_LOG.start(db)
}

/// Where the staff log begins, if it was ever shortened.
pub(in crate::store) fn staff_start(db: &Db) -> Result<Option<LogStart>> {
    STAFF_LOG.start(db)
}

impl Log {
    pub(super) fn start(&self, db: &Db) -> Result<Option<LogStart>> {
        let sql = format!("SELECT seq, hash, at FROM {}", self.start);
        first(db, &sql, [], |row| {
            let mut c = Columns::of(row, "log's start");
            Ok(LogStart {
                seq: c.count()?,
                hash: c.plain()?,
                at: c.parsed()?,
            })
        })
    }

    /// The last event that goes: all before it are old too, and the newest of all always stays.
    fn last_to_go(&self, db: &Db, before: Timestamp) -> Result<u64> {
        let sql = format!(
            "SELECT coalesce(min(CASE WHEN at >= ?1 THEN seq END), max(seq)) FROM {}",
            self.events
        );
        let young = first(db, &sql, [instant(before)], |row| {
            let seq: Option<i64> = Columns::of(row, "event").plain()?;
            Ok(seq.and_then(|s| u64::try_from(s).ok()).unwrap_or(0))
        })?;
        Ok(young.unwrap_or(0).saturating_sub(1))
    }

    /// Removes the oldest events, up to those that are young enough; says how many.
    fn shorten(&self, work: &mut Work<'_>, before: Timestamp) -> Result<u64> {
        let db = work.db;
        let begun = self.start(db)?.map_or(0, |s| s.seq);
        let last = self.last_to_go(db, before)?.min(begun + u64::from(STEP));
        if last <= begun {
            return Ok(0);
        }
        let Some(hash) = (self.hash)(db, last)? else {
            // A log with a gap is told of by `waymark cases verify`, and kept.
            return Ok(0);
        };
        let Self { events, start, .. } = self;
        let begins = format!(
            "INSERT INTO {start} (one, seq, hash, at) SELECT 1, seq, ?2, at FROM {events} WHERE seq = ?1
             ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, at = excluded.at"
        );
        run(db, &begins, params![signed(last), hash])?;
        let remove = format!("DELETE FROM {events} WHERE seq <= ?1");
        let gone = run(db, &remove, [signed(last)])?;
        work.truncate_log();
        Ok(u64::try_from(gone).unwrap_or(0))
    }
}
