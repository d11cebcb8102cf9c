//! Question -> ranked sections with an absolute confidence. Immutable once built from a `Library`.
//! What never lives here: deciding what to do with a ranking (assistant), writing anything, the clock.

mod confidence;
mod embedding;
mod evidence;
mod index;
mod query;
mod search;
mod spelling;
mod vocabulary;

pub use confidence::{Calibration, Features};
#[cfg(feature = "semantic")]
pub use embedding::{Embedder, ModelError};
pub use embedding::{Model, ModelFile, Role};
pub use evidence::best_sentence;
pub use index::{Index, IndexInfo, RetrievalError};
pub use query::Query;
pub use search::{Candidate, Ranking};
pub use spelling::Corrector;
