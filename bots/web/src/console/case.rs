//! The page of one case: everything that an adviser needs to answer without asking again.
//! What never lives here: doing something with the case (acts.rs, reply.rs), who may look (guard.rs; the store keeps reach).

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Deserialize;
use waymark::{
    base::{CaseReference, plain_time},
    casework::{
        AccountState, Act, COMMON, Caller, Case, CaseEventKind, CaseKind, CaseState, Channel,
    },
    knowledge::Library,
    store::{CaseFile, StoreError},
};

use super::{
    case_views::{
        CasePage, Colleague, Fact, FoundSection, HistoryView, LinkedView, May, Menus, NeedsView,
        NoteView,
    },
    drawing, page, queue, requests,
    session::Staff,
    views::{Frame, Wrong},
    words::{
        self, CONSENTS, CONTACTS, FORMATS, GROUPS, KINDS, LINKS, OUTCOMES, PRIORITIES, REJECTIONS,
    },
};
use crate::{app::App, markdown::Drawer, trouble::Trouble};

/// What the page is asked with.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    done: String,
}

/// What a page shows beside what is kept: what went wrong, and what somebody was just doing.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) wrong: Option<Wrong>,
    pub(super) notice: Option<&'static str>,
    /// What stands in the reply's box; without it the kept draft.
    pub(super) text: Option<String>,
    /// Whether to show how it will look.
    pub(super) preview: bool,
    /// Fields of a saved reply that nobody filled.
    pub(super) open_fields: Vec<String>,
    /// Sections found for what was sought.
    pub(super) sought: String,
    pub(super) found: Vec<FoundSection>,
}

/// A reference as it stands in an address.
pub(super) fn reference(text: &str) -> Result<CaseReference, Trouble> {
    text.parse().map_err(|_| Trouble::UnknownCase)
}

/// Whoever is signed in, for the store: with the areas in which they may do `act`.
pub(super) fn caller(staff: &Staff, act: Act) -> Caller {
    Caller {
        adviser: staff.account.name.clone(),
        reach: staff.account.grants.reach(act),
    }
}

/// A case out of reach does not exist.
pub(super) fn unknown(error: StoreError) -> Trouble {
    match error {
        StoreError::NotFound(_) => Trouble::UnknownCase,
        other => other.into(),
    }
}

/// `GET /console/cases/{reference}`.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(asked): Path<String>,
    done: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let done = done.map(|Query(done)| done).unwrap_or_default();
    let shown = Shown {
        notice: notice(&done.done),
        ..Shown::default()
    };
    draw(&app, &staff, &reference(&asked)?, shown).await
}

fn notice(done: &str) -> Option<&'static str> {
    Some(match done {
        "claimed" => "You have this case now.",
        "woken" => "The case is taken up again.",
        "reopened" => "The case is open again.",
        "snoozed" => "The case is put aside. It comes back by itself.",
        "assigned" => "The case is handed over.",
        "changed" => "The case is changed.",
        "note" => "The note is kept.",
        "needs" => "The communication needs are kept.",
        "linked" => "The cases are linked.",
        "unlinked" => "The link is removed.",
        "sent" => "Your reply is sent.",
        "kept" => "Your draft is kept.",
        "rejected" => "Thank you: editors will look at it.",
        "logged" => "The enquiry is logged.",
        _ => return None,
    })
}

/// The page, with 422 where something was wrong.
pub(super) async fn draw(
    app: &App,
    staff: &Staff,
    reference: &CaseReference,
    shown: Shown,
) -> Result<Response, Trouble> {
    let now = app.desk.clock().now().instant;
    let store = app.desk.store();
    let looking = caller(staff, Act::OpenCase);
    let file = store
        .open_case(&looking, reference, now)
        .await
        .map_err(unknown)?;
    let colleagues = colleagues(app, staff, &file.case).await?;
    let area = file.case.opened.area.clone();
    let may_work = staff.account.grants.may_in(Act::WorkCase, area.as_deref());
    let saved = match may_work {
        true => store.saved_replies(&looking.reach).await?,
        false => Vec::new(),
    };
    let request = store.request(&looking.reach, reference).await;
    let request = request.map_err(unknown)?;
    let wrong = shown.wrong.is_some();
    let mut view = view(app, staff, file, shown, now)?;
    view.saved = saved
        .iter()
        .filter(|s| s.area.is_none() || s.area == area)
        .map(|s| (s.id.to_string(), s.title.clone()))
        .collect();
    view.colleagues = colleagues;
    view.request = request.map(|r| requests::standing(&r, now));
    let drawn = page(&view)?;
    Ok(match wrong {
        true => (StatusCode::UNPROCESSABLE_ENTITY, drawn).into_response(),
        false => drawn,
    })
}

