//! Leaving the chat: start again, everything kept as a file, delete, away in a hurry.
//! What never lives here: messages (chat.rs), keeping a conversation (keep.rs).

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use waymark::{assistant::DeskError, base::ConversationId};

use super::{
    frame::Frame,
    onward, page,
    views::DeletePage,
    visitor::{OurForm, Visitor, forget},
};
use crate::{address::Key, app::App, trouble::Trouble};

/// The visitor's conversation, if they do not ask too often for what is costly.
pub(super) fn limited(
    app: &App,
    visitor: Option<ConversationId>,
) -> Result<ConversationId, Trouble> {
    let id = visitor.ok_or(Trouble::UnknownConversation)?;
    if app.requests.allow(Some(Key::Conversation(id.clone()))) {
        Ok(id)
    } else {
        Err(Trouble::TooMany)
    }
}

/// `POST /chat/again`: the browser forgets the conversation; the conversation itself stays.
pub(crate) async fn again(State(app): State<App>, _: OurForm) -> Response {
    onward("/?done=again", Some(forget(&app.settings)))
}

/// `GET /leave`: away in a hurry, to a page that tells nothing; this browser forgets the conversation. A link, not a form,
/// for a form may lead nowhere but to ourselves. Another site's link leads away too, but makes nobody forget.
pub(crate) async fn leave(State(app): State<App>, headers: HeaderMap) -> Response {
    let from = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let ours = matches!(from, None | Some(b"same-origin" | b"none"));
    onward(&app.settings.exit_to, ours.then(|| forget(&app.settings)))
}

/// `GET /chat/copy`: everything kept about the conversation, as a file.
pub(crate) async fn copy(
    State(app): State<App>,
    Visitor(visitor): Visitor,
) -> Result<Response, Trouble> {
    let id = limited(&app, visitor)?;
    let copy = app.desk.export(&id).await?;
    let name = "attachment; filename=\"conversation.json\"";
    Ok(([(header::CONTENT_DISPOSITION, name)], axum::Json(copy)).into_response())
}

/// `GET /chat/delete`: asks first.
pub(crate) async fn ask(
    State(app): State<App>,
    Visitor(visitor): Visitor,
) -> Result<Response, Trouble> {
    if visitor.is_none() {
        return Ok(onward("/", None));
    }
    let frame = Frame::new(&app);
    page(&DeletePage { frame })
}

/// `POST /chat/delete`: erased, for good. One that is gone already is as good as erased. Where a case must be kept, a person
/// decides, and the conversation stays until then.
pub(crate) async fn delete(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    _: OurForm,
) -> Result<Response, Trouble> {
    if visitor.is_some() {
        let id = limited(&app, visitor)?;
        match app.desk.erase(&id).await {
            Ok(None) | Err(DeskError::NoSuchConversation) => {}
            Ok(Some(_)) => return Ok(onward("/?done=erasure#notice", None)),
            Err(other) => return Err(other.into()),
        }
    }
    Ok(onward("/?done=deleted", Some(forget(&app.settings))))
}
