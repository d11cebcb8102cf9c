//! The leg that goes by meaning: one model's vectors of every section and of every question it answers, compared with the
//! vector of what was asked, all of them (notes on measurements: no approximate index is needed at 100,000 sections).
//! What never lives here: the models themselves (embedding), words (index.rs), ranking.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use crate::knowledge::{Library, Section};

/// The last so many texts asked are remembered: triage, follow-ups and search ask about the same words in one turn.
const REMEMBERED: usize = 64;

/// A model that turns a question into a vector. Deterministic: the same text, the same vector.
pub trait Embed: Send + Sync {
    /// Numbers in a vector.
    fn width(&self) -> usize;
    /// Which weights these are, a SHA-256: what was learnt with one model is not used with another.
    fn fingerprint(&self) -> [u8; 32];
    /// The vector of a question, of length 1.
    ///
    /// # Errors
    /// When the model cannot be run.
    fn question(&self, text: &str) -> Result<Vec<f32>, EmbedError>;
}

/// A model that could not be run.
#[derive(Debug, thiserror::Error)]
#[error("embedding model: {0}")]
pub struct EmbedError(pub String);

/// What is embedded of one section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionTexts {
    /// Title and the questions it answers.
    pub asked: String,
    /// Title and body.
    pub told: String,
    /// Each question alone.
    pub questions: Vec<String>,
}

/// The texts of every section, in the order of `Library::sections`.
pub fn section_texts(library: &Library) -> Vec<SectionTexts> {
    library
        .sections()
        .map(|(_, article, section)| {
            let title = titled(&article.title, section);
            let body = Library::without_placeholders(&section.plain);
            SectionTexts {
                asked: format!("{title}. {}", section.questions.join(" ")),
                told: format!("{title}. {body}"),
                questions: section.questions.clone(),
            }
        })
        .collect()
}

/// The section's title as the index reads it: the article's, and the heading unless it is the short answer.
pub(super) fn titled(article: &str, section: &Section) -> String {
    match section.anchor.as_str() {
        "summary" => article.to_owned(),
        _ => format!("{article} {}", section.heading),
    }
}

/// The vectors of one model.
pub struct Meaning {
    model: Arc<dyn Embed>,
    width: usize,
    /// One row a section: the mean of its two vectors, of length 1.
    sections: Vec<f32>,
    /// One row a question, section by section.
    questions: Vec<f32>,
    /// Where each section's questions begin; one more than there are sections.
    starts: Vec<usize>,
    remembered: Mutex<VecDeque<(String, Arc<Vec<f32>>)>>,
}

impl std::fmt::Debug for Meaning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meaning")
            .field("model", &self.fingerprint())
            .field("sections", &(self.starts.len().saturating_sub(1)))
            .finish_non_exhaustive()
    }
}

impl Meaning {
    /// Of sections in order: for each the vectors of its `asked` and `told`, and one a question; all of length 1.
    pub fn new(model: Arc<dyn Embed>, vectors: Vec<SectionVectors>) -> Self {
        let width = model.width();
        let mut meaning = Self {
            model,
            width,
            sections: Vec::with_capacity(vectors.len() * width),
            questions: Vec::new(),
            starts: vec![0],
            remembered: Mutex::default(),
        };
        for section in vectors {
            let sum = section.asked.iter().zip(&section.told).map(|(a, b)| a + b);
            meaning.sections.extend(of_length_one(sum.collect()));
            for question in section.questions {
                meaning.questions.extend(question);
            }
            meaning.starts.push(meaning.questions.len() / width.max(1));
        }
        meaning
    }

    /// Which model made the vectors: SHA-256 in hexadecimal.
    pub fn fingerprint(&self) -> String {
        let bytes = self.model.fingerprint();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The vector of a text asked; `None` when the model fails, which it logs.
    pub fn of(&self, text: &str) -> Option<Arc<Vec<f32>>> {
        let mut held = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, vector)) = held.iter().find(|(t, _)| t == text) {
            return Some(vector.clone());
        }
        drop(held);
        let vector = match self.model.question(text) {
            Ok(vector) => Arc::new(vector),
            Err(error) => {
                tracing::warn!(%error, "the embedding model failed; searching by words alone");
                return None;
            }
        };
        held = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.push_front((text.to_owned(), vector.clone()));
        held.truncate(REMEMBERED);
        Some(vector)
    }

    /// Likeness of every section to a vector: cosine, -1 to 1.
    pub(super) fn sections(&self, vector: &[f32]) -> Vec<f64> {
        self.sections
            .chunks_exact(self.width.max(1))
            .map(|row| dot(row, vector))
            .collect()
    }

    /// Likeness of the section's nearest question; `None` for a section without questions.
    pub(super) fn nearest(&self, section: usize, vector: &[f32]) -> Option<f64> {
        let (from, to) = (*self.starts.get(section)?, *self.starts.get(section + 1)?);
        self.questions
            .get(from * self.width..to * self.width)?
            .chunks_exact(self.width.max(1))
            .map(|row| dot(row, vector))
            .reduce(f64::max)
    }
}

/// The vectors of one section.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionVectors {
    /// Of `SectionTexts::asked`.
    pub asked: Vec<f32>,
    /// Of `SectionTexts::told`.
    pub told: Vec<f32>,
    /// Of each question.
    pub questions: Vec<Vec<f32>>,
}

/// Eight sums side by side, so that the compiler can use the wide registers.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    let (wide_a, rest_a) = a.as_chunks::<8>();
    let (wide_b, rest_b) = b.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    for (x, y) in wide_a.iter().zip(wide_b) {
        for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
            *sum += x * y;
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(x, y)| x * y).sum();
    f64::from(sums.iter().sum::<f32>() + rest)
}

fn of_length_one(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}
