//! Knowledge gaps: what people asked that was not answered, or answered badly, and what advisers rejected; to read and to take
//! away. Names and numbers in people's words are masked.
//! What never lives here: grouping (casework), finding them (store).

use askama::Template;
use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use waymark::{
    base::{NoteId, mask_personal, plain_time},
    casework::{Act, ContentTodo, Gap},
    knowledge::Library,
};

use super::{
    onward, page,
    queue::{Menu, menu},
    session::{Signed, Staff},
    views::Frame,
    words::REJECTIONS,
};
use crate::{app::App, trouble::Trouble};

const HERE: &str = "/console/gaps";
const SPANS: [(&str, &str); 4] = [
    ("7", "The last 7 days"),
    ("30", "The last 30 days"),
    ("90", "The last 90 days"),
    ("365", "The last year"),
];

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    days: String,
    /// `csv` or `json`, for the file.
    #[serde(default)]
    format: String,
    #[serde(default)]
    done: String,
}

impl Asked {
    fn days(&self) -> i64 {
        let known = SPANS.iter().any(|(days, _)| *days == self.days);
        known
            .then(|| self.days.parse().ok())
            .flatten()
            .unwrap_or(90)
    }
}

/// A gap, as the page and the file show it.
#[derive(Serialize)]
struct GapView {
    article: String,
    title: String,
    questions: u64,
    unanswered: u64,
    unhelpful: u64,
    rejected: u64,
    examples: Vec<String>,
}

/// Something for an editor to do.
struct TodoView {
    id: String,
    title: String,
    why: &'static str,
    comment: String,
    question: String,
    by: String,
    at: String,
}

#[derive(Template)]
#[template(path = "console/gaps.html")]
struct GapsPage {
    frame: Frame,
    spans: Vec<Menu>,
    days: i64,
    gaps: Vec<GapView>,
    questions: u64,
    todos: Vec<TodoView>,
}

async fn gaps(app: &App, staff: &Staff, days: i64) -> Result<Vec<GapView>, Trouble> {
    let now = app.desk.clock().now().instant;
    let from = now
        .checked_sub((days * 24).hours())
        .unwrap_or(Timestamp::MIN);
    let reach = staff.account.grants.reach(Act::SeeGaps);
    // What was said in this very moment belongs to it.
    let until = now.checked_add(1.second()).unwrap_or(now);
    let found = app.desk.store().knowledge_gaps(&reach, from, until).await?;
    let library = app.desk.library();
    Ok(found.into_iter().map(|gap| view(&library, gap)).collect())
}

fn view(library: &Library, gap: Gap) -> GapView {
    let article = gap.article.unwrap_or_default();
    // What is nearest is kept as a section's place, or as an article.
    let id = article.split('#').next().unwrap_or("");
    let title = library.article(id).map(|a| a.title.clone());
    GapView {
        title: match (title, article.is_empty()) {
            (Some(title), _) => title,
            (None, true) => "Near to nothing that we hold".to_owned(),
            (None, false) => article.clone(),
        },
        article,
        questions: gap.questions,
        unanswered: gap.unanswered,
        unhelpful: gap.unhelpful,
        rejected: gap.rejected,
        examples: gap.examples.iter().map(|e| mask_personal(e)).collect(),
    }
}

fn todo(library: &Library, kept: &ContentTodo) -> TodoView {
    let todo = &kept.todo;
    let article = todo.article.as_deref().unwrap_or("");
    let why = REJECTIONS.iter().find(|(code, _)| *code == todo.reason);
    TodoView {
        id: todo.id.to_string(),
        title: library
            .article(article)
            .map_or_else(|| article.to_owned(), |a| a.title.clone()),
        why: why.map_or("Rejected", |(_, words)| words),
        comment: todo.comment.clone(),
        question: mask_personal(&todo.question),
        by: kept.adviser.clone(),
        at: plain_time(kept.at),
    }
}

/// `GET /console/gaps`.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let gaps = gaps(&app, &staff, asked.days()).await?;
    let reach = staff.account.grants.reach(Act::SeeGaps);
    let todos = app.desk.store().content_todos(&reach, false).await?;
    let library = app.desk.library();
    let notice = (asked.done == "ticked").then_some("Ticked off.");
    page(&GapsPage {
        frame: Frame::inside(&app, &staff, HERE).saying(notice),
        spans: menu(&SPANS, &asked.days().to_string()),
        days: asked.days(),
        questions: gaps.iter().map(|g| g.questions).sum(),
        gaps,
        todos: todos.iter().map(|t| todo(&library, t)).collect(),
    })
}

/// `GET /console/gaps/export`: the same as a file.
pub(crate) async fn export(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let gaps = gaps(&app, &staff, asked.days()).await?;
    let (kind, name, body) = match asked.format.as_str() {
        "json" => {
            let json = serde_json::to_string_pretty(&gaps).map_err(|_| Trouble::Fault)?;
            ("application/json", "knowledge-gaps.json", json)
        }
        _ => (
            "text/csv; charset=utf-8",
            "knowledge-gaps.csv",
            table(&gaps)?,
        ),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, body).into_response())
}

/// As a spreadsheet reads it (with the mark that tells it UTF-8); a cell that would be taken for a formula is made text.
fn table(gaps: &[GapView]) -> Result<String, Trouble> {
    let text = |cell: &str| match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    };
    let mut out = csv::Writer::from_writer(vec![0xef, 0xbb, 0xbf]);
    let head = [
        "article",
        "title",
        "questions",
        "unanswered",
        "unhelpful",
        "rejected",
        "examples",
    ];
    let mut write = |row: &[String]| out.write_record(row).map_err(|_| Trouble::Fault);
    write(&head.map(str::to_owned))?;
    for gap in gaps {
        let counts = [gap.questions, gap.unanswered, gap.unhelpful, gap.rejected];
        let mut row = vec![text(&gap.article), text(&gap.title)];
        row.extend(counts.map(|c| c.to_string()));
        row.push(text(&gap.examples.join(" | ")));
        write(&row)?;
    }
    let bytes = out.into_inner().map_err(|_| Trouble::Fault)?;
    String::from_utf8(bytes).map_err(|_| Trouble::Fault)
}

/// `POST /console/gaps/{id}/done`.
pub(crate) async fn done(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    _: Signed,
) -> Result<Response, Trouble> {
    let id: NoteId = id.parse().map_err(|_| Trouble::NotFound)?;
    let reach = staff.account.grants.reach(Act::SeeGaps);
    let todos = app.desk.store().content_todos(&reach, false).await?;
    todos
        .iter()
        .find(|t| t.todo.id == id)
        .ok_or(Trouble::NotFound)?;
    let now = app.desk.clock().now().instant;
    app.desk
        .store()
        .content_todo_done(&id, &staff.account.name, now)
        .await?;
    Ok(onward("/console/gaps?done=ticked", None))
}
