//! The registers: sources, rates, facts, services, terms; what their records are and how a value is shown.
//! What never lives here: prose, and which day it is.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    readability::PlainWords,
    span::{Span, date},
};
use crate::base::{Pence, long_date};

/// Whether somebody has confirmed it on a public page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Read on a public page.
    Confirmed,
    /// General knowledge or a report: said so to the person.
    Unconfirmed,
}

/// Where a statement comes from, down to the provision.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// act, regulations, statutory-guidance, official-guidance, council, case, ombudsman, organisation, paper.
    pub kind: String,
    /// `Care Act 2014`.
    pub title: String,
    /// `section 31`.
    #[serde(default)]
    pub provision: Option<String>,
    /// Where it can be read.
    #[serde(default)]
    pub url: Option<String>,
    /// The day somebody last looked.
    #[serde(deserialize_with = "date")]
    pub checked: Date,
    /// Confirmed or not.
    pub status: Certainty,
    /// What is not confirmed, whom to check with.
    #[serde(default)]
    pub note: Option<String>,
}

/// One value of a rate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateValue {
    /// Pounds with at most two decimals, or a percentage.
    pub value: String,
    /// First day.
    #[serde(deserialize_with = "date")]
    pub valid_from: Date,
    /// Last day; the end of the wage or tax year.
    #[serde(deserialize_with = "date")]
    pub valid_to: Date,
    /// Source id.
    pub source: String,
}

/// A dated statutory figure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// What it is, in words.
    pub title: String,
    /// `gbp_per_hour`, `gbp_per_week`, `percent`, ...
    pub unit: String,
    /// `wage` (from 1 April) or `tax` (from 6 April).
    pub year: String,
    /// Its values, oldest first.
    pub values: Vec<RateValue>,
}

impl Rate {
    /// The value valid on a day.
    pub fn on(&self, day: Date) -> Option<&RateValue> {
        self.values
            .iter()
            .find(|v| v.valid_from <= day && day <= v.valid_to)
    }

    /// The value as shown: `£12.71`, `45p`, `80%`.
    pub fn show(&self, value: &str) -> String {
        if self.unit == "percent" {
            return format!("{value}%");
        }
        Pence::parse_pounds(value).map_or_else(|| value.to_owned(), |p| p.to_string())
    }
}

/// What kind of figure a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactKind {
    /// Pounds.
    Money,
    /// A day.
    Date,
    /// Words: `28 weeks`, `April 2028`.
    Text,
    /// A percentage.
    Percent,
}

/// A figure or date fixed by law, a case or a council.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// What kind.
    pub kind: FactKind,
    /// A text, a number or a day.
    pub value: toml::Value,
    /// Source id.
    pub source: String,
    /// For editors.
    #[serde(default)]
    pub note: Option<String>,
}

impl Fact {
    /// The value as shown, or what is wrong with it.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn show(&self) -> Result<String, String> {
        let raw = match &self.value {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match self.kind {
            FactKind::Text => Ok(raw),
            FactKind::Percent => Ok(format!("{}%", raw.trim_end_matches('%'))),
            FactKind::Money => Pence::parse_pounds(&raw)
                .map(|p| p.to_string())
                .ok_or_else(|| {
                    format!("'{raw}' is not an amount in pounds such as \"45000\" or \"2500.50\"")
                }),
            FactKind::Date => raw
                .parse::<Date>()
                .map(long_date)
                .map_err(|_| format!("'{raw}' is not a day; write 2027-01-01 without quotes")),
        }
    }
}

/// Who helps with what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Name.
    pub name: String,
    /// What for.
    pub what: String,
    /// For whom.
    pub who: String,
    /// Where.
    pub area: Vec<String>,
    /// Phone, only if confirmed.
    #[serde(default)]
    pub phone: Option<String>,
    /// `text SHOUT to 85258`.
    #[serde(default)]
    pub text: Option<String>,
    /// Web page.
    #[serde(default)]
    pub url: Option<String>,
    /// Opening hours in words.
    #[serde(default)]
    pub hours: Option<String>,
    /// The day somebody last looked.
    #[serde(deserialize_with = "date")]
    pub checked: Date,
    /// Source id.
    pub source: String,
    /// Confirmed or not.
    pub status: Certainty,
    /// For the person: what to know.
    #[serde(default)]
    pub note: Option<String>,
}

/// A short form and the other words people use for the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// `SSP`.
    #[serde(default)]
    pub short: Option<String>,
    /// `statutory sick pay`.
    pub long: String,
    /// What else people say or what speech recognition makes of it.
    #[serde(default)]
    pub also: Vec<String>,
    /// What it is, one plain sentence.
    #[serde(default)]
    pub meaning: Option<String>,
}

/// What speech recognition makes of one of our words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeardAs {
    /// Nothing else can be meant: put right without asking.
    #[serde(default)]
    pub fix: Vec<String>,
    /// Something else could be meant: the person is asked.
    #[serde(default)]
    pub ask: Vec<String>,
}

/// Every register by id.
#[derive(Debug, Clone, Default)]
pub struct Registers {
    /// `sources.toml`.
    pub sources: BTreeMap<String, Source>,
    /// `rates/*.toml`.
    pub rates: BTreeMap<String, Rate>,
    /// `facts/*.toml`.
    pub facts: BTreeMap<String, Fact>,
    /// `services/*.toml`.
    pub services: BTreeMap<String, Service>,
    /// `terms.toml`.
    pub terms: Vec<Term>,
    /// `plain-words.toml`.
    pub plain_words: PlainWords,
    /// `spoken.toml`: how a voice says what is written otherwise.
    pub spoken: BTreeMap<String, String>,
    /// `heard.toml`: what speech recognition makes of our words, by how they are written.
    pub heard: BTreeMap<String, HeardAs>,
}

impl Rate {
    /// The days from the first to the last value known.
    pub fn known(&self) -> Span {
        Span {
            from: self.values.iter().map(|v| v.valid_from).min(),
            to: self.values.iter().map(|v| v.valid_to).max(),
        }
    }
}
