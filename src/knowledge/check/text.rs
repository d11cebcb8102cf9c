//! The linter of prose: placeholders, links, figures, dates and phone numbers typed by hand.
//! What never lives here: which texts there are (articles.rs).

use std::sync::LazyLock;

use regex::Regex;

use super::Checker;
use crate::knowledge::{
    library::{LINK, PLACEHOLDER},
    load::line_at,
};

static TYPED: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    const MONTH: &str =
        "(?:January|February|March|April|May|June|July|August|September|October|November|December)";
    [
        (
            r"£\s?\d".to_owned(),
            "an amount is typed into the text; use {{ rate.… }} or {{ fact.… }}",
        ),
        (
            format!(r"\b\d{{1,2}}(?:st|nd|rd|th)? {MONTH},? \d{{4}}\b"),
            "a date is typed into the text; use {{ fact.… }}",
        ),
        (
            format!(r"\b{MONTH} \d{{4}}\b"),
            "a month and year are typed into the text; use {{ fact.… }}",
        ),
        (
            r"\b\d{4}-\d{2}-\d{2}\b".to_owned(),
            "a date is typed into the text; use {{ fact.… }}",
        ),
        (
            r"\b0\d{2,4}[ -]?\d{3}[ -]?\d{2,4}\b|\b116 ?123\b".to_owned(),
            "a phone number is typed into the text; use {{ phone.… }}",
        ),
        (
            r"https?://|\bwww\.".to_owned(),
            "a link is typed into the text; use [words](source:id) or (service:id)",
        ),
    ]
    .into_iter()
    .filter_map(|(pattern, sentence)| Regex::new(&pattern).ok().map(|p| (p, sentence)))
    .collect()
});

impl Checker<'_> {
    /// Placeholders, links and typed figures of one text that begins at `line`.
    pub(super) fn text(&mut self, file: &str, line: usize, text: &str) {
        let at = |offset: usize| line + line_at(text, offset) - 1;
        let registers = &self.library.registers;
        let mut found = Vec::new();
        for place in PLACEHOLDER.iter().flat_map(|p| p.captures_iter(text)) {
            let (kind, id) = (&place[1], &place[2]);
            let offset = place.get(0).map_or(0, |m| m.start());
            let known = match kind {
                "rate" => registers.rates.contains_key(id),
                "fact" => registers.facts.contains_key(id),
                _ => registers.services.contains_key(id),
            };
            if !known {
                found.push((
                    offset,
                    format!("{{{{ {kind}.{id} }}}} is not in the register"),
                ));
            } else if kind == "phone" {
                let service = registers.services.get(id);
                if !service.is_some_and(|s| s.phone.is_some() || s.text.is_some()) {
                    found.push((
                        offset,
                        format!("service '{id}' has no confirmed phone number"),
                    ));
                }
            }
        }
        for link in LINK.iter().flat_map(|l| l.captures_iter(text)) {
            let offset = link.get(0).map_or(0, |m| m.start());
            if let Some(wrong) = self.dead_link(&link[2], &link[3]) {
                found.push((offset, wrong));
            }
        }
        let bare = blank(text);
        for opening in bare.match_indices("{{") {
            found.push((
                opening.0,
                "this placeholder cannot be read; write {{ rate.id }}".into(),
            ));
        }
        for (pattern, sentence) in TYPED.iter() {
            found.extend(
                pattern
                    .find_iter(&bare)
                    .map(|m| (m.start(), (*sentence).to_owned())),
            );
        }
        for (offset, sentence) in found {
            self.error(file, at(offset), sentence);
        }
    }

    fn dead_link(&self, kind: &str, target: &str) -> Option<String> {
        let known = match kind {
            "source" => self.library.source(target).is_some(),
            "service" => self.library.service(target).is_some(),
            _ => {
                let (id, anchor) = target.split_once('#').unwrap_or((target, "summary"));
                let article = self.library.article(id);
                article.is_some_and(|a| a.sections.iter().any(|s| s.anchor == anchor))
            }
        };
        (!known).then(|| format!("link to {kind} '{target}', which does not exist"))
    }
}

/// The text with placeholders and link targets replaced by spaces of the same length, so that offsets stay.
fn blank(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let spans = PLACEHOLDER
        .iter()
        .flat_map(|p| p.find_iter(text).map(|m| m.range()).collect::<Vec<_>>());
    let targets = LINK.iter().flat_map(|l| {
        l.captures_iter(text)
            .filter_map(|c| c.get(3).map(|m| m.range()))
            .collect::<Vec<_>>()
    });
    for range in spans.chain(targets) {
        bytes[range].fill(b' ');
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
