//! Absolute measures of the best candidate: they mean the same for every question, so that a probability can rest on them.
//! What never lives here: the logistic (learnt.rs), what is done at which probability (assistant decides).

use serde::{Deserialize, Serialize};

/// Scale-free measures of the best candidate for one question, each 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// IDF share of the question's topical words that stand in the section.
    pub coverage: f64,
    /// Likeness of the question to the nearest question asked (IDF-weighted Jaccard on topical words).
    pub nearest: f64,
    /// IDF share of the question's topical words that stand in that nearest question.
    pub nearest_coverage: f64,
    /// IDF share of the best held question of the section that the message contains.
    pub contained: f64,
    /// IDF share of the question's topical words that stand anywhere in the knowledge.
    pub known: f64,
    /// Whether the best section and the best question are of the same article: 1 or 0. In other languages the share of the three
    /// likenesses by meaning that are highest for that article.
    pub agreement: f64,
    /// How far the best score stands above the next article's, relative to it.
    pub margin: f64,
    /// Topical words in the question: 0 none, 1 four or more.
    pub substance: f64,
    /// Likeness by meaning to the section; 0 without a model.
    pub meaning: f64,
    /// Likeness by meaning to its nearest question.
    pub meaning_nearest: f64,
    /// The best likeness by meaning of any section or question considered.
    pub meaning_best: f64,
    /// Whether that best one is of the same article: 1 or 0.
    pub meaning_agreement: f64,
    /// Words in the message, of a follow-up with what it follows: 0 none, 1 sixty or more. A long message is like nothing that is held,
    /// be it never so plainly ours: what its likeness says is read beside it.
    pub length: f64,
}

impl Features {
    /// The measure of that name.
    pub fn named(name: &str) -> Option<fn(&Self) -> f64> {
        Some(match name {
            "coverage" => |f| f.coverage,
            "nearest" => |f| f.nearest,
            "nearest_coverage" => |f| f.nearest_coverage,
            "contained" => |f| f.contained,
            "known" => |f| f.known,
            "agreement" => |f| f.agreement,
            "margin" => |f| f.margin,
            "substance" => |f| f.substance,
            "meaning" => |f| f.meaning,
            "meaning_nearest" => |f| f.meaning_nearest,
            "meaning_best" => |f| f.meaning_best,
            "meaning_agreement" => |f| f.meaning_agreement,
            "length" => |f| f.length,
            _ => return None,
        })
    }
}
