//! The data dictionary: what each table counts, and its codes in words.
//! What never lives here: counting.

use jiff::civil::Date;
use waymark::{base::long_date, knowledge::Library};

use super::languages;
use crate::console::words::{GROUPS, KINDS, OUTCOMES, PRIORITIES};

/// What a table or a time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its name in every form of the report.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What one of the counted is.
    pub unit: &'static str,
    /// What is counted, and how.
    pub meaning: &'static str,
}

/// What councils ask for and a report does not hold, said in it.
pub(crate) const NOT_IN_IT: [&str; 2] = [
    "Templates taken and costings made: these tools are not part of the service yet.",
    "Client group of people who did not become a case: the assistant never asks for it; advisers note it on cases.",
];

const CONVERSATIONS: &str = "conversations";
const QUESTIONS: &str = "questions";
const CASES: &str = "cases";
const HOURS: &str = "hours";

const fn entry(
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    meaning: &'static str,
) -> Entry {
    Entry {
        id,
        title,
        unit,
        meaning,
    }
}

const ENTRIES: [Entry; 25] = [
    entry(
        "people_by_month",
        "People, by month",
        CONVERSATIONS,
        "Conversations whose first message came in the period, by its month. One conversation is as near to one person as the \
         service comes without asking who they are: somebody who starts afresh, or writes on two channels, counts twice.",
    ),
    entry(
        "people_by_channel",
        "People, by channel",
        CONVERSATIONS,
        "The same conversations by where they were held.",
    ),
    entry(
        "people_by_area",
        "People, by area",
        CONVERSATIONS,
        "The same conversations by the council that the person named or chose, as last known.",
    ),
    entry(
        "people_adult_or_child",
        "Adults' and children's care",
        CONVERSATIONS,
        "The same conversations by whose care they were about: adults' where the Care Act governs, children's where the Children Act \
         or an education, health and care plan does; not said where neither came up.",
    ),
    entry(
        "people_by_regime",
        "People, by the law that governs",
        CONVERSATIONS,
        "The same conversations by the law that the conversation was about, as last known.",
    ),
    entry(
        "people_by_audience",
        "People, by who was asking",
        CONVERSATIONS,
        "The same conversations by who the person said they were.",
    ),
    entry(
        "people_by_language",
        "People, by language",
        CONVERSATIONS,
        "The same conversations by the language that the person last wrote in.",
    ),
    entry(
        "questions_by_outcome",
        "Questions, by outcome",
        QUESTIONS,
        "Messages of people in the period, by how each was settled. Answered: with its sources. Asked back: one question before an \
         answer. Handed over: to an adviser, and whatever was then written to the adviser. Signposted: the right body was named. \
         Declined: not ours, dishonest or unlawful. Small talk: greetings, thanks, settings.",
    ),
    entry(
        "questions_urgent",
        "Urgent messages",
        QUESTIONS,
        "The same messages by whether they read like a cry for help; then emergency numbers came first.",
    ),
    entry(
        "answers_by_topic",
        "Answers, by topic",
        QUESTIONS,
        "Answered questions by the part of the knowledge that the answer rests on.",
    ),
    entry(
        "answers_by_stage",
        "Direct-payment interest, by stage",
        QUESTIONS,
        "Answered questions about having a direct payment, by how far the person seems to be: thinking about it, asking for it, setting \
         it up, running it, ending it. It goes by the article that answered; questions about employing are in none of these.",
    ),
    entry(
        "answers_by_article",
        "Answers, by article",
        QUESTIONS,
        "The articles that answered most often, at most thirty; all others are one line.",
    ),
    entry(
        "answers_helpful",
        "Whether answers helped",
        QUESTIONS,
        "Answered questions by what the person said of the answer, if they did.",
    ),
    entry(
        "unanswered_by_topic",
        "What could not be answered",
        QUESTIONS,
        "Messages for which nothing that we hold fitted well enough, by what was nearest.",
    ),
    entry(
        "cases_by_kind",
        "Cases, by kind",
        CASES,
        "Cases opened in the period, calls and visits that advisers logged included. Safeguarding and set-up enquiries are lines here.",
    ),
    entry(
        "cases_by_priority",
        "Cases, by priority",
        CASES,
        "The same cases by how soon they had to be seen.",
    ),
    entry(
        "cases_by_client_group",
        "Cases, by client group",
        CASES,
        "The same cases by whom they were about, where an adviser noted it; it is never guessed.",
    ),
    entry(
        "cases_by_area",
        "Cases, by area",
        CASES,
        "The same cases by council.",
    ),
    entry(
        "cases_by_channel",
        "Cases, by channel",
        CASES,
        "The same cases by how the person reached the service.",
    ),
    entry(
        "cases_by_reason",
        "Cases, by why they came to an adviser",
        CASES,
        "The same cases by why they were handed over.",
    ),
    entry(
        "cases_by_outcome",
        "Cases, by outcome",
        CASES,
        "The same cases by how they were closed; those still open at the making of the report are one line.",
    ),
    entry(
        "cases_reply",
        "First replies against the time told",
        CASES,
        "The same cases by whether the first reply came by the time that the person was told, as it stands at the making of the \
         report. The service tells a time only where it is staffed.",
    ),
    entry(
        "cases_rating",
        "Satisfaction after a case",
        CASES,
        "The same cases by what the person said, asked once after the closing.",
    ),
    entry(
        "first_reply",
        "From opening to first reply",
        HOURS,
        "Hours by the clock, nights and weekends included, over the cases of the period that were replied to.",
    ),
    entry(
        "closing",
        "From opening to closing",
        HOURS,
        "Hours by the clock, nights and weekends included, over the cases of the period that were closed. No target is set for \
         closing.",
    ),
];

