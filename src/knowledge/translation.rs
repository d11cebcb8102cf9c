//! Translations: what people are told in a language other than English, each text beside the English it was made from, each
//! file under a mark that says how it was made.
//! What never lives here: English (messages.rs, the articles), whether a translation still holds (check).

use std::collections::{BTreeMap, btree_map::Entry};

use serde::Deserialize;

use super::{
    complaint::Complaint,
    files::Files,
    load::{line_at, line_of},
};
use crate::base::Lang;

/// The key that marks a file: how its translation was made and whether anybody has reviewed it.
const MARK: &str = "translation";

/// One translated text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translated {
    /// The English it was made from, holes and placeholders as they stand in the file.
    pub en: String,
    /// The translation, with the same holes and placeholders.
    pub text: String,
    /// Path inside the knowledge folder.
    #[serde(skip)]
    pub file: String,
    /// Line of its heading in the file.
    #[serde(skip)]
    pub line: usize,
}

/// What is there in one language.
#[derive(Debug, Clone, Default)]
struct Tongue {
    mark: String,
    texts: BTreeMap<String, Translated>,
}

/// Translated texts of one kind: language -> id -> text.
#[derive(Debug, Clone, Default)]
pub struct Translations {
    by_lang: BTreeMap<String, Tongue>,
}

impl Translations {
    /// Reads `folder/<lang>.toml` and `folder/<lang>-<part>.toml` of every language but English. A file without its mark is
    /// left out: nobody could be told how far to trust it.
    pub(super) fn read(files: &Files, folder: &str, complaints: &mut Vec<Complaint>) -> Self {
        let mut read = Self::default();
        for (file, text) in files.iter().filter(|(f, _)| f.starts_with(folder)) {
            let Some(lang) = language(file).filter(|l| !l.is_english()) else {
                continue;
            };
            let table: toml::Table = match toml::from_str(text) {
                Ok(table) => table,
                Err(e) => {
                    let line = e.span().map_or(1, |s| line_at(text, s.start));
                    complaints.push(Complaint::error(file, line, e.message().to_owned()));
                    continue;
                }
            };
            match table.get(MARK).and_then(toml::Value::as_str) {
                Some(mark) if !mark.trim().is_empty() => {
                    let tongue = read.by_lang.entry(lang.code().to_owned()).or_default();
                    tongue.mark = mark.trim().to_owned();
                    tongue.take(file, text, table, complaints);
                }
                _ => {
                    let wanted = format!(
                        "the file must begin with {MARK} = \"how it was made, and who reviewed it\""
                    );
                    complaints.push(Complaint::error(file, 1, wanted));
                }
            }
        }
        read
    }

    /// The translation of one text.
    pub fn get(&self, lang: &Lang, id: &str) -> Option<&Translated> {
        self.by_lang.get(lang.code())?.texts.get(id)
    }

    /// How a language's translation was made, such as `machine-assisted, not reviewed`; `None` where there is none.
    pub fn mark(&self, lang: &Lang) -> Option<&str> {
        self.by_lang.get(lang.code()).map(|t| t.mark.as_str())
    }

    /// Codes of the languages there are.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.by_lang.keys().map(String::as_str)
    }

    /// Every text in one language.
    pub fn of(&self, lang: &Lang) -> impl Iterator<Item = &str> {
        let tongue = self.by_lang.get(lang.code());
        let texts = tongue.into_iter().flat_map(|t| t.texts.values());
        texts.map(|t| t.text.as_str())
    }

    /// Every translated text with its id.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Translated)> {
        let texts = self.by_lang.values().flat_map(|t| &t.texts);
        texts.map(|(id, text)| (id.as_str(), text))
    }
}

impl Tongue {
    fn take(
        &mut self,
        file: &str,
        text: &str,
        table: toml::Table,
        complaints: &mut Vec<Complaint>,
    ) {
        for (id, value) in table.into_iter().filter(|(key, _)| key != MARK) {
            let bare = line_of(text, &format!("[{id}]"));
            let quoted = line_of(text, &format!("[\"{id}\"]"));
            let line = bare.max(quoted);
            let mut complain = |wrong: &str| {
                complaints.push(Complaint::error(file, line, format!("[{id}] {wrong}")))
            };
            match Translated::deserialize(value) {
                Ok(translated) => match self.texts.entry(id.clone()) {
                    Entry::Vacant(place) => {
                        place.insert(Translated {
                            file: file.to_owned(),
                            line,
                            ..translated
                        });
                    }
                    Entry::Occupied(_) => complain("stands twice in this language"),
                },
                Err(e) => complain(e.message()),
            }
        }
    }
}

/// The language of a file such as `messages/pl-urgent.toml`: what stands before the first hyphen of its name.
pub(super) fn language(file: &str) -> Option<Lang> {
    let name = file.rsplit('/').next()?.strip_suffix(".toml")?;
    name.parse().ok()
}
