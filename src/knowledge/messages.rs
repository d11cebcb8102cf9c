//! Every fixed sentence people are told, by language, with holes to fill.
//! What never lives here: which one is said when (assistant).

use std::collections::BTreeMap;

use crate::base::Lang;

/// Message texts: language -> id -> text.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    by_lang: BTreeMap<String, BTreeMap<String, String>>,
}

impl Messages {
    /// Takes in one language's file.
    pub(super) fn add(&mut self, lang: &str, texts: BTreeMap<String, String>) {
        self.by_lang
            .entry(lang.to_owned())
            .or_default()
            .extend(texts);
    }

    /// Whether the English message exists.
    pub fn has(&self, id: &str) -> bool {
        self.text("en", id).is_some()
    }

    /// Whether this very language has it.
    pub fn has_in(&self, lang: &Lang, id: &str) -> bool {
        self.text(lang.code(), id).is_some()
    }

    /// Languages with at least one message, English included.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.by_lang.keys().map(String::as_str)
    }

    /// Ids of the messages in one language.
    pub fn ids(&self, lang: &str) -> impl Iterator<Item = &str> {
        self.by_lang
            .get(lang)
            .into_iter()
            .flat_map(|m| m.keys().map(String::as_str))
    }

    /// The message in this language, else in English, with `{holes}` filled. A missing message yields its id in
    /// brackets, which `check` reports long before anybody sees it.
    pub fn say(&self, lang: &Lang, id: &str, holes: &[(&str, &str)]) -> String {
        let text = self.text(lang.code(), id).or_else(|| self.text("en", id));
        let Some(text) = text else {
            return format!("[{id}]");
        };
        let mut said = text.to_owned();
        for (hole, value) in holes {
            said = said.replace(&format!("{{{hole}}}"), value);
        }
        said
    }

    fn text(&self, lang: &str, id: &str) -> Option<&str> {
        self.by_lang.get(lang)?.get(id).map(String::as_str)
    }
}
