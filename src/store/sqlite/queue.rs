//! SQL of the queue: pages of cases in order, and how many there are.
//! What never lives here: one case (cases.rs), what is done with it (life.rs).

use jiff::Timestamp;
use rusqlite::{Connection, ToSql, params, params_from_iter};

use super::{
    cases::rank,
    rows::{self, Columns, all, first, instant, json, word},
};
use crate::{
    casework::{COMMON, Case, CaseState, Priority, Reach},
    store::{
        error::Result,
        shapes::{CaseCounts, CaseFilter, Whose},
    },
};

/// A statement put together from fixed pieces; what callers hand in is only ever bound.
struct Query {
    sql: String,
    bound: Vec<Box<dyn ToSql>>,
}

impl Query {
    /// ` AND piece`, whose `?` is the next value.
    fn and(&mut self, piece: &str, value: impl ToSql + 'static) {
        self.bound.push(Box::new(value));
        let place = format!("?{}", self.bound.len());
        self.sql.push_str(" AND ");
        self.sql.push_str(&piece.replace('?', &place));
    }
}

/// Open cases: urgent first, then oldest first. Closed ones alone: newest first.
pub(in crate::store) fn list(
    db: &Connection,
    reach: &Reach,
    filter: &CaseFilter,
) -> Result<Vec<Case>> {
    let mut query = Query {
        sql: format!("SELECT {} FROM cases WHERE ", rows::CASE),
        bound: Vec::new(),
    };
    let closed_alone = filter.states == [CaseState::Closed];
    let open_alone = !filter.states.is_empty() && !filter.states.contains(&CaseState::Closed);
    // Said literally, so that the partial index of each serves.
    query.sql.push_str(match (closed_alone, open_alone) {
        (true, _) => "state = 'closed'",
        (_, true) => "state <> 'closed'",
        _ => "true",
    });
    if !filter.states.is_empty() && !closed_alone {
        query.and(
            "state IN (SELECT value FROM json_each(?))",
            json(&filter.states)?,
        );
    }
    if let Reach::Areas(areas) = reach {
        let piece = format!("coalesce(area, '{COMMON}') IN (SELECT value FROM json_each(?))");
        query.and(&piece, json(areas)?);
    }
    narrow(&mut query, filter)?;
    if let Some(after) = &filter.after {
        let place = (&mut query.bound, &mut query.sql);
        if closed_alone {
            place.0.push(Box::new(after.closed.map(instant)));
            place.0.push(Box::new(after.reference.as_str().to_owned()));
            let n = place.0.len();
            place
                .1
                .push_str(&format!(" AND (closed, reference) < (?{}, ?{n})", n - 1));
        } else {
            place.0.push(Box::new(rank(after.priority)));
            place.0.push(Box::new(instant(after.created)));
            place.0.push(Box::new(after.reference.as_str().to_owned()));
            let n = place.0.len();
            place.1.push_str(&format!(
                " AND (rank, created, reference) > (?{}, ?{}, ?{n})",
                n - 2,
                n - 1
            ));
        }
    }
    let order = if closed_alone {
        " ORDER BY closed DESC, reference DESC"
    } else {
        " ORDER BY rank, created, reference"
    };
    query.sql.push_str(order);
    query.sql.push_str(&format!(" LIMIT {}", filter.limit));
    all(db, &query.sql, params_from_iter(query.bound), rows::case)
}

fn narrow(query: &mut Query, filter: &CaseFilter) -> Result<()> {
    if let Some(priority) = &filter.priority {
        query.and("rank = ?", rank(*priority));
    }
    if let Some(kind) = &filter.kind {
        query.and("kind = ?", word(kind)?);
    }
    if let Some(area) = &filter.area {
        let piece = format!("coalesce(area, '{COMMON}') = ?");
        query.and(&piece, area.clone());
    }
    match &filter.adviser {
        Some(Whose::Nobody) => query.sql.push_str(" AND adviser IS NULL"),
        Some(Whose::Of(name)) => query.and("adviser = ?", name.clone()),
        None => {}
    }
    if let Some(now) = filter.overdue_at {
        query.sql.push_str(" AND first_replied IS NULL");
        query.and("reply_expected_by < ?", instant(now));
    }
    if filter.undelivered {
        query.sql.push_str(" AND undelivered = 1");
    }
    if let Some(conversation) = &filter.conversation {
        query.and("conversation = ?", conversation.as_str().to_owned());
    }
    Ok(())
}

pub(in crate::store) fn counts(
    db: &Connection,
    reach: &Reach,
    now: Timestamp,
) -> Result<CaseCounts> {
    let areas = match reach {
        Reach::Everywhere => None,
        Reach::Areas(areas) => Some(json(areas)?),
    };
    let within = format!(
        "state <> 'closed' AND (?1 IS NULL OR coalesce(area, '{COMMON}') IN (SELECT value FROM json_each(?1)))"
    );
    let mut counts = CaseCounts::default();
    let sql = format!(
        "SELECT priority, state, late, count(*) FROM
           (SELECT rank AS priority, state, reply_expected_by < ?2 AND first_replied IS NULL AS late
            FROM cases WHERE {within}) GROUP BY 1, 2, 3"
    );
    let open = all(db, &sql, params![areas, instant(now)], |row| {
        let mut c = Columns::of(row, "case");
        let late = |late: Option<bool>| late == Some(true);
        Ok((
            c.plain::<i64>()?,
            c.word::<CaseState>()?,
            late(c.plain()?),
            c.count()?,
        ))
    })?;
    for (priority, state, late, number) in open {
        match priority {
            p if p == rank(Priority::Urgent) => counts.urgent += number,
            p if p == rank(Priority::High) => counts.high += number,
            _ => counts.normal += number,
        }
        match state {
            CaseState::Waiting => counts.waiting += number,
            CaseState::Snoozed => counts.snoozed += number,
            _ => {}
        }
        if late {
            counts.overdue += number;
        }
    }
    let sql = format!("SELECT min(created) FROM cases WHERE {within} AND state = 'waiting'");
    let oldest = first(db, &sql, params![areas], |row| {
        Columns::of(row, "case").parsed_if_any()
    })?;
    counts.oldest_waiting = oldest.flatten();
    Ok(counts)
}
