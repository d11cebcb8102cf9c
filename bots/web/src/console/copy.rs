//! The copy of everything about one person, to read and for machines, as their right of access gives it to them.
//! What never lives here: what belongs into it (store), who may give it out (routes.rs).

use askama::Template;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use waymark::{
    base::{CaseReference, plain_time},
    casework::{Act, Author},
    knowledge::Library,
    store::{ConversationExport, PersonExport},
};

use super::{
    case::{caller, reference, unknown},
    requests,
    session::Staff,
    words::{self, CONSENTS, CONTACTS, FORMATS, KINDS},
};
use crate::{app::App, markdown::Drawer, trouble::Trouble};

/// A message as the copy shows it.
struct Said {
    at: String,
    who: String,
    /// Safe HTML.
    html: String,
}

/// A case with what stands beside it.
struct CaseCopy {
    reference: String,
    about: &'static str,
    opened: String,
    state: &'static str,
    /// Name and value.
    facts: Vec<(&'static str, String)>,
    notes: Vec<(String, String)>,
    drafts: Vec<(String, String)>,
    events: Vec<(String, String)>,
}

/// A conversation with its cases.
struct Talk {
    channel: &'static str,
    created: String,
    said: Vec<Said>,
    /// When, and the titles of what the answer rested on.
    rested: Vec<(String, String)>,
    helped: Vec<(String, String)>,
    cases: Vec<CaseCopy>,
}

#[derive(Template)]
#[template(path = "console/copy.html")]
struct CopyPage {
    service: String,
    made: String,
    talks: Vec<Talk>,
}

/// `GET /console/requests/{reference}/copy/{form}`: `read` is a page, anything else JSON. Logged on each of their cases.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    Path((asked, form)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let reference = reference(&asked)?;
    let case = requests::within(&app, &staff, &reference).await?;
    let by = caller(&staff, Act::DecidePersonalData);
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    let export = store
        .export_person(&by, &case.opened.conversation, now)
        .await
        .map_err(unknown)?;
    match form.as_str() {
        "read" => {
            let library = app.desk.library();
            let talks = export.conversations.iter();
            let html = CopyPage {
                service: app.settings.service_name.clone(),
                made: plain_time(now),
                talks: talks.map(|t| talk(&app, &library, &export, t)).collect(),
            };
            let html = html.render().map_err(|_| Trouble::Fault)?;
            Ok(file(&reference, "html", "text/html; charset=utf-8", html))
        }
        _ => {
            let json = serde_json::to_string_pretty(&export).map_err(|_| Trouble::Fault)?;
            Ok(file(&reference, "json", "application/json", json))
        }
    }
}

fn file(reference: &CaseReference, ending: &str, kind: &'static str, body: String) -> Response {
    let disposition = format!("attachment; filename=\"{reference}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, body).into_response()
}

fn talk(app: &App, library: &Library, export: &PersonExport, one: &ConversationExport) -> Talk {
    let drawer = Drawer::new(library);
    let said = one.messages.iter().map(|m| Said {
        at: plain_time(m.at),
        who: match m.message.author {
            Author::Person => "You".to_owned(),
            Author::Assistant => app.settings.service_name.clone(),
            Author::Adviser => m
                .message
                .name
                .clone()
                .unwrap_or_else(|| "Adviser".to_owned()),
            Author::System => "Notice".to_owned(),
        },
        html: match m.message.author {
            Author::Person => drawer.plain(&m.message.text),
            Author::Adviser => drawer.letter(&m.message.text),
            Author::Assistant | Author::System => drawer.blocks(&m.message.text),
        },
    });
    let title = |c: &waymark::casework::Cited| {
        let article = library.article(&c.article);
        article.map_or_else(
            || format!("{}#{}", c.article, c.section),
            |a| a.title.clone(),
        )
    };
    let rested = one.receipts.iter().filter(|r| !r.cited.is_empty());
    let helped = one.feedback.iter().map(|given| {
        let word = if given.feedback.helpful {
            "helpful"
        } else {
            "not helpful"
        };
        let comment = given.feedback.comment.as_deref().unwrap_or("");
        (plain_time(given.at), format!("{word} {comment}"))
    });
    Talk {
        channel: words::channel(one.channel),
        created: plain_time(one.created),
        said: said.collect(),
        rested: rested
            .map(|r| {
                let titles: Vec<String> = r.cited.iter().map(title).collect();
                (plain_time(r.at), titles.join("; "))
            })
            .collect(),
        helped: helped.collect(),
        cases: one.cases.iter().map(|c| of_case(export, one, c)).collect(),
    }
}

fn of_case(
    export: &PersonExport,
    talk: &ConversationExport,
    case: &waymark::casework::Case,
) -> CaseCopy {
    let reference = &case.opened.reference;
    let beside = export.cases.iter().find(|n| n.case == *reference);
    let notes = beside.into_iter().flat_map(|b| &b.notes);
    let drafts = beside.into_iter().flat_map(|b| &b.drafts);
    let events = talk
        .case_events
        .iter()
        .filter(|e| e.event.case == *reference);
    CaseCopy {
        reference: reference.to_string(),
        about: words::words(&KINDS, case.opened.kind),
        opened: plain_time(case.created),
        state: words::state(case.state),
        facts: facts(case),
        notes: notes
            .map(|n| {
                (
                    format!("{}, {}", n.adviser, plain_time(n.at)),
                    n.text.clone(),
                )
            })
            .collect(),
        drafts: drafts
            .map(|d| (d.adviser.clone(), d.text.clone()))
            .collect(),
        events: events
            .map(|e| {
                let what = format!("{} ({})", words::event(e), e.event.actor);
                (plain_time(e.at), what)
            })
            .collect(),
    }
}

fn facts(case: &waymark::casework::Case) -> Vec<(&'static str, String)> {
    let needs = &case.needs;
    let formats: Vec<&str> = needs
        .formats
        .iter()
        .map(|f| words::words(&FORMATS, *f))
        .collect();
    let all = [
        ("What you need", Some(formats.join(", "))),
        ("Interpreter", needs.interpreter.clone()),
        ("Also", needs.other.clone()),
        (
            "How to reach you",
            needs.contact.map(|c| words::words(&CONTACTS, c).to_owned()),
        ),
        ("Number or address", needs.reach_at.clone()),
        (
            "When a call suits you",
            needs.call_back.as_ref().map(|c| c.words.clone()),
        ),
        (
            "Consent to share",
            needs.consent.map(|c| words::words(&CONSENTS, c).to_owned()),
        ),
        ("Area", case.opened.area.clone()),
        ("How it ended", case.outcome.as_deref().map(words::outcome)),
    ];
    let given = all
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    given.filter(|(_, value)| !value.is_empty()).collect()
}
