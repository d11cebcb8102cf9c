//! From what the store counted to the tables of a report.
//! What never lives here: SQL, words for codes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Period, Report, Row, Table, Unit, Wait, suppress::suppress};
use crate::casework::{
    CaseKind, CaseState, Channel, ClientGroup, Outcome, Priority, Rating, Reach,
};

/// What nobody said.
const NOT_SAID: &str = "not_said";
/// Articles that are not told apart.
const OTHERS: &str = "others";
/// Lines of the table of articles at most.
const ARTICLES: usize = 30;
/// How far somebody is with a direct payment, by the articles that answer them. What stands in none is about something else.
const STAGES: [(&str, &[&str]); 5] = [
    (
        "thinking",
        &[
            "what-is-a-direct-payment",
            "pros-and-cons",
            "am-i-eligible",
            "how-much-will-i-get",
            "carers-direct-payment",
            "individual-service-funds",
            "one-off-payments",
        ],
    ),
    ("asking", &["how-to-ask", "refused-what-next"]),
    (
        "setting_up",
        &[
            "bank-account-and-records",
            "managed-accounts",
            "prepaid-cards",
            "nominated-authorised-suitable-person",
            "your-contribution",
            "buying-from-an-agency",
            "what-you-can-buy",
            "what-you-cannot-buy",
            "paying-family-members",
        ],
    ),
    (
        "running",
        &[
            "monitoring-and-returns",
            "reviews",
            "surplus-and-reclaim",
            "day-to-day-money-problems",
            "emergency-and-contingency-plans",
            "holidays-and-travel-with-a-pa",
            "hospital-stays",
            "changing-council",
        ],
    ),
    ("ending", &["suspending-and-ending"]),
];

/// Conversations that have all of these in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitsCounted {
    /// `2026-11`, of the first message.
    pub month: String,
    /// Where.
    pub channel: Channel,
    /// Which council, as last known.
    pub area: Option<String>,
    /// Which law, as last known.
    pub regime: Option<String>,
    /// Who was asking, as last known.
    pub audience: Option<String>,
    /// The language written in.
    pub lang: String,
    /// How many.
    pub count: u64,
}

/// Turns that have all of these in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnsCounted {
    /// Which council.
    pub area: Option<String>,
    /// How they ended.
    pub outcome: Outcome,
    /// Why.
    pub reason: Option<String>,
    /// Whether somebody might come to harm.
    pub urgent: bool,
    /// The article that they rest on, or that was nearest.
    pub article: Option<String>,
    /// Whether it helped, once the person has said.
    pub helpful: Option<bool>,
    /// How many.
    pub count: u64,
}

/// One case that was opened, in codes and instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseCounted {
    /// Where.
    pub channel: Channel,
    /// About what.
    pub kind: CaseKind,
    /// How soon.
    pub priority: Priority,
    /// Why it was handed over.
    pub reason: String,
    /// Which council.
    pub area: Option<String>,
    /// Whom it is about.
    pub client_group: Option<ClientGroup>,
    /// How it stands.
    pub state: CaseState,
    /// How it was closed.
    pub outcome: Option<String>,
    /// Whether it helped.
    pub rating: Option<Rating>,
    /// Opened.
    pub created: Timestamp,
    /// By when a reply was promised.
    pub reply_expected_by: Option<Timestamp>,
    /// First replied to.
    pub first_replied: Option<Timestamp>,
    /// Closed.
    pub closed: Option<Timestamp>,
}

/// Everything that a report is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Conversations that began in the period.
    pub visits: Vec<VisitsCounted>,
    /// Turns of the period.
    pub turns: Vec<TurnsCounted>,
    /// Cases opened in the period.
    pub cases: Vec<CaseCounted>,
}

