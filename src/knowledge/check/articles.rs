//! The linter of articles: their front matter, sections and short answers.
//! What never lives here: prose rules (text.rs), registers (registers.rs).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};

use super::{Checker, Complaint};
use crate::{
    base::{Lang, words},
    knowledge::article::{Article, Section},
};

/// A short answer must fit a phone without scrolling.
const SHORT_ANSWER: usize = 320;
/// People ask the same thing in many ways.
const LEAST_QUESTIONS: usize = 8;

impl Checker<'_> {
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

    pub(super) fn article(&mut self, article: &Article) {
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
        self.reading(article);
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
        }
    }

    /// Placeholders, links and typed figures of one text that begins at `line`.
    pub(super) fn asked_twice(&mut self) {
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
}
