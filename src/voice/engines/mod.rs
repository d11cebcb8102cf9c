//! The models behind hearing and speaking, one file each. Each keeps to one thread, the caller's.
//! What never lives here: which of them is asked, and what is made of their words.

pub(super) mod gate;
pub(super) mod kokoro;
pub(super) mod moonshine;
pub(super) mod onnx;
pub(super) mod phonemes;
pub(super) mod whisper;
