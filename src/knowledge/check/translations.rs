//! The linter of translations: made from today's English, with the same holes and figures.
//! What never lives here: whether the words are right (a reader of that language).

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;

use super::{Checker, Complaint};
use crate::{base::Lang, knowledge::translation::Translated};

/// A hole of a message or a placeholder of an article.
static HOLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{\{[^{}]*\}\}|\{[^{}]*\}").ok());
/// A figure: digits, with points or commas between them.
static FIGURE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\d+(?:[.,]\d+)*").ok());

impl Checker<'_> {
    pub(super) fn translations(&mut self) {
        let library = self.library;
        for (id, text) in library.messages.translations.all() {
            match library.messages.english(id) {
                None => self.of(
                    text,
                    format!("message '{id}' does not exist; delete it here"),
                ),
                // Said even when it is out of date, so it is held against the English of today.
                Some(english) => self.translation(id, text, english, english == text.en),
            }
        }
        for (id, text) in library.summaries.all() {
            let Some(article) = library.article(id) else {
                self.of(
                    text,
                    format!("article '{id}' does not exist; delete it here"),
                );
                continue;
            };
            let mut held = article.summaries.iter().filter(|s| s.span.holds(self.day));
            let current = held.any(|s| s.text == text.en.trim());
            self.translation(id, text, &text.en, current);
            self.text(&text.file, text.line, &text.text);
        }
        self.untranslated();
    }

    /// One notice for each language that has some messages but not all.
    fn untranslated(&mut self) {
        let messages = &self.library.messages;
        let languages = messages.translations.languages();
        for lang in languages.filter_map(|code| code.parse::<Lang>().ok()) {
            let left: Vec<&str> = messages
                .ids()
                .filter(|id| !messages.has_in(&lang, id))
                .collect();
            if !left.is_empty() {
                let (count, ids) = (left.len(), left.join(", "));
                let text = format!("{count} messages are missing and said in English: {ids}");
                let file = format!("messages/{lang}.toml");
                self.complaints.push(Complaint::notice(&file, 1, text));
            }
        }
    }

    fn of(&mut self, text: &Translated, wrong: String) {
        self.error(&text.file, text.line, wrong);
    }

    fn translation(&mut self, id: &str, text: &Translated, english: &str, current: bool) {
        if !current {
            let stale = format!(
                "'{id}' was made from other English than today's; look at the English again, mend 'text', and copy the new English into 'en'"
            );
            let stale = Complaint::warning(&text.file, text.line, stale);
            self.complaints.push(stale);
        }
        if text.text.trim().is_empty() {
            self.of(
                text,
                format!("'{id}' has no text; delete it, and the English is used"),
            );
            return;
        }
        let (wanted, there) = (holes(english), holes(&text.text));
        if wanted != there {
            let (wanted, there) = (wanted.join(" "), there.join(" "));
            self.of(
                text,
                format!(
                    "'{id}' must hold the holes of the English, [{wanted}], and holds [{there}]"
                ),
            );
        }
        if let Some(strange) = text.text.chars().find(|c| c.is_numeric() && !c.is_ascii()) {
            self.of(
                text,
                format!("'{id}' has the digit '{strange}'; write 0 to 9"),
            );
        }
        let (wanted, there) = (figures(english), figures(&text.text));
        for figure in there.difference(&wanted) {
            self.of(
                text,
                format!("'{id}' has the figure {figure}, which is not in the English"),
            );
        }
        for figure in wanted.difference(&there) {
            self.of(
                text,
                format!("'{id}' leaves out the figure {figure} of the English"),
            );
        }
    }
}

/// Holes and placeholders without their spaces, sorted; each as often as it stands there.
fn holes(text: &str) -> Vec<String> {
    let found = HOLE.iter().flat_map(|h| h.find_iter(text));
    let mut holes: Vec<String> = found
        .map(|h| h.as_str().split_whitespace().collect())
        .collect();
    holes.sort();
    holes
}

/// The figures outside holes; `5,6` is the same figure as `5.6`.
fn figures(text: &str) -> BTreeSet<String> {
    let Some(hole) = HOLE.as_ref() else {
        return BTreeSet::new();
    };
    let bare = hole.replace_all(text, " ");
    let found = FIGURE.iter().flat_map(|f| f.find_iter(&bare));
    found.map(|f| f.as_str().replace(',', ".")).collect()
}
