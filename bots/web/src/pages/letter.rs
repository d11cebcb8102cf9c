//! A letter to oneself: the conversation by e-mail, once, to an address that is kept nowhere.
//! What never lives here: the mail server (bots/cli), a letter by the person's own mail program (keep.rs).

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use waymark::base::{long_date, plain_time};

use super::{
    frame::Frame,
    keep::references,
    message, onward, page,
    views::{LetterPage, LetterText},
    visitor::{OurForm, Visitor},
};
use crate::{
    address::{Client, Key},
    app::App,
    body::Form,
    post::{Post, Unsent},
    trouble::Trouble,
};

/// `GET /chat/letter`: asks where to, and says what e-mail is not.
pub(crate) async fn show(
    State(app): State<App>,
    Visitor(visitor): Visitor,
) -> Result<Response, Trouble> {
    post(&app)?;
    match visitor {
        Some(_) => again(&app, "", None),
        None => Ok(onward("/", None)),
    }
}

/// `POST /chat/letter`: sent while the person waits, so that the address need not be kept.
pub(crate) async fn send(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    client: Client,
    _: OurForm,
    form: Form,
) -> Result<Response, Trouble> {
    let post = post(&app)?;
    let id = visitor.ok_or(Trouble::UnknownConversation)?;
    let to = form.get("email").trim().to_owned();
    if to.is_empty() {
        return again(&app, "", Some(Unsent::BadAddress));
    }
    // A page that writes to any address must not become a way to pester people.
    let counted = [
        (
            &app.letters.conversation,
            Some(Key::Conversation(id.clone())),
        ),
        (&app.letters.network, client.network()),
        (&app.letters.everybody, Some(Key::Everybody)),
    ];
    if !counted.into_iter().all(|(limit, key)| limit.allow(key)) {
        return Err(Trouble::TooMany);
    }
    let messages = app.messages(&id, 0).await?;
    let service = app.settings.service_name.clone();
    let text = LetterText {
        today: long_date(app.desk.clock().now().today),
        references: references(&messages),
        lines: messages
            .iter()
            .map(|m| {
                let who = message::sender(&service, &m.message);
                (who, plain_time(m.at), m.message.text.trim().to_owned())
            })
            .collect(),
        service: service.clone(),
    };
    let text = text.render().map_err(|error| {
        tracing::error!(%error, "a letter could not be written");
        Trouble::Fault
    })?;
    let address = to.clone();
    let sent = tokio::task::spawn_blocking(move || post.send(&address, &service, &text));
    match sent.await.map_err(|_| Trouble::Fault)? {
        Ok(()) => Ok(onward("/?done=letter#notice", None)),
        Err(why) => again(&app, &to, Some(why)),
    }
}

/// The mail server, where there is one.
fn post(app: &App) -> Result<Arc<dyn Post>, Trouble> {
    app.post.get().cloned().ok_or(Trouble::NotFound)
}

fn again(app: &App, to: &str, why: Option<Unsent>) -> Result<Response, Trouble> {
    page(&LetterPage {
        frame: Frame::new(app),
        to: to.to_owned(),
        unreadable: why == Some(Unsent::BadAddress),
        failed: why == Some(Unsent::NotTaken),
    })
}
