//! SQL of what advisers give back to the content: saved replies, rejected suggestions, and the gaps in the knowledge.
//! What never lives here: how gaps are grouped and ranked (casework::gaps).

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    Db, life, params,
    rows::{Columns, all, instant, run},
};
use crate::{
    base::NoteId,
    casework::{
        Action, COMMON, Caller, ContentTodo, GapKind, NewContentTodo, Reach, SavedReply, Unmet,
    },
    store::error::{Result, StoreError},
};

/// Saved replies for the areas within reach, by title.
pub(in crate::store) fn saved_replies(db: &Db, reach: &Reach) -> Result<Vec<SavedReply>> {
    let saved = all(
        db,
        "SELECT id, title, text, area, adviser, updated FROM saved_replies ORDER BY title, id",
        [],
        |row| {
            let mut c = Columns::of(row, "saved reply");
            Ok(SavedReply {
                id: c.parsed()?,
                title: c.plain()?,
                text: c.plain()?,
                area: c.plain()?,
                adviser: c.plain()?,
                updated: c.parsed()?,
            })
        },
    )?;
    let shown = |s: &SavedReply| {
        s.area
            .as_deref()
            .is_none_or(|area| reach.covers(Some(area)))
    };
    Ok(saved.into_iter().filter(shown).collect())
}

pub(in crate::store) fn save_reply(db: &Db, reply: &SavedReply) -> Result<()> {
    if reply.title.trim().is_empty() || reply.text.trim().is_empty() {
        return Err(StoreError::Refused(
            "a saved reply needs a title and a text",
        ));
    }
    run(
        db,
        "INSERT INTO saved_replies (id, title, text, area, adviser, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, text = excluded.text, area = excluded.area,
           adviser = excluded.adviser, updated = excluded.updated",
        params![
            reply.id.as_str(),
            reply.title,
            reply.text,
            reply.area,
            reply.adviser,
            instant(reply.updated)
        ],
    )?;
    Ok(())
}

pub(in crate::store) fn forget_reply(db: &Db, id: &NoteId) -> Result<()> {
    match run(db, "DELETE FROM saved_replies WHERE id = ?1", [id.as_str()])? {
        0 => Err(StoreError::NotFound("saved reply")),
        _ => Ok(()),
    }
}

pub(in crate::store) fn reject_suggestion(
    db: &Db,
    caller: &Caller,
    new: &NewContentTodo,
    at: Timestamp,
) -> Result<()> {
    life::act(db, caller, &new.case, &Action::RejectSuggestion, at)?;
    run(
        db,
        "INSERT INTO content_todos
           (id, case_reference, article, section, reason, comment, question, adviser, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            new.id.as_str(),
            new.case.as_str(),
            new.article,
            new.section,
            new.reason,
            new.comment,
            new.question,
            caller.adviser,
            instant(at)
        ],
    )?;
    Ok(())
}

/// What editors have to do, oldest first; with `all` what was done too.
pub(in crate::store) fn todos(
    db: &Db,
    reach: &Reach,
    all_of_them: bool,
) -> Result<Vec<ContentTodo>> {
    let sql = format!(
        "SELECT t.id, t.case_reference, t.article, t.section, t.reason, t.comment, t.question,
                t.adviser, t.at, t.done, t.done_by, coalesce(c.area, '{COMMON}')
         FROM content_todos t JOIN cases c ON c.reference = t.case_reference
         WHERE ?1 = 1 OR t.done IS NULL ORDER BY t.at, t.id"
    );
    let found = all(db, &sql, [all_of_them], |row| {
        let mut c = Columns::of(row, "to-do");
        let todo = ContentTodo {
            todo: NewContentTodo {
                id: c.parsed()?,
                case: c.parsed()?,
                article: c.plain()?,
                section: c.plain()?,
                reason: c.plain()?,
                comment: c.plain()?,
                question: c.plain()?,
            },
            adviser: c.plain()?,
            at: c.parsed()?,
            done: c.parsed_if_any()?,
            done_by: c.plain()?,
        };
        Ok((todo, c.plain::<String>()?))
    })?;
    let within = found
        .into_iter()
        .filter(|(_, area)| reach.covers(Some(area)));
    Ok(within.map(|(todo, _)| todo).collect())
}

