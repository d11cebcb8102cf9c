//! SQL of the inbox: keeping events before they are acknowledged, lending lanes, settling what a turn took up.
//! What never lives here: what an event means (bots read it, assistant answers it).

use jiff::Timestamp;

use super::{
    Db, params,
    rows::{Columns, all, first, instant, run, signed},
};
use crate::{
    casework::{Event, LaneLease, NewEvent, Taken},
    store::{error::Result, seals::Owner, shapes::Lend},
};

/// Where an event stands as it came.
const RAW: &str = "inbox.raw";

/// Keeps what is new; says how many were.
pub(in crate::store) fn receive(
    db: &Db,
    account: &str,
    events: &[NewEvent],
    at: Timestamp,
) -> Result<usize> {
    let mut new = 0;
    for event in events {
        let place = Owner::Lane(account, &event.lane).at(RAW, &event.event);
        let raw = match known(db, account, &event.event)? {
            true => continue,
            false => db.seal(place, &event.raw)?,
        };
        new += run(
            db,
            "INSERT INTO inbox (account, event, lane, raw, urgent, received, due, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'pending') ON CONFLICT (account, event) DO NOTHING",
            params![
                account,
                event.event,
                event.lane,
                raw,
                event.urgent,
                instant(at),
                instant(event.due)
            ],
        )?;
    }
    Ok(new)
}

fn known(db: &Db, account: &str, event: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM inbox WHERE account = ?1 AND event = ?2";
    Ok(first(db, sql, [account, event], |_| Ok(()))?.is_some())
}

/// Whether anything may be lent now; cheap, on a reader.
pub(in crate::store) fn waits(db: &Db, account: &str, now: Timestamp) -> Result<bool> {
    let due = first(
        db,
        "SELECT 1 FROM inbox WHERE account = ?1 AND state = 'pending' AND due <= ?2 LIMIT 1",
        params![account, instant(now)],
        |_| Ok(()),
    )?;
    Ok(due.is_some())
}

/// Free lanes with something due: those with a cry for help first, then the longest waiting.
pub(in crate::store) fn lend(db: &Db, lend: &Lend) -> Result<Vec<LaneLease>> {
    let now = instant(lend.now);
    let lanes: Vec<String> = all(
        db,
        "SELECT i.lane FROM inbox i LEFT JOIN lanes l ON l.account = i.account AND l.lane = i.lane
         WHERE i.account = ?1 AND i.state = 'pending' AND (l.until IS NULL OR l.until <= ?2)
         GROUP BY i.lane HAVING min(i.due) <= ?2
         ORDER BY max(i.urgent) DESC, min(i.seq) LIMIT ?3",
        params![lend.account, now, lend.most],
        |row| Columns::of(row, "lane").plain(),
    )?;
    lanes
        .into_iter()
        .map(|lane| {
            let fence = first(
                db,
                "INSERT INTO lanes (account, lane, owner, until, fence) VALUES (?1, ?2, ?3, ?4, 1)
                 ON CONFLICT (account, lane) DO UPDATE
                   SET owner = excluded.owner, until = excluded.until, fence = lanes.fence + 1
                 RETURNING fence",
                params![lend.account, lane, lend.owner, instant(lend.until)],
                |row| Columns::of(row, "lane").count(),
            )?;
            let events = all(
                db,
                "SELECT event, raw, received, attempts FROM inbox
                 WHERE account = ?1 AND lane = ?2 AND state = 'pending' ORDER BY seq LIMIT 50",
                params![lend.account, lane],
                |row| {
                    let mut c = Columns::of(row, "event");
                    let event: String = c.plain()?;
                    let place = Owner::Lane(&lend.account, &lane).at(RAW, &event);
                    Ok(Event {
                        raw: c.sealed(place)?,
                        event: event.clone(),
                        received: c.parsed()?,
                        attempts: c.plain()?,
                    })
                },
            )?;
            Ok(LaneLease {
                account: lend.account.clone(),
                lane,
                fence: fence.unwrap_or_default(),
                events,
            })
        })
        .collect()
}

/// Whether the lease that these events were taken under still holds.
pub(super) fn holds(db: &Db, taken: &Taken) -> Result<bool> {
    let fence = first(
        db,
        "SELECT fence FROM lanes WHERE account = ?1 AND lane = ?2",
        params![taken.account, taken.lane],
        |row| Columns::of(row, "lane").count(),
    )?;
    Ok(fence == Some(taken.fence))
}

/// Done: the words go, the ids stay (of what is given up, the words stay a while too). The lane is given back when nothing
/// waits in it any more.
pub(super) fn settle(db: &Db, taken: &Taken, at: Timestamp) -> Result<()> {
    for event in &taken.events {
        run(
            db,
            "UPDATE inbox SET error = ?4, settled = ?3,
               state = CASE WHEN CAST(?4 AS TEXT) IS NULL THEN 'done' ELSE 'dead' END,
               raw = CASE WHEN CAST(?4 AS TEXT) IS NULL THEN '' ELSE raw END
             WHERE account = ?1 AND event = ?2 AND state = 'pending'",
            params![taken.account, event, instant(at), taken.dead],
        )?;
    }
    run(
        db,
        "UPDATE lanes SET until = ?3 WHERE account = ?1 AND lane = ?2 AND NOT EXISTS
           (SELECT 1 FROM inbox i WHERE i.account = ?1 AND i.lane = ?2 AND i.state = 'pending')",
        params![taken.account, taken.lane, instant(at)],
    )?;
    Ok(())
}

/// Could not be worked off: again from `due` on. The lane is given back.
pub(in crate::store) fn fail(
    db: &Db,
    taken: &Taken,
    why: &str,
    due: Timestamp,
    at: Timestamp,
) -> Result<()> {
    if !holds(db, taken)? {
        return Ok(());
    }
    for event in &taken.events {
        run(
            db,
            "UPDATE inbox SET attempts = attempts + 1, error = ?3, due = ?4
             WHERE account = ?1 AND event = ?2 AND state = 'pending'",
            params![taken.account, event, why, instant(due)],
        )?;
    }
    hold(db, taken, at, at)
}

/// A lease that is not over yet ends then, and not when it was to end.
pub(in crate::store) fn hold(
    db: &Db,
    taken: &Taken,
    until: Timestamp,
    at: Timestamp,
) -> Result<()> {
    run(
        db,
        "UPDATE lanes SET until = ?4 WHERE account = ?1 AND lane = ?2 AND fence = ?3 AND until > ?5",
        params![
            taken.account,
            taken.lane,
            signed(taken.fence),
            instant(until),
            instant(at)
        ],
    )?;
    Ok(())
}
