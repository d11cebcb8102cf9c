//! Two answers to one question: whether they differ for whoever asked, and why.
//! What never lives here: asking, showing.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use waymark::{
    assistant::{Citation, Reply},
    knowledge::{Library, Section, Service},
};

/// What lies behind a changed answer, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Cause {
    /// A cry for help is heard where none was, or no longer.
    Urgent,
    /// It ends another way: answered, asked back, handed over.
    Outcome,
    /// Other sections are cited.
    Section,
    /// A rate, a fact or a number to call.
    Figure,
    /// What a section rests on, how binding it is, its dates.
    Source,
    /// The section's own words.
    Words,
    /// Fixed sentences, next steps and buttons around it.
    Around,
}

impl Cause {
    /// As a heading.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Urgent => "Urgent help is given, or no longer given",
            Self::Outcome => "The question ends another way",
            Self::Section => "Another section is cited",
            Self::Figure => "A figure or a number to call has changed",
            Self::Source => "What it rests on has changed",
            Self::Words => "The section's own words have changed",
            Self::Around => "Next steps, buttons or fixed sentences have changed",
        }
    }
}

/// One side: what was replied, and the library it was replied from.
pub(super) struct Side<'a> {
    pub(super) library: &'a Library,
    pub(super) reply: &'a Reply,
}

/// Why the two differ, the gravest first; empty when whoever asked would see the same.
pub(super) fn reasons(before: &Side<'_>, after: &Side<'_>) -> Vec<(Cause, String)> {
    let (old, new) = (before.reply, after.reply);
    let mut why = Vec::new();
    if old.urgent != new.urgent {
        let now = if new.urgent {
            "raises"
        } else {
            "no longer raises"
        };
        why.push((Cause::Urgent, format!("{now} the alarm")));
    }
    if (old.outcome, &old.reason) != (new.outcome, &new.reason) {
        why.push((Cause::Outcome, format!("{} -> {}", ended(old), ended(new))));
    }
    let (was, is) = (places(old), places(new));
    for place in was.iter().filter(|p| !is.contains(p)) {
        why.push((Cause::Section, format!("no longer cites {place}")));
    }
    for place in is.iter().filter(|p| !was.contains(p)) {
        why.push((Cause::Section, format!("now cites {place}")));
    }
    if was != is && why.is_empty() {
        why.push((Cause::Section, "cites the same in another order".into()));
    }
    why.extend(figures(before, after));
    why.extend(sources(&old.citations, &new.citations));
    why.extend(words(before, after));
    let seen = |r: &Reply| {
        (
            r.body_markdown.clone(),
            r.summary.clone(),
            r.options.clone(),
        )
    };
    if why.is_empty() && seen(old) != seen(new) {
        why.push((
            Cause::Around,
            "next steps, buttons or fixed sentences".into(),
        ));
    }
    why
}

fn ended(reply: &Reply) -> String {
    let outcome = reply.outcome.as_str();
    let reason = reply.reason.as_ref();
    reason.map_or_else(|| outcome.to_owned(), |r| format!("{outcome} ({r})"))
}

/// The sections cited, `article#section`, in order.
pub(super) fn places(reply: &Reply) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for citation in &reply.citations {
        let place = format!("{}#{}", citation.article, citation.section);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The sections of the articles cited, by place: a reply may show some that it does not cite.
fn held<'a>(side: &Side<'a>) -> BTreeMap<String, &'a Section> {
    let cited = side.reply.citations.iter();
    cited
        .filter_map(|c| side.library.article(&c.article))
        .flat_map(|a| {
            let place = |s: &Section| format!("{}#{}", a.id, s.anchor);
            a.sections.iter().map(move |s| (place(s), s))
        })
        .collect()
}

/// Every short answer of the articles cited, with their placeholders.
fn short_answers<'a>(side: &Side<'a>) -> Vec<&'a str> {
    let cited = side.reply.citations.iter();
    let articles = cited.filter_map(|c| side.library.article(&c.article));
    articles
        .flat_map(|a| a.summaries.iter().map(|s| s.text.as_str()))
        .collect()
}

/// What placeholders show on a day: `rate.wage` -> `£12.71`.
pub(super) fn shown(library: &Library, day: Date) -> BTreeMap<String, String> {
    let registers = &library.registers;
    let rates = registers.rates.iter().map(|(id, rate)| {
        let value = rate.on(day).map(|v| rate.show(&v.value));
        (format!("rate.{id}"), value.unwrap_or_default())
    });
    let facts = registers.facts.iter();
    let facts = facts.map(|(id, f)| (format!("fact.{id}"), f.show().unwrap_or_default()));
    let number = |s: &Service| s.phone.clone().or_else(|| s.text.clone());
    let services = registers.services.iter();
    let services = services.map(|(id, s)| (format!("phone.{id}"), number(s).unwrap_or_default()));
    rates.chain(facts).chain(services).collect()
}