impl Counted {
    /// What is within somebody's reach.
    pub fn within(mut self, reach: &Reach) -> Self {
        self.visits.retain(|v| reach.covers(v.area.as_deref()));
        self.turns.retain(|t| reach.covers(t.area.as_deref()));
        self.cases.retain(|c| reach.covers(c.area.as_deref()));
        self
    }
}

/// Counts by code, on the way to a table.
#[derive(Default)]
struct Tallying(BTreeMap<String, u64>);

impl Tallying {
    fn of<T>(all: &[T], code: impl Fn(&T) -> Option<(String, u64)>) -> Self {
        let mut tallying = Self::default();
        for (code, count) in all.iter().filter_map(code) {
            *tallying.0.entry(code).or_default() += count;
        }
        tallying
    }

    /// Most first, the same number by code.
    fn most_first(self) -> Vec<(String, u64)> {
        let mut rows: Vec<(String, u64)> = self.0.into_iter().filter(|(_, c)| *c > 0).collect();
        rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        rows
    }

    fn table(self, id: &'static str, unit: Unit, smallest: u64) -> Table {
        table(id, unit, self.most_first(), smallest)
    }
}

fn table(id: &'static str, unit: Unit, rows: Vec<(String, u64)>, smallest: u64) -> Table {
    let (rows, total, withheld) = suppress(rows, smallest);
    Table {
        id,
        unit,
        rows,
        total,
        withheld,
    }
}

/// The report of what was counted, as it stands at `now`.
pub fn report(counted: &Counted, period: Period, smallest: u64, now: Timestamp) -> Report {
    let mut tables = people(&counted.visits, smallest);
    tables.extend(questions(&counted.turns, smallest));
    tables.extend(cases(&counted.cases, smallest, now));
    let since = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs().max(0);
    let replied = counted.cases.iter();
    let replied = replied.filter_map(|c| Some(since(c.created, c.first_replied?)));
    let closed = counted.cases.iter();
    let closed = closed.filter_map(|c| Some(since(c.created, c.closed?)));
    Report {
        period,
        smallest,
        tables,
        waits: vec![
            wait("first_reply", replied.collect(), smallest),
            wait("closing", closed.collect(), smallest),
        ],
    }
}

fn people(visits: &[VisitsCounted], smallest: u64) -> Vec<Table> {
    type Code = fn(&VisitsCounted) -> String;
    let by = |id, code: Code| {
        let counted = Tallying::of(visits, |v| Some((code(v), v.count)));
        counted.table(id, Unit::Conversations, smallest)
    };
    let months = Tallying::of(visits, |v| Some((v.month.clone(), v.count)));
    vec![
        table(
            "people_by_month",
            Unit::Conversations,
            months.0.into_iter().collect(),
            smallest,
        ),
        by("people_by_channel", |v| word(&v.channel)),
        by("people_by_area", |v| said(v.area.as_deref())),
        by("people_adult_or_child", |v| {
            adult_or_child(v.regime.as_deref()).to_owned()
        }),
        by("people_by_regime", |v| said(v.regime.as_deref())),
        by("people_by_audience", |v| said(v.audience.as_deref())),
        by("people_by_language", |v| v.lang.clone()),
    ]
}

/// Which law governs tells whose care it is; employing is the same for both.
fn adult_or_child(regime: Option<&str>) -> &'static str {
    match regime {
        Some("adults") => "adult",
        Some("children" | "education") => "child",
        _ => NOT_SAID,
    }
}

