//! Saved replies: texts with fields that advisers use again.
//! What never lives here: filling them in (casework), sending (reply.rs).

use askama::Template;
use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use waymark::{
    base::NoteId,
    casework::{Act, SavedReply},
    store::StoreError,
};

use super::{
    acts::sentence,
    onward, page,
    queue::{self, Menu},
    session::{Signed, Staff},
    views::{Frame, Wrong},
};
use crate::{app::App, trouble::Trouble};

const HERE: &str = "/console/replies";

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
    /// The one to be changed.
    #[serde(default)]
    edit: String,
}

/// A saved reply in the list.
struct SavedView {
    id: String,
    title: String,
    text: String,
    area: String,
    by: String,
}

#[derive(Template)]
#[template(path = "console/replies.html")]
struct RepliesPage {
    frame: Frame,
    all: Vec<SavedView>,
    /// Empty for a new one.
    id: String,
    title: String,
    text: String,
    areas: Vec<Menu>,
    wrong: Option<Wrong>,
}

/// What stands in the form.
#[derive(Default)]
struct Typed {
    id: String,
    title: String,
    text: String,
    area: String,
}

async fn drawn(
    app: &App,
    staff: &Staff,
    typed: Option<Typed>,
    asked: &Asked,
    wrong: Option<Wrong>,
) -> Result<RepliesPage, Trouble> {
    let reach = staff.account.grants.reach(Act::KeepSavedReplies);
    let saved = app.desk.store().saved_replies(&reach).await?;
    let library = app.desk.library();
    let chosen = saved
        .iter()
        .find(|s| s.id.as_str() == asked.edit)
        .map(|s| Typed {
            id: s.id.to_string(),
            title: s.title.clone(),
            text: s.text.clone(),
            area: s.area.clone().unwrap_or_default(),
        });
    let typed = typed.or(chosen).unwrap_or_default();
    let notice = match asked.done.as_str() {
        "saved" => Some("The saved reply is kept."),
        "deleted" => Some("The saved reply is deleted."),
        _ => None,
    };
    let view = |s: &SavedReply| SavedView {
        id: s.id.to_string(),
        title: s.title.clone(),
        text: s.text.clone(),
        area: s.area.as_deref().map_or_else(
            || "All areas".to_owned(),
            |a| queue::area(&library, Some(a)),
        ),
        by: s.adviser.clone(),
    };
    let councils = queue::areas(&library, &reach, &typed.area);
    Ok(RepliesPage {
        frame: Frame::inside(app, staff, HERE).saying(notice),
        all: saved.iter().map(view).collect(),
        areas: councils
            .into_iter()
            .filter(|a| a.value != waymark::casework::COMMON)
            .collect(),
        id: typed.id,
        title: typed.title,
        text: typed.text,
        wrong,
    })
}

/// `GET /console/replies`.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    page(&drawn(&app, &staff, None, &asked, None).await?)
}

/// `POST /console/replies`: a new one, or a changed one.
pub(crate) async fn save(
    State(app): State<App>,
    staff: Staff,
    Signed(form): Signed,
) -> Result<Response, Trouble> {
    let area = Some(form.get("area").to_owned()).filter(|a| !a.is_empty());
    let reach = staff.account.grants.reach(Act::KeepSavedReplies);
    // For all areas only by whoever may for all; and none is changed that belongs to others.
    let own = match &area {
        Some(area) => reach.covers(Some(area)),
        None => reach == waymark::casework::Reach::Everywhere,
    };
    let id = match form.get("id").parse::<NoteId>() {
        Ok(id) => id,
        Err(_) => app.desk.note_id()?,
    };
    let before = app
        .desk
        .store()
        .saved_replies(&waymark::casework::Reach::Everywhere)
        .await?;
    let before = before.into_iter().find(|s| s.id == id);
    let others = before.is_some_and(|s| !may_change(&reach, s.area.as_deref()));
    let now = app.desk.clock().now().instant;
    let reply = SavedReply {
        id,
        title: form.get("title").trim().to_owned(),
        text: form.get("text").replace("\r\n", "\n").trim().to_owned(),
        area,
        adviser: staff.account.name.clone(),
        updated: now,
    };
    let wrong = if !own || others {
        Wrong::new("area", "Choose an area of yours.")
    } else {
        match app.desk.store().save_reply(reply).await {
            Ok(()) => return Ok(onward("/console/replies?done=saved", None)),
            Err(StoreError::Refused(why)) => Wrong::new("title", sentence(why)),
            Err(other) => return Err(other.into()),
        }
    };
    let typed = Typed {
        id: form.get("id").to_owned(),
        title: form.get("title").to_owned(),
        text: form.get("text").to_owned(),
        area: form.get("area").to_owned(),
    };
    let again = drawn(&app, &staff, Some(typed), &Asked::default(), Some(wrong)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
}

/// One for all areas is changed only by whoever may everywhere.
fn may_change(reach: &waymark::casework::Reach, area: Option<&str>) -> bool {
    match area {
        Some(area) => reach.covers(Some(area)),
        None => *reach == waymark::casework::Reach::Everywhere,
    }
}

/// `POST /console/replies/{id}/delete`.
pub(crate) async fn delete(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    _: Signed,
) -> Result<Response, Trouble> {
    let id: NoteId = id.parse().map_err(|_| Trouble::NotFound)?;
    let reach = staff.account.grants.reach(Act::KeepSavedReplies);
    let all = app.desk.store().saved_replies(&reach).await?;
    let found = all.iter().find(|s| s.id == id).ok_or(Trouble::NotFound)?;
    if !may_change(&reach, found.area.as_deref()) {
        return Err(Trouble::NotAllowed);
    }
    app.desk.store().forget_reply(&id).await?;
    Ok(onward("/console/replies?done=deleted", None))
}
