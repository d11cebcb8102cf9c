//! SQL of how the service stands now, in numbers: what waits, what was done today.
//! What never lives here: the queue's own counts (queue.rs), reports (tallies.rs).

use jiff::civil::Date;

use super::{
    Db,
    rows::{Columns, all, first},
};
use crate::store::{error::Result, standing::Standing};

pub(in crate::store) fn now(db: &Db, today: Date) -> Result<Standing> {
    let count = |sql: &str| -> Result<u64> {
        let found = first(db, sql, [], |row| Columns::of(row, "count").count())?;
        Ok(found.unwrap_or(0))
    };
    Ok(Standing {
        inbox: count("SELECT count(*) FROM inbox WHERE state = 'pending'")?,
        outbox: count("SELECT count(*) FROM outbox WHERE settled IS NULL")?,
        alerts: count("SELECT count(*) FROM alerts WHERE sent IS NULL")?,
        turns: all(
            db,
            "SELECT channel, outcome, count(*) FROM tallies WHERE day = ?1 GROUP BY channel, outcome",
            [today.to_string()],
            |row| {
                let mut c = Columns::of(row, "tally");
                Ok((c.word()?, c.word()?, c.count()?))
            },
        )?,
    })
}