/// Placeholders of the articles cited whose value changed where it is shown.
fn figures(before: &Side<'_>, after: &Side<'_>) -> Vec<(Cause, String)> {
    let old = shown(before.library, before.reply.as_of);
    let new = shown(after.library, after.reply.as_of);
    let text: String = [before, after]
        .into_iter()
        .flat_map(|side| {
            let bodies = held(side).into_values().map(|s| s.body.as_str());
            bodies.chain(short_answers(side)).collect::<Vec<_>>()
        })
        .collect();
    let nothing = String::new();
    old.keys()
        .chain(new.keys().filter(|id| !old.contains_key(*id)))
        .filter_map(|id| {
            let was = old.get(id).unwrap_or(&nothing);
            let is = new.get(id).unwrap_or(&nothing);
            let says = |value: &str, reply: &Reply| {
                !value.is_empty() && reply.body_markdown.contains(value)
            };
            let seen = says(was, before.reply) || says(is, after.reply);
            let changed = was != is && seen && mentions(&text, id);
            let says = || format!("{id}: {} -> {}", named(was), named(is));
            changed.then(|| (Cause::Figure, says()))
        })
        .collect()
}

/// Whether a text holds this placeholder, and not merely one whose name begins the same.
pub(super) fn mentions(text: &str, id: &str) -> bool {
    text.contains(&format!("{id} ")) || text.contains(&format!("{id}}}"))
}

fn named(value: &str) -> &str {
    if value.is_empty() { "none" } else { value }
}

/// Of sections cited on both sides: what they rest on.
fn sources(old: &[Citation], new: &[Citation]) -> Vec<(Cause, String)> {
    let told = |citations: &[Citation], place: &str| -> Vec<String> {
        let of = citations.iter();
        of.filter(|c| format!("{}#{}", c.article, c.section) == place)
            .map(resting)
            .collect()
    };
    let mut why = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for citation in new {
        let place = format!("{}#{}", citation.article, citation.section);
        let (was, is) = (told(old, &place), told(new, &place));
        if was.is_empty() || was == is || seen.contains(&place) {
            continue;
        }
        let gone = was.iter().filter(|w| !is.contains(w)).cloned();
        let come = is.iter().filter(|i| !was.contains(i)).cloned();
        let (gone, come): (Vec<_>, Vec<_>) = (gone.collect(), come.collect());
        let text = format!(
            "{place}: {} -> {}",
            named(&gone.join("; ")),
            named(&come.join("; "))
        );
        why.push((Cause::Source, text));
        seen.push(place);
    }
    why
}

/// A citation without its place and figures, as one line.
fn resting(c: &Citation) -> String {
    let mut parts = vec![c.source.clone()];
    parts.extend(c.provision.clone());
    parts.extend(c.url.clone());
    parts.push(c.standing.clone());
    parts.push(
        if c.confirmed {
            "confirmed"
        } else {
            "unconfirmed"
        }
        .into(),
    );
    parts.push(format!("checked {}", c.checked));
    parts.extend(c.valid_from.map(|d| format!("from {d}")));
    parts.extend(c.valid_to.map(|d| format!("to {d}")));
    parts.push(format!("review by {}", c.review_by));
    parts.join(", ")
}

/// Sections of the articles cited on both sides whose text changed: those cited, or else those merely shown beside.
fn words(before: &Side<'_>, after: &Side<'_>) -> Vec<(Cause, String)> {
    let (was, is) = (held(before), held(after));
    let changed = is.iter().filter(|(place, section)| {
        was.get(*place).is_some_and(|old| {
            let short =
                section.anchor == "summary" && short_answers(before) != short_answers(after);
            old.hash != section.hash || short
        })
    });
    let changed: Vec<&String> = changed.map(|(place, _)| place).collect();
    let (old, new) = (places(before.reply), places(after.reply));
    let cited = |place: &&&String| old.contains(place) && new.contains(place);
    let mut told: Vec<String> = changed
        .iter()
        .filter(cited)
        .map(|place| format!("the text of {place}"))
        .collect();
    if told.is_empty() && before.reply.body_markdown != after.reply.body_markdown {
        let beside = changed
            .iter()
            .map(|p| format!("the text of {p}, an article it cites"));
        told.extend(beside);
    }
    told.into_iter().map(|t| (Cause::Words, t)).collect()
}
