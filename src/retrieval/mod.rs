//! Question -> ranked sections with an absolute confidence. Immutable once built from a `Library`.
//! What never lives here: deciding what to do with a ranking (assistant), writing anything, the clock.

mod confidence;
mod embedding;
mod evidence;
mod grams;
mod index;
mod learnt;
mod meaning;
mod query;
mod rank;
mod search;
#[cfg(feature = "semantic")]
mod senses;
mod services;
mod spelling;
mod topical;
mod verbatim;
mod vocabulary;

pub use confidence::Features;
#[cfg(feature = "semantic")]
pub use embedding::{Embedder, ModelError, Vectors};
pub use embedding::{Model, Role};
pub use evidence::best_sentence;
pub use index::{Index, IndexInfo, RetrievalError};
pub use learnt::{AllLearnt, Bands, ByExample, INDEX_VERSION, Learnt, LearntError, learnt};
pub use meaning::{
    Embed, EmbedError, ExampleVectors, Meaning, SectionTexts, SectionVectors, section_texts,
    spoken_questions,
};
pub use query::Query;
pub use rank::{SIGNAL_NAMES, SIGNALS, Scored};
pub use search::{Candidate, Ranking};
#[cfg(feature = "semantic")]
pub use senses::{Progress, Senses};
pub use services::{FoundService, ServiceQuery, Services};
pub use spelling::Corrector;
