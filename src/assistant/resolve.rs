//! Third stage: what the question is about beyond its words: council, day, what it follows, how many questions it holds.
//! What never lives here: searching (retrieve.rs).

use std::sync::LazyLock;

use jiff::{ToSpan, civil::Date};
use regex::Regex;

use super::{
    snapshot::Snapshot,
    state::State,
    step::{Draft, Plan},
};
use crate::{
    base::{normalise, words},
    knowledge::find_area,
};

/// A story longer than this is condensed to its questions.
const LONG_STORY: usize = 45;
/// More questions than this in one message are answered first come.
const MOST_QUESTIONS: usize = 3;

/// Fills the draft; never settles the turn.
pub(super) fn look(snapshot: &Snapshot, state: &State, draft: &mut Draft) -> Option<Plan> {
    if let Some(area) = find_area(&snapshot.library.areas, &draft.text) {
        draft.area = Some(area.to_owned());
    }
    if let Some(day) = named_day(&draft.text, draft.today)
        .filter(|day| asks_about(&draft.folded, *day, draft.today))
    {
        draft.day = day;
        draft.day_named = true;
    }
    draft.questions = split(&draft.text);
    draft.context = state
        .last
        .as_ref()
        .filter(|_| is_follow_up(&draft.text))
        .map(|topic| context(snapshot, &topic.article, &topic.question));
    None
}

/// What a follow-up carries: the last question and its article's title.
pub(super) fn context(snapshot: &Snapshot, article: &str, question: &str) -> String {
    let title = snapshot
        .library
        .article(article)
        .map_or("", |a| a.title.as_str());
    format!("{title} {question}")
}

/// Whether a message leans on the one before it.
pub(super) fn is_follow_up(text: &str) -> bool {
    let mut words = words(text);
    // "ok and how long for": what was said to the answer before comes first.
    let heard = words.iter().take_while(|w| acknowledges(w)).count();
    if heard < words.len() {
        words.drain(..heard);
    }
    let first = words.first().map_or("", String::as_str);
    let second = words.get(1).map_or("", String::as_str);
    let opener = matches!(
        first,
        "and"
            | "but"
            | "so"
            | "then"
            | "or"
            | "also"
            | "actually"
            | "no"
            | "sorry"
            | "what"
            | "how"
            | "why"
            | "ok"
            | "okay"
            | "yes"
            | "even"
            | "if"
    ) && (words.len() <= 9 || matches!(first, "and" | "but" | "also" | "or"));
    let about = matches!(
        (first, second),
        ("what", "about") | ("how", "about") | ("what", "if") | ("and", _)
    );
    let leans = points_back(&words);
    about || (opener && leans) || (words.len() <= 7 && leans) || words.len() <= 3
}

fn acknowledges(word: &str) -> bool {
    matches!(
        word,
        "ok" | "okay"
            | "thanks"
            | "thank"
            | "you"
            | "cheers"
            | "ta"
            | "great"
            | "cool"
            | "right"
            | "oh"
            | "ah"
            | "yeah"
            | "yep"
            | "brilliant"
            | "lovely"
    )
}

/// Whether a word stands for something said before.
pub(super) fn points_back(words: &[String]) -> bool {
    words.iter().any(|w| {
        matches!(
            w.as_str(),
            "it" | "that"
                | "this"
                | "she"
                | "he"
                | "they"
                | "her"
                | "him"
                | "them"
                | "those"
                | "one"
                | "then"
                | "instead"
                | "same"
                | "there"
                | "too"
                | "either"
                | "shes"
                | "hes"
                | "thats"
                | "its"
                | "both"
        )
    })
}

/// The questions in a message. One unless it plainly holds several.
fn split(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for piece in text.split_inclusive('?') {
        let piece = piece.trim();
        if words(piece).is_empty() {
            continue;
        }
        match parts.last_mut() {
            Some(asked) if conditional(piece) => {
                *asked = format!("{} {piece}", asked.trim_end_matches('?'));
            }
            _ => parts.push(piece.to_owned()),
        }
    }
    let joined: Vec<String> = parts.iter().flat_map(|p| split_joined(p)).collect();
    let mut questions: Vec<String> = joined.into_iter().map(|p| condense(&p)).collect();
    questions.retain(|q| words(q).len() >= 2);
    questions.truncate(MOST_QUESTIONS);
    if questions.is_empty() {
        questions.push(condense(text));
    }
    questions
}

/// "Do I pay? If I have savings." is one question: those who dictate do not set the marks.
fn conditional(piece: &str) -> bool {
    let first = words(piece).into_iter().next();
    !piece.ends_with('?') && matches!(first.as_deref(), Some("if" | "unless" | "because"))
}

static JOINED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:,|;|\.)?\s+(?:and|also|plus|& )\s*(?:also\s+)?((?:how (?:much|many|long|do)|what (?:is|are|about|happens|do)|when (?:do|does|is|are|can)|where (?:do|can)|who (?:do|can|is|pays)|do i|does (?:he|she|my|the)|can i|can (?:he|she|my)|should i|is (?:it|there)|am i)\b.*)").ok()
});

