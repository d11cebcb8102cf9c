//! The queue: what must be seen first stands first. Filters, counts, pages; kept live by the page's script.
//! What never lives here: a case's words (a list shows none), the order itself (store).

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use waymark::{
    base::plain_time,
    casework::{Act, Case, CaseKind, CaseState, Channel, Format, Priority, Reach},
    knowledge::Library,
    store::{CaseCounts, CaseFilter, Place, Whose},
};

use super::{
    page,
    session::Staff,
    views::Frame,
    words::{self, FORMATS, KINDS, PRIORITIES},
};
use crate::{app::App, trouble::Trouble};

/// Cases on one page.
const PAGE: u32 = 50;

/// What the page is asked with; what is not known counts as nothing.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    /// `mine`, `nobody`, `overdue`, `undelivered`, `aside`, `closed`; else all that is open.
    #[serde(default)]
    view: String,
    #[serde(default)]
    priority: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    area: String,
    /// A `Place` as JSON.
    #[serde(default)]
    after: String,
    #[serde(default)]
    done: String,
}

/// A case in the list.
pub(super) struct Row {
    pub(super) reference: String,
    pub(super) kind: &'static str,
    /// The title of the article that it is nearest to.
    pub(super) about: Option<String>,
    pub(super) priority_code: &'static str,
    pub(super) state: &'static str,
    /// Who has it; `You` for oneself.
    pub(super) holder: Option<String>,
    pub(super) mine: bool,
    pub(super) area: String,
    pub(super) channel: &'static str,
    /// By when, and how near that is.
    pub(super) due: Option<(String, String)>,
    pub(super) overdue: bool,
    pub(super) undelivered: bool,
    pub(super) unsafe_to_write: bool,
    pub(super) needs: Vec<&'static str>,
    pub(super) opened: String,
    pub(super) aside: Option<String>,
    pub(super) outcome: Option<String>,
}

/// One of the ways to look at the queue.
struct Tab {
    href: String,
    words: &'static str,
    count: Option<u64>,
    here: bool,
    alarming: bool,
}

/// A filter's menu: its value, its words, whether it is chosen.
pub(super) struct Menu {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) on: bool,
}

#[derive(Template)]
#[template(path = "console/queue.html")]
struct QueuePage {
    frame: Frame,
    tabs: Vec<Tab>,
    view: String,
    priorities: Vec<Menu>,
    kinds: Vec<Menu>,
    areas: Vec<Menu>,
    filtered: bool,
    rows: Vec<Row>,
    next: Option<String>,
    may_log: bool,
    /// For the page's script to read out.
    told: String,
    /// The newest event of the log before the page was read.
    newest: u64,
}

/// `GET /console/queue`.
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Trouble> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let now = app.desk.clock().now().instant;
    let reach = staff.account.grants.reach(Act::SeeQueue);
    let filter = filter(&asked, &staff.account.name, now);
    let store = app.desk.store();
    let newest = store.last_case_event().await?;
    let counts = store.case_counts(&reach, now).await?;
    let mine = CaseFilter {
        adviser: Some(Whose::Of(staff.account.name.clone())),
        limit: 1000,
        ..CaseFilter::default()
    };
    let mine = u64::try_from(store.cases(&reach, mine).await?.len()).unwrap_or(u64::MAX);
    let mut cases = store.cases(&reach, filter).await?;
    let more = cases.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    cases.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let last = cases.last().filter(|_| more).map(Place::of);
    let library = app.desk.library();
    let open = counts.urgent + counts.high + counts.normal;
    let notice = match asked.done.as_str() {
        "closed" => Some("The case is closed."),
        "released" => Some("The case is back in the queue."),
        _ => None,
    };
    page(&QueuePage {
        frame: Frame::inside(&app, &staff, "/console/queue").saying(notice),
        tabs: tabs(&asked.view, &counts, mine),
        newest,
        told: format!(
            "{open} open, {} urgent, {} overdue, {} that nobody has",
            counts.urgent, counts.overdue, counts.waiting
        ),
        priorities: menu(&PRIORITIES.map(|(_, v, w)| (v, w)), &asked.priority),
        kinds: menu(&KINDS.map(|(_, v, w)| (v, w)), &asked.kind),
        areas: areas(&library, &reach, &asked.area),
        filtered: !(asked.priority.is_empty() && asked.kind.is_empty() && asked.area.is_empty()),
        next: last.map(|place| next(&asked, &place)),
        rows: cases
            .iter()
            .map(|case| row(&library, case, &staff.account.name, now))
            .collect(),
        may_log: staff.account.grants.may(Act::WorkCase),
        view: asked.view,
    })
}

/// The ways to look at the queue, with how many cases each would show.
fn tabs(here: &str, counts: &CaseCounts, mine: u64) -> Vec<Tab> {
    let open = counts.urgent + counts.high + counts.normal;
    let tab = |view: &str, words, count: Option<u64>, alarming| Tab {
        href: match view {
            "" => "/console/queue".to_owned(),
            view => format!("/console/queue?view={view}"),
        },
        words,
        count,
        here: view == here,
        alarming: alarming && count.is_some_and(|c| c > 0),
    };
    vec![
        tab("", "All open", Some(open), false),
        tab("overdue", "Overdue", Some(counts.overdue), true),
        tab("nobody", "Nobody has", Some(counts.waiting), false),
        tab("mine", "Mine", Some(mine), false),
        tab("aside", "Put aside", Some(counts.snoozed), false),
        tab("undelivered", "Not delivered", None, false),
        tab("closed", "Closed", None, false),
    ]
}

