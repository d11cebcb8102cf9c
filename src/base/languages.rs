//! Telling languages apart by what is held in each of them: letters, pieces of words and whole words (naive Bayes over one to three
//! letters and words), with whatlang for the languages that nothing is held in.
//! What never lives here: the samples (knowledge), what follows from a language (assistant).

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;
use whatlang::detect;

use super::{lang::Lang, text::fold};

/// A piece that a language's sample does not hold counts as this much of one.
const UNSEEN: f32 = 0.03;
/// Fewer words are too few for whatlang.
const TRIGRAM_WORDS: usize = 4;

/// What samples of several languages look like.
#[derive(Debug, Clone, Default)]
pub struct Languages {
    known: Vec<Lang>,
    /// Logarithm of how common a piece is, one number a language.
    pieces: HashMap<String, Vec<f32>>,
    /// The same for a piece that a language does not hold.
    unseen: Vec<f32>,
}

impl Languages {
    /// Learns from texts, one a language.
    pub fn learn(samples: &[(Lang, String)]) -> Self {
        let mut counts: HashMap<String, Vec<f32>> = HashMap::new();
        let mut totals = vec![0.0_f32; samples.len()];
        for (at, (_, sample)) in samples.iter().enumerate() {
            // People leave diacritics out.
            for text in [lower(sample), fold(sample)] {
                for piece in pieces(&text) {
                    let slot = counts
                        .entry(piece)
                        .or_insert_with(|| vec![0.0; samples.len()]);
                    if let Some(count) = slot.get_mut(at) {
                        *count += 1.0;
                    }
                    if let Some(total) = totals.get_mut(at) {
                        *total += 1.0;
                    }
                }
            }
        }
        let distinct = f32::from(u16::try_from(counts.len()).unwrap_or(u16::MAX));
        let whole: Vec<f32> = totals.iter().map(|t| t + UNSEEN * distinct).collect();
        let log = |count: f32, whole: &f32| ((count + UNSEEN) / whole).ln();
        for row in counts.values_mut() {
            for (count, whole) in row.iter_mut().zip(&whole) {
                *count = log(*count, whole);
            }
        }
        Self {
            known: samples.iter().map(|(lang, _)| lang.clone()).collect(),
            pieces: counts,
            unseen: whole.iter().map(|whole| log(0.0, whole)).collect(),
        }
    }

    /// The language of a text; `None` for a text without letters.
    pub fn tell(&self, text: &str) -> Option<Lang> {
        let scores = self.scores(text)?;
        let of = scores.iter().zip(&self.known);
        let best = of.max_by(|a, b| a.0.total_cmp(b.0))?.1.clone();
        Some(self.unheld(text).unwrap_or(best))
    }

    /// The likeliest language but English, and by how much a word of the text is likelier in it than in English (natural
    /// logarithm, on average); `None` for a text without letters.
    pub fn before_english(&self, text: &str) -> Option<(Lang, f32)> {
        let scores = self.scores(text)?;
        let english = self.known.iter().position(Lang::is_english)?;
        let english = *scores.get(english)?;
        let of = scores.iter().zip(&self.known);
        let others = of.filter(|(_, lang)| !lang.is_english());
        let (best, lang) = others.max_by(|a, b| a.0.total_cmp(b.0))?;
        let words = f32::from(u16::try_from(text.unicode_words().count()).unwrap_or(u16::MAX));
        Some((lang.clone(), (best - english) / words.max(1.0)))
    }

    /// Logarithm of how likely the text is in each language that is held.
    fn scores(&self, text: &str) -> Option<Vec<f32>> {
        let mut scores = vec![0.0_f32; self.known.len()];
        let mut any = false;
        for piece in pieces(&lower(text)) {
            any = true;
            let row = self.pieces.get(&piece).unwrap_or(&self.unseen);
            for (score, value) in scores.iter_mut().zip(row) {
                *score += value;
            }
        }
        any.then_some(scores)
    }

    /// A language that nothing is held in, when whatlang is sure of it: else its texts would be taken for a neighbour's.
    fn unheld(&self, text: &str) -> Option<Lang> {
        let found = detect(text).filter(|found| found.is_reliable())?;
        let code: Lang = two_letters(found.lang().code()).parse().ok()?;
        let enough = text.unicode_words().count() >= TRIGRAM_WORDS || !code.is_latin_script();
        (enough && !self.known.contains(&code)).then_some(code)
    }
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// One to three neighbouring letters of each word, its ends marked, and the word.
fn pieces(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in text.unicode_words() {
        if !word.chars().any(char::is_alphabetic) {
            continue;
        }
        let letters: Vec<char> = std::iter::once('_')
            .chain(word.chars())
            .chain(['_'])
            .collect();
        for size in 1..=3 {
            out.extend(letters.windows(size).map(|w| w.iter().collect::<String>()));
        }
        out.push(format!("={word}"));
    }
    out
}

/// whatlang's three-letter codes as the two letters used everywhere else; unknown ones stay.
fn two_letters(code: &str) -> &str {
    match code {
        "eng" => "en",
        "pol" => "pl",
        "lit" => "lt",
        "lav" => "lv",
        "est" => "et",
        "ron" => "ro",
        "por" => "pt",
        "slk" => "sk",
        "ces" => "cs",
        "tur" => "tr",
        "fra" => "fr",
        "spa" => "es",
        "ita" => "it",
        "deu" => "de",
        "nld" => "nl",
        "hun" => "hu",
        "bul" => "bg",
        "ukr" => "uk",
        "rus" => "ru",
        "ell" => "el",
        "ara" => "ar",
        "urd" => "ur",
        "pes" => "fa",
        "ben" => "bn",
        "pan" => "pa",
        "guj" => "gu",
        "hin" => "hi",
        "mar" => "mr",
        "nep" => "ne",
        "tam" => "ta",
        "tel" => "te",
        "mal" => "ml",
        "sin" => "si",
        "cmn" => "zh",
        "jpn" => "ja",
        "kor" => "ko",
        "vie" => "vi",
        "tha" => "th",
        "mya" => "my",
        "heb" => "he",
        "amh" => "am",
        "kat" => "ka",
        "hye" => "hy",
        other => other,
    }
}
