//! `POST .../voice`: says that speech is not set up, until the voice room is there.
//! What never lives here: sound.

use super::caller::Caller;
use crate::trouble::Trouble;

/// Answers 501 with where to go instead.
pub(crate) async fn hear(_: Caller) -> Trouble {
    Trouble::NoVoice
}
