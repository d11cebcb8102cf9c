//! The page on which a content owner reads each change and signs it off: one file, nothing loaded from elsewhere.
//! What never lives here: comparing.

use anyhow::Result;
use askama::Template;
use similar::ChangeTag;
use waymark::base::long_date;

use super::{Change, Comparison, by_cause, compare::Cause, pieces};

#[derive(Template)]
#[template(path = "diff.html")]
struct Page<'a> {
    comparison: &'a Comparison,
    commit: &'a str,
    day: String,
    groups: Vec<Group<'a>>,
}

struct Group<'a> {
    cause: Cause,
    cards: Vec<Card<'a>>,
}

/// A change with its texts cut into runs of words that stayed, went or came.
struct Card<'a> {
    change: &'a Change,
    summary: Vec<Run>,
    body: Vec<Run>,
}

struct Run {
    went: bool,
    came: bool,
    text: String,
}

/// The page as HTML.
pub(super) fn page(comparison: &Comparison) -> Result<String> {
    let groups = by_cause(&comparison.changes)
        .into_iter()
        .map(|(cause, some)| Group {
            cause,
            cards: some.into_iter().map(card).collect(),
        })
        .collect();
    let page = Page {
        comparison,
        commit: comparison.commit.get(..12).unwrap_or(&comparison.commit),
        day: long_date(comparison.on),
        groups,
    };
    Ok(page.render()?)
}

fn card(change: &Change) -> Card<'_> {
    Card {
        change,
        summary: runs(&change.before.summary, &change.after.summary),
        body: runs(&change.before.body_markdown, &change.after.body_markdown),
    }
}

fn runs(old: &str, new: &str) -> Vec<Run> {
    let run = |(tag, text)| Run {
        went: tag == ChangeTag::Delete,
        came: tag == ChangeTag::Insert,
        text,
    };
    pieces(old, new).into_iter().map(run).collect()
}