/// Who else works cases of this area.
async fn colleagues(app: &App, staff: &Staff, case: &Case) -> Result<Vec<Colleague>, Trouble> {
    let area = case.opened.area.as_deref();
    let all = app.desk.store().accounts().await?;
    let may_assign = staff.account.grants.may_in(Act::AssignCase, area);
    let others = all.into_iter().filter(|a| {
        a.state == AccountState::Active
            && a.grants.may_in(Act::WorkCase, area)
            && (a.name != staff.account.name || may_assign)
            && case.adviser.as_deref() != Some(&a.name)
    });
    Ok(others
        .map(|a| Colleague {
            words: match a.name == staff.account.name {
                true => "Me: take it over".to_owned(),
                false => a.display,
            },
            name: a.name,
        })
        .collect())
}

fn view(
    app: &App,
    staff: &Staff,
    file: CaseFile,
    shown: Shown,
    now: Timestamp,
) -> Result<CasePage, Trouble> {
    let library = app.desk.library();
    let (case, own) = (&file.case, &staff.account.name);
    let mut ids = app.desk.ids()?;
    let drawer = Drawer::new(&library);
    let open = case.state != CaseState::Closed;
    let mine = case.adviser.as_deref() == Some(own);
    let may = may(staff, &file);
    let row = queue::row(&library, case, own, now);
    let kept = file.drafts.iter().find(|d| d.adviser == *own);
    let text = shown.text.or_else(|| kept.map(|d| d.text.clone()));
    let text = text.unwrap_or_default();
    let wanted = may.write && open && text.is_empty() && !dealt_with(&file);
    let suggestion = wanted
        .then(|| app.desk.suggest(&case.opened.packet))
        .flatten();
    let preview = shown.preview && !text.trim().is_empty();
    let preview =
        preview.then(|| drawing::preview(app, &drawer, (staff, case.channel), &text, now));
    Ok(CasePage {
        frame: Frame::inside(app, staff, "/console/queue").saying(shown.notice),
        aside: case.state == CaseState::Snoozed,
        held_by_other: case.adviser.clone().filter(|_| !mine && open),
        safety: safety(case),
        careful: row.unsafe_to_write || (may.write && unsaid(case)),
        facts: facts(&library, case, now),
        turns: drawing::transcript(app, &library, &drawer, &file)?,
        suggestion: suggestion.map(|s| drawing::suggested(&drawer, s)),
        preview: preview.transpose()?,
        fresh: (ids.message().to_string(), app.desk.note_id()?.to_string()),
        newest: file.events.last().map_or(0, |e| e.seq),
        others: others(&file, own, now),
        notes: notes(&file, now),
        links: links(&library, &file, own, now),
        history: history(&file),
        needs: needs(case),
        menus: menus(&library, staff, case),
        saved: Vec::new(),
        colleagues: Vec::new(),
        languages: languages(&case.opened.packet.language),
        erased: file.erased,
        phone: !written_to(case),
        request: None,
        row,
        mine,
        open,
        may,
        text,
        wrong: shown.wrong,
        open_fields: shown.open_fields,
        sought: shown.sought,
        found: shown.found,
    })
}

/// Whether the person can be written to where they are.
fn written_to(case: &Case) -> bool {
    !matches!(case.channel, Channel::Phone | Channel::WalkIn)
}

