//! What an article and its sections are.
//! What never lives here: how they are read from a file (load.rs, markdown.rs).

use std::fmt;

use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use super::span::Span;

macro_rules! words {
    ($name:ident, $doc:literal, $($variant:ident = $word:literal, $say:literal;)+) => {
        #[doc = $doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $say] #[serde(rename = $word)] $variant,)+
        }
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in files and JSON.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! { Audience, "Whom an article or section speaks to.",
    Adult = "adult", "A disabled or older adult.";
    Carer = "carer", "An unpaid carer.";
    Parent = "parent", "The parent of a disabled child.";
    YoungPerson = "young-person", "A young person.";
    Employer = "employer", "Somebody who employs a PA.";
    Pa = "pa", "A Personal Assistant.";
    Professional = "professional", "A social worker, case officer or other professional.";
}

words! { Regime, "Which law governs.",
    Adults = "adults", "Care Act 2014.";
    Children = "children", "Children Act 1989, section 17A.";
    Education = "education", "Education, health and care plans.";
    Health = "health", "NHS and section 117 aftercare.";
    Employment = "employment", "Employment law.";
}

words! { Standing, "How binding a statement is.",
    Law = "law", "An Act, regulations or a binding judgment.";
    StatutoryGuidance = "statutory-guidance", "Guidance a council must follow.";
    CouncilPolicy = "council-policy", "A council's own rule.";
    GoodPractice = "good-practice", "Sensible, not binding.";
}

words! { HandOverWhen, "When a subject goes to an adviser.",
    Never = "never", "Plain facts.";
    Offer = "offer", "A button to talk to a person.";
    Personal = "personal", "When it is happening to the person now.";
    Always = "always", "Even the general question needs a person.";
}

/// A short answer, possibly only for some days or some people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The text, with placeholders.
    pub text: String,
    /// Days it holds.
    pub span: Span,
    /// Only for this audience.
    pub audience: Option<Audience>,
    /// Only under this regime.
    pub regime: Option<Regime>,
    /// Only in this area.
    pub area: Option<String>,
}

/// One heading block: the unit that is found, quoted and cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Stable anchor; `summary` for the article as a whole.
    pub anchor: String,
    /// Its heading (the article's title for `summary`).
    pub heading: String,
    /// Markdown with placeholders; for `summary` the first summary's text.
    pub body: String,
    /// Plain text of the body without markdown, placeholders kept.
    pub plain: String,
    /// What people ask that this section answers.
    pub questions: Vec<String>,
    /// Regimes it holds under.
    pub regimes: Vec<Regime>,
    /// Areas it holds in.
    pub areas: Vec<String>,
    /// Whom it speaks to.
    pub audiences: Vec<Audience>,
    /// How binding.
    pub standing: Standing,
    /// Source ids.
    pub sources: Vec<String>,
    /// Days it holds.
    pub span: Span,
    /// Line of its heading in the file.
    pub line: usize,
    /// SHA-256 of heading and body, hexadecimal.
    pub hash: String,
}

/// One markdown file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// `employment/sick-pay`.
    pub id: String,
    /// Path inside the knowledge folder.
    pub file: String,
    /// Title.
    pub title: String,
    /// Short answers; the first that fits is used.
    pub summaries: Vec<Summary>,
    /// Whom it speaks to.
    pub audiences: Vec<Audience>,
    /// Regimes it holds under.
    pub regimes: Vec<Regime>,
    /// Areas it holds in.
    pub areas: Vec<String>,
    /// How binding, in the main.
    pub standing: Standing,
    /// Days it holds.
    pub span: Span,
    /// Somebody must look again by this day.
    pub review_by: Date,
    /// Source ids.
    pub sources: Vec<String>,
    /// What to do next.
    pub next: Vec<String>,
    /// Articles worth a button.
    pub related: Vec<String>,
    /// When it goes to an adviser.
    pub handover: HandOverWhen,
    /// Why, one plain sentence.
    pub handover_note: Option<String>,
    /// Law texts, glossaries, old figures: found when nothing more practical fits as well.
    pub background: bool,
    /// The same answer with one idea a line.
    pub easy_read: Option<String>,
    /// The `summary` section first, then by heading.
    pub sections: Vec<Section>,
}

/// Past its review date an article is quoted this much longer, so that a late review leaves no gap.
const GRACE_DAYS: i64 = 60;

impl Article {
    /// Whether its review is so long overdue that it is no longer shown or quoted.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.review_by.saturating_add(GRACE_DAYS.days()) < today
    }

    /// The short answer for a day, an audience, a regime and an area: the first that fits.
    pub fn summary_for(
        &self,
        day: Date,
        audience: Option<Audience>,
        regime: Option<Regime>,
        area: Option<&str>,
    ) -> Option<&Summary> {
        self.summaries.iter().find(|s| {
            s.span.holds(day)
                && s.audience.is_none_or(|a| Some(a) == audience)
                && s.regime.is_none_or(|r| Some(r) == regime)
                && s.area.as_deref().is_none_or(|a| Some(a) == area)
        })
    }
}

/// Where a section stands in a library: indices, cheap to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionRef {
    /// Index of the article.
    pub article: usize,
    /// Index of the section in it.
    pub section: usize,
}
