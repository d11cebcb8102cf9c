//! Writing a reply: drafts, saved replies, sections of articles, the suggestion, preview, sending. Every button of the form
//! brings the whole text with it, so nothing typed is lost without JavaScript.
//! What never lives here: how it reaches the person (store, delivery), what the assistant would say (assistant).

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use waymark::{
    base::{CaseReference, Lang, NoteId, clip, plain_time},
    casework::{Act, Case, NewContentTodo, fill},
    knowledge::{Article, Section},
    retrieval::Query,
    store::{AdviserReply, StoreError},
};

use super::{
    acts::sentence,
    case::{self, Shown, caller, reference, unknown},
    case_views::FoundSection,
    onward, queue,
    session::{Signed, Staff},
    views::Wrong,
    words::REJECTIONS,
};
use crate::{app::App, body::Form, trouble::Trouble};

/// The longest reply: some ten pages.
const LONGEST: usize = 20_000;
/// Sections offered.
const OFFERED: usize = 6;

/// `POST /console/cases/{reference}/reply`: whatever the pressed button says.
pub(crate) async fn submit(
    State(app): State<App>,
    staff: Staff,
    Path(asked): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Trouble> {
    let reference = reference(&asked)?;
    let by = caller(&staff, Act::WorkCase);
    let case = app.desk.store().case(&reference).await?;
    let within = |c: &Case| by.reach.covers(c.opened.area.as_deref());
    let case = case.filter(within).ok_or(Trouble::UnknownCase)?;
    let text = form.get("text").replace("\r\n", "\n");
    let mut shown = Shown::default();
    let text = match form
        .get("what")
        .split_once(':')
        .unwrap_or((form.get("what"), ""))
    {
        ("send", _) => return send(&app, &staff, &case, &form, text, false).await,
        ("ask", _) => return send(&app, &staff, &case, &form, text, true).await,
        ("keep", _) => {
            keep(&app, &staff, &reference, &text).await?;
            return Ok(onward(
                &format!("/console/cases/{reference}?done=kept#reply"),
                None,
            ));
        }
        ("preview", _) => {
            shown.preview = true;
            text
        }
        ("saved", _) => {
            let (added, open) = saved(&app, &staff, &case, form.get("saved")).await?;
            shown.open_fields = open;
            joined(text, &added)
        }
        ("suggestion", _) => {
            let suggested = app.desk.suggest(&case.opened.packet);
            joined(text, &suggested.map(|s| s.text).unwrap_or_default())
        }
        ("section", place) => joined(text, &quoted(&app, place)),
        _ => {
            shown.sought = form.get("find").trim().to_owned();
            shown.found = found(&app, &shown.sought, &case);
            if shown.found.is_empty() {
                shown.wrong = Some(Wrong::new("find", "Nothing was found. Try other words."));
            }
            text
        }
    };
    keep(&app, &staff, &reference, &text).await?;
    shown.text = Some(text);
    case::draw(&app, &staff, &reference, shown).await
}

/// `POST /console/cases/{reference}/draft`: what the page's script keeps while somebody types.
pub(crate) async fn draft(
    State(app): State<App>,
    staff: Staff,
    Path(asked): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Trouble> {
    let text = form.get("text").replace("\r\n", "\n");
    keep(&app, &staff, &reference(&asked)?, &text).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn keep(
    app: &App,
    staff: &Staff,
    reference: &CaseReference,
    text: &str,
) -> Result<(), Trouble> {
    let by = caller(staff, Act::WorkCase);
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    store
        .save_draft(&by, reference, text, now)
        .await
        .map_err(unknown)
}

fn joined(text: String, added: &str) -> String {
    match text.trim().is_empty() {
        true => added.to_owned(),
        false => format!("{}\n\n{added}", text.trim_end()),
    }
}

/// Why a reply may not go yet, and at which field.
fn unready(case: &Case, form: &Form, text: &str) -> Option<(&'static str, String)> {
    let unsafe_here = matches!(
        case.opened.packet.safe_to_contact.as_deref(),
        Some("no" | "call")
    );
    if text.trim().is_empty() {
        Some(("reply", "Write the reply first.".to_owned()))
    } else if text.chars().count() > LONGEST {
        Some((
            "reply",
            "The reply is too long. Send it in two parts.".to_owned(),
        ))
    } else if let (_, open) = fill(text, &[])
        && !open.is_empty()
    {
        let open = open.join(", ");
        Some(("reply", format!("Fill in first, or take out: {open}.")))
    } else if unsafe_here && form.get("checked") != "yes" {
        Some((
            "checked",
            "They did not want to be written to here. Tick that you have checked that it is safe."
                .to_owned(),
        ))
    } else {
        None
    }
}

async fn send(
    app: &App,
    staff: &Staff,
    case: &Case,
    form: &Form,
    text: String,
    asks: bool,
) -> Result<Response, Trouble> {
    let reference = &case.opened.reference;
    let why = unready(case, form, &text);
    let lang: Lang = form.get("lang").parse().unwrap_or_default();
    let why = match why {
        Some(why) => why,
        None => {
            let fresh = app.desk.ids()?.message();
            let mut reply = AdviserReply {
                case: reference.clone(),
                name: staff.account.display.clone(),
                text: text.trim().to_owned(),
                lang,
                message: form.get("id").parse().unwrap_or_else(|_| fresh.clone()),
                asks,
            };
            let now = app.desk.clock().now().instant;
            let (by, store) = (caller(staff, Act::WorkCase), app.desk.store());
            let mut done = store.reply_to_case(&by, reply.clone(), now).await;
            // The page was gone back to, and another reply written on it.
            if matches!(done, Err(StoreError::Duplicate(_))) {
                reply.message = fresh;
                done = store.reply_to_case(&by, reply, now).await;
            }
            match done {
                Ok(_) => {
                    return Ok(onward(
                        &format!("/console/cases/{reference}?done=sent"),
                        None,
                    ));
                }
                Err(StoreError::Case(why)) => ("reply", sentence(&why.to_string())),
                Err(other) => return Err(unknown(other)),
            }
        }
    };
    keep(app, staff, reference, &text).await?;
    let shown = Shown {
        wrong: Some(Wrong::new(why.0, why.1)),
        text: Some(text),
        ..Shown::default()
    };
    case::draw(app, staff, reference, shown).await
}

/// A saved reply with its fields filled, and the names of those that nobody could fill.
async fn saved(
    app: &App,
    staff: &Staff,
    case: &Case,
    id: &str,
) -> Result<(String, Vec<String>), Trouble> {
    let reach = staff.account.grants.reach(Act::WorkCase);
    let all = app.desk.store().saved_replies(&reach).await?;
    let Some(chosen) = all.into_iter().find(|s| s.id.as_str() == id) else {
        return Ok((String::new(), Vec::new()));
    };
    let library = app.desk.library();
    let council = queue::area(&library, case.opened.area.as_deref());
    let reference = case.opened.reference.to_string();
    let mut fields = vec![
        ("reference", reference.as_str()),
        ("adviser", staff.account.display.as_str()),
        ("council", council.as_str()),
        ("service", app.settings.service_name.as_str()),
    ];
    let due = case.opened.reply_expected_by.map(plain_time);
    if let Some(due) = &due {
        fields.push(("reply_by", due));
    }
    Ok(fill(&chosen.text, &fields))
}

/// Sections that fit what an adviser seeks.
fn found(app: &App, sought: &str, case: &Case) -> Vec<FoundSection> {
    let snapshot = app.desk.snapshot();
    let (library, today, english) = (
        &snapshot.library,
        app.desk.clock().now().today,
        Lang::english(),
    );
    if sought.is_empty() {
        return Vec::new();
    }
    let query = Query {
        text: sought,
        lang: &english,
        context: None,
        near: None,
        day: today,
        today,
        area: case.opened.area.as_deref(),
        regime: None,
        audience: None,
        limit: OFFERED,
    };
    let ranking = snapshot.index.search(library, &query);
    let candidates = ranking.map(|r| r.candidates).unwrap_or_default();
    let places = candidates.iter().filter_map(|c| library.at(c.place));
    let one = |(article, section): (&Article, &Section)| FoundSection {
        place: format!("section:{}#{}", article.id, section.anchor),
        title: match section.anchor.as_str() {
            "summary" => article.title.clone(),
            _ => format!("{}: {}", article.title, section.heading),
        },
        begins: clip(
            &library.render_plain(&section.body, today, &english).text,
            200,
        ),
    };
    places.take(OFFERED).map(one).collect()
}

/// A section as it goes into a reply: its words of today, then where they come from.
fn quoted(app: &App, place: &str) -> String {
    let (library, today) = (app.desk.library(), app.desk.clock().now().today);
    let english = Lang::english();
    let found = place.split_once('#').and_then(|(article, anchor)| {
        let article = library.article(article)?;
        let section = article.sections.iter().find(|s| s.anchor == anchor)?;
        Some((article, section))
    });
    let Some((article, section)) = found else {
        return String::new();
    };
    let text = match section.anchor.as_str() {
        "summary" => article
            .summary_for(today, None, None, None)
            .map_or(section.body.as_str(), |s| s.text.as_str()),
        _ => section.body.as_str(),
    };
    let mut out = library.render(text, today, &english).text.trim().to_owned();
    for source in section.sources.iter().filter_map(|id| library.source(id)) {
        let provision = source
            .provision
            .as_deref()
            .map(|p| format!(", {p}"))
            .unwrap_or_default();
        let name = format!("{}{provision}", source.title);
        out.push_str(&match &source.url {
            Some(url) => format!("\n\nSource: [{name}]({url})"),
            None => format!("\n\nSource: {name}"),
        });
    }
    out
}

/// `POST /console/cases/{reference}/reject`: the suggestion was of no use, and why.
pub(crate) async fn reject(
    State(app): State<App>,
    staff: Staff,
    Path(asked): Path<String>,
    Signed(form): Signed,
) -> Result<Response, Trouble> {
    let reference = reference(&asked)?;
    let reason = form.get("reason");
    if !REJECTIONS.iter().any(|(code, _)| *code == reason) {
        let shown = Shown {
            wrong: Some(Wrong::new(
                "reason",
                "Choose why the suggestion is of no use.",
            )),
            ..Shown::default()
        };
        return case::draw(&app, &staff, &reference, shown).await;
    }
    let text = |name: &str| Some(form.get(name).to_owned()).filter(|t| !t.is_empty());
    let id: NoteId = app.desk.note_id()?;
    let todo = NewContentTodo {
        id,
        case: reference.clone(),
        article: text("article"),
        section: text("section"),
        reason: reason.to_owned(),
        comment: form.get("comment").trim().to_owned(),
        question: form.get("question").to_owned(),
    };
    let by = caller(&staff, Act::WorkCase);
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    store
        .reject_suggestion(&by, todo, now)
        .await
        .map_err(unknown)?;
    Ok(onward(
        &format!("/console/cases/{reference}?done=rejected"),
        None,
    ))
}
