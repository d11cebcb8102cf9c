//! Going on in a chat app: a link that opens the conversation there, once.
//! What never lives here: what the app does with it (another bot), return links to these pages (keep.rs).

use axum::{extract::State, response::Response};

use super::{
    frame::Frame,
    leave::limited,
    page,
    views::CarryPage,
    visitor::{OurForm, Visitor},
};
use crate::{app::App, settings::ChatApp, trouble::Trouble};

/// The chat app and the name of our account there; `None` where there is none, or its name is not known yet.
pub(super) async fn bot(app: &App) -> Result<Option<(ChatApp, String)>, Trouble> {
    let Some(chat_app) = app.settings.chat_app.clone() else {
        return Ok(None);
    };
    let found = app.desk.store().find_bot(chat_app.account.clone()).await;
    let found = found.map_err(waymark::assistant::DeskError::from)?;
    let name = found.map(|bot| bot.name).filter(|name| !name.is_empty());
    Ok(name.map(|name| (chat_app, name)))
}

/// `POST /chat/carry`: a new link each time, shown once.
pub(crate) async fn link(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    _: OurForm,
) -> Result<Response, Trouble> {
    let id = limited(&app, visitor)?;
    let (chat_app, bot) = bot(&app).await?.ok_or(Trouble::NotFound)?;
    let key = app.desk.give_carry_link(&id).await?;
    let link = chat_app.link.replace("{bot}", &bot);
    page(&CarryPage {
        frame: Frame::new(&app),
        chat_app: chat_app.name,
        link: link.replace("{key}", key.reveal()),
    })
}