fn questions(turns: &[TurnsCounted], smallest: u64) -> Vec<Table> {
    let outcomes = Tallying::of(turns, |t| Some((t.outcome.as_str().to_owned(), t.count)));
    let outcomes = outcomes.table("questions_by_outcome", Unit::Turns, smallest);
    let urgent = Tallying::of(turns, |t| {
        let code = if t.urgent { "urgent" } else { "not_urgent" };
        Some((code.to_owned(), t.count))
    });
    let unanswered = Tallying::of(turns, |t| {
        let not_met = matches!(
            t.reason.as_deref(),
            Some("low_confidence" | "out_of_scope.other")
        );
        not_met.then(|| (topic(t.article.as_deref()), t.count))
    });
    let mut answers = answers(turns, smallest);
    // Their total is a line of the first table: where that is withheld, they would give it away.
    let hidden = |row: &Row| row.count.is_none() && ANSWERED.iter().any(|o| o.as_str() == row.code);
    if outcomes.withheld || outcomes.rows.iter().any(hidden) {
        for table in &mut answers {
            table.rows.clear();
            (table.total, table.withheld) = (None, true);
        }
    }
    let urgent = urgent.table("questions_urgent", Unit::Turns, smallest);
    let unanswered = unanswered.table("unanswered_by_topic", Unit::Turns, smallest);
    let mut all = vec![outcomes, urgent];
    all.extend(answers);
    all.push(unanswered);
    all
}

/// What was answered, from what, and whether it helped.
fn answers(turns: &[TurnsCounted], smallest: u64) -> Vec<Table> {
    let topics = Tallying::of(turns, |t| {
        answered(t).then(|| (topic(t.article.as_deref()), t.count))
    });
    let stages = Tallying::of(turns, |t| {
        let stage = t.article.as_deref().and_then(stage);
        stage
            .filter(|_| answered(t))
            .map(|stage| (stage.to_owned(), t.count))
    });
    let helpful = Tallying::of(turns, |t| {
        let code = match t.helpful {
            Some(true) => "yes",
            Some(false) => "no",
            None => NOT_SAID,
        };
        answered(t).then(|| (code.to_owned(), t.count))
    });
    let topics = topics.table("answers_by_topic", Unit::Turns, smallest);
    let stages = stages.table("answers_by_stage", Unit::Turns, smallest);
    let articles = articles(turns, &topics, &stages, smallest);
    let helpful = helpful.table("answers_helpful", Unit::Turns, smallest);
    vec![topics, stages, articles, helpful]
}

const ANSWERED: [Outcome; 3] = [Outcome::Answered, Outcome::Calculated, Outcome::Document];

fn answered(turns: &TurnsCounted) -> bool {
    ANSWERED.contains(&turns.outcome)
}

/// The folder of an article.
fn topic(article: Option<&str>) -> String {
    let folder = article.and_then(|a| a.split_once('/')).map(|(f, _)| f);
    folder.unwrap_or("none").to_owned()
}

/// How far somebody is who was answered with it.
fn stage(article: &str) -> Option<&'static str> {
    let name = article.strip_prefix("direct-payments/")?;
    let found = STAGES.iter().find(|(_, articles)| articles.contains(&name));
    found.map(|(stage, _)| *stage)
}

/// The articles that answered most often. Those with small counts are lumped together, and so are those of a topic or a stage that is
/// withheld, which they would give away.
fn articles(turns: &[TurnsCounted], topics: &Table, stages: &Table, smallest: u64) -> Table {
    let hidden = |table: &Table| -> BTreeSet<String> {
        let rows = table.rows.iter().filter(|r| r.count.is_none());
        rows.map(|r| r.code.clone()).collect()
    };
    let (topics, stages) = (
        (topics.withheld, hidden(topics)),
        (stages.withheld, hidden(stages)),
    );
    let counted = Tallying::of(turns, |t| {
        let article = t.article.clone().filter(|_| answered(t))?;
        Some((article, t.count))
    });
    let nameless = Tallying::of(turns, |t| {
        (answered(t) && t.article.is_none()).then(|| (OTHERS.to_owned(), t.count))
    });
    let mut others = nameless.0.values().sum::<u64>();
    let mut rows = Vec::new();
    for (article, count) in counted.most_first() {
        let staged = stage(&article);
        let open = count >= smallest
            && rows.len() < ARTICLES
            && !topics.0
            && !topics.1.contains(&topic(Some(&article)))
            && !staged.is_some_and(|s| stages.0 || stages.1.contains(s));
        match open {
            true => rows.push((article, count)),
            false => others += count,
        }
    }
    while others > 0 && others < smallest {
        let Some((_, least)) = rows.pop() else { break };
        others += least;
    }
    if others > 0 {
        rows.push((OTHERS.to_owned(), others));
    }
    table("answers_by_article", Unit::Turns, rows, smallest)
}

