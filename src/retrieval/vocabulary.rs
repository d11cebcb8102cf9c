//! The words of the knowledge: stems, in how many sections each stands, and how much each tells (IDF).
//! What never lives here: scoring a section (search.rs).

use std::collections::{HashMap, HashSet};

use tantivy::tokenizer::{Language, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer};

use crate::base::words;

/// Stems and their document frequencies.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    sections: f64,
    frequency: HashMap<String, u32>,
    words: HashMap<String, u32>,
}

/// The analyzer of every field and of every query: words, lower case, English stems.
pub(super) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::English))
        .build()
}

/// The stems of a text, in order.
pub(super) fn stems(analyzer: &mut TextAnalyzer, text: &str) -> Vec<String> {
    let prepared = words(text).join(" ");
    let mut stream = analyzer.token_stream(&prepared);
    let mut out = Vec::new();
    while stream.advance() {
        out.push(stream.token().text.clone());
    }
    out
}

impl Vocabulary {
    /// Takes in one section's text.
    pub(super) fn add(&mut self, stems: &[String], text: &str) {
        self.sections += 1.0;
        for stem in stems.iter().collect::<HashSet<_>>() {
            *self.frequency.entry(stem.clone()).or_default() += 1;
        }
        for word in words(text) {
            *self.words.entry(word).or_default() += 1;
        }
    }

    /// How much a stem tells: BM25's IDF; a stem that stands nowhere tells as much as the rarest one.
    pub(super) fn idf(&self, stem: &str) -> f64 {
        let n = f64::from(self.frequency.get(stem).copied().unwrap_or(0));
        (1.0 + (self.sections - n + 0.5) / (n + 0.5)).ln()
    }

    /// Whether a stem stands anywhere.
    pub(super) fn knows(&self, stem: &str) -> bool {
        self.frequency.contains_key(stem)
    }

    /// Unstemmed words with how often each stands.
    pub(super) fn words(&self) -> &HashMap<String, u32> {
        &self.words
    }
}

/// Words that carry no topic. They still count in ranking (dropping question words hurts short questions); they do not
/// count in coverage.
pub(super) fn is_little(stem: &str) -> bool {
    const LITTLE: &[&str] = &[
        "a", "about", "after", "again", "ago", "all", "also", "am", "an", "and", "ani", "anyon",
        "are", "as", "ask", "at", "back", "be", "becaus", "been", "befor", "being", "but", "by",
        "can", "cant", "could", "did", "do", "doe", "dont", "else", "even", "ever", "for", "from",
        "get", "give", "go", "got", "gone", "had", "has", "have", "havent", "he", "hello", "her",
        "here", "hi", "him", "his", "how", "i", "if", "shes", "hes", "theyr", "theyv", "whos",
        "hows", "wheres", "gonna", "wanna", "pls", "plz", "anoth", "someth", "per", "im", "in",
        "into", "is", "isnt", "it", "ive", "just", "keep", "know", "let", "like", "long", "lot",
        "me", "mean", "mine", "much", "mani", "my", "need", "no", "not", "now", "of", "ok", "on",
        "one", "onli", "or", "our", "out", "pleas", "put", "realli", "right", "say", "said", "see",
        "she", "should", "so", "some", "someon", "someth", "still", "take", "tell", "than",
        "thank", "that", "the", "their", "them", "then", "there", "they", "thing", "think", "this",
        "to", "told", "too", "up", "us", "use", "want", "wa", "was", "we", "well", "were", "what",
        "whats", "when", "where", "which", "while", "who", "whi", "will", "with", "wont", "would",
        "yes", "you", "your", "ur", "u", "abl", "allow", "anyth", "thing", "happen", "start",
        "come", "make", "tri", "sure",
    ];
    LITTLE.contains(&stem)
}