pub(in crate::store) fn todo_done(db: &Db, id: &NoteId, by: &str, at: Timestamp) -> Result<()> {
    let done = run(
        db,
        "UPDATE content_todos SET done = ?2, done_by = ?3 WHERE id = ?1 AND done IS NULL",
        params![id.as_str(), instant(at), by],
    )?;
    match done {
        0 => Err(StoreError::NotFound("to-do that is still open")),
        _ => Ok(()),
    }
}

/// Questions that the knowledge did not meet between two instants. Those of a conversation count for the areas within reach of
/// its cases; one without a case belongs to the common queue.
pub(in crate::store) fn unmet(
    db: &Db,
    reach: &Reach,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Unmet>> {
    // The person's words stand right before the reply, and the reply holds what was near.
    let told =
        "(SELECT q.text FROM messages q WHERE q.conversation = m.conversation AND q.seq < m.seq
                 AND q.author = 'person' ORDER BY q.seq DESC LIMIT 1)";
    let area = format!(
        "coalesce((SELECT c.area FROM cases c WHERE c.conversation = m.conversation
                   ORDER BY c.created DESC LIMIT 1), '{COMMON}')"
    );
    // Which reason it was stands in the reply; the words of these two are all that the database can look for.
    let unanswered = format!(
        "SELECT m.reply_json, coalesce({told}, ''), m.at, {area}
         FROM messages m WHERE m.at >= ?1 AND m.at < ?2 AND m.author = 'assistant'
           AND (m.reply_json LIKE '%\"low_confidence\"%' OR m.reply_json LIKE '%\"out_of_scope.other\"%')"
    );
    let unhelpful = format!(
        "SELECT m.reply_json, coalesce({told}, ''), f.at, {area}
         FROM feedback f JOIN messages m ON m.receipt = f.receipt
         WHERE f.helpful = 0 AND f.at >= ?1 AND f.at < ?2"
    );
    let mut out = Vec::new();
    for (sql, kind) in [
        (unanswered, GapKind::Unanswered),
        (unhelpful, GapKind::Unhelpful),
    ] {
        let found = all(db, &sql, [instant(from), instant(until)], |row| {
            let mut c = Columns::of(row, "question");
            let reply = Replied::read(c.plain::<Option<String>>()?.as_deref());
            let unmet = Unmet {
                kind,
                article: reply.article(kind),
                question: c.plain()?,
                at: c.parsed()?,
            };
            Ok((reply, unmet, c.plain::<String>()?))
        })?;
        let within = found.into_iter().filter(|(reply, _, area)| {
            (kind != GapKind::Unanswered || reply.unanswered()) && reach.covers(Some(area))
        });
        out.extend(within.map(|(_, unmet, _)| unmet));
    }
    let rejected = todos(db, reach, true)?;
    let rejected = rejected
        .into_iter()
        .filter(|t| t.at >= from && t.at < until);
    out.extend(rejected.map(|t| Unmet {
        kind: GapKind::Rejected,
        article: t.todo.article,
        question: t.todo.question,
        at: t.at,
    }));
    Ok(out)
}

/// What a kept reply tells of the gap it left.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Replied {
    reason: Option<String>,
    citations: Vec<Pointed>,
    candidates: Vec<Pointed>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pointed {
    article: Option<String>,
}

impl Replied {
    /// One that cannot be read, or is none, tells nothing.
    fn read(json: Option<&str>) -> Self {
        json.and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }

    fn unanswered(&self) -> bool {
        matches!(
            self.reason.as_deref(),
            Some("low_confidence" | "out_of_scope.other")
        )
    }

    /// What was cited, and what was nearest.
    fn article(&self, kind: GapKind) -> Option<String> {
        let cited = self
            .citations
            .first()
            .filter(|_| kind == GapKind::Unhelpful);
        let named = |pointed: &Pointed| pointed.article.clone();
        cited
            .and_then(named)
            .or_else(|| self.candidates.first().and_then(named))
    }
}
