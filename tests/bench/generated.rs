//! A knowledge of any number of sections from the real words, vectors for it from a hash, and a model to ask them with: for
//! cost alone, the same each time.
//! What never lives here: real content, measuring (scale.rs).

use std::{fmt::Write, sync::Arc};

use waymark::{
    knowledge::{Files, Library},
    retrieval::{Embed, EmbedError, Meaning, SectionVectors, learnt},
};

/// Sections of a generated article, the short answer among them.
const SECTIONS: usize = 5;
/// Numbers in a vector, as the real models have them.
const WIDTH: usize = 384;

/// The words of the real articles, as often as they stand there.
pub(crate) fn words(real: &Files) -> Vec<String> {
    real.iter()
        .filter(|(f, _)| f.starts_with("articles/"))
        .flat_map(|(_, text)| waymark::base::words(text))
        .filter(|w| w.bytes().all(|b| b.is_ascii_lowercase()))
        .collect()
}

/// The registers of the real knowledge with articles of a given number of sections.
pub(crate) fn knowledge(real: &Files, words: &[String], sections: usize) -> Files {
    let mut files: Files = real
        .iter()
        .filter(|(f, _)| !f.starts_with("articles/"))
        .map(|(f, t)| (f.clone(), t.clone()))
        .collect();
    let mut draw = Draw(0x2026_1122);
    for number in 0..sections / SECTIONS {
        let (title, short) = (draw.words(words, 5), draw.words(words, 40));
        let (mut asked, mut body) = (String::new(), String::new());
        for anchor in ["summary", "a", "b", "c", "d"] {
            let _ = writeln!(
                asked,
                "{anchor} = [\"{}\", \"{}\"]",
                draw.words(words, 8),
                draw.words(words, 6)
            );
            if anchor != "summary" {
                let _ = writeln!(
                    body,
                    "## {} {{#{anchor}}}\n\n{}.\n",
                    draw.words(words, 4),
                    draw.words(words, 80)
                );
            }
        }
        let text = format!(
            "+++\ntitle = \"{title}\"\nsummary = \"{short}.\"\naudience = [\"employer\"]\nregime = [\"employment\"]\n\
             area = [\"england\"]\nstanding = \"law\"\nreview_by = 2027-10-31\nsources = [\"gov-uk-ssp\"]\n\n[questions]\n{asked}+++\n\n{body}"
        );
        files.insert(format!("articles/generated/{number}.md"), text);
    }
    files
}

/// Questions of five to twelve of the real words.
pub(crate) fn questions(words: &[String], count: usize) -> Vec<String> {
    let mut draw = Draw(0x5eed);
    (0..count).map(|n| draw.words(words, 5 + n % 8)).collect()
}

/// Vectors for every section and question of a library, with a model that costs nothing: the leg's own cost remains.
pub(crate) fn meaning(library: &Library) -> Meaning {
    let mut draw = Draw(0x3e_a41);
    let vectors = library
        .sections()
        .map(|(_, _, section)| SectionVectors {
            asked: draw.vector(),
            told: draw.vector(),
            questions: section.questions.iter().map(|_| draw.vector()).collect(),
        })
        .collect();
    Meaning::new(Arc::new(Drawn), vectors)
}

/// A model whose vectors come from a hash of the text.
struct Drawn;

impl Embed for Drawn {
    fn width(&self) -> usize {
        WIDTH
    }

    /// Passes for the model that the weights were learnt with; here nothing is ranked for its own sake.
    fn fingerprint(&self) -> [u8; 32] {
        let model = learnt().ok().and_then(|l| l.meaning.model.clone());
        let hex = model.unwrap_or_default();
        std::array::from_fn(|n| {
            let byte = hex.get(2 * n..2 * n + 2);
            byte.and_then(|b| u8::from_str_radix(b, 16).ok())
                .unwrap_or(0)
        })
    }

    fn questions(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let seed = |text: &str| {
            text.bytes()
                .fold(1, |h: u64, b| h.wrapping_mul(31).wrapping_add(b.into()))
        };
        Ok(texts.iter().map(|text| Draw(seed(text)).vector()).collect())
    }
}

/// A reproducible stream.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn words(&mut self, from: &[String], count: usize) -> String {
        let mut out = String::new();
        for _ in 0..count {
            let at = usize::try_from(self.next()).unwrap_or(0) % from.len();
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&from[at]);
        }
        out
    }

    /// Of length 1.
    fn vector(&mut self) -> Vec<f32> {
        let mut vector: Vec<f32> = (0..WIDTH)
            .map(|_| f32::from(u16::try_from(self.next() % 2001).unwrap_or(0)) - 1000.0)
            .collect();
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        vector.iter_mut().for_each(|x| *x /= length);
        vector
    }
}
