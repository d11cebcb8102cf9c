//! A language by its code.
//! What never lives here: telling languages apart (languages.rs), translations (knowledge/messages).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A language by its two-letter code, lower case: `en`, `pl`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lang(String);

impl Lang {
    /// English.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The two-letter code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// Whether the language is written in Latin letters.
    pub fn is_latin_script(&self) -> bool {
        !matches!(
            self.code(),
            "ar" | "ur"
                | "fa"
                | "ps"
                | "ku"
                | "bn"
                | "pa"
                | "gu"
                | "hi"
                | "ne"
                | "ta"
                | "zh"
                | "ja"
                | "ko"
                | "uk"
                | "ru"
                | "bg"
                | "el"
                | "he"
                | "am"
                | "ti"
                | "th"
        )
    }

    /// Whether this is English.
    pub fn is_english(&self) -> bool {
        self.0 == "en"
    }
}

impl Default for Lang {
    fn default() -> Self {
        Self::english()
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Lang {
    type Err = String;
    /// Takes the primary subtag: `en-GB` is `en`.
    fn from_str(text: &str) -> Result<Self, String> {
        let primary = text
            .split(['-', '_'])
            .next()
            .unwrap_or("")
            .to_ascii_lowercase();
        if matches!(primary.len(), 2 | 3) && primary.bytes().all(|b| b.is_ascii_lowercase()) {
            Ok(Self(primary))
        } else {
            Err(format!("'{text}' is not a language code such as en or pl"))
        }
    }
}

impl TryFrom<String> for Lang {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Lang> for String {
    fn from(lang: Lang) -> String {
        lang.0
    }
}
