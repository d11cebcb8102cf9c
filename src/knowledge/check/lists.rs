//! The linter of the word lists and areas: whatever they name must exist.
//! What never lives here: phrases that cannot be read (rules.rs complains while loading).

use std::collections::BTreeSet;

use super::Checker;
use crate::{
    base::fold,
    knowledge::{examples::RuleList, place},
};

impl Checker<'_> {
    pub(super) fn rules(&mut self) {
        let rules = &self.library.rules;
        for rule in &rules.triage {
            let known = rules.triage_kinds.contains_key(&rule.kind);
            self.named("triage.toml", "kind", &rule.kind, known);
        }
        for kind in rules.alarm.kinds() {
            self.named(
                "triage-model.txt",
                "kind",
                kind,
                rules.triage_kinds.contains_key(kind),
            );
        }
        for said in rules.triage_kinds.values() {
            for id in said.steps.iter().chain([&said.opening]).chain(&said.beside) {
                self.message("triage.toml", id);
            }
            for id in &said.services {
                self.service("triage.toml", id);
            }
        }
        for id in &rules.about_harm {
            self.article_named("triage.toml", id);
        }
        for rule in &rules.scope {
            self.message("scope.toml", &rule.message);
            for id in &rule.services {
                self.service("scope.toml", id);
            }
            for id in &rule.articles {
                self.article_named("scope.toml", id);
            }
        }
        for id in rules.handover.iter().filter_map(|r| r.article.as_ref()) {
            self.article_named("handover.toml", id);
        }
        for held in &rules.examples {
            let known = match held.list {
                RuleList::Scope => rules.scope.iter().any(|r| r.reason == held.rule),
                RuleList::HandOver => rules.handover.iter().any(|r| r.reason == held.rule),
                RuleList::Intake => rules.intake.iter().any(|r| r.intent == held.rule),
            };
            if !known {
                let wrong = format!("no rule is called '{}'", held.rule);
                self.error("examples.toml", held.line, wrong);
            }
        }
        for rule in &rules.clarify {
            self.message("clarify.toml", &rule.message);
            if !(2..=4).contains(&rule.options.len()) {
                let line = self.line("clarify.toml", &rule.message);
                self.error("clarify.toml", line, "two to four options are wanted");
            }
        }
    }

    fn message(&mut self, file: &str, id: &str) {
        self.named(file, "message", id, self.library.messages.has(id));
    }

    fn service(&mut self, file: &str, id: &str) {
        self.named(file, "service", id, self.library.service(id).is_some());
    }

    fn article_named(&mut self, file: &str, id: &str) {
        self.named(file, "article", id, self.library.article(id).is_some());
    }

    fn named(&mut self, file: &str, what: &str, id: &str, known: bool) {
        if !known {
            let line = self.line(file, id);
            self.error(file, line, format!("{what} '{id}' does not exist"));
        }
    }

    pub(super) fn areas(&mut self) {
        let library = self.library;
        for (id, area) in &library.areas {
            let line = self.line("areas.toml", &format!("[{id}]"));
            let services = [
                &area.adult_safeguarding,
                &area.child_safeguarding,
                &area.out_of_hours,
            ];
            for service in services.into_iter().flatten() {
                self.service("areas.toml", service);
            }
            for hours in &area.service_hours {
                if let Err(sentence) = place::service_hours(hours) {
                    self.error("areas.toml", line, format!("[{id}] {sentence}"));
                }
            }
            for other in area.parent.iter().chain(&area.neighbours) {
                if !library.areas.contains_key(other) {
                    let text = format!("[{id}] names '{other}', which is not an area");
                    self.error("areas.toml", line, text);
                }
            }
            for word in &area.capitals {
                if !area.places.contains(word) {
                    let text = format!("[{id}] '{word}' in capitals is not one of its places");
                    self.error("areas.toml", line, text);
                }
            }
        }
        let mut seen = BTreeSet::new();
        for place in library
            .areas
            .values()
            .flat_map(|a| &a.places)
            .map(|p| fold(p))
        {
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
