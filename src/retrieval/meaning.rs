//! The leg that goes by meaning: one model's vectors of every section and of every question it answers, compared with the
//! vector of what was asked, all of them (notes on measurements: no approximate index is needed at 100,000 sections).
//! What never lives here: the models themselves (embedding), words (index.rs), ranking.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    base::Lang,
    knowledge::{Library, Section, SectionRef},
};

/// The last so many texts asked are remembered: triage, follow-ups and search ask about the same words in one turn, and a story is
/// asked about in some twenty pieces.
const REMEMBERED: usize = 256;

/// A model that turns a question into a vector. Deterministic: the same text, the same vector.
pub trait Embed: Send + Sync {
    /// Numbers in a vector.
    fn width(&self) -> usize;
    /// Which weights these are, a SHA-256: what was learnt with one model is not used with another.
    fn fingerprint(&self) -> [u8; 32];
    /// Whether it reads many languages: what all questions in one have in common then says nothing about what is asked, and is
    /// taken out (Mu and Viswanath 2018, "All-but-the-top"), which parts alike from unlike in each and brings languages together.
    fn many_languages(&self) -> bool {
        false
    }
    /// A vector of length 1 as it is compared with those of sections and questions: turned by what was learnt from the knowledge.
    fn adapted(&self, vector: &[f32]) -> Vec<f32> {
        vector.to_vec()
    }
    /// The vectors of questions, in their order, each of length 1.
    ///
    /// # Errors
    /// When the model cannot be run.
    fn questions(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;
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

/// The questions in another language, each with the number of the section that answers it.
pub fn spoken_questions<'a>(library: &'a Library, lang: &Lang) -> Vec<(usize, &'a str)> {
    let sections = library.sections().enumerate();
    let numbers: HashMap<SectionRef, usize> = sections.map(|(n, (place, ..))| (place, n)).collect();
    let asked = library.asked.of(lang).iter();
    asked
        .filter_map(|(place, question)| Some((*numbers.get(place)?, question.as_str())))
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
    /// One row a section: the mean of its two vectors, adapted.
    sections: Vec<f32>,
    /// One row a question, section by section, adapted.
    questions: Vec<f32>,
    /// Where each section's questions begin; one more than there are sections.
    starts: Vec<usize>,
    /// One row a question held in another language, adapted, and the number of the section that answers it.
    spoken: Vec<f32>,
    spoken_of: Vec<usize>,
    /// The mean of each language's questions; none for a model of one language.
    centres: Vec<(Lang, Vec<f32>)>,
    /// One row an example of a rule, adapted, and which of `Rules::examples` it is of.
    examples: Vec<f32>,
    example_of: Vec<usize>,
    /// One row a sentence that only sounds like an example.
    others: Vec<f32>,
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
            spoken: Vec::new(),
            spoken_of: Vec::new(),
            centres: Vec::new(),
            examples: Vec::new(),
            example_of: Vec::new(),
            others: Vec::new(),
            remembered: Mutex::default(),
        };
        let english = Lang::english();
        let questions = vectors.iter().flat_map(|section| &section.questions);
        meaning.centre_on(&english, questions);
        for section in vectors {
            let sum = section.asked.iter().zip(&section.told).map(|(a, b)| a + b);
            let sum: Vec<f32> = sum.collect();
            let row = meaning.adapted(&sum, &english);
            meaning.sections.extend(row);
            for question in section.questions {
                let row = meaning.adapted(&question, &english);
                meaning.questions.extend(row);
            }
            meaning.starts.push(meaning.questions.len() / width.max(1));
        }
        meaning
    }

    /// Adds the examples of rules: of each of `Rules::examples` in order, the vectors of its examples and of its others.
    #[must_use]
    pub fn with_examples(mut self, rules: Vec<ExampleVectors>) -> Self {
        let english = Lang::english();
        for (number, ExampleVectors { examples, others }) in rules.into_iter().enumerate() {
            for example in examples {
                let row = self.adapted(&example, &english);
                self.examples.extend(row);
                self.example_of.push(number);
            }
            for other in others {
                let row = self.adapted(&other, &english);
                self.others.extend(row);
            }
        }
        self
    }

    /// Adds the questions held in another language: the number of the section that answers each, and its vector.
    #[must_use]
    pub fn with_spoken(mut self, lang: &Lang, questions: &[(usize, Vec<f32>)]) -> Self {
        self.centre_on(lang, questions.iter().map(|(_, vector)| vector));
        for (section, vector) in questions {
            let row = self.adapted(vector, lang);
            self.spoken.extend(row);
            self.spoken_of.push(*section);
        }
        self
    }

    fn centre_on<'a>(&mut self, lang: &Lang, questions: impl Iterator<Item = &'a Vec<f32>>) {
        if self.model.many_languages() {
            self.centres
                .push((lang.clone(), mean(self.width, questions)));
        }
    }

    /// The rule whose examples a vector of `of` is likest to, of a text in this language, as the place in `Rules::examples`, and by how much more than to what
    /// people ask that is answered. Likeness to many is a soft maximum over cosines: the sharper, the more the nearest alone
    /// counts. `None` without examples.
    pub fn rule(&self, vector: &[f32], lang: &Lang, sharp: f64) -> Option<(usize, f64)> {
        let vector = &self.adapted(vector, lang);
        let rows = |numbers: &'_ [f32]| -> Vec<f64> {
            let rows = numbers.chunks_exact(self.width.max(1));
            rows.map(|row| (sharp * (dot(row, vector) - 1.0)).exp())
                .collect()
        };
        let mut by_rule: Vec<f64> = Vec::new();
        for (mass, rule) in rows(&self.examples).into_iter().zip(&self.example_of) {
            if by_rule.len() <= *rule {
                by_rule.resize(rule + 1, 0.0);
            }
            if let Some(sum) = by_rule.get_mut(*rule) {
                *sum += mass;
            }
        }
        let ordinary = [&self.questions, &self.spoken, &self.others];
        let asked: f64 = ordinary.into_iter().flat_map(|held| rows(held)).sum();
        let (rule, mass) = by_rule
            .into_iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        let soft = |mass: f64| mass.max(f64::MIN_POSITIVE).ln() / sharp;
        Some((rule, soft(mass) - soft(asked)))
    }

    /// Which model made the vectors: SHA-256 in hexadecimal.
    pub fn fingerprint(&self) -> String {
        let bytes = self.model.fingerprint();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The vector of a text asked; `None` when the model fails, which it logs.
    pub fn of(&self, text: &str) -> Option<Arc<Vec<f32>>> {
        self.of_all(&[text])?.pop()
    }

    /// The vectors of several texts, in their order, those that are not remembered made at once; `None` when the model fails, which
    /// it logs.
    pub fn of_all<T: AsRef<str>>(&self, texts: &[T]) -> Option<Vec<Arc<Vec<f32>>>> {
        let lock = || {
            let held = self.remembered.lock();
            held.unwrap_or_else(PoisonError::into_inner)
        };
        let mut vectors: HashMap<&str, Arc<Vec<f32>>> = HashMap::new();
        for (text, vector) in lock().iter() {
            if let Some(asked) = texts.iter().find(|t| t.as_ref() == text) {
                vectors.insert(asked.as_ref(), vector.clone());
            }
        }
        let mut missing: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        missing.retain(|text| !vectors.contains_key(text));
        let made = match self.model.questions(&missing) {
            Ok(made) => made,
            Err(error) => {
                tracing::warn!(%error, "the embedding model failed; searching by words alone");
                return None;
            }
        };
        let mut held = lock();
        for (text, vector) in missing.into_iter().zip(made) {
            let vector = Arc::new(vector);
            held.push_front((text.to_owned(), vector.clone()));
            vectors.insert(text, vector);
        }
        held.truncate(REMEMBERED);
        drop(held);
        let asked = texts.iter().map(|t| vectors.get(t.as_ref()).cloned());
        asked.collect()
    }

    /// A vector of `of`, of a text in this language, as `sections` and `nearest` want it: of length 1.
    pub(super) fn adapted(&self, vector: &[f32], lang: &Lang) -> Vec<f32> {
        let own = self.centres.iter().find(|(held, _)| held == lang);
        let centre = own.map(|(_, centre)| centre.clone()).or_else(|| {
            // Nothing is held in it: what the others have in common is the nearest that is known.
            let others = self.centres.iter().filter(|(held, _)| !held.is_english());
            let others = mean(self.width, others.map(|(_, centre)| centre));
            Some(others).filter(|_| !self.centres.is_empty())
        });
        let mut vector = of_length_one(vector.to_vec());
        for (x, centre) in vector.iter_mut().zip(centre.iter().flatten()) {
            *x -= centre;
        }
        of_length_one(self.model.adapted(&of_length_one(vector)))
    }

    /// Likeness of every section to an adapted vector: cosine, -1 to 1.
    pub(super) fn sections(&self, vector: &[f32]) -> Vec<f64> {
        self.sections
            .chunks_exact(self.width.max(1))
            .map(|row| dot(row, vector))
            .collect()
    }

    /// Likeness of each section's nearest question in any language to an adapted vector, in the order of sections; very small
    /// for a section without questions.
    pub(super) fn nearest_in_any(&self, vector: &[f32]) -> Vec<f64> {
        let sections = 0..self.starts.len().saturating_sub(1);
        let mut nearest: Vec<f64> = sections
            .map(|section| self.nearest(section, vector).unwrap_or(f64::MIN))
            .collect();
        let rows = self.spoken.chunks_exact(self.width.max(1));
        for (row, section) in rows.zip(&self.spoken_of) {
            if let Some(best) = nearest.get_mut(*section) {
                *best = best.max(dot(row, vector));
            }
        }
        nearest
    }

    /// Likeness of the section's nearest question to an adapted vector; `None` for a section without questions.
    pub(super) fn nearest(&self, section: usize, vector: &[f32]) -> Option<f64> {
        let (from, to) = (*self.starts.get(section)?, *self.starts.get(section + 1)?);
        self.questions
            .get(from * self.width..to * self.width)?
            .chunks_exact(self.width.max(1))
            .map(|row| dot(row, vector))
            .reduce(f64::max)
    }
}

/// The vectors of one rule's examples.
#[derive(Debug, Clone, PartialEq)]
pub struct ExampleVectors {
    /// Of the sentences that belong to it.
    pub examples: Vec<Vec<f32>>,
    /// Of those that only sound like it.
    pub others: Vec<Vec<f32>>,
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
pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
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

fn mean<'a>(width: usize, rows: impl Iterator<Item = &'a Vec<f32>>) -> Vec<f32> {
    let mut sum = vec![0.0_f32; width];
    let mut count = 0.0_f32;
    for row in rows {
        count += 1.0;
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
    sum.iter_mut().for_each(|sum| *sum /= count.max(1.0));
    sum
}

pub(super) fn of_length_one(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}
