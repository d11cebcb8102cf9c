//! Questions as people ask them in other languages: only for finding, never shown, so a clumsy one does no harm.
//! What never lives here: English questions (they stand in their article), finding (retrieval).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    article::SectionRef,
    complaint::Complaint,
    files::Files,
    load::{line_at, line_of},
    translation::language,
};
use crate::base::Lang;

const FOLDER: &str = "questions/";

/// A file: how it was written, and its questions by article and anchor.
#[derive(Deserialize)]
struct AskedFile {
    written: String,
    #[serde(flatten)]
    articles: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// Questions by language.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    by_lang: BTreeMap<Lang, Vec<(SectionRef, String)>>,
}

impl Asked {
    /// Reads `questions/<lang>.toml`. `place` finds a section by article and anchor; what names none is complained about.
    pub(super) fn read(
        files: &Files,
        place: impl Fn(&str, &str) -> Option<SectionRef>,
        complaints: &mut Vec<Complaint>,
    ) -> Self {
        let mut asked = Self::default();
        for (file, text) in files.iter().filter(|(f, _)| f.starts_with(FOLDER)) {
            let Some(lang) = language(file).filter(|l| !l.is_english()) else {
                let wrong = "name the file after its language, such as questions/pl.toml; English questions stand in their article";
                complaints.push(Complaint::error(file, 1, wrong));
                continue;
            };
            let read: AskedFile = match toml::from_str(text) {
                Ok(read) => read,
                Err(e) => {
                    let line = e.span().map_or(1, |s| line_at(text, s.start));
                    complaints.push(Complaint::error(file, line, e.message().to_owned()));
                    continue;
                }
            };
            if read.written.trim().is_empty() {
                let wrong =
                    "'written' must say how the questions were written and who reviewed them";
                complaints.push(Complaint::error(file, 1, wrong));
            }
            let held = asked.by_lang.entry(lang).or_default();
            for (article, sections) in read.articles {
                for (anchor, questions) in sections {
                    match place(&article, &anchor) {
                        Some(place) => held.extend(questions.into_iter().map(|q| (place, q))),
                        None => {
                            let line = line_of(text, &format!("[\"{article}\"]"));
                            let wrong = format!("there is no section '{article}#{anchor}'");
                            complaints.push(Complaint::error(file, line, wrong));
                        }
                    }
                }
            }
        }
        asked
    }

    /// The questions in one language, each with the section that answers it.
    pub fn of(&self, lang: &Lang) -> &[(SectionRef, String)] {
        self.by_lang.get(lang).map_or(&[], Vec::as_slice)
    }

    /// The languages that have any.
    pub fn languages(&self) -> impl Iterator<Item = &Lang> {
        self.by_lang.keys()
    }
}
