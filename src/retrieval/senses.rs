//! The models that are there, and the knowledge read by them: what an index needs in order to go by meaning.
//! What never lives here: the search itself (search.rs), fetching models (bots/cli).

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    embedding::{Embedder, Model, ModelError, Role, Vectors},
    meaning::{ExampleVectors, Meaning, SectionVectors, section_texts, spoken_questions},
};
use crate::knowledge::Library;

/// How far reading has come: model, texts done, texts in all.
pub type Progress<'a> = &'a (dyn Fn(Model, usize, usize) + Sync);

/// The opened models. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Senses {
    english: Option<Arc<Embedder>>,
    tongues: Option<Arc<Embedder>>,
    vectors: PathBuf,
}

impl Senses {
    /// Opens whatever models are in `models`; their vectors are kept in `vectors`. An absent model is no error: things work
    /// with less.
    ///
    /// # Errors
    /// When a model is there and cannot be used: other bytes than the pinned ones, or it cannot be read.
    pub fn open(models: &Path, vectors: &Path) -> Result<Self, ModelError> {
        let open = |model| match Embedder::open(model, models) {
            Ok(embedder) => Ok(Some(Arc::new(embedder))),
            Err(ModelError::Absent(_)) => Ok(None),
            Err(error) => Err(error),
        };
        Ok(Self {
            english: open(Model::MiniLm)?,
            tongues: open(Model::E5)?,
            vectors: vectors.to_owned(),
        })
    }

    /// Whether no model is there.
    pub fn is_empty(&self) -> bool {
        self.english.is_none() && self.tongues.is_none()
    }

    /// The English model alone: it has read the knowledge in a fraction of the time that the other takes.
    #[must_use]
    pub fn english(&self) -> Self {
        Self {
            tongues: None,
            ..self.clone()
        }
    }

    /// The knowledge read by each model: English, other languages. Only texts that were never read before take time.
    ///
    /// # Errors
    /// When a model fails.
    pub fn read(
        &self,
        library: &Library,
        progress: Progress<'_>,
    ) -> Result<(Option<Meaning>, Option<Meaning>), ModelError> {
        let read = |embedder: &Option<Arc<Embedder>>| {
            embedder
                .as_ref()
                .map(|embedder| self.by(embedder, library, progress))
                .transpose()
        };
        Ok((read(&self.english)?, read(&self.tongues)?))
    }

    fn by(
        &self,
        embedder: &Arc<Embedder>,
        library: &Library,
        progress: Progress<'_>,
    ) -> Result<Meaning, ModelError> {
        let texts = section_texts(library);
        let mut kept = Vectors::open(&self.vectors, embedder);
        let tell = |done, all| progress(embedder.model(), done, all);
        let passages: Vec<&str> = texts
            .iter()
            .flat_map(|t| [t.asked.as_str(), t.told.as_str()])
            .collect();
        let questions: Vec<&str> = texts
            .iter()
            .flat_map(|t| t.questions.iter().map(String::as_str))
            .collect();
        let passages = embedder.embed_all(Role::Passage, &passages, &mut kept, &tell)?;
        let questions = embedder.embed_all(Role::Question, &questions, &mut kept, &tell)?;
        let (mut passages, mut questions) = (passages.into_iter(), questions.into_iter());
        let sections = texts
            .iter()
            .map(|t| SectionVectors {
                asked: passages.next().unwrap_or_default(),
                told: passages.next().unwrap_or_default(),
                questions: questions.by_ref().take(t.questions.len()).collect(),
            })
            .collect();
        let mut examples = Vec::new();
        for rule in &library.rules.examples {
            let mut read = |texts: &[String]| {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                embedder.embed_all(Role::Question, &texts, &mut kept, &tell)
            };
            examples.push(ExampleVectors {
                examples: read(&rule.examples)?,
                others: read(&rule.not)?,
            });
        }
        let mut meaning = Meaning::new(embedder.clone(), sections).with_examples(examples);
        if embedder.model() == Model::E5 {
            for lang in library.asked.languages() {
                let asked = spoken_questions(library, lang);
                let texts: Vec<&str> = asked.iter().map(|(_, text)| *text).collect();
                let vectors = embedder.embed_all(Role::Question, &texts, &mut kept, &tell)?;
                let of = asked.iter().map(|(section, _)| *section).zip(vectors);
                meaning = meaning.with_spoken(lang, &of.collect::<Vec<_>>());
            }
        }
        Ok(meaning)
    }
}
