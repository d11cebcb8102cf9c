//! SQL of channels' switches: each setting is a row, the last one counts.
//! What never lives here: what a switch means (assistant).

use super::{
    Db, params,
    rows::{Columns, all, instant, run, word},
};
use crate::{casework::Switch, store::error::Result};

pub(in crate::store) fn set(db: &Db, switch: &Switch) -> Result<()> {
    run(
        db,
        "INSERT INTO switches (at, channel, off, reason, actor) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            instant(switch.at),
            word(&switch.channel)?,
            switch.off,
            switch.reason,
            switch.actor
        ],
    )?;
    Ok(())
}

pub(in crate::store) fn standing(db: &Db) -> Result<Vec<Switch>> {
    all(
        db,
        "SELECT channel, off, reason, actor, at FROM switches
         WHERE seq IN (SELECT max(seq) FROM switches GROUP BY channel) ORDER BY channel",
        [],
        |row| {
            let mut c = Columns::of(row, "switch");
            Ok(Switch {
                channel: c.word()?,
                off: c.count()? > 0,
                reason: c.plain()?,
                actor: c.plain()?,
                at: c.parsed()?,
            })
        },
    )
}
