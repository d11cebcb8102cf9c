//! The chat page: shows a conversation, takes a message (from a form or from the page's script), streams later ones.
//! What never lives here: any limit on messages (invariant 6), what to answer.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response, sse::Event},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use waymark::{
    assistant::{Said, Stated, Waiting},
    base::{ConversationId, plain_time},
    casework::{CaseState, Channel, Message},
};

use super::{
    frame::Frame,
    message::{self, direction},
    onward, page, page_for_all,
    views::{AreaView, ChatPage, LanguageView, StartPage, VoiceView, WaitingView},
    visitor::{OurForm, Visitor, cookie_value, forget, remember, visitor},
};
use crate::{app::App, body::Form, dress::wants_json, follow, markdown::Drawer, trouble::Trouble};

/// Example questions on the start page, by who asks.
pub(crate) const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "I employ a PA, or want to",
        &[
            "My PA is off sick. Do I have to pay her?",
            "How much holiday does my PA get?",
        ],
    ),
    (
        "I look after somebody",
        &[
            "Can I get a direct payment as a carer?",
            "Can I be paid to look after my husband?",
        ],
    ),
    (
        "I am a parent",
        &[
            "What can I spend my child's direct payment on?",
            "Can a direct payment be used in school?",
        ],
    ),
    (
        "I am a young person",
        &[
            "Can I get my own direct payment at 16?",
            "What happens to my direct payment when I turn 18?",
        ],
    ),
    (
        "I work as a PA",
        &[
            "Should I get payslips?",
            "What is the minimum wage for a PA?",
        ],
    ),
    (
        "I am new to this",
        &[
            "What is a direct payment?",
            "How do I ask for a direct payment?",
        ],
    ),
];

const CUT: &str = "Your message was very long. We have read the first part of it. \
     Please send the rest in a new message.";

/// What a redirect says has happened, from a closed list.
#[derive(Deserialize, Default)]
pub(crate) struct Done {
    #[serde(default)]
    done: String,
    /// The council that a website chose for its readers.
    #[serde(default)]
    area: String,
}

impl Done {
    fn notice(&self) -> Option<&'static str> {
        match self.done.as_str() {
            "helped" => Some("Thank you for telling us."),
            "deleted" => Some("Your conversation has been deleted."),
            "erasure" => Some(
                "An adviser has your case, so a person must decide this. We have asked them to delete your words, and they will answer within one month. The conversation stays here until then.",
            ),
            "again" => Some(
                "You can start a new conversation. The earlier one is no longer on this device.",
            ),
            "revoked" => {
                Some("The return links no longer work, and whoever came in by one is out.")
            }
            "letter" => Some("The e-mail is on its way. We have not kept the address."),
            "mailed" => Some("We will e-mail you when an adviser has answered."),
            "unmailed" => Some("We will not e-mail you any more."),
            "returned" => Some("Welcome back. This is your conversation."),
            "cut" => Some(CUT),
            _ => None,
        }
    }
}

