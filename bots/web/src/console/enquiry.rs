//! An enquiry by phone or at the door, taken down as a case.
//! What never lives here: what becomes of it (casework), reply times (assistant's staffing).

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use waymark::{
    assistant::Enquiry,
    base::Lang,
    casework::{Act, Channel},
    store::StoreError,
};

use super::{
    acts::needs,
    case::caller,
    onward, page,
    queue::{Menu, areas, menu},
    session::{Signed, Staff},
    views::{Frame, Wrong},
    words::{self, CONTACTS, FORMATS, GROUPS, KINDS, PRIORITIES},
};
use crate::{app::App, body::Form, trouble::Trouble};

#[derive(Template)]
#[template(path = "console/enquiry.html")]
struct EnquiryPage {
    frame: Frame,
    text: String,
    walk_in: bool,
    kinds: Vec<Menu>,
    priorities: Vec<Menu>,
    areas: Vec<Menu>,
    groups: Vec<Menu>,
    formats: Vec<Menu>,
    contacts: Vec<Menu>,
    reach_at: String,
    call_back: String,
    interpreter: String,
    wrong: Option<Wrong>,
}

fn form(app: &App, staff: &Staff, typed: &Form, wrong: Option<Wrong>) -> EnquiryPage {
    let or = |name: &str, default: &str| match typed.get(name) {
        "" => default.to_owned(),
        given => given.to_owned(),
    };
    let library = app.desk.library();
    let ticked: Vec<&str> = typed.all("format").collect();
    let formats = FORMATS.iter().map(|(_, value, words)| Menu {
        value: (*value).to_owned(),
        words: (*words).to_owned(),
        on: ticked.contains(value),
    });
    EnquiryPage {
        frame: Frame::inside(app, staff, "/console/queue"),
        text: typed.get("text").to_owned(),
        walk_in: typed.get("channel") == "walk_in",
        kinds: menu(&KINDS.map(|(_, v, w)| (v, w)), &or("kind", "question")),
        priorities: menu(
            &PRIORITIES.map(|(_, v, w)| (v, w)),
            &or("priority", "normal"),
        ),
        areas: areas(
            &library,
            &staff.account.grants.reach(Act::WorkCase),
            &or("area", "england"),
        ),
        groups: menu(&GROUPS.map(|(_, v, w)| (v, w)), typed.get("group")),
        formats: formats.collect(),
        contacts: menu(&CONTACTS.map(|(_, v, w)| (v, w)), typed.get("contact")),
        reach_at: typed.get("reach_at").to_owned(),
        call_back: typed.get("call_back").to_owned(),
        interpreter: typed.get("interpreter").to_owned(),
        wrong,
    }
}

/// `GET /console/cases/new`.
pub(crate) async fn show(State(app): State<App>, staff: Staff) -> Result<Response, Trouble> {
    page(&form(&app, &staff, &Form::empty(), None))
}

/// `POST /console/cases/new`.
pub(crate) async fn log(
    State(app): State<App>,
    staff: Staff,
    Signed(typed): Signed,
) -> Result<Response, Trouble> {
    let words = typed.get("text").trim().to_owned();
    let code = (
        words::code(&KINDS, typed.get("kind")),
        words::code(&PRIORITIES, typed.get("priority")),
    );
    let area = Some(typed.get("area").to_owned());
    let enquiry = match code {
        _ if words.is_empty() => Err(Wrong::new("text", "Write what was asked.")),
        (Some(kind), Some(priority)) => Ok(Enquiry {
            channel: match typed.get("channel") {
                "walk_in" => Channel::WalkIn,
                _ => Channel::Phone,
            },
            words,
            lang: Lang::english(),
            priority,
            kind,
            area: area.filter(|a| a != "england" && app.desk.library().areas.contains_key(a)),
            client_group: words::code(&GROUPS, typed.get("group")),
            needs: needs(&typed),
            claim: typed.get("keep") == "yes",
        }),
        _ => Err(Wrong::new("kind", "Choose what it is about and how soon.")),
    };
    let by = caller(&staff, Act::WorkCase);
    let wrong = match enquiry {
        Err(wrong) => wrong,
        Ok(enquiry) => match app.desk.log_enquiry(&by, enquiry).await {
            Ok(case) => {
                let to = format!("/console/cases/{}?done=logged", case.opened.reference);
                return Ok(onward(&to, None));
            }
            Err(StoreError::Refused(why)) => Wrong::new("area", super::acts::sentence(why)),
            Err(other) => return Err(other.into()),
        },
    };
    let again = page(&form(&app, &staff, &typed, Some(wrong)))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
}