fn split_joined(text: &str) -> Vec<String> {
    let Some(found) = JOINED.as_ref().and_then(|r| r.captures(text)) else {
        return vec![text.to_owned()];
    };
    let (whole, tail) = (found.get(0), found.get(1));
    match (whole, tail) {
        (Some(whole), Some(tail)) if words(&text[..whole.start()]).len() >= 4 => {
            let mut out = vec![text[..whole.start()].to_owned()];
            out.extend(split_joined(tail.as_str()));
            out
        }
        _ => vec![text.to_owned()],
    }
}

/// A long story cut down to the sentences that ask; the last two sentences when none does.
fn condense(text: &str) -> String {
    if words(text).len() <= LONG_STORY {
        return text.to_owned();
    }
    let all = crate::base::sentences(text);
    let asks = |s: &&String| {
        let folded = words(s).join(" ");
        s.contains('?')
            || [
                "can i",
                "do i",
                "how do",
                "how much",
                "what do",
                "should i",
                "am i",
                "is it",
                "want to know",
                "what happens",
                "who do",
                "need to",
            ]
            .iter()
            .any(|cue| folded.contains(cue))
    };
    let asking: Vec<&String> = all.iter().filter(asks).collect();
    let kept: Vec<&String> = if asking.is_empty() {
        all.iter().rev().take(2).rev().collect()
    } else {
        asking
    };
    let joined = kept
        .iter()
        .map(|s| s.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    // One endless dictated sentence: its last words hold the question more often than its first.
    let words: Vec<&str> = joined.split(' ').collect();
    let from = words.len().saturating_sub(2 * LONG_STORY);
    normalise(&words[from..].join(" "))
}

static MONTH_YEAR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\s+(20\d{2})\b").ok()
});
static NEXT_MONTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(from|next|after|last|since|in|before|this coming|come)\s+(january|february|april|june|july|august|september|october|november|december)\b").ok()
});
static YEAR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:in|for|during|back in)\s+(20[12]\d)\b").ok());

static TAX_YEAR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(20[12]\d)\s?[/-]\s?(?:20)?\d{2}\b").ok());
static LAST_YEAR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(last|next) year\b").ok());

/// Whether a named day is what the question is about, and not when somebody began, was born or turns eighteen.
fn asks_about(folded: &str, day: Date, today: Date) -> bool {
    let says = |list: &[&str]| {
        list.iter()
            .any(|w| format!(" {folded} ").contains(&format!(" {w} ")))
    };
    if day > today {
        let soon = today.saturating_add(18.months());
        return day <= soon
            && !says(&[
                "turns", "turn", "turning", "born", "birthday", "retires", "due",
            ]);
    }
    let life = [
        "since", "started", "start", "joined", "began", "employed", "worked", "hired", "born",
        "died", "been",
    ];
    let past = [
        "was",
        "were",
        "used to",
        "old",
        "previous",
        "last year",
        "back in",
        "tax year",
        "rate",
        "rates",
        "wage",
        "did",
    ];
    says(&past) && !says(&life)
}

/// The day a question asks about, if it names one: `from April 2027`, `last January`, `in 2025`.
fn named_day(text: &str, today: Date) -> Option<Date> {
    if let Some(found) = MONTH_YEAR.as_ref().and_then(|r| r.captures(text)) {
        let day: i8 = found
            .get(1)
            .and_then(|d| d.as_str().parse().ok())
            .unwrap_or(10);
        let year: i16 = found[3].parse().ok()?;
        return Date::new(year, month(&found[2])?, day).ok();
    }
    if let Some(found) = NEXT_MONTH.as_ref().and_then(|r| r.captures(text)) {
        let past = matches!(found[1].to_ascii_lowercase().as_str(), "last" | "since");
        let same = Date::new(today.year(), month(&found[2])?, 10).ok()?;
        return match (past, same > today) {
            (true, true) => same.checked_sub(1.year()).ok(),
            (false, false) if !found[1].eq_ignore_ascii_case("in") => {
                same.checked_add(1.year()).ok()
            }
            _ => Some(same),
        };
    }
    if let Some(found) = TAX_YEAR.as_ref().and_then(|r| r.captures(text)) {
        return Date::new(found[1].parse().ok()?, 6, 1).ok();
    }
    if let Some(found) = LAST_YEAR.as_ref().and_then(|r| r.captures(text)) {
        let past = found[1].eq_ignore_ascii_case("last");
        return today.checked_add(if past { -1 } else { 1 }.years()).ok();
    }
    let found = YEAR.as_ref().and_then(|r| r.captures(text))?;
    let year: i16 = found[1].parse().ok()?;
    if year == today.year() {
        return None;
    }
    Date::new(year, 6, 1).ok()
}

fn month(name: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let start = name.to_ascii_lowercase();
    let at = NAMES.iter().position(|n| start.starts_with(n))?;
    i8::try_from(at + 1).ok()
}