fn filter(asked: &Asked, own: &str, now: Timestamp) -> CaseFilter {
    let mut filter = CaseFilter {
        priority: words::code(&PRIORITIES, &asked.priority),
        kind: words::code(&KINDS, &asked.kind),
        area: Some(asked.area.clone()).filter(|a| !a.is_empty()),
        after: serde_json::from_str(&asked.after).ok(),
        limit: PAGE + 1,
        ..CaseFilter::default()
    };
    match asked.view.as_str() {
        "mine" => filter.adviser = Some(Whose::Of(own.to_owned())),
        "nobody" => filter.adviser = Some(Whose::Nobody),
        "overdue" => filter.overdue_at = Some(now),
        "undelivered" => filter.undelivered = true,
        "aside" => filter.states = vec![CaseState::Snoozed],
        "closed" => filter.states = vec![CaseState::Closed],
        _ => {}
    }
    filter
}

fn next(asked: &Asked, place: &Place) -> String {
    let place = serde_json::to_string(place).unwrap_or_default();
    let pairs = [
        ("view", &asked.view),
        ("priority", &asked.priority),
        ("kind", &asked.kind),
        ("area", &asked.area),
        ("after", &place),
    ];
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    format!("/console/queue?{}", pairs.join("&"))
}

/// As it may stand in an address.
fn escaped(text: &str) -> String {
    let each = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    each.collect()
}

pub(super) fn menu(choices: &[(&str, &str)], chosen: &str) -> Vec<Menu> {
    let one = |(value, words): &(&str, &str)| Menu {
        on: *value == chosen,
        value: (*value).to_owned(),
        words: (*words).to_owned(),
    };
    choices.iter().map(one).collect()
}

/// The councils within reach, and the common queue.
pub(super) fn areas(library: &Library, reach: &Reach, chosen: &str) -> Vec<Menu> {
    let within = library
        .areas
        .iter()
        .filter(|(id, _)| reach.covers(Some(id)));
    let one = |(id, area): (&String, &waymark::knowledge::Area)| Menu {
        on: id == chosen,
        value: id.clone(),
        words: match &area.parent {
            Some(_) => area.name.clone(),
            None => "No council yet".to_owned(),
        },
    };
    within.map(one).collect()
}

/// The area of a case in words.
pub(super) fn area(library: &Library, area: Option<&str>) -> String {
    let found = area
        .and_then(|a| library.areas.get(a))
        .filter(|a| a.parent.is_some());
    match (found, area) {
        (Some(council), _) => council.name.clone(),
        (None, Some(id)) if id != waymark::casework::COMMON => id.to_owned(),
        _ => "No council yet".to_owned(),
    }
}

/// What a case is about, by the title of the nearest article: a list shows nobody's words. A worry about somebody's safety is told as
/// such, whatever was talked of before.
fn about(library: &Library, case: &Case) -> Option<String> {
    let place = case.opened.packet.nearest.first()?;
    let article = place.split('#').next().unwrap_or(place);
    let told = case.opened.kind != CaseKind::Safeguarding;
    let article = library.article(article).filter(|_| told)?;
    Some(article.title.clone())
}

/// A case as the list shows it.
pub(super) fn row(library: &Library, case: &Case, own: &str, now: Timestamp) -> Row {
    let opened = &case.opened;
    let waits = case.first_replied.is_none() && case.state != CaseState::Closed;
    let due = opened.reply_expected_by.filter(|_| waits);
    let safe = opened.packet.safe_to_contact.as_deref();
    let reachable = !matches!(case.channel, Channel::Phone | Channel::WalkIn);
    let named = |format: &Format| words::words(&FORMATS, *format);
    Row {
        reference: opened.reference.to_string(),
        kind: words::words(&KINDS, opened.kind),
        about: about(library, case),
        priority_code: match opened.priority {
            Priority::Urgent => "urgent",
            Priority::High => "high",
            Priority::Normal => "normal",
        },
        state: words::state(case.state),
        mine: case.adviser.as_deref() == Some(own),
        holder: case.adviser.clone(),
        area: area(library, opened.area.as_deref()),
        channel: words::channel(case.channel),
        due: due.map(|at| (plain_time(at), words::near(at, now))),
        overdue: case.is_overdue(now),
        undelivered: case.undelivered,
        unsafe_to_write: reachable && matches!(safe, Some("no" | "call")),
        needs: case.needs.formats.iter().map(named).collect(),
        opened: words::near(case.created, now),
        aside: case
            .snoozed_until
            .filter(|_| case.state == CaseState::Snoozed)
            .map(plain_time),
        outcome: case.outcome.as_deref().map(words::outcome),
    }
}
