//! SQL of what advisers give back to the content: saved replies, rejected suggestions, and the gaps in the knowledge.
//! What never lives here: how gaps are grouped and ranked (casework::gaps).

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    Db, life, params,
    rows::{Columns, all, instant, run},
};
use crate::{
    base::{CaseReference, MessageId, NoteId},
    casework::{
        Action, COMMON, Caller, ContentTodo, GapKind, NewContentTodo, Reach, SavedReply, Unmet,
    },
    store::{
        error::{Result, StoreError},
        seals::Owner,
    },
};

/// Where an adviser's reason in words stands.
const COMMENT: &str = "content_todos.comment";
/// Where the person's question stands.
const QUESTION: &str = "content_todos.question";

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
    let place = |column| Owner::Case(&new.case).at(column, new.id.as_str());
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
            db.seal(place(COMMENT), &new.comment)?,
            db.seal(place(QUESTION), &new.question)?,
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
        let (id, case): (NoteId, CaseReference) = (c.parsed()?, c.parsed()?);
        let place = |column| Owner::Case(&case).at(column, id.as_str());
        let todo = ContentTodo {
            todo: NewContentTodo {
                article: c.plain()?,
                section: c.plain()?,
                reason: c.plain()?,
                comment: c.sealed(place(COMMENT))?,
                question: c.sealed(place(QUESTION))?,
                id: id.clone(),
                case: case.clone(),
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
        "m.conversation, m.id, m.reply_json, q.id, q.text FROM messages m LEFT JOIN messages q ON q.seq =
           (SELECT max(p.seq) FROM messages p WHERE p.conversation = m.conversation AND p.seq < m.seq AND p.author = 'person')";
    let area = format!(
        "coalesce((SELECT c.area FROM cases c WHERE c.conversation = m.conversation
                   ORDER BY c.created DESC LIMIT 1), '{COMMON}')"
    );
    let unanswered = format!(
        "SELECT m.at, {area}, {told} JOIN receipts r ON r.id = m.receipt
         WHERE m.at >= ?1 AND m.at < ?2 AND r.reason IN ('low_confidence', 'out_of_scope.other')
         ORDER BY m.seq"
    );
    let unhelpful = format!(
        "SELECT f.at, {area}, {told} JOIN feedback f ON f.receipt = m.receipt
         WHERE f.helpful = 0 AND f.at >= ?1 AND f.at < ?2 ORDER BY m.seq"
    );
    let mut out = Vec::new();
    for (sql, kind) in [
        (unanswered, GapKind::Unanswered),
        (unhelpful, GapKind::Unhelpful),
    ] {
        let found = all(db, &sql, [instant(from), instant(until)], |row| {
            let mut c = Columns::of(row, "question");
            let (at, area): (Timestamp, String) = (c.parsed()?, c.plain()?);
            if !reach.covers(Some(&area)) {
                return Ok(None);
            }
            let conversation = c.parsed()?;
            let owner = Owner::Conversation(&conversation);
            let reply: MessageId = c.parsed()?;
            let reply = c.sealed_if_any(owner.at("messages.reply_json", reply.as_str()))?;
            let asked: Option<MessageId> = c.parsed_if_any()?;
            let asked = asked.as_ref().map_or("", MessageId::as_str);
            let question = c.sealed_if_any(owner.at("messages.text", asked))?;
            Ok(Some(Unmet {
                kind,
                article: Replied::read(reply.as_deref()).article(kind),
                question: question.unwrap_or_default(),
                at,
            }))
        })?;
        out.extend(found.into_iter().flatten());
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
