//! What tells that somebody looks for local services, and the words of such a search: `signpost.toml`, read.
//! What never lives here: searching (retrieval), the services themselves (feeds).

use std::collections::HashSet;

use serde::Deserialize;

use super::{
    complaint::Complaint,
    files::Files,
    load::{line_at, line_of},
    phrases::PhraseSet,
};
use crate::base::words;

const FILE: &str = "signpost.toml";

/// A group of people that services are for, by age in whole years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// The words that mean them, each as folded words.
    pub words: Vec<Vec<String>>,
    /// Youngest.
    pub from: u8,
    /// Oldest.
    pub to: u8,
}

/// What tells that somebody looks for local services.
#[derive(Debug, Clone, Default)]
pub struct Signpost {
    rules: Vec<(PhraseSet, PhraseSet)>,
    /// Folded words that tell nothing about what is looked for.
    pub ignore: HashSet<String>,
    /// Groups of names for one thing, each name as folded words.
    pub same: Vec<Vec<Vec<String>>>,
    /// Groups of people.
    pub people: Vec<People>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignpostFile {
    #[serde(default)]
    ignore: Vec<String>,
    #[serde(default)]
    rule: Vec<RuleEntry>,
    #[serde(default)]
    same: Vec<Vec<String>>,
    #[serde(default)]
    people: Vec<PeopleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    phrases: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleEntry {
    words: Vec<String>,
    #[serde(default)]
    from: u8,
    #[serde(default = "oldest")]
    to: u8,
}

fn oldest() -> u8 {
    u8::MAX
}

impl Signpost {
    /// Reads `signpost.toml`; without it nothing asks for local services.
    pub(super) fn read(files: &Files, complaints: &mut Vec<Complaint>) -> Self {
        let Some(text) = files.get(FILE) else {
            return Self::default();
        };
        let file: SignpostFile = match toml::from_str(text) {
            Ok(file) => file,
            Err(e) => {
                let line = e.span().map_or(1, |s| line_at(text, s.start));
                complaints.push(Complaint::error(FILE, line, e.message().to_owned()));
                return Self::default();
            }
        };
        let mut phrases = |written: &[String]| {
            let (set, bad) = PhraseSet::parse(written);
            for sentence in bad {
                let line = line_of(text, sentence.split('\'').nth(1).unwrap_or(""));
                complaints.push(Complaint::error(FILE, line, sentence));
            }
            set
        };
        let rules = file.rule.iter();
        Self {
            rules: rules
                .map(|r| (phrases(&r.phrases), phrases(&r.unless)))
                .collect(),
            ignore: file.ignore.iter().flat_map(|w| words(w)).collect(),
            same: file.same.iter().map(|group| folded(group)).collect(),
            people: file
                .people
                .iter()
                .map(|p| People {
                    words: folded(&p.words),
                    from: p.from,
                    to: p.to,
                })
                .collect(),
        }
    }

    /// Whether a text made by [`super::matchable`] asks for local services.
    pub(super) fn asks(&self, folded: &str) -> bool {
        self.rules.iter().any(|(asks, unless)| {
            asks.first_in(folded).is_some() && unless.first_in(folded).is_none()
        })
    }
}

fn folded(names: &[String]) -> Vec<Vec<String>> {
    let all = names.iter().map(|name| words(name));
    all.filter(|name| !name.is_empty()).collect()
}