/// `GET /`: the conversation, or the start view.
pub(crate) async fn show(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    headers: HeaderMap,
    done: Result<Query<Done>, QueryRejection>,
) -> Result<Response, Trouble> {
    let done = done.map(|Query(done)| done).unwrap_or_default();
    let notice = done.notice();
    let Some(id) = visitor else {
        let mut response = page_for_all(&start(&app, done.area, notice))?;
        if cookie_value(&headers, &app.settings).is_some() {
            let cookie = forget(&app.settings).parse().map_err(|_| Trouble::Fault)?;
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        return Ok(response);
    };
    app.desk.person_looked(&id).await?;
    let messages = app.messages(&id, 0).await?;
    page(&ChatPage {
        frame: Frame::new(&app).at("ask"),
        areas: areas(&app),
        area: area(&app, &messages),
        languages: languages(&app),
        voice: VoiceView::new(&app),
        off: app.desk.switched_off(Channel::Web),
        most: app.settings.max_body_bytes,
        waiting: app.desk.waiting(&id).await?.map(waiting_view),
        messages: draw(&app, &messages)?,
        last: messages.last().map_or(0, |m| m.seq),
        notice,
    })
}

fn waiting_view(waiting: Waiting) -> WaitingView {
    WaitingView {
        reference: waiting.reference.to_string(),
        claimed: matches!(waiting.state, CaseState::Claimed | CaseState::Snoozed),
        asked: waiting.state == CaseState::WaitingForPerson,
        before: waiting.before,
        expected: waiting.expected.map(plain_time),
    }
}

/// The languages that short answers are held in, by their own names; English, to go back to it.
fn languages(app: &App) -> Vec<LanguageView> {
    let messages = &app.desk.library().messages;
    let codes = messages.languages().map(str::to_owned);
    let named = codes.filter_map(|code| {
        let name = messages.english(&format!("language_{code}"))?.to_owned();
        let dir = direction(&code.parse().ok()?);
        Some(LanguageView { code, name, dir })
    });
    named.collect()
}

/// The councils whose own rules we hold.
pub(super) fn areas(app: &App) -> Vec<AreaView> {
    let library = app.desk.library();
    let councils = library.areas.iter().filter(|(_, a)| a.parent.is_some());
    councils
        .map(|(id, area)| AreaView {
            id: id.clone(),
            name: area.name.clone(),
        })
        .collect()
}

/// The council that the newest reply went by.
fn area(app: &App, messages: &[Message]) -> Option<String> {
    let newest = messages.iter().rev().find_map(message::reply)?;
    let library = app.desk.library();
    let area = library.areas.get(&newest.area?)?;
    area.parent.is_some().then(|| area.name.clone())
}

fn start(app: &App, chosen: String, notice: Option<&'static str>) -> StartPage {
    StartPage {
        frame: Frame::new(app).at("ask"),
        areas: areas(app),
        chosen,
        examples: EXAMPLES,
        voice: VoiceView::new(app),
        off: app.desk.switched_off(Channel::Web),
        most: app.settings.max_body_bytes,
        notice,
    }
}

fn draw(app: &App, messages: &[Message]) -> Result<Vec<String>, Trouble> {
    let drawer = Drawer::new(&app.desk.library());
    message::draw(&drawer, &app.settings.service_name, messages)
}

/// `POST /chat/begin`: the script asks for a conversation before it sends the first message, so that a repeat of that
/// message finds the one it was first sent to.
pub(crate) async fn begin(
    State(app): State<App>,
    headers: HeaderMap,
    _: OurForm,
    form: Form,
) -> Result<Response, Trouble> {
    if visitor(&app, &headers).await?.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let stated = stated(&app, &form);
    let (id, token) = app.desk.start(Channel::Web, stated).await?;
    let cookie = remember(&app.settings, &id, token.reveal());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// `GET /chat`: what stands in the address bar after a message that could not be answered, loaded anew.
pub(crate) async fn back() -> Response {
    onward("/", None)
}

/// `POST /chat`: one message. A form is sent on to the page; the script gets the new messages, drawn.
pub(crate) async fn send(
    State(app): State<App>,
    headers: HeaderMap,
    _: OurForm,
    form: Form,
) -> Response {
    let scripted = wants_json(&headers);
    match answer(&app, &headers, &form, scripted).await {
        Ok(response) => response,
        Err(trouble) if scripted => trouble.into_response(),
        Err(trouble) => super::trouble_keeping(&app, &trouble, form.get("text")),
    }
}

async fn answer(
    app: &App,
    headers: &HeaderMap,
    form: &Form,
    scripted: bool,
) -> Result<Response, Trouble> {
    let (id, cookie) = match visitor(app, headers).await? {
        Some(id) => (id, None),
        None => {
            let (id, token) = app.desk.start(Channel::Web, stated(app, form)).await?;
            let cookie = remember(&app.settings, &id, token.reveal());
            (id, Some(cookie))
        }
    };
    let after: u64 = form.get("after").parse().unwrap_or(0);
    let said = said(form);
    let client_id = numbered(form.get("client_id")).unwrap_or_else(|| client_id(after, &said));
    app.turn(&id, Some(&client_id), said).await?;
    if !scripted {
        let to = if form.cut {
            "/?done=cut#notice"
        } else {
            "/#latest"
        };
        return Ok(onward(to, cookie));
    }
    if let Some(cookie) = cookie {
        let reload = axum::Json(json!({"reload": true, "notice": form.cut.then_some(CUT)}));
        return Ok(([(header::SET_COOKIE, cookie)], reload).into_response());
    }
    drawn(app, &id, after, form.cut.then_some(CUT)).await
}

/// What the script is given: every message after that one, drawn.
pub(super) async fn drawn(
    app: &App,
    id: &ConversationId,
    after: u64,
    notice: Option<&str>,
) -> Result<Response, Trouble> {
    let messages = app.messages(id, after).await?;
    let drawn = draw(app, &messages)?;
    let both = messages.iter().zip(drawn);
    let drawn: Vec<Value> = both
        .map(|(m, html)| json!({"seq": m.seq, "html": html}))
        .collect();
    Ok(axum::Json(json!({"messages": drawn, "notice": notice})).into_response())
}

/// Written words come first, then a pressed example, then a pressed button; nothing at all is an empty message, which the
/// desk answers kindly.
fn said(form: &Form) -> Said {
    let (text, example, action) = (form.get("text"), form.get("example"), form.get("action"));
    if !text.trim().is_empty() {
        Said::Text(text.to_owned())
    } else if !action.is_empty() {
        Said::Action(action.to_owned())
    } else {
        Said::Text(example.to_owned())
    }
}

/// The script numbers its messages itself, so that one that waited for a connection is still sent once.
pub(super) fn numbered(id: &str) -> Option<String> {
    let good = (16..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
    good.then(|| format!("script-{id}"))
}

/// The same words sent twice from the same state of the page are one message: a double press, a reload, a retry after a
/// broken connection. The same words from a later state are a new one.
fn client_id(after: u64, said: &Said) -> String {
    let (kind, words) = match said {
        Said::Text(text) => ("text", text),
        Said::Heard(heard) => ("heard", &heard.text),
        Said::Action(action) => ("action", action),
    };
    let digest = Sha256::digest(words.as_bytes());
    let hash: String = digest.iter().take(12).map(|b| format!("{b:02x}")).collect();
    format!("page-{after}-{kind}-{hash}")
}

/// The council chosen at the start; one we do not know counts as none, for the words must be answered anyway.
fn stated(app: &App, form: &Form) -> Stated {
    let area = form.get("area");
    let known = app.desk.library().areas.contains_key(area);
    Stated {
        area: known.then(|| area.to_owned()),
        ..Stated::default()
    }
}

/// Where the page's own stream starts.
#[derive(Deserialize)]
pub(crate) struct From {
    #[serde(default)]
    after: u64,
}

/// `GET /chat/events`: later messages, drawn.
pub(crate) async fn events(
    State(app): State<App>,
    Visitor(visitor): Visitor,
    headers: HeaderMap,
    from: Result<Query<From>, QueryRejection>,
) -> Result<Response, Trouble> {
    let id = visitor.ok_or(Trouble::UnknownConversation)?;
    let after = from.map_or(0, |Query(from)| from.after);
    follow::follow(&app, id, follow::last_seen(&headers, after), event)
}

fn event(app: &App, kept: &Message) -> Event {
    let one = std::slice::from_ref(kept);
    let drawn = draw(app, one).unwrap_or_default();
    let html = drawn.concat();
    Event::default().data(json!({"seq": kept.seq, "html": html}).to_string())
}
