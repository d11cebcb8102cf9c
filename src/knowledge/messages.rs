//! Every fixed sentence people are told, by language, with holes to fill.
//! What never lives here: which one is said when (assistant).

use std::collections::BTreeMap;

use super::{
    complaint::Complaint,
    files::Files,
    load::line_at,
    translation::{Translations, language},
};
use crate::base::Lang;

const FOLDER: &str = "messages/";

/// Message texts: the English ones by id, and their translations.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    english: BTreeMap<String, String>,
    /// In other languages.
    pub translations: Translations,
}

impl Messages {
    /// Reads `messages/en*.toml` (flat: id and text) and the translations beside them.
    pub(super) fn read(files: &Files, complaints: &mut Vec<Complaint>) -> Self {
        let mut english = BTreeMap::new();
        for (file, text) in files.iter().filter(|(f, _)| f.starts_with(FOLDER)) {
            match language(file) {
                Some(lang) if lang.is_english() => {}
                Some(_) => continue,
                None => {
                    let wanted = "the file's name must begin with a language code: pl.toml";
                    complaints.push(Complaint::error(file, 1, wanted));
                    continue;
                }
            }
            match toml::from_str::<BTreeMap<String, String>>(text) {
                Ok(texts) => english.extend(texts),
                Err(e) => {
                    let line = e.span().map_or(1, |s| line_at(text, s.start));
                    complaints.push(Complaint::error(file, line, e.message().to_owned()));
                }
            }
        }
        Self {
            english,
            translations: Translations::read(files, FOLDER, complaints),
        }
    }

    /// Whether the English message exists.
    pub fn has(&self, id: &str) -> bool {
        self.english.contains_key(id)
    }

    /// Ids of the English messages, hence of all that can be said.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.english.keys().map(String::as_str)
    }

    /// The English message, holes unfilled.
    pub fn english(&self, id: &str) -> Option<&str> {
        self.english.get(id).map(String::as_str)
    }

    /// Whether this very language has it.
    pub fn has_in(&self, lang: &Lang, id: &str) -> bool {
        self.text(lang, id).is_some()
    }

    /// Codes of the languages with at least one message, English first.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        std::iter::once("en").chain(self.translations.languages())
    }

    /// How a language's messages were translated, such as `machine-assisted, not reviewed`. `None` for English and for a
    /// language without messages.
    pub fn translation_note(&self, lang: &Lang) -> Option<&str> {
        self.translations.mark(lang)
    }

    /// Whether nobody has looked at a language's messages since a machine translated them.
    pub fn by_machine(&self, lang: &Lang) -> bool {
        self.translation_note(lang)
            .is_some_and(|mark| mark.starts_with("machine"))
    }

    /// The message in this language, else in English, with `{holes}` filled. A missing message yields its id in
    /// brackets, which `check` reports long before anybody sees it.
    pub fn say(&self, lang: &Lang, id: &str, holes: &[(&str, &str)]) -> String {
        let text = self.text(lang, id).or_else(|| self.english(id));
        let Some(text) = text else {
            return format!("[{id}]");
        };
        let mut said = text.to_owned();
        for (hole, value) in holes {
            said = said.replace(&format!("{{{hole}}}"), value);
        }
        said
    }

    fn text(&self, lang: &Lang, id: &str) -> Option<&str> {
        if lang.is_english() {
            return self.english(id);
        }
        self.translations.get(lang, id).map(|t| t.text.as_str())
    }
}
