//! The linter of the content: everything an editor must hear about before an article is published.
//! What never lives here: reading files (load.rs); it looks at a library that could be read.

mod articles;
mod lists;
mod reading;
mod registers;
mod text;
mod translations;

use jiff::civil::Date;

use super::{
    complaint::Complaint, files::Files, library::Library, load::line_of, registers::Certainty,
};

/// Complaints about a library as it stands on `day`, sorted by file and line. `files` are the texts it was read from.
pub fn check(library: &Library, files: &Files, day: Date) -> Vec<Complaint> {
    let mut checker = Checker {
        library,
        files,
        day,
        complaints: Vec::new(),
    };
    for article in &library.articles {
        checker.article(article);
    }
    checker.asked_twice();
    checker.registers();
    checker.rules();
    checker.areas();
    checker.translations();
    let mut complaints = checker.complaints;
    complaints.sort();
    complaints.dedup();
    complaints
}

struct Checker<'a> {
    library: &'a Library,
    files: &'a Files,
    day: Date,
    complaints: Vec<Complaint>,
}

impl Checker<'_> {
    pub(super) fn error(&mut self, file: &str, line: usize, text: impl Into<String>) {
        self.complaints.push(Complaint::error(file, line, text));
    }

    pub(super) fn line(&self, file: &str, needle: &str) -> usize {
        self.files.get(file).map_or(1, |text| line_of(text, needle))
    }
}

/// Every article, rate, fact and service that rests on an unconfirmed source, one line each: what somebody should confirm.
pub fn unconfirmed(library: &Library) -> Vec<String> {
    let doubtful = |id: &str| {
        library
            .source(id)
            .filter(|s| s.status == Certainty::Unconfirmed)
            .map(|s| {
                format!(
                    "{} ({}): {}",
                    id,
                    s.title,
                    s.note.as_deref().unwrap_or("no note")
                )
            })
    };
    let mut lines = Vec::new();
    for (_, article, section) in library.sections() {
        for why in section.sources.iter().filter_map(|s| doubtful(s)) {
            lines.push(format!(
                "article {}#{} rests on {why}",
                article.id, section.anchor
            ));
        }
    }
    for (id, rate) in &library.registers.rates {
        for value in &rate.values {
            if let Some(why) = doubtful(&value.source) {
                lines.push(format!(
                    "rate {id} from {} rests on {why}",
                    value.valid_from
                ));
            }
        }
    }
    for (id, fact) in &library.registers.facts {
        if let Some(why) = doubtful(&fact.source) {
            lines.push(format!("fact {id} rests on {why}"));
        }
    }
    lines
}
