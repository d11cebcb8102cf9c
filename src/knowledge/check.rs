//! The linter of the content: everything an editor must hear about before an article is published.
//! What never lives here: reading files (load.rs); it looks at a library that could be read.

use std::{collections::BTreeMap, collections::BTreeSet, sync::LazyLock};

use jiff::{ToSpan, civil::Date};
use regex::Regex;

use super::{
    article::{Article, Section},
    complaint::Complaint,
    files::Files,
    library::{LINK, Library, PLACEHOLDER},
    load::{line_at, line_of},
    readability::reading,
    registers::Certainty,
};
use crate::base::{Lang, fold, words};

/// A short answer must fit a phone without scrolling.
const SHORT_ANSWER: usize = 320;
/// People ask the same thing in many ways.
const LEAST_QUESTIONS: usize = 8;
/// Reading age of short answers, in years.
const READING_AGE: f64 = 13.0;

/// Complaints about a library as it stands on `day`, sorted by file and line. `files` are the texts it was read from.
pub fn check(library: &Library, files: &Files, day: Date) -> Vec<Complaint> {
    let mut checker = Checker {
        library,
        files,
        day,
        complaints: Vec::new(),
    };
    for article in &library.articles {
        checker.article(article);
    }
    checker.asked_twice();
    checker.registers();
    checker.rules();
    checker.areas();
    let mut complaints = checker.complaints;
    complaints.sort();
    complaints.dedup();
    complaints
}

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

struct Checker<'a> {
    library: &'a Library,
    files: &'a Files,
    day: Date,
    complaints: Vec<Complaint>,
}

