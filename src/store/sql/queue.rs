//! SQL of the queue: pages of cases in order, and how many there are.
//! What never lives here: one case (cases.rs), what is done with it (life.rs).

use jiff::Timestamp;

use super::{
    Db,
    cases::rank,
    rows::{self, Columns, all, first, instant, word},
};
use crate::{
    casework::{COMMON, Case, CaseState, Priority, Reach},
    store::{
        db::{Bind, Value},
        error::Result,
        shapes::{CaseCounts, CaseFilter, Whose},
    },
};

/// A statement put together from fixed pieces; what callers hand in is only ever bound.
struct Query {
    sql: String,
    bound: Vec<Box<dyn Bind>>,
}

impl Query {
    fn new(sql: String) -> Self {
        let bound = Vec::new();
        Self { sql, bound }
    }

    /// ` AND piece`, whose `?` are the next values.
    fn and(&mut self, piece: &str, values: Vec<Box<dyn Bind>>) {
        self.sql.push_str(" AND ");
        let mut parts = piece.split('?');
        self.sql.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            self.bound.push(value);
            self.sql.push_str(&format!("?{}{part}", self.bound.len()));
        }
    }

    fn and_one(&mut self, piece: &str, value: impl Bind + 'static) {
        self.and(piece, vec![Box::new(value)]);
    }

    /// ` AND what IN (...)`; nothing is among none.
    fn among(&mut self, what: &str, values: Vec<String>) {
        if values.is_empty() {
            self.sql.push_str(" AND false");
            return;
        }
        let places = vec!["?"; values.len()].join(", ");
        let boxed = values.into_iter().map(|v| Box::new(v) as Box<dyn Bind>);
        self.and(&format!("{what} IN ({places})"), boxed.collect());
    }

    fn within(&mut self, reach: &Reach) {
        if let Reach::Areas(areas) = reach {
            let what = format!("coalesce(area, '{COMMON}')");
            self.among(&what, areas.iter().cloned().collect());
        }
    }

    fn values(&self) -> Vec<Value<'_>> {
        self.bound.iter().map(|value| value.value()).collect()
    }
}

/// Open cases: urgent first, then oldest first. Closed ones alone: newest first.
pub(in crate::store) fn list(db: &Db, reach: &Reach, filter: &CaseFilter) -> Result<Vec<Case>> {
    let mut query = Query::new(format!("SELECT {} FROM cases WHERE ", rows::CASE));
    let closed_alone = filter.states == [CaseState::Closed];
    let open_alone = !filter.states.is_empty() && !filter.states.contains(&CaseState::Closed);
    // Said literally, so that the partial index of each serves.
    query.sql.push_str(match (closed_alone, open_alone) {
        (true, _) => "state = 'closed'",
        (_, true) => "state <> 'closed'",
        _ => "true",
    });
    if !filter.states.is_empty() && !closed_alone {
        let states: Result<Vec<String>> = filter.states.iter().map(word).collect();
        query.among("state", states?);
    }
    query.within(reach);
    narrow(&mut query, filter)?;
    if let Some(after) = &filter.after {
        let reference = Box::new(after.reference.as_str().to_owned());
        if closed_alone {
            let closed = Box::new(after.closed.map(instant));
            query.and("(closed, reference) < (?, ?)", vec![closed, reference]);
        } else {
            let (rank, created) = (
                Box::new(rank(after.priority)),
                Box::new(instant(after.created)),
            );
            query.and(
                "(rank, created, reference) > (?, ?, ?)",
                vec![rank, created, reference],
            );
        }
    }
    let order = if closed_alone {
        " ORDER BY closed DESC, reference DESC"
    } else {
        " ORDER BY rank, created, reference"
    };
    query.sql.push_str(order);
    query.sql.push_str(&format!(" LIMIT {}", filter.limit));
    all(db, &query.sql, query.values(), rows::case)
}

fn narrow(query: &mut Query, filter: &CaseFilter) -> Result<()> {
    if let Some(priority) = &filter.priority {
        query.and_one("rank = ?", rank(*priority));
    }
    if let Some(kind) = &filter.kind {
        query.and_one("kind = ?", word(kind)?);
    }
    if let Some(area) = &filter.area {
        let piece = format!("coalesce(area, '{COMMON}') = ?");
        query.and_one(&piece, area.clone());
    }
    match &filter.adviser {
        Some(Whose::Nobody) => query.sql.push_str(" AND adviser IS NULL"),
        Some(Whose::Of(name)) => query.and_one("adviser = ?", name.clone()),
        None => {}
    }
    if let Some(now) = filter.overdue_at {
        query.sql.push_str(" AND first_replied IS NULL");
        query.and_one("reply_expected_by < ?", instant(now));
    }
    if filter.undelivered {
        query.sql.push_str(" AND undelivered = 1");
    }
    if let Some(conversation) = &filter.conversation {
        query.and_one("conversation = ?", conversation.as_str().to_owned());
    }
    Ok(())
}

pub(in crate::store) fn counts(db: &Db, reach: &Reach, now: Timestamp) -> Result<CaseCounts> {
    let mut counts = CaseCounts::default();
    let mut query = Query::new(
        "SELECT priority, state, late, count(*) FROM
           (SELECT rank AS priority, state, reply_expected_by < ?1 AND first_replied IS NULL AS late
            FROM cases WHERE state <> 'closed'"
            .to_owned(),
    );
    query.bound.push(Box::new(instant(now)));
    query.within(reach);
    query.sql.push_str(") AS open GROUP BY 1, 2, 3");
    let open = all(db, &query.sql, query.values(), |row| {
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
    let mut query = Query::new("SELECT min(created) FROM cases WHERE state = 'waiting'".to_owned());
    query.within(reach);
    let oldest = first(db, &query.sql, query.values(), |row| {
        Columns::of(row, "case").parsed_if_any()
    })?;
    counts.oldest_waiting = oldest.flatten();
    Ok(counts)
}
