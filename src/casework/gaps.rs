//! Knowledge gaps: what people asked that the knowledge did not answer, or answered badly, grouped by the nearest article.
//! What never lives here: finding them in what is kept (store).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::base::{CaseReference, NoteId};

/// Questions shown for each gap.
const EXAMPLES: usize = 10;

/// In what way the knowledge fell short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// Nothing fitted well enough: handed over, or said not to be ours.
    Unanswered,
    /// The person said that the answer did not help.
    Unhelpful,
    /// An adviser rejected it as a suggested reply.
    Rejected,
}

/// One question that was not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmet {
    /// In what way.
    pub kind: GapKind,
    /// The nearest article, if anything was near.
    pub article: Option<String>,
    /// The person's words; empty when they were erased.
    pub question: String,
    /// When.
    pub at: Timestamp,
}

/// What is missing about one article, or about nothing that we hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The nearest article; `None` for what is near to nothing.
    pub article: Option<String>,
    /// How many questions in all.
    pub questions: u64,
    /// Of these unanswered.
    pub unanswered: u64,
    /// Answered, and no help.
    pub unhelpful: u64,
    /// Rejected by advisers.
    pub rejected: u64,
    /// The latest of them, newest first, each once.
    pub examples: Vec<String>,
}

/// Groups them by article, most first; of equal ones that with the later question.
pub fn gaps(mut unmet: Vec<Unmet>) -> Vec<Gap> {
    unmet.sort_by_key(|u| std::cmp::Reverse(u.at));
    let mut groups: BTreeMap<Option<String>, (Gap, Timestamp)> = BTreeMap::new();
    for one in unmet {
        let empty = || Gap {
            article: one.article.clone(),
            questions: 0,
            unanswered: 0,
            unhelpful: 0,
            rejected: 0,
            examples: Vec::new(),
        };
        let (gap, _) = groups
            .entry(one.article.clone())
            .or_insert_with(|| (empty(), one.at));
        gap.questions += 1;
        match one.kind {
            GapKind::Unanswered => gap.unanswered += 1,
            GapKind::Unhelpful => gap.unhelpful += 1,
            GapKind::Rejected => gap.rejected += 1,
        }
        let told = one.question.is_empty() || gap.examples.contains(&one.question);
        if !told && gap.examples.len() < EXAMPLES {
            gap.examples.push(one.question);
        }
    }
    let mut ranked: Vec<(Gap, Timestamp)> = groups.into_values().collect();
    ranked.sort_by_key(|(gap, latest)| std::cmp::Reverse((gap.questions, *latest)));
    ranked.into_iter().map(|(gap, _)| gap).collect()
}

/// A suggested reply that an adviser rejected: something for editors to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContentTodo {
    /// Its id.
    pub id: NoteId,
    /// The case where it came up.
    pub case: CaseReference,
    /// The article that was suggested.
    pub article: Option<String>,
    /// Its section.
    pub section: Option<String>,
    /// Why: a short code such as `wrong`, `out_of_date`, `not_asked`, `too_hard`.
    pub reason: String,
    /// In the adviser's words.
    pub comment: String,
    /// What the person asked.
    pub question: String,
}

/// The same as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentTodo {
    /// What it is.
    #[serde(flatten)]
    pub todo: NewContentTodo,
    /// Who rejected it.
    pub adviser: String,
    /// When.
    pub at: Timestamp,
    /// When somebody did it.
    pub done: Option<Timestamp>,
    /// Who.
    pub done_by: Option<String>,
}