fn may(staff: &Staff, file: &CaseFile) -> May {
    let case = &file.case;
    let (area, grants) = (case.opened.area.as_deref(), &staff.account.grants);
    let open = case.state != CaseState::Closed;
    let mine = case.adviser.as_deref() == Some(&staff.account.name);
    let work = grants.may_in(Act::WorkCase, area);
    let free = mine || case.adviser.is_none() || !open;
    May {
        work,
        decide: grants.may_in(Act::DecidePersonalData, area),
        claim: work && open && case.adviser.is_none(),
        hand_on: work && open && (mine || grants.may_in(Act::AssignCase, area)),
        write: work && free && written_to(case) && !file.erased,
    }
}

fn menus(library: &Library, staff: &Staff, case: &Case) -> Menus {
    let reach = staff.account.grants.reach(Act::WorkCase);
    let area = case.opened.area.as_deref().unwrap_or(COMMON);
    let kind = words::value(&KINDS, case.opened.kind);
    let priority = words::value(&PRIORITIES, case.opened.priority);
    let group = case.client_group.map_or("", |g| words::value(&GROUPS, g));
    Menus {
        kinds: queue::menu(&KINDS.map(|(_, v, w)| (v, w)), kind),
        priorities: queue::menu(&PRIORITIES.map(|(_, v, w)| (v, w)), priority),
        areas: queue::areas(library, &reach, area),
        groups: queue::menu(&GROUPS.map(|(_, v, w)| (v, w)), group),
        outcomes: queue::menu(&OUTCOMES, ""),
        rejections: queue::menu(&REJECTIONS, ""),
        how_linked: queue::menu(&LINKS.map(|(_, v, w)| (v, w)), ""),
    }
}

/// Harm is in question, and nobody knows whether somebody else reads along.
fn unsaid(case: &Case) -> bool {
    let harm = case.opened.kind == CaseKind::Safeguarding;
    harm && case.opened.packet.safe_to_contact.is_none() && case.state != CaseState::Closed
}

fn safety(case: &Case) -> Option<&'static str> {
    const UNSAID: &str =
        "They have not said whether it is safe to write here. Somebody else may read it.";
    let said = case.opened.packet.safe_to_contact.as_deref();
    said.map(words::safety).or(unsaid(case).then_some(UNSAID))
}

/// Whether the suggestion was rejected, or answered by an adviser, and the person has not written since: the same would be
/// suggested again.
fn dealt_with(file: &CaseFile) -> bool {
    use CaseEventKind::{PersonWrote, Replied, SuggestionRejected};
    let kinds = file.events.iter().rev().map(|e| e.event.kind);
    let mut since = kinds.take_while(|k| *k != PersonWrote);
    since.any(|k| matches!(k, SuggestionRejected | Replied))
}

/// English, and the person's own language where it is another.
fn languages(theirs: &str) -> Vec<(String, String)> {
    let mut all = vec![("en".to_owned(), "English".to_owned())];
    if !theirs.is_empty() && theirs != "en" {
        all.push((
            theirs.to_owned(),
            format!("The person's language ({theirs})"),
        ));
    }
    all
}

/// What is known of the case, in pairs.
fn facts(library: &Library, case: &Case, now: Timestamp) -> Vec<Fact> {
    let (opened, packet) = (&case.opened, &case.opened.packet);
    let mut facts = Vec::new();
    let mut add = |name: &'static str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            facts.push(Fact { name, value });
        }
    };
    add(
        "Council",
        Some(queue::area(library, opened.area.as_deref())),
    );
    add("Law", packet.regime.clone().map(|r| r.replace('-', " ")));
    add("Who is asking", packet.audience.clone());
    add(
        "About",
        case.client_group
            .map(|g| words::words(&GROUPS, g).to_owned()),
    );
    add(
        "Language",
        Some(packet.language.clone()).filter(|l| l != "en"),
    );
    add("Came by", Some(words::channel(case.channel).to_owned()));
    add(
        "Opened",
        Some(format!(
            "{} ({})",
            plain_time(case.created),
            words::near(case.created, now)
        )),
    );
    add("Why here", Some(opened.reason.replace(['_', '.'], " ")));
    add("Not answered", packet.unanswered.clone());
    add("First reply", case.first_replied.map(plain_time));
    add("Outcome", case.outcome.as_deref().map(words::outcome));
    let rating = case.rating.map(|r| format!("{r:?}").to_lowercase());
    add("Did it help", rating);
    facts
}

