//! Ground floor: time, chance, identifiers, text, languages, money, secrets.
//! What never lives here: anything that knows Direct Payments, people or files.

mod chance;
mod ids;
mod lang;
mod languages;
mod money;
mod pinned;
mod seal;
mod secret;
mod text;
mod time;

pub use chance::Chance;
pub use ids::{CaseReference, ConversationId, Ids, MessageId, NoteId, ReceiptId, Token, TokenHash};
pub use lang::Lang;
pub use languages::Languages;
pub use money::Pence;
pub use pinned::Pinned;
pub use seal::{BadKey, SealKey, is_sealed};
pub use secret::Secret;
pub use text::{
    clip, fold, has_letters, mask_personal, normalise, sentences, without_fillers, words,
};
pub use time::{Clock, Now, Stopwatch, long_date, plain_time};
