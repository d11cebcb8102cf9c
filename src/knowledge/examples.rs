//! Example sentences of scope, hand-over and intake rules: what belongs to a rule and what only sounds like it. They are compared
//! by meaning, when an embedding model is there.
//! What never lives here: vectors (retrieval), what a rule does (rules.rs).

use serde::Deserialize;

use super::{complaint::Complaint, files::Files};

pub(super) const FILE: &str = "examples.toml";

/// Which list a rule stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleList {
    /// `scope.toml`, by reason.
    Scope,
    /// `handover.toml`, by reason.
    HandOver,
    /// `intake.toml`, by intent.
    Intake,
}

/// The examples of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examples {
    /// Its list.
    pub list: RuleList,
    /// Its reason or intent.
    pub rule: String,
    /// Sentences that belong to it.
    pub examples: Vec<String>,
    /// Sentences that sound like it and do not.
    pub not: Vec<String>,
    /// Line in the file.
    pub line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    of: String,
    examples: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
}

/// Reads `examples.toml`; a folder without it has none.
pub(super) fn read_examples(files: &Files, complaints: &mut Vec<Complaint>) -> Vec<Examples> {
    let Some(text) = files.get(FILE) else {
        return Vec::new();
    };
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(e) => {
            let line = e.span().map_or(1, |s| super::load::line_at(text, s.start));
            complaints.push(Complaint::error(FILE, line, e.message().to_owned()));
            return Vec::new();
        }
    };
    let mut out = Vec::new();
    for entry in file.rule {
        let line = super::load::line_of(text, &format!("\"{}\"", entry.of));
        let (list, rule) = match entry.of.split_once(':') {
            Some(("scope", rule)) => (RuleList::Scope, rule),
            Some(("handover", rule)) => (RuleList::HandOver, rule),
            Some(("intake", rule)) => (RuleList::Intake, rule),
            _ => {
                let wanted = format!(
                    "'{}' must begin with scope:, handover: or intake:",
                    entry.of
                );
                complaints.push(Complaint::error(FILE, line, wanted));
                continue;
            }
        };
        out.push(Examples {
            list,
            rule: rule.to_owned(),
            examples: entry.examples,
            not: entry.not,
            line,
        });
    }
    out
}