fn cases(cases: &[CaseCounted], smallest: u64, now: Timestamp) -> Vec<Table> {
    let by = |id, code: &dyn Fn(&CaseCounted) -> String| {
        let counted = Tallying::of(cases, |c| Some((code(c), 1)));
        counted.table(id, Unit::Cases, smallest)
    };
    let rating = |c: &CaseCounted| c.rating.map_or_else(|| NOT_SAID.to_owned(), |r| word(&r));
    vec![
        by("cases_by_kind", &|c| word(&c.kind)),
        by("cases_by_priority", &|c| word(&c.priority)),
        by("cases_by_client_group", &|c| {
            c.client_group
                .map_or_else(|| NOT_SAID.to_owned(), |g| word(&g))
        }),
        by("cases_by_area", &|c| said(c.area.as_deref())),
        by("cases_by_channel", &|c| word(&c.channel)),
        by("cases_by_reason", &|c| c.reason.clone()),
        by("cases_by_outcome", &|c| match c.state {
            CaseState::Closed => c.outcome.clone().unwrap_or_else(|| "other".to_owned()),
            _ => "still_open".to_owned(),
        }),
        by("cases_reply", &|c| reply(c, now).to_owned()),
        by("cases_rating", &rating),
    ]
}

/// How the first reply stands to the time that the person was told.
fn reply(case: &CaseCounted, now: Timestamp) -> &'static str {
    match (case.reply_expected_by, case.first_replied) {
        (None, Some(_)) => "replied_no_time_told",
        (None, None) if case.state == CaseState::Closed => "closed_without_reply",
        (None, None) => "waiting_no_time_told",
        (Some(by), Some(at)) if at <= by => "in_time",
        (Some(_), Some(_)) => "late",
        (Some(_), None) if case.state == CaseState::Closed => "closed_without_reply",
        (Some(by), None) if now <= by => "waiting_in_time",
        (Some(_), None) => "waiting_late",
    }
}

fn wait(id: &'static str, mut seconds: Vec<i64>, smallest: u64) -> Wait {
    seconds.sort_unstable();
    let enough = u64::try_from(seconds.len()).unwrap_or(0) >= smallest.max(1);
    // The smallest time that so many tenths of all do not exceed.
    let at = |tenths: usize| {
        let place = (seconds.len() * tenths).div_ceil(10).max(1) - 1;
        seconds.get(place).copied().filter(|_| enough)
    };
    Wait {
        id,
        half: at(5),
        nine_in_ten: at(9),
    }
}

fn said(code: Option<&str>) -> String {
    code.unwrap_or(NOT_SAID).to_owned()
}

fn word<T: serde::Serialize>(value: &T) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|w| w.as_str().map(str::to_owned))
        .unwrap_or_default()
}

impl Report {
    /// One of its tables.
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.id == id)
    }

    /// Every article whose answers tell how far somebody is, as `folder/name`, with that stage.
    pub fn stages() -> impl Iterator<Item = (String, &'static str)> {
        let all = STAGES.iter();
        all.flat_map(|(stage, names)| names.iter().map(move |n| (*n, *stage)))
            .map(|(name, stage)| (format!("direct-payments/{name}"), stage))
    }
}

impl Table {
    /// The count of a code; `None` when it is withheld, nought when it did not occur.
    pub fn count(&self, code: &str) -> Option<u64> {
        let found: Option<&Row> = self.rows.iter().find(|r| r.code == code);
        found.map_or((!self.withheld).then_some(0), |r| r.count)
    }
}
