//! What only SQLite knows: opening a file with care, bringing it up to date, its errors in the store's words.
//! What never lives here: what is asked of the database (../sql/).

pub(super) mod copy;
mod errors;
mod migrate;
pub(super) mod open;