fn needs(case: &Case) -> NeedsView {
    let needs = &case.needs;
    let mut lines: Vec<String> = Vec::new();
    lines.extend(
        needs
            .formats
            .iter()
            .map(|f| words::words(&FORMATS, *f).to_owned()),
    );
    lines.extend(
        needs
            .interpreter
            .as_ref()
            .map(|l| format!("Interpreter: {l}")),
    );
    lines.extend(needs.other.clone());
    lines.extend(
        needs
            .contact
            .map(|c| format!("Prefers: {}", words::words(&CONTACTS, c).to_lowercase())),
    );
    lines.extend(needs.reach_at.as_ref().map(|r| format!("Reach at: {r}")));
    let call = needs.call_back.as_ref().filter(|c| !c.words.is_empty());
    lines.extend(call.map(|c| format!("Call back: {}", c.words)));
    lines.extend(
        needs
            .consent
            .map(|c| format!("Consent: {}", words::words(&CONSENTS, c).to_lowercase())),
    );
    let formats = FORMATS.iter().map(|(format, value, words)| queue::Menu {
        value: (*value).to_owned(),
        words: (*words).to_owned(),
        on: needs.formats.contains(format),
    });
    NeedsView {
        lines,
        formats: formats.collect(),
        interpreter: needs.interpreter.clone().unwrap_or_default(),
        other: needs.other.clone().unwrap_or_default(),
        contacts: queue::menu(
            &CONTACTS.map(|(_, v, w)| (v, w)),
            needs.contact.map_or("", |c| words::value(&CONTACTS, c)),
        ),
        reach_at: needs.reach_at.clone().unwrap_or_default(),
        call_back: needs
            .call_back
            .as_ref()
            .map(|c| c.words.clone())
            .unwrap_or_default(),
        consents: queue::menu(
            &CONSENTS.map(|(_, v, w)| (v, w)),
            needs.consent.map_or("", |c| words::value(&CONSENTS, c)),
        ),
    }
}

/// What colleagues are doing here, so that nobody answers twice.
fn others(file: &CaseFile, own: &str, now: Timestamp) -> Vec<String> {
    let looking = file.also_looking.iter().filter(|(name, _)| name != own);
    let mut all: Vec<String> = looking
        .map(|(name, at)| format!("{name} was here {}", words::near(*at, now)))
        .collect();
    let drafts = file.drafts.iter().filter(|d| d.adviser != own);
    all.extend(drafts.map(|d| {
        format!(
            "{} began a reply {} and has not sent it",
            d.adviser,
            words::near(d.updated, now)
        )
    }));
    all
}

fn notes(file: &CaseFile, now: Timestamp) -> Vec<NoteView> {
    let one = |note: &waymark::store::CaseNote| NoteView {
        by: note.adviser.clone(),
        at: format!("{} ({})", plain_time(note.at), words::near(note.at, now)),
        text: note.text.clone(),
    };
    file.notes.iter().map(one).collect()
}

fn links(library: &Library, file: &CaseFile, own: &str, now: Timestamp) -> Vec<LinkedView> {
    let one = |linked: &waymark::store::Linked| LinkedView {
        row: queue::row(library, &linked.case, own, now),
        how: words::words(&LINKS, linked.how),
    };
    file.links.iter().map(one).collect()
}

/// Newest first; the same thing by the same person, one after the other, is one line.
fn history(file: &CaseFile) -> Vec<HistoryView> {
    let mut lines: Vec<HistoryView> = Vec::new();
    for event in file.events.iter().rev() {
        let (what, by) = (words::event(event), &event.event.actor);
        match lines.last_mut() {
            Some(line) if line.what == what && line.by == *by => line.times += 1,
            _ => lines.push(HistoryView {
                at: plain_time(event.at),
                by: by.clone(),
                what,
                times: 1,
            }),
        }
    }
    lines
}
