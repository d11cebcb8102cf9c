//! Question -> ranked sections with an absolute confidence. Immutable once built from a `Library`.
//! What never lives here: deciding what to do with a ranking (assistant), writing anything, the clock.

mod confidence;
mod evidence;
mod index;
mod query;
mod search;
mod services;
mod spelling;
mod vocabulary;

pub use confidence::{Calibration, Features};
pub use evidence::best_sentence;
pub use index::{Index, IndexInfo, RetrievalError};
pub use query::Query;
pub use search::{Candidate, Ranking};
pub use services::{FoundService, ServiceQuery, Services};
pub use spelling::Corrector;
