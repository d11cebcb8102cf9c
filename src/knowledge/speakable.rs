//! Text as a voice reads it: lists and tables as sentences, links as their words, figures, money, dates, phone numbers and
//! short forms in words. English only.
//! What never lives here: sound (voice), which short form is said how (knowledge/spoken.toml).

use std::{collections::BTreeMap, sync::LazyLock};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::{Captures, Regex};

use super::numbers::{cardinal, decimal, digits, ordinal, year};

/// What is not read as it is written; the first that fits at a place is meant.
static WRITTEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const MONTHS: &str =
        "January|February|March|April|May|June|July|August|September|October|November|December";
    let kinds = [
        r"(?<reference>\b[A-Z]{2}-[A-Z0-9]{4,8}\b)",
        r"£\s?(?<pounds>\d[\d,]*)(?:\.(?<pence>\d{2})\b)?(?:\s(?<scale>million|billion)\b)?",
        r"\b(?<pennies>\d+)p\b",
        r"(?<percent>\d+(?:,\d{3})*(?:\.\d+)?)\s?%",
        r"\b(?<before>\d{2,4})/(?<after>\d{2,5})\b",
        r"\b(?<phone>0\d{2,5}(?: \d{2,4}){1,4}|0\d{9,10}|116 \d{3}|999|111|101)\b",
        &format!(r"\b(?<day>\d{{1,2}})\s(?<month>{MONTHS})\b"),
        r"\b(?<ordinal>\d{1,3})(?:st|nd|rd|th)\b",
        r"\b(?<hour>\d{1,2})(?:[.:](?<minute>\d{2}))?\s?(?<half>[ap])m\b",
        r"\b(?<low>\d{1,3})\s?[-\u{2013}]\s?(?<high>\d{1,3})\b",
        r"\b(?<code>[A-Z]{1,5}\d{1,4}[A-Z]?|\d{1,4}[A-Z]{1,3})\b",
        r"(?<year>\b(?:19|20)\d{2}\b)",
        r"(?<number>\d+(?:,\d{3})*(?:\.\d+)?)",
        r"\b(?<capitals>[A-Z](?:&?[A-Z]){1,6})(?<plural>s?)\b",
        r"(?<sign>[£&+=×÷@/])",
    ];
    Regex::new(&kinds.join("|")).ok()
});

