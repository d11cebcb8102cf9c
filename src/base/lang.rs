//! Which language a text is in. Short texts are unreliable, so doubt means English.
//! What never lives here: translations (knowledge/messages).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::text::words;

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

/// Common little words of languages people here write in Latin letters, for texts too short for trigrams.
const LITTLE_WORDS: &[(&str, &[&str])] = &[
    (
        "pl",
        &[
            "czy",
            "jest",
            "nie",
            "mam",
            "jak",
            "dla",
            "mnie",
            "moja",
            "moj",
            "ile",
            "gdzie",
            "opiekunka",
            "prosze",
            "sie",
            "na",
            "czym",
            "pomoc",
            "pomocy",
        ],
    ),
    (
        "lt",
        &[
            "ar", "yra", "mano", "kaip", "kiek", "kur", "man", "reikia", "padekite", "noriu",
            "galiu", "kas",
        ],
    ),
    (
        "ro",
        &[
            "este", "sunt", "pot", "pentru", "cum", "unde", "vreau", "ajutor", "mea", "meu", "nu",
            "si", "cat", "ce",
        ],
    ),
    (
        "pt",
        &[
            "nao", "meu", "minha", "posso", "para", "como", "onde", "preciso", "ajuda", "quanto",
            "voce", "estou", "uma", "que", "quem",
        ],
    ),
    (
        "sk",
        &[
            "je",
            "som",
            "ako",
            "pre",
            "kde",
            "potrebujem",
            "pomoc",
            "moja",
            "moj",
            "kolko",
            "mozem",
            "nie",
            "mam",
            "ktory",
        ],
    ),
    (
        "tr",
        &[
            "nasil", "icin", "bir", "benim", "ne", "kadar", "yardim", "nerede", "var", "mi",
            "degil", "bana",
        ],
    ),
    (
        "fr",
        &[
            "est", "je", "pour", "comment", "combien", "mon", "ma", "puis", "aide", "besoin", "ou",
            "que", "pas", "suis", "le", "les", "une", "il", "elle",
        ],
    ),
    (
        "es",
        &[
            "es", "para", "como", "cuanto", "puedo", "necesito", "ayuda", "mi", "donde", "que",
            "estoy", "una", "el", "los",
        ],
    ),
    (
        "en",
        &[
            "the", "is", "my", "i", "a", "to", "can", "do", "how", "what", "for", "she", "he",
            "and", "of", "pay", "me", "it", "pa", "in", "on", "if", "with", "not", "you", "help",
            "are", "im", "have", "who", "when", "does", "her", "his", "we", "at", "no", "so", "be",
            "am", "or", "was",
        ],
    ),
];

/// The language of a text: by script first, then little words, then trigrams where there is enough text. English when in doubt.
pub fn detect_language(text: &str) -> Lang {
    if let Some(code) = by_script(text) {
        return Lang(code.to_owned());
    }
    let words = words(text);
    let count = |list: &[&str]| words.iter().filter(|w| list.contains(&w.as_str())).count();
    let english = LITTLE_WORDS
        .iter()
        .find(|(c, _)| *c == "en")
        .map_or(0, |(_, l)| count(l));
    let best = LITTLE_WORDS
        .iter()
        .filter(|(c, _)| *c != "en")
        .map(|(c, l)| (count(l), *c))
        .max();
    let trigrams = whatlang::detect(text).filter(|info| info.is_reliable() && words.len() >= 4);
    let guess = trigrams.map(|info| two_letters(info.lang()));
    match (guess, best) {
        (Some("en"), Some((other, _))) if other <= english => Lang::english(),
        (Some(code), _) if code != "en" && !code.is_empty() && english * 4 <= words.len() => {
            Lang(code.to_owned())
        }
        (_, Some((hits, code))) if hits >= 2 && hits > english => Lang(code.to_owned()),
        _ => Lang::english(),
    }
}

fn by_script(text: &str) -> Option<&'static str> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let share = |low: u32, high: u32| {
        let inside = text
            .chars()
            .filter(|c| (low..=high).contains(&u32::from(*c)))
            .count();
        inside > 0 && inside * 2 >= letters
    };
    if share(0x0980, 0x09FF) {
        Some("bn")
    } else if share(0x0A00, 0x0A7F) {
        Some("pa")
    } else if share(0x0A80, 0x0AFF) {
        Some("gu")
    } else if share(0x0900, 0x097F) {
        Some("hi")
    } else if share(0x0600, 0x06FF) {
        let urdu = text.chars().any(|c| "ٹڈڑںھہےگچپکی".contains(c));
        Some(if urdu { "ur" } else { "ar" })
    } else if share(0x4E00, 0x9FFF) {
        Some("zh")
    } else if share(0x0400, 0x04FF) {
        let ukrainian = text.chars().any(|c| "іїєґІЇЄҐ".contains(c));
        let russian = text.chars().any(|c| "ыэъёЫЭЪЁ".contains(c));
        Some(if ukrainian || !russian { "uk" } else { "ru" })
    } else {
        None
    }
}

fn two_letters(lang: whatlang::Lang) -> &'static str {
    use whatlang::Lang as L;
    match lang {
        L::Eng => "en",
        L::Pol => "pl",
        L::Lit => "lt",
        L::Ron => "ro",
        L::Por => "pt",
        L::Slk => "sk",
        L::Ces => "cs",
        L::Tur => "tr",
        L::Fra => "fr",
        L::Spa => "es",
        L::Ita => "it",
        L::Deu => "de",
        L::Vie => "vi",
        _ => "",
    }
}
