//! Numbers and money as they are written, from how they are said: only where there is one way to read them.
//! What never lives here: guessing. What could be two figures stays as it was heard.

use crate::knowledge::{SMALL_NUMBERS, TENS};

/// `twelve pounds twenty one` is `£12.21`, `two hundred and fifty` is `250`, `five per cent` is `5%`, `a tenner` is `£10`, `two
/// and a half hours` is `2.5 hours`. Small numbers stay words unless they count: `one of my PAs`, `3 days`, `4 grand`.
pub fn written(text: &str) -> String {
    let parts: Vec<Part> = text.split_whitespace().map(Part::of).collect();
    let numbers = numbers(&parts);
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(item) = numbers.get(at) {
        let rest = numbers.get(at + 1..).unwrap_or(&[]);
        let (said, taken) = note(item, rest).unwrap_or_else(|| one(item, rest));
        out.push(said);
        at += 1 + taken;
    }
    out.join(" ")
}

/// Whether there is any figure in a text that two hearings must agree on.
pub(super) fn has_figures(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

/// Whether two hearings have the same figures in the same order. What one has in digits the other may have as a word; a word on
/// both sides, or on one alone, is no figure: `one of them`.
pub(super) fn same_figures(one: &str, other: &str) -> bool {
    let (one, other) = (figures(one), figures(other));
    let within = |some: &[(String, bool)], all: &[(String, bool)]| {
        let mut all = all.iter();
        let mut sure = some.iter().filter(|(_, digits)| *digits);
        sure.all(|(figure, _)| all.any(|(there, _)| there == figure))
    };
    within(&one, &other) && within(&other, &one)
}

/// The numbers of a text, each with whether it stood in digits.
fn figures(text: &str) -> Vec<(String, bool)> {
    let plain = text.replace(',', "").to_lowercase();
    let mut found = Vec::new();
    for word in plain.split(|c: char| !c.is_alphanumeric() && c != '.') {
        if let Some(value) = simple(word.trim_matches('.')) {
            found.push((value.to_string(), false));
            continue;
        }
        let runs = word.split(|c: char| !c.is_ascii_digit() && c != '.');
        let runs = runs.map(|run| run.trim_matches('.'));
        found.extend(
            runs.filter(|run| !run.is_empty())
                .map(|run| (run.to_owned(), true)),
        );
    }
    found
}

/// A word apart from the punctuation behind it.
struct Part<'a> {
    word: &'a str,
    tail: &'a str,
}

impl<'a> Part<'a> {
    fn of(text: &'a str) -> Self {
        let word = text.trim_end_matches(['.', ',', '?', '!', ';', ':']);
        let (word, tail) = text.split_at(word.len());
        Self { word, tail }
    }
}

/// A word, or several that are one number.
enum Item<'a> {
    Word(&'a str, &'a str),
    Number {
        value: u64,
        /// As it was heard.
        heard: String,
        /// Whether it came in digits already.
        digits: bool,
        tail: &'a str,
    },
}

/// No number has more words: `nine hundred and ninety nine thousand nine hundred and ninety nine`.
const LONGEST: usize = 12;
/// From here on a number is written in digits even where it stands alone.
const WRITTEN_FROM: u64 = 10;

/// The value of a single number word.
fn simple(word: &str) -> Option<u64> {
    let at = |list: &[&str]| {
        list.iter()
            .position(|w| !w.is_empty() && *w == word)
            .and_then(|n| u64::try_from(n).ok())
    };
    at(&SMALL_NUMBERS).or_else(|| at(&TENS).map(|n| n * 10))
}

/// The value of `twenty-one`, `twenty`, `three`.
fn below_hundred(word: &str) -> Option<u64> {
    match word.split_once('-') {
        Some((tens, one)) => {
            let (tens, one) = (simple(tens)?, simple(one)?);
            (tens >= 20 && (1..10).contains(&one)).then_some(tens + one)
        }
        None => simple(word),
    }
}

/// Puts words together that are one number. Two numbers behind each other stay two.
fn numbers<'a>(parts: &[Part<'a>]) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        let plain = part.word.replace(',', "");
        if !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit()) {
            items.push(match plain.parse() {
                Ok(value) => Item::Number {
                    value,
                    heard: part.word.to_owned(),
                    digits: true,
                    tail: part.tail,
                },
                Err(_) => Item::Word(part.word, part.tail),
            });
            at += 1;
            continue;
        }
        let rest = parts.get(at..).unwrap_or(&[]);
        let before = at.checked_sub(1).and_then(|at| parts.get(at));
        let halved = before.is_some_and(|p| p.word.eq_ignore_ascii_case("half"));
        match said_number(rest).filter(|_| !halved) {
            Some((value, taken)) => {
                let heard: Vec<&str> = rest.iter().take(taken).map(|p| p.word).collect();
                let tail = rest.get(taken - 1).map_or("", |p| p.tail);
                items.push(Item::Number {
                    value,
                    heard: heard.join(" "),
                    digits: false,
                    tail,
                });
                at += taken;
            }
            None => {
                items.push(Item::Word(part.word, part.tail));
                at += 1;
            }
        }
    }
    items
}