impl Checker<'_> {
    fn error(&mut self, file: &str, line: usize, text: impl Into<String>) {
        self.complaints.push(Complaint::error(file, line, text));
    }

    fn line(&self, file: &str, needle: &str) -> usize {
        self.files.get(file).map_or(1, |text| line_of(text, needle))
    }

    /// The line on which a section's own words begin: below its heading and the empty lines after it.
    fn body_line(&self, file: &str, section: &Section) -> usize {
        let text = self.files.get(file).map_or("", String::as_str);
        let below = text.lines().skip(section.line);
        let empty = below.take_while(|l| l.trim().is_empty()).count();
        match section.anchor.as_str() {
            "summary" => section.line,
            _ => section.line + 1 + empty,
        }
    }

    fn article(&mut self, article: &Article) {
        let file = article.file.as_str();
        let questions: usize = article.sections.iter().map(|s| s.questions.len()).sum();
        if questions < LEAST_QUESTIONS {
            let text =
                format!("{questions} questions people ask; at least {LEAST_QUESTIONS} are wanted");
            self.error(file, self.line(file, "[questions]"), text);
        }
        if article.sections.len() < 2 {
            self.error(
                file,
                1,
                "the article has no section ('## Heading {#anchor}')",
            );
        }
        if article.next.len() > 3 || article.related.len() > 4 {
            let text = "at most three things to do next and four related articles";
            self.error(file, self.line(file, "next"), text);
        }
        let overdue = article.review_by < self.day;
        if overdue {
            let line = self.line(file, "review_by");
            let text = format!("review was due by {}", article.review_by);
            self.complaints.push(Complaint::notice(file, line, text));
        }
        for related in &article.related {
            if self.library.article(related).is_none() {
                let text = format!("related article '{related}' does not exist");
                self.error(file, self.line(file, related), text);
            }
        }
        for area in article
            .sections
            .iter()
            .flat_map(|s| &s.areas)
            .collect::<BTreeSet<_>>()
        {
            if !self.library.areas.contains_key(area) {
                self.error(
                    file,
                    self.line(file, area),
                    format!("area '{area}' is not in areas.toml"),
                );
            }
        }
        for section in &article.sections {
            for source in &section.sources {
                if self.library.source(source).is_none() {
                    let text = format!("source '{source}' is not in sources.toml");
                    self.error(file, section.line, text);
                }
            }
            if section.sources.is_empty() {
                self.error(
                    file,
                    section.line,
                    format!("section '#{}' has no source", section.anchor),
                );
            }
            self.text(file, self.body_line(file, section), &section.body);
        }
        self.fields(article);
        self.summaries(article);
    }

    fn fields(&mut self, article: &Article) {
        let file = article.file.as_str();
        let fields = article
            .summaries
            .iter()
            .map(|s| &s.text)
            .chain(&article.next)
            .chain(&article.handover_note)
            .chain(&article.easy_read);
        for text in fields {
            let first_line = text.lines().next().unwrap_or("");
            self.text(file, self.line(file, first_line), text);
        }
    }

    fn summaries(&mut self, article: &Article) {
        let file = article.file.as_str();
        let covers = |day: Date| {
            !article.span.holds(day)
                || article.summaries.iter().any(|s| {
                    s.span.holds(day)
                        && s.audience.is_none()
                        && s.regime.is_none()
                        && s.area.is_none()
                })
        };
        let soon = [
            self.day,
            self.day.saturating_add(60.days()),
            self.day.saturating_add(150.days()),
        ];
        if let Some(day) = soon.into_iter().find(|d| !covers(*d)) {
            let text =
                format!("no summary fits everyone on {day}; end [[summaries]] with one that does");
            self.error(file, self.line(file, "summar"), text);
        }
        for summary in &article.summaries {
            let shown = self
                .library
                .render_plain(&summary.text, self.day, &Lang::english())
                .text;
            let line = self.line(file, summary.text.lines().next().unwrap_or(""));
            let length = shown.chars().count();
            if length > SHORT_ANSWER && summary.span.holds(self.day) {
                let text = format!(
                    "the short answer is {length} characters as shown; at most {SHORT_ANSWER}"
                );
                self.complaints.push(Complaint::warning(file, line, text));
            }
            if let Some(measured) = reading(&shown).filter(|r| r.age > READING_AGE) {
                let text = format!(
                    "the short answer reads at age {:.0}; use shorter words and sentences",
                    measured.age
                );
                self.complaints.push(Complaint::notice(file, line, text));
            }
        }
    }

    /// Placeholders, links and typed figures of one text that begins at `line`.
    fn text(&mut self, file: &str, line: usize, text: &str) {
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

    fn asked_twice(&mut self) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        let mut twice = Vec::new();
        for (_, article, section) in self.library.sections() {
            for question in &section.questions {
                let key = words(question).join(" ");
                match seen.get(&key) {
                    Some(other) => {
                        twice.push((article.file.clone(), question.clone(), (*other).to_owned()))
                    }
                    None => {
                        seen.insert(key, &article.id);
                    }
                }
            }
        }
        for (file, question, other) in twice {
            let line = self.line(&file, &question);
            let text = format!(
                "the question '{question}' also stands in {other}; one question, one place"
            );
            self.complaints.push(Complaint::warning(&file, line, text));
        }
    }

    fn registers(&mut self) {
        let library = self.library;
        for (id, rate) in &library.registers.rates {
            let (file, line) = self.place("rates/", id);
            for pair in rate.values.windows(2) {
                if pair[0].valid_to.saturating_add(1.day()) != pair[1].valid_from {
                    self.error(
                        &file,
                        line,
                        format!(
                            "[{id}] has a gap or an overlap before {}",
                            pair[1].valid_from
                        ),
                    );
                }
            }
            if rate.values.is_empty() {
                self.error(&file, line, format!("[{id}] has no value"));
            }
            for value in &rate.values {
                if library.source(&value.source).is_none() {
                    self.error(
                        &file,
                        line,
                        format!("[{id}] source '{}' is not in sources.toml", value.source),
                    );
                }
                let starts = match rate.year.as_str() {
                    "wage" => (4, 1),
                    "tax" => (4, 6),
                    other => {
                        self.error(
                            &file,
                            line,
                            format!("[{id}] year '{other}' must be wage or tax"),
                        );
                        continue;
                    }
                };
                if (value.valid_from.month(), value.valid_from.day()) != starts {
                    let text = format!(
                        "[{id}] begins on {}, not on {} April",
                        value.valid_from, starts.1
                    );
                    self.complaints.push(Complaint::warning(&file, line, text));
                }
            }
        }
        for (id, fact) in &library.registers.facts {
            let (file, line) = self.place("facts/", id);
            if let Err(sentence) = fact.show() {
                self.error(&file, line, format!("[{id}] {sentence}"));
            }
            if library.source(&fact.source).is_none() {
                self.error(
                    &file,
                    line,
                    format!("[{id}] source '{}' is not in sources.toml", fact.source),
                );
            }
        }
        for (id, service) in &library.registers.services {
            let (file, line) = self.place("services/", id);
            if library.source(&service.source).is_none() {
                self.error(
                    &file,
                    line,
                    format!("[{id}] source '{}' is not in sources.toml", service.source),
                );
            }
            if service.status == Certainty::Unconfirmed && service.phone.is_some() {
                self.error(
                    &file,
                    line,
                    format!("[{id}] an unconfirmed phone number is never published"),
                );
            }
        }
        for (id, source) in &library.registers.sources {
            let (file, line) = self.place("sources", id);
            if source.status == Certainty::Unconfirmed && source.note.is_none() {
                let text = format!(
                    "[{id}] is unconfirmed and has no note that says what to check with whom"
                );
                self.complaints.push(Complaint::warning(&file, line, text));
            }
            if source
                .url
                .as_deref()
                .is_some_and(|u| !u.starts_with("https://"))
            {
                self.error(&file, line, format!("[{id}] url must begin with https://"));
            }
        }
    }

    fn place(&self, folder: &str, id: &str) -> (String, usize) {
        let needle = format!("[{id}]");
        let file = self
            .files
            .iter()
            .find(|(f, text)| f.starts_with(folder) && text.contains(&needle));
        file.map_or_else(
            || (folder.to_owned(), 1),
            |(f, text)| (f.clone(), line_of(text, &needle)),
        )
    }

    fn rules(&mut self) {
        let rules = &self.library.rules;
        let mut wrong: Vec<(&str, String, String)> = Vec::new();
        let message = |id: &str| self.library.messages.has(id);
        let service = |id: &String| self.library.service(id).is_some();
        for rule in &rules.triage {
            if !rules.triage_kinds.contains_key(&rule.kind) {
                wrong.push((
                    "triage.toml",
                    rule.kind.clone(),
                    format!("kind '{}' is not described", rule.kind),
                ));
            }
        }
        for (kind, said) in &rules.triage_kinds {
            for id in said
                .steps
                .iter()
                .chain([&said.opening])
                .filter(|id| !message(id))
            {
                wrong.push((
                    "triage.toml",
                    id.clone(),
                    format!("kind '{kind}': message '{id}' does not exist"),
                ));
            }
            for id in said.services.iter().filter(|id| !service(id)) {
                wrong.push((
                    "triage.toml",
                    id.clone(),
                    format!("kind '{kind}': service '{id}' does not exist"),
                ));
            }
        }
        for rule in &rules.scope {
            if !message(&rule.message) {
                wrong.push((
                    "scope.toml",
                    rule.reason.clone(),
                    format!("message '{}' does not exist", rule.message),
                ));
            }
            for id in rule.services.iter().filter(|id| !service(id)) {
                wrong.push((
                    "scope.toml",
                    id.clone(),
                    format!("service '{id}' does not exist"),
                ));
            }
            for id in rule
                .articles
                .iter()
                .filter(|id| self.library.article(id).is_none())
            {
                wrong.push((
                    "scope.toml",
                    id.clone(),
                    format!("article '{id}' does not exist"),
                ));
            }
        }
        for rule in &rules.handover {
            for id in rule
                .article
                .iter()
                .filter(|id| self.library.article(id).is_none())
            {
                wrong.push((
                    "handover.toml",
                    id.clone(),
                    format!("article '{id}' does not exist"),
                ));
            }
        }
        for rule in &rules.clarify {
            if !message(&rule.message) {
                wrong.push((
                    "clarify.toml",
                    rule.message.clone(),
                    format!("message '{}' does not exist", rule.message),
                ));
            }
            if !(2..=4).contains(&rule.options.len()) {
                wrong.push((
                    "clarify.toml",
                    rule.message.clone(),
                    "two to four options are wanted".into(),
                ));
            }
        }
        for (file, needle, sentence) in wrong {
            let line = self.line(file, &needle);
            self.error(file, line, sentence);
        }
    }

    fn areas(&mut self) {
        let library = self.library;
        for (id, area) in &library.areas {
            let line = self.line("areas.toml", &format!("[{id}]"));
            let services = [
                &area.adult_safeguarding,
                &area.child_safeguarding,
                &area.out_of_hours,
            ];
            for service in services.into_iter().flatten() {
                if library.service(service).is_none() {
                    self.error(
                        "areas.toml",
                        line,
                        format!("[{id}] service '{service}' does not exist"),
                    );
                }
            }
            for hours in &area.service_hours {
                if let Err(sentence) = super::place::service_hours(hours) {
                    self.error("areas.toml", line, format!("[{id}] {sentence}"));
                }
            }
            if area
                .parent
                .as_ref()
                .is_some_and(|p| !library.areas.contains_key(p))
            {
                self.error("areas.toml", line, format!("[{id}] parent is not an area"));
            }
        }
        let places = library
            .areas
            .values()
            .flat_map(|a| &a.places)
            .map(|p| fold(p));
        let mut seen = BTreeSet::new();
        for place in places {
            if !seen.insert(place.clone()) {
                let line = self.line("areas.toml", &place);
                self.error(
                    "areas.toml",
                    line,
                    format!("place '{place}' means two areas"),
                );
            }
        }
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

/// Every article, rate, fact and service that rests on an unconfirmed source, one line each: what somebody should confirm.
pub fn unconfirmed(library: &Library) -> Vec<String> {
    let doubtful = |id: &str| {
        library
            .source(id)
            .filter(|s| s.status == Certainty::Unconfirmed)
            .map(|s| {
                format!(
                    "{} ({}): {}",
                    id,
                    s.title,
                    s.note.as_deref().unwrap_or("no note")
                )
            })
    };
    let mut lines = Vec::new();
    for (_, article, section) in library.sections() {
        for why in section.sources.iter().filter_map(|s| doubtful(s)) {
            lines.push(format!(
                "article {}#{} rests on {why}",
                article.id, section.anchor
            ));
        }
    }
    for (id, rate) in &library.registers.rates {
        for value in &rate.values {
            if let Some(why) = doubtful(&value.source) {
                lines.push(format!(
                    "rate {id} from {} rests on {why}",
                    value.valid_from
                ));
            }
        }
    }
    for (id, fact) in &library.registers.facts {
        if let Some(why) = doubtful(&fact.source) {
            lines.push(format!("fact {id} rests on {why}"));
        }
    }
    lines
}