/// Markdown, its placeholders filled, as a voice should read it: a sentence a line at least. `said` holds how words are said
/// that are written otherwise.
pub fn speakable(markdown: &str, said: &BTreeMap<String, String>) -> String {
    let lines = sentences_of(markdown);
    let lines = lines.iter().map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let words = words.into_iter().map(|word| as_said(word, said));
        in_words(&words.collect::<Vec<_>>().join(" "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// One line a paragraph, list item or table row, each ended like a sentence.
fn sentences_of(markdown: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let (mut header, mut in_header, mut column) = (Vec::new(), false, 0);
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        let line = lines.last_mut();
        match (event, line) {
            (Event::Text(text) | Event::Code(text), Some(line)) => line.push_str(&text),
            (Event::SoftBreak, Some(line)) => line.push(' '),
            (Event::Start(Tag::TableHead), _) => in_header = true,
            (Event::Start(Tag::TableRow), _) => column = 0,
            (Event::End(TagEnd::TableCell), Some(line)) if in_header => {
                header.push(std::mem::take(line));
            }
            (Event::End(TagEnd::TableHead), _) => in_header = false,
            (Event::Start(Tag::TableCell), Some(line)) if !in_header => {
                if column > 0 {
                    line.push_str(", ");
                }
                match header.get(column) {
                    Some(name) if !name.is_empty() => line.push_str(&format!("{name}: ")),
                    _ => {}
                }
                column += 1;
            }
            (
                Event::HardBreak
                | Event::Start(Tag::List(_))
                | Event::End(
                    TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_) | TagEnd::TableRow,
                ),
                _,
            ) => lines.push(String::new()),
            _ => {}
        }
    }
    let lines = lines.iter().map(|l| l.trim()).filter(|l| !l.is_empty());
    lines
        .map(
            |line| match line.ends_with(['.', '?', '!', ':', ';', ',']) {
                true => line.to_owned(),
                false => format!("{line}."),
            },
        )
        .collect()
}

/// A word that is said otherwise than it is written, its punctuation kept.
fn as_said(word: &str, said: &BTreeMap<String, String>) -> String {
    let bare = word.trim_start_matches(['(', '"', '\'']);
    let before = &word[..word.len() - bare.len()];
    let core = bare.trim_end_matches([',', ';', ':', '?', '!', ')', '"', '\'']);
    let stopped = core.strip_suffix('.');
    let found = said
        .get(core)
        .map(|s| (s, core.len()))
        .or_else(|| stopped.and_then(|c| said.get(c).map(|s| (s, c.len()))));
    match found {
        Some((said, length)) => format!("{before}{said}{}", &bare[length..]),
        None => word.to_owned(),
    }
}

fn in_words(line: &str) -> String {
    let Some(written) = WRITTEN.as_ref() else {
        return line.to_owned();
    };
    // Places to fill in, in the templates: `[ ]`, `[your name]`.
    let line = line.replace("[ ]", "blank").replace(['[', ']'], "");
    let said = written.replace_all(&line, |found: &Captures<'_>| one(found));
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How one find is said.
fn one(found: &Captures<'_>) -> String {
    let get = |name: &str| found.name(name).map(|m| m.as_str());
    let count = |text: &str| text.replace(',', "").parse::<u64>().unwrap_or(0);
    if let Some(pounds) = get("pounds") {
        return money(pounds, get("pence"), get("scale"));
    }
    if let Some(pennies) = get("pennies") {
        return format!("{} pence", cardinal(count(pennies)));
    }
    if let Some(percent) = get("percent") {
        return format!("{} per cent", decimal(percent));
    }
    if let (Some(before), Some(after)) = (get("before"), get("after")) {
        return parted(before, after);
    }
    if let Some(phone) = get("phone") {
        return digits(phone);
    }
    if let (Some(day), Some(month)) = (get("day"), get("month")) {
        return format!("the {} of {month}", ordinal(count(day)));
    }
    if let Some(number) = get("ordinal") {
        return ordinal(count(number));
    }
    if let (Some(hour), Some(half)) = (get("hour"), get("half")) {
        let minute = get("minute").map_or(String::new(), |m| format!("{} ", decimal(m)));
        return format!(
            "{} {minute}{} M",
            cardinal(count(hour)),
            half.to_uppercase()
        );
    }
    if let (Some(low), Some(high)) = (get("low"), get("high")) {
        return format!("{} to {}", cardinal(count(low)), cardinal(count(high)));
    }
    if let Some(code) = get("reference").or_else(|| get("code")) {
        return spelt(code);
    }
    if let Some(number) = get("year") {
        return year(count(number));
    }
    if let Some(number) = get("number") {
        return decimal(number);
    }
    if let Some(capitals) = get("capitals") {
        let plural = get("plural").filter(|s| !s.is_empty()).map_or("", |_| "'s");
        return format!("{}{plural}", spelt(capitals));
    }
    let sign = match get("sign") {
        Some("&") => "and",
        Some("+") => "plus",
        Some("=") => "equals",
        Some("×") => "times",
        Some("÷") => "divided by",
        Some("@") => "at",
        Some("£") => "pounds",
        _ => "or",
    };
    format!(" {sign} ")
}

fn money(pounds: &str, pence: Option<&str>, scale: Option<&str>) -> String {
    let whole: u64 = pounds.replace(',', "").parse().unwrap_or(0);
    let rest: u64 = pence.and_then(|p| p.parse().ok()).unwrap_or(0);
    if let Some(scale) = scale {
        return format!("{} {scale} pounds", cardinal(whole));
    }
    let unit = if whole == 1 { "pound" } else { "pounds" };
    match (whole, rest) {
        (_, 0) => format!("{} {unit}", cardinal(whole)),
        (0, _) => format!("{} pence", cardinal(rest)),
        _ => format!("{} {unit} {} pence", cardinal(whole), cardinal(rest)),
    }
}

/// `2026/27` is a pair of years; `2014/2871` and `24/00051` are the numbers of a paper.
fn parted(before: &str, after: &str) -> String {
    let first: u64 = before.parse().unwrap_or(0);
    let second: u64 = after.parse().unwrap_or(0);
    let head = match before.len() {
        4 => year(first),
        _ => cardinal(first),
    };
    match (before.len(), after.len()) {
        (4, 2) if (first + 1) % 100 == second => format!("{head} to {}", year(first + 1)),
        _ => format!("{head}, number {}", digits(after)),
    }
}

/// Letters one by one, figures as numbers: `P45` is `P forty-five`, `17A` is `seventeen A`, `WM-7Q` is `W M seven Q`.
fn spelt(code: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut figures = String::new();
    for c in code.chars().chain(std::iter::once(' ')) {
        if c.is_ascii_digit() {
            figures.push(c);
            continue;
        }
        if !figures.is_empty() {
            said.push(decimal(&figures));
            figures.clear();
        }
        match c {
            '&' => said.push("and".to_owned()),
            c if c.is_alphabetic() => said.push(c.to_string()),
            _ => {}
        }
    }
    said.join(" ")
}
