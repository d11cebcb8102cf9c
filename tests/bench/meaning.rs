//! The leg that goes by meaning, for the parts that measure with the real model.
//! What never lives here: the model (retrieval).

use std::{path::Path, sync::Arc};

use waymark::{
    knowledge::Library,
    retrieval::{Embedder, Index, Meaning, Model, Role, SectionVectors, section_texts},
};

/// Whether the English model's files are in a folder of models.
pub(crate) fn there(models: &Path) -> bool {
    let model = Model::MiniLm;
    let mut files = model.files().iter();
    files.all(|file| model.path(models, file).exists())
}

/// The English model.
pub(crate) fn embedder(models: &Path) -> Arc<Embedder> {
    Arc::new(Embedder::open(Model::MiniLm, models).unwrap())
}

/// An index with the vectors of all its sections.
pub(crate) fn add(index: Index, library: &Library, embedder: &Arc<Embedder>) -> Index {
    let one = |text: &String| {
        let mut vectors = embedder.embed(Role::Passage, &[text]).unwrap();
        vectors.remove(0)
    };
    let vectors = section_texts(library)
        .iter()
        .map(|texts| SectionVectors {
            asked: one(&texts.asked),
            told: one(&texts.told),
            questions: texts.questions.iter().map(one).collect(),
        })
        .collect();
    let meaning = Meaning::new(embedder.clone(), vectors);
    index.with_meaning(Some(meaning), None).unwrap()
}
