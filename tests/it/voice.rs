//! Hearing and speaking from outside: sound in all its forms and in none, what is believed of what engines say, how a spoken
//! turn is answered. What needs weights says that it was skipped where they are not.

mod answered;
#[cfg(feature = "voice")]
mod sound;
mod understood;
#[cfg(feature = "voice")]
mod weights;
