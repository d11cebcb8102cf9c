//! SQL of what reports count: a row a turn and a row a conversation, in codes; and the counts of a period.
//! What never lives here: words, and what a report makes of the counts (casework).

use super::{
    Db, params,
    rows::{Columns, all, instant, run},
};
use crate::{
    base::{ConversationId, ReceiptId},
    casework::{CaseCounted, Counted, Period, Tally, TurnsCounted, VisitsCounted},
    store::error::Result,
};

/// Counts a turn of a conversation that is there.
pub(super) fn count(
    db: &Db,
    conversation: &ConversationId,
    receipt: Option<&ReceiptId>,
    tally: &Tally,
) -> Result<()> {
    run(
        db,
        "INSERT INTO tallies (receipt, day, channel, outcome, reason, urgent, article, area, regime, lang)
         SELECT ?2, ?3, channel, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM conversations WHERE id = ?1",
        params![
            conversation.as_str(),
            receipt.map(ReceiptId::as_str),
            tally.day.to_string(),
            tally.outcome.as_str(),
            tally.reason,
            tally.urgent,
            tally.article,
            tally.area,
            tally.regime,
            tally.lang.code()
        ],
    )?;
    run(
        db,
        "INSERT INTO visits (conversation, day, channel, area, regime, audience, lang)
         SELECT ?1, ?2, channel, ?3, ?4, ?5, ?6 FROM conversations WHERE id = ?1
         ON CONFLICT (conversation) DO UPDATE SET area = coalesce(excluded.area, visits.area),
           regime = coalesce(excluded.regime, visits.regime),
           audience = coalesce(excluded.audience, visits.audience), lang = excluded.lang",
        params![
            conversation.as_str(),
            tally.day.to_string(),
            tally.area,
            tally.regime,
            tally.audience,
            tally.lang.code()
        ],
    )?;
    Ok(())
}

/// Counts the person's latest word on an answer.
pub(super) fn helped(db: &Db, receipt: &ReceiptId, helpful: bool) -> Result<()> {
    run(
        db,
        "UPDATE tallies SET helpful = ?2 WHERE receipt = ?1",
        params![receipt.as_str(), helpful],
    )?;
    Ok(())
}

/// Everything of a period.
pub(in crate::store) fn counted(db: &Db, period: Period) -> Result<Counted> {
    Ok(Counted {
        visits: visits(db, period)?,
        turns: turns(db, period)?,
        cases: cases(db, period)?,
    })
}

fn visits(db: &Db, period: Period) -> Result<Vec<VisitsCounted>> {
    all(
        db,
        "SELECT substr(day, 1, 7), channel, area, regime, audience, lang, count(*) FROM visits
         WHERE day >= ?1 AND day <= ?2 GROUP BY substr(day, 1, 7), channel, area, regime, audience, lang",
        [period.from.to_string(), period.to.to_string()],
        |row| {
            let mut c = Columns::of(row, "visit");
            Ok(VisitsCounted {
                month: c.plain()?,
                channel: c.word()?,
                area: c.plain()?,
                regime: c.plain()?,
                audience: c.plain()?,
                lang: c.plain()?,
                count: c.count()?,
            })
        },
    )
}

fn turns(db: &Db, period: Period) -> Result<Vec<TurnsCounted>> {
    all(
        db,
        "SELECT area, outcome, reason, urgent, article, helpful, count(*) FROM tallies
         WHERE day >= ?1 AND day <= ?2 GROUP BY area, outcome, reason, urgent, article, helpful",
        [period.from.to_string(), period.to.to_string()],
        |row| {
            let mut c = Columns::of(row, "tally");
            Ok(TurnsCounted {
                area: c.plain()?,
                outcome: c.word()?,
                reason: c.plain()?,
                urgent: c.count()? > 0,
                article: c.plain()?,
                helpful: c.plain::<Option<i64>>()?.map(|h| h > 0),
                count: c.count()?,
            })
        },
    )
}

fn cases(db: &Db, period: Period) -> Result<Vec<CaseCounted>> {
    let (from, until) = period.instants();
    all(
        db,
        "SELECT channel, kind, priority, reason, area, client_group, state, outcome, rating, created, reply_expected_by,
                first_replied, closed
         FROM cases WHERE created >= ?1 AND created < ?2 ORDER BY created, reference",
        [instant(from), instant(until)],
        |row| {
            let mut c = Columns::of(row, "case");
            Ok(CaseCounted {
                channel: c.word()?,
                kind: c.word()?,
                priority: c.word()?,
                reason: c.plain()?,
                area: c.plain()?,
                client_group: c.word_if_any()?,
                state: c.word()?,
                outcome: c.plain()?,
                rating: c.word_if_any()?,
                created: c.parsed()?,
                reply_expected_by: c.parsed_if_any()?,
                first_replied: c.parsed_if_any()?,
                closed: c.parsed_if_any()?,
            })
        },
    )
}