/// Every table and time, in the order of the report.
pub fn dictionary() -> impl Iterator<Item = Entry> {
    ENTRIES.into_iter()
}

/// The entry of a table; every table has one (a test walks them).
pub(super) fn of(id: &'static str) -> Entry {
    let found = dictionary().find(|e| e.id == id);
    found.unwrap_or_else(|| entry(id, id, "", ""))
}

/// Codes that mean the same in every table.
const CODES: [(&str, &str); 49] = [
    ("not_said", "Not said"),
    ("others", "All others"),
    ("none", "Near to nothing that we hold"),
    ("web", "Web chat"),
    ("telegram", "Telegram"),
    ("terminal", "Terminal"),
    ("phone", "Phone call"),
    ("walk_in", "Visit"),
    ("adult", "Adults' care"),
    ("child", "Children's care"),
    ("adults", "Adults (Care Act)"),
    ("children", "Children (Children Act)"),
    ("education", "Education, health and care plan"),
    ("health", "NHS and aftercare"),
    ("employment", "Employing a personal assistant"),
    ("answered", "Answered"),
    ("clarify", "Asked back"),
    ("handed_over", "Handed over to an adviser"),
    ("signposted", "Signposted"),
    ("declined", "Declined"),
    ("urgent", "Urgent"),
    ("not_urgent", "Not urgent"),
    ("calculated", "Worked out"),
    ("document", "Document made"),
    ("small_talk", "Small talk"),
    ("failed", "Failed: our fault"),
    ("direct-payments", "Direct payments"),
    ("legislation", "The law itself"),
    ("local", "Local rules"),
    ("pa", "Being a personal assistant"),
    ("reference", "Words and figures"),
    ("templates", "Templates"),
    ("thinking", "Thinking about it"),
    ("asking", "Asking for it"),
    ("setting_up", "Setting it up"),
    ("running", "Running it"),
    ("ending", "Ending it"),
    ("yes", "It helped"),
    ("partly", "It helped in part"),
    ("no", "It did not help"),
    ("skipped", "Would rather not say"),
    ("still_open", "Still open"),
    ("in_time", "By the time told"),
    ("late", "After the time told"),
    ("waiting_in_time", "Waiting, the time told has not come"),
    ("waiting_late", "Waiting, the time told has passed"),
    ("replied_no_time_told", "Replied, no time was told"),
    ("waiting_no_time_told", "Waiting, no time was told"),
    ("closed_without_reply", "Closed without a reply"),
];

/// A code in words.
pub(super) fn label(library: &Library, table: &str, code: &str) -> String {
    let known = |codes: &[(&str, &str)]| {
        let found = codes.iter().find(|(c, _)| *c == code);
        found.map(|(_, words)| (*words).to_owned())
    };
    let of_case = || match table {
        "cases_by_kind" => KINDS.iter().find(|k| k.1 == code).map(|k| k.2),
        "cases_by_priority" => PRIORITIES.iter().find(|k| k.1 == code).map(|k| k.2),
        "cases_by_client_group" => GROUPS.iter().find(|k| k.1 == code).map(|k| k.2),
        _ => None,
    };
    let found = match table {
        "people_by_month" => month(code),
        "people_by_language" => languages::name(code),
        "people_by_area" | "cases_by_area" => library.areas.get(code).map(|a| a.name.clone()),
        "answers_by_article" => library.article(code).map(|a| a.title.clone()),
        "cases_by_outcome" => known(&OUTCOMES),
        _ => of_case().map(str::to_owned),
    };
    found
        .or_else(|| known(&CODES))
        .unwrap_or_else(|| plain(code))
}

/// `2026-11` as `November 2026`.
fn month(code: &str) -> Option<String> {
    let first: Date = format!("{code}-01").parse().ok()?;
    let date = long_date(first);
    date.split_once(' ').map(|(_, month)| month.to_owned())
}

/// `asked_for_person` as `Asked for person`: closed lists that editors keep name themselves.
fn plain(code: &str) -> String {
    let words = code.replace(['_', '-'], " ").replace('.', ": ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