/// The number that a text begins with, and how many words it takes.
fn said_number(parts: &[Part<'_>]) -> Option<(u64, usize)> {
    let word = |at: usize| {
        parts
            .get(at)
            .map_or(String::new(), |p| p.word.to_lowercase())
    };
    // `a hundred and twenty`, but not half of it.
    if word(0) == "a" && matches!(word(1).as_str(), "hundred" | "thousand") {
        let one = Part {
            word: "one",
            tail: "",
        };
        let rest = parts.iter().skip(1).map(|p| Part {
            word: p.word,
            tail: p.tail,
        });
        let counted: Vec<Part<'_>> = std::iter::once(one).chain(rest.take(LONGEST)).collect();
        return said_number(&counted);
    }
    let (mut total, mut current, mut taken) = (0_u64, 0_u64, 0_usize);
    // Which is the smallest unit said so far: a larger one cannot follow.
    let mut room = u64::MAX;
    let mut previous_ended = false;
    for (at, part) in parts.iter().enumerate() {
        let word = part.word.to_lowercase();
        if previous_ended {
            break;
        }
        let next = parts.get(at + 1).map(|p| p.word.to_lowercase());
        match word.as_str() {
            "hundred" if (1..10).contains(&current) => {
                current *= 100;
                room = 100;
            }
            "thousand" if (1..1000).contains(&current) && total == 0 => {
                total = current * 1000;
                current = 0;
                room = 1000;
            }
            "and"
                if taken > 0
                    && (current >= 100 && current % 100 == 0 || current == 0 && total > 0)
                    && next.as_deref().and_then(below_hundred).is_some() =>
            {
                // Only what follows makes it part of the number.
                continue;
            }
            word => {
                let Some(value) = below_hundred(word) else {
                    break;
                };
                let tens = current % 100;
                let after_tens = value < 10 && tens >= 20 && tens % 10 == 0 && value > 0;
                let first = tens == 0 && (current > 0 || taken == 0 || total > 0) && room > value;
                if !(after_tens || first) {
                    break;
                }
                current += value;
                room = if value >= 20 && value % 10 == 0 {
                    10
                } else {
                    1
                };
            }
        }
        taken = at + 1;
        previous_ended = !part.tail.is_empty();
    }
    if taken == 0 {
        return None;
    }
    // `twenty twenty-six`, `nineteen ninety`: a year is said as two numbers.
    let value = total + current;
    let next = parts.get(taken).filter(|_| !previous_ended);
    let second = next.and_then(|p| {
        let first = below_hundred(&p.word.to_lowercase())?;
        let one = parts.get(taken + 1).filter(|_| p.tail.is_empty());
        let one = one
            .and_then(|p| simple(&p.word.to_lowercase()))
            .filter(|n| (1..10).contains(n));
        Some(match one {
            Some(one) if first >= 20 && first % 10 == 0 => (first + one, 2),
            _ => (first, 1),
        })
    });
    match (value, second) {
        (19 | 20, Some((rest @ 10..100, more))) => Some((value * 100 + rest, taken + more)),
        _ => Some((value, taken)),
    }
}

/// How an item is written in front of what follows, and how many of those that takes up.
fn one(item: &Item<'_>, rest: &[Item<'_>]) -> (String, usize) {
    let Item::Number {
        value,
        heard,
        digits,
        tail,
    } = item
    else {
        let Item::Word(word, tail) = item else {
            return (String::new(), 0);
        };
        return (format!("{word}{tail}"), 0);
    };
    let unit = tail.is_empty().then(|| with_unit(*value, heard, rest));
    if let Some(written) = unit.flatten() {
        return written;
    }
    let plain = if *digits || *value < WRITTEN_FROM {
        heard.clone()
    } else {
        value.to_string()
    };
    (format!("{plain}{tail}"), 0)
}

