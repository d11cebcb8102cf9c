//! SQL of the erasures' ledger: what was erased on somebody's word, so that an older backup can be told of it again.
//! What never lives here: the file that it is kept in beside the database (bots/cli), words.

use jiff::Timestamp;

use super::{
    Db, Work, erasure, params,
    rows::{Columns, all, instant, run, signed, word},
};
use crate::store::{
    backup::{Erased, Erasure},
    error::Result,
};

/// Notes an erasure. What goes by age is not noted: in an older backup it goes by age again.
pub(super) fn note(db: &Db, what: Erased, id: &str, actor: &str, at: Timestamp) -> Result<()> {
    if actor == super::retention::ACTOR {
        return Ok(());
    }
    run(
        db,
        "INSERT INTO erasures (what, id, at) VALUES (?1, ?2, ?3) ON CONFLICT (what, id) DO NOTHING",
        params![word(&what)?, id, instant(at)],
    )?;
    Ok(())
}

/// Those after a number, oldest first.
pub(in crate::store) fn after(db: &Db, seq: u64) -> Result<Vec<(u64, Erasure)>> {
    all(
        db,
        "SELECT seq, what, id, at FROM erasures WHERE seq > ?1 ORDER BY seq",
        [signed(seq)],
        |row| {
            let mut c = Columns::of(row, "erasure");
            let seq = c.count()?;
            let erasure = Erasure {
                what: c.word()?,
                id: c.plain()?,
                at: c.parsed()?,
            };
            Ok((seq, erasure))
        },
    )
}

/// Does them again where their words are there, and keeps them all; says how many there were to do.
pub(in crate::store) fn again(
    work: &mut Work<'_>,
    ledger: &[Erasure],
    at: Timestamp,
) -> Result<u64> {
    /// As the log tells it.
    const ACTOR: &str = "restore";
    let mut done = 0;
    for erasure in ledger {
        // An id that cannot be one is of no row here.
        let there = match erasure.what {
            Erased::Conversation => match erasure.id.parse() {
                Ok(id) => erasure::erase(work, &id, ACTOR, at)?,
                Err(_) => false,
            },
            Erased::Case => match erasure.id.parse() {
                Ok(reference) => erasure::erase_case(work, &reference, ACTOR, at)?,
                Err(_) => false,
            },
        };
        done += u64::from(there);
        note(work.db, erasure.what, &erasure.id, ACTOR, erasure.at)?;
    }
    Ok(done)
}
