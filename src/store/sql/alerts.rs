//! SQL of alerts: what was decided, what is still to be sent.
//! What never lives here: when to alert (casework::alerts), sending (bots).

use jiff::{Timestamp, ToSpan};

use super::{
    Db, cases, chain, life, params,
    rows::{self, Columns, all, first, instant, run, word},
};
use crate::{
    casework::{
        Actor, Alert, AlertRules, AlertWay, AlertWhy, Case, CaseEventKind, alerts_due, gives_reason,
    },
    store::error::Result,
};

/// How long an alert is one node's to send, where there may be several.
const LENT_MINUTES: i64 = 2;

/// Decides what is to be told now; each (case, reason, step) once for ever. Says how many.
pub(in crate::store) fn decide(
    db: &Db,
    rules: &AlertRules,
    ways: &[AlertWay],
    now: Timestamp,
) -> Result<usize> {
    let soon = now
        .checked_add(rules.late_before_minutes.minutes())
        .unwrap_or(now);
    let sql = format!(
        "SELECT {columns} FROM cases WHERE state <> 'closed' AND rank = 0 AND first_opened IS NULL
         UNION SELECT {columns} FROM cases
           WHERE state <> 'closed' AND first_replied IS NULL AND reply_expected_by <= ?1",
        columns = rows::CASE
    );
    let candidates: Vec<Case> = all(db, &sql, [instant(soon)], rows::case)?;
    let mut decided = 0;
    for case in candidates {
        for (why, step) in alerts_due(&case, rules, now) {
            decided += usize::from(decide_one(db, &case, (why, step), ways, now)?);
        }
    }
    Ok(decided)
}

fn decide_one(
    db: &Db,
    case: &Case,
    (why, step): (AlertWhy, u32),
    ways: &[AlertWay],
    now: Timestamp,
) -> Result<bool> {
    let reference = &case.opened.reference;
    let reached: Option<u64> = first(
        db,
        "SELECT max(step) FROM alerts WHERE case_reference = ?1 AND why = ?2",
        [reference.as_str(), &word(&why)?],
        |row| {
            let step: Option<i64> = Columns::of(row, "alert").plain()?;
            Ok(step.and_then(|s| u64::try_from(s).ok()))
        },
    )?
    .flatten();
    if ways.is_empty() || reached.is_some_and(|reached| reached >= u64::from(step)) {
        return Ok(false);
    }
    for way in ways {
        run(
            db,
            "INSERT INTO alerts (case_reference, why, step, way, decided, next_try)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            params![
                reference.as_str(),
                word(&why)?,
                step,
                word(way)?,
                instant(now)
            ],
        )?;
    }
    let detail = format!("why={} step={step}", word(&why)?);
    let by = Actor::Service.as_str();
    chain::record(
        db,
        now,
        &life::event(reference, CaseEventKind::Alerted, by, detail),
    )?;
    Ok(true)
}

/// What is to be sent now, oldest first; what somebody has seen to meanwhile is left out.
pub(in crate::store) fn to_send(db: &Db, now: Timestamp) -> Result<Vec<Alert>> {
    let waiting: Vec<Alert> = all(
        db,
        "SELECT a.case_reference, a.why, a.step, a.way, a.decided, a.tries, c.priority, c.area
         FROM alerts a JOIN cases c ON c.reference = a.case_reference
         WHERE a.sent IS NULL AND a.next_try <= ?1 ORDER BY a.decided, a.case_reference, a.way LIMIT 100",
        [instant(now)],
        |row| {
            let mut c = Columns::of(row, "alert");
            Ok(Alert {
                case: c.parsed()?,
                why: c.word()?,
                step: c.plain()?,
                way: c.word()?,
                decided: c.parsed()?,
                tries: c.plain()?,
                priority: c.word()?,
                area: c.plain()?,
            })
        },
    )?;
    let mut out = Vec::new();
    for alert in waiting {
        let case = cases::find_case(db, &alert.case)?;
        if case.is_some_and(|case| gives_reason(&case, alert.why)) {
            if db.shared() {
                lend(db, &alert, now)?;
            }
            out.push(alert);
        } else {
            // Seen to: done with.
            sent(db, &alert, now)?;
        }
    }
    Ok(out)
}

/// Another node leaves it alone for as long as one try may take.
fn lend(db: &Db, alert: &Alert, now: Timestamp) -> Result<()> {
    let until = now.checked_add(LENT_MINUTES.minutes()).unwrap_or(now);
    run(
        db,
        "UPDATE alerts SET next_try = ?5 WHERE case_reference = ?1 AND why = ?2 AND step = ?3 AND way = ?4",
        params![
            alert.case.as_str(),
            word(&alert.why)?,
            alert.step,
            word(&alert.way)?,
            instant(until)
        ],
    )?;
    Ok(())
}

pub(in crate::store) fn sent(db: &Db, alert: &Alert, at: Timestamp) -> Result<()> {
    run(
        db,
        "UPDATE alerts SET sent = ?5 WHERE case_reference = ?1 AND why = ?2 AND step = ?3 AND way = ?4",
        params![
            alert.case.as_str(),
            word(&alert.why)?,
            alert.step,
            word(&alert.way)?,
            instant(at)
        ],
    )?;
    Ok(())
}

/// Tried in vain: again later, each time after twice as long, at most an hour.
pub(in crate::store) fn failed(db: &Db, alert: &Alert, at: Timestamp) -> Result<()> {
    let wait = (1_i64 << alert.tries.min(6)).min(60);
    let next = at.checked_add(wait.minutes()).unwrap_or(at);
    run(
        db,
        "UPDATE alerts SET tries = tries + 1, next_try = ?5
         WHERE case_reference = ?1 AND why = ?2 AND step = ?3 AND way = ?4",
        params![
            alert.case.as_str(),
            word(&alert.why)?,
            alert.step,
            word(&alert.way)?,
            instant(next)
        ],
    )?;
    Ok(())
}