/// `a tenner`, `a fiver`: a note of money.
fn note(item: &Item<'_>, rest: &[Item<'_>]) -> Option<(String, usize)> {
    let value = |word: &str| match word.to_lowercase().as_str() {
        "fiver" => Some(5),
        "tenner" => Some(10),
        _ => None,
    };
    match (item, rest.first()) {
        (Item::Word(a, ""), Some(Item::Word(note, tail))) if a.eq_ignore_ascii_case("a") => {
            Some((format!("£{}{tail}", value(note)?), 1))
        }
        _ => None,
    }
}

fn with_unit(value: u64, heard: &str, rest: &[Item<'_>]) -> Option<(String, usize)> {
    let Some(Item::Word(unit, tail)) = rest.first() else {
        return None;
    };
    let word = |at: usize| match rest.get(at) {
        Some(Item::Word(word, tail)) => Some((word.to_lowercase(), *tail)),
        _ => None,
    };
    let whole = if heard.contains(',') {
        heard.to_owned()
    } else {
        value.to_string()
    };
    match unit.to_lowercase().as_str() {
        "pounds" | "pound" | "quid" => {
            let and = word(1).is_some_and(|(w, t)| w == "and" && t.is_empty());
            let at = if and { 2 } else { 1 };
            if let Some(Item::Number {
                value: pence @ 1..100,
                tail: after,
                ..
            }) = rest.get(at)
            {
                let named = word(at + 1).filter(|(w, _)| matches!(w.as_str(), "pence" | "p"));
                // `twelve pounds and two hours`: only pence that are called so, or that follow at once in two figures.
                let bare = !and
                    && tail.is_empty()
                    && *pence >= 10
                    && word(at + 1).is_none_or(|(w, _)| !counted(&w));
                if let Some((_, end)) = named.filter(|_| tail.is_empty() && after.is_empty()) {
                    return Some((format!("£{whole}.{pence:02}{end}"), at + 2));
                }
                if bare {
                    return Some((format!("£{whole}.{pence:02}{after}"), at + 1));
                }
            }
            Some((format!("£{whole}{tail}"), 1))
        }
        "tenners" => Some((format!("£{}{tail}", value.checked_mul(10)?), 1)),
        "fivers" => Some((format!("£{}{tail}", value.checked_mul(5)?), 1)),
        "and" if tail.is_empty() => half(value, rest),
        "pence" => Some((format!("{whole}p{tail}"), 1)),
        "percent" => Some((format!("{whole}%{tail}"), 1)),
        "per" if word(1).is_some_and(|(w, _)| w == "cent") => {
            Some((format!("{whole}%{}", word(1).map_or("", |(_, t)| t)), 2))
        }
        "point" if tail.is_empty() => point(&whole, rest),
        "k" => Some((format!("{whole}k{tail}"), 1)),
        lower if counted(lower) => Some((format!("{whole} {unit}{tail}"), 1)),
        _ => None,
    }
}

/// `twelve point three five`: behind the point figures are said one by one.
fn point(whole: &str, rest: &[Item<'_>]) -> Option<(String, usize)> {
    let after = rest.iter().skip(1).map_while(|item| match item {
        Item::Number {
            value: figure @ 0..10,
            tail,
            ..
        } => Some((*figure, *tail)),
        _ => None,
    });
    let after: Vec<(u64, &str)> = after.collect();
    let (_, end) = after.last()?;
    let digits: String = after.iter().map(|(figure, _)| figure.to_string()).collect();
    Some((format!("{whole}.{digits}{end}"), after.len() + 1))
}

/// `two and a half hours`, `four and a half grand`, `twelve and a half pounds`.
fn half(value: u64, rest: &[Item<'_>]) -> Option<(String, usize)> {
    let plain = |at: usize, wanted: &str| matches!(rest.get(at), Some(Item::Word(word, "")) if word.eq_ignore_ascii_case(wanted));
    let Some(Item::Word(unit, tail)) = rest.get(3) else {
        return None;
    };
    if !(plain(1, "a") && plain(2, "half")) {
        return None;
    }
    match unit.to_lowercase().as_str() {
        "pounds" | "quid" => Some((format!("£{value}.50{tail}"), 4)),
        lower if counted(lower) => Some((format!("{value}.5 {unit}{tail}"), 4)),
        "percent" => Some((format!("{value}.5%{tail}"), 4)),
        _ => None,
    }
}

/// Whether a number in front of this word counts it: `ten pounds twelve hours`. Money that people call by a thousand is left to
/// their own word.
fn counted(word: &str) -> bool {
    [
        "hour", "day", "week", "month", "year", "minute", "time", "night", "people", "pa", "shift",
        "grand",
    ]
    .iter()
    .any(|unit| word.trim_end_matches('s') == *unit)
}
