//! Keeping a conversation: a return link for another device, a page to print, a text, a letter to oneself.
//! What never lives here: sending mail (the person's own program does), erasing (leave.rs).

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use waymark::{
    base::{ConversationId, long_date, plain_time},
    casework::{Author, Message, ReplyMail},
};

use super::{
    carry,
    frame::Frame,
    leave::limited,
    message, onward, page,
    views::{KeepPage, PrintPage, ReturnPage, ToldView},
    visitor::{OurForm, Visitor, remember},
};
use crate::{app::App, body::Form, markdown::Drawer, trouble::Trouble};

/// Characters of a conversation in a letter to oneself: mail programs take addresses of about 2,000 characters.
const LETTER: usize = 1_200;

/// `GET /chat/keep`.
pub(crate) async fn show(
    State(app): State<App>,
    Visitor(visitor): Visitor,
) -> Result<Response, Trouble> {
    match visitor {
        Some(id) => keep(&app, &id, None, ToldView::default()).await,
        None => Ok(onward("/", None)),
    }
}

async fn keep(
    app: &App,
    id: &ConversationId,
    link: Option<String>,
    told: ToldView,
) -> Result<Response, Trouble> {
    let told = match app.settings.reply_mail {
        true => Some(ToldView {
            on: app.desk.reply_mail_asked(id).await?,
            ..told
        }),
        false => None,
    };
    let messages = app.messages(id, 0).await?;
    let whole = !app.settings.address().is_empty();
    page(&KeepPage {
        frame: Frame::new(app),
        references: references(&messages),
        mail: letter(
            &app.settings.service_name,
            &messages,
            link.as_deref().filter(|_| whole),
        ),
        whole,
        told,
        links: app.desk.return_links(id).await?,
        letters: app.post.get().is_some(),
        carry: carry::bot(app).await?.map(|(chat_app, _)| chat_app.name),
        link,
    })
}

/// `POST /chat/link`: a new return link, shown once.
pub(crate) async fn link(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    _: OurForm,
) -> Result<Response, Trouble> {
    let id = limited(&app, visitor)?;
    let token = app.desk.give_return_link(&id).await?;
    let link = format!("{}/return/{}", app.settings.address(), token.reveal());
    keep(&app, &id, Some(link), ToldView::default()).await
}

/// `POST /chat/mail`: an e-mail when a reply waits, to an address that is safe; or none any more.
pub(crate) async fn mail(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    _: OurForm,
    form: Form,
) -> Result<Response, Trouble> {
    let id = limited(&app, visitor)?;
    if !app.settings.reply_mail {
        return Err(Trouble::NotFound);
    }
    if form.get("off") == "yes" {
        app.desk.ask_reply_mail(&id, None).await?;
        return Ok(onward("/?done=unmailed#notice", None));
    }
    let email = form.get("email").trim().to_owned();
    let unreadable = !ReplyMail::is_address(&email);
    let not_safe = form.get("safe") != "yes";
    if !unreadable && !not_safe {
        app.desk.ask_reply_mail(&id, Some(email)).await?;
        return Ok(onward("/?done=mailed#notice", None));
    }
    let told = ToldView {
        on: false,
        email,
        unreadable,
        not_safe,
    };
    keep(&app, &id, None, told).await
}

/// Our address for what is public and must be whole: as it was set, else as this request found us. Never for a secret: whoever
/// sends the request chooses its host.
pub(super) fn origin(app: &App, headers: &HeaderMap) -> String {
    if !app.settings.address().is_empty() {
        return app.settings.address().to_owned();
    }
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let scheme = if app.settings.secure_cookies {
        "https"
    } else {
        "http"
    };
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

/// `POST /chat/link/revoke`.
pub(crate) async fn revoke(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    _: OurForm,
) -> Result<Response, Trouble> {
    let id = limited(&app, visitor)?;
    app.desk.revoke_return_links(&id).await?;
    Ok(onward("/?done=revoked#notice", None))
}

/// `GET /return/{link}`: asks first, so that a program that looks at links before people do opens nothing.
pub(crate) async fn arrive(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Trouble> {
    let Path(link) = path.map_err(|_| Trouble::NotFound)?;
    let opens = app.desk.return_to(&link).await?;
    let opens = opens.ok_or(Trouble::UnknownLink)?;
    page(&ReturnPage {
        frame: Frame::new(&app),
        link,
        replaces: visitor.is_some_and(|id| id != opens),
    })
}

/// `GET /return`: a return link whose secret part was lost on the way.
pub(crate) async fn cut() -> Trouble {
    Trouble::UnknownLink
}

/// `POST /return`: the conversation is this browser's from now on, until the link is taken back.
pub(crate) async fn enter(
    State(app): State<App>,
    _: OurForm,
    form: Form,
) -> Result<Response, Trouble> {
    let link = form.get("link");
    let id = app.desk.return_to(link).await?;
    let id = id.ok_or(Trouble::UnknownLink)?;
    Ok(onward(
        "/?done=returned#notice",
        Some(remember(&app.settings, &id, link)),
    ))
}

/// `GET /chat/print`: everything unfolded.
pub(crate) async fn print(
    State(app): State<App>,
    Visitor(visitor): Visitor,
) -> Result<Response, Trouble> {
    let Some(id) = visitor else {
        return Ok(onward("/", None));
    };
    let messages = app.messages(&id, 0).await?;
    let library = app.desk.library();
    let drawer = Drawer::new(&library);
    page(&PrintPage {
        frame: Frame::new(&app),
        references: references(&messages),
        today: long_date(app.desk.clock().now().today),
        messages: message::unfolded(&drawer, &app.settings.service_name, &messages)?,
    })
}

/// `GET /chat/text`: as a text file.
pub(crate) async fn text(
    State(app): State<App>,
    Visitor(visitor): Visitor,
) -> Result<Response, Trouble> {
    let id = limited(&app, visitor)?;
    let messages = app.messages(&id, 0).await?;
    let service = &app.settings.service_name;
    let mut out = format!("{service}\n");
    for m in &messages {
        let who = message::sender(service, &m.message);
        let at = plain_time(m.at);
        out.push_str(&format!("\n{who}, {at}\n{}\n", m.message.text.trim()));
    }
    let told = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"conversation.txt\"",
        ),
    ];
    Ok((told, out).into_response())
}

/// The case references that the conversation was told, each once.
pub(super) fn references(messages: &[Message]) -> Vec<String> {
    let mut all = Vec::new();
    for reply in messages.iter().filter_map(message::reply) {
        if let Some(case) = reply.case
            && !all.contains(&case.reference.to_string())
        {
            all.push(case.reference.to_string());
        }
    }
    all
}

/// A `mailto:` address that opens the person's own mail program: questions, short answers, the link if one was just made.
fn letter(service: &str, messages: &[Message], link: Option<&str>) -> String {
    let mut body = link.map_or_else(String::new, |link| format!("{link}\n\n"));
    for m in messages {
        let words = match (m.message.author, message::reply(m)) {
            (Author::Assistant, Some(reply)) if !reply.summary.is_empty() => reply.summary,
            _ => m.message.text.clone(),
        };
        let who = message::sender(service, &m.message);
        body.push_str(&format!("{who}: {}\n\n", words.trim()));
    }
    let cut: String = body.chars().take(LETTER).collect();
    let dots = if cut.len() < body.len() { "..." } else { "" };
    format!(
        "mailto:?subject={}&body={}",
        escape(service),
        escape(&format!("{}{dots}", cut.trim_end()))
    )
}

/// For an address: everything but letters and digits as `%XX`.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.replace('\n', "\r\n").bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
