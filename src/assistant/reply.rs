//! One reply as every face shows it: the JSON of contract.md and the parts that pages fold.
//! What never lives here: how it is decided (step.rs and its stages), how it is drawn (bots).

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    base::{CaseReference, Lang, ReceiptId},
    casework::{Outcome, Priority},
};

/// One thing an answer rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// `employment/sick-pay`.
    pub article: String,
    /// Section anchor.
    pub section: String,
    /// Section heading (the article's title for `summary`).
    pub title: String,
    /// `law`, `statutory-guidance`, `council-policy`, `good-practice`.
    pub standing: String,
    /// The standing in everyday words, in the person's language.
    pub standing_words: String,
    /// `Care Act 2014`.
    pub source: String,
    /// `section 31`.
    pub provision: Option<String>,
    /// Where to read it.
    pub url: Option<String>,
    /// Whether somebody has confirmed it on a public page.
    pub confirmed: bool,
    /// The day somebody last looked at the source.
    pub checked: Date,
    /// First day the section holds.
    pub valid_from: Option<Date>,
    /// Last day it holds.
    pub valid_to: Option<Date>,
    /// Somebody looks again by this day.
    pub review_by: Date,
    /// Ids of the rates shown.
    pub rates: Vec<String>,
}

/// One ranked section, before deciding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateShown {
    /// Article id.
    pub article: String,
    /// Section anchor.
    pub section: String,
    /// Its heading.
    pub title: String,
    /// Relative score: 1 for the best of this question.
    pub score: f64,
}

/// A button: what it says and what is sent back as `action` when it is pressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the button says.
    pub label: String,
    /// What to send as `action`.
    pub value: String,
}

/// The case that a reply opened or belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseShown {
    /// `WM-7Q4K2D`.
    pub reference: CaseReference,
    /// How soon.
    pub priority: Priority,
    /// When to expect a reply; `None` where no advisers are configured, for nothing is promised then.
    pub reply_expected_by: Option<Timestamp>,
}

/// How long it took, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// From input to reply, before it is written.
    pub total: f64,
    /// Finding sections.
    pub retrieve: f64,
}

/// A reply in another language carries the same in English: the translation is a machine's, and letters come in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// That no person has checked the translation, in the person's language; `None` once somebody has.
    pub note: Option<String>,
    /// The reply in the person's language alone, markdown.
    pub own_markdown: String,
    /// The whole reply in English, markdown.
    pub english_markdown: String,
}

/// One reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// How the turn ended.
    pub outcome: Outcome,
    /// Why, from a closed list per outcome.
    pub reason: Option<String>,
    /// Whether somebody may come to harm: judged apart from the outcome.
    pub urgent: bool,
    /// The short answer, plain words, no markdown.
    pub summary: String,
    /// The full reply as shown, markdown.
    pub body_markdown: String,
    /// Who will listen, markdown, where an answer was perhaps not all that was asked for; the body holds it too. Faces that show the answer
    /// in parts show it first in an urgent reply, else after the short answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_markdown: Option<String>,
    /// What was heard, as a sentence, when the person spoke; the body holds it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<String>,
    /// Its two halves, when it is not in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
    /// Whose rule it is and the day it is correct for, one or two plain lines; pages show it under the short answer.
    pub rule: Option<String>,
    /// What to do next, markdown lines.
    pub next: Vec<String>,
    /// The sections' own words, markdown; pages fold it.
    pub details_markdown: Option<String>,
    /// What it rests on.
    pub citations: Vec<Citation>,
    /// The ranked list before deciding, best first.
    pub candidates: Vec<CandidateShown>,
    /// Probability that the first candidate answers, 0 to 1.
    pub confidence: f64,
    /// Which law.
    pub regime: Option<String>,
    /// Which council.
    pub area: Option<String>,
    /// The day the answer speaks about.
    pub as_of: Date,
    /// Its language.
    pub language: Lang,
    /// Buttons, at most four.
    pub options: Vec<Choice>,
    /// The case.
    pub case: Option<CaseShown>,
    /// Files made for the person.
    pub attachments: Vec<String>,
    /// The record of this answer.
    pub receipt: Option<ReceiptId>,
    /// How long it took.
    pub timing_ms: Timing,
}

impl Reply {
    /// What of it is read aloud, markdown: the short answer and what to do next. Urgent help and whatever has no short answer
    /// is read whole.
    pub fn aloud(&self) -> String {
        if self.outcome != Outcome::Answered || self.summary.is_empty() {
            let heard = self.heard.as_deref().unwrap_or_default();
            return self.body_markdown.replacen(heard, "", 1);
        }
        let steps = self.next.iter().map(|step| format!("- {step}"));
        let help = || self.help_markdown.clone();
        let parts = help().filter(|_| self.urgent).into_iter();
        let parts = parts.chain([self.summary.clone()]).chain(self.rule.clone());
        let parts = parts.chain(help().filter(|_| !self.urgent));
        format!(
            "{}\n\n{}",
            parts.collect::<Vec<_>>().join("\n\n"),
            steps.collect::<Vec<_>>().join("\n")
        )
    }
}
