//! What hearing gives back: one recording as it was understood, with everything that could be doubted about it.
//! What never lives here: sound, sentences for people (knowledge/messages).

/// One recording as it was understood. It holds no sound and nothing about the voice.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heard {
    /// The words, our terms and figures put as they are written. Empty when `nothing` tells why.
    pub text: String,
    /// How else it may be read, likeliest first, at most three; never the text itself.
    pub alternatives: Vec<String>,
    /// How sure the engine was of the whole, 0 to 1.
    pub confidence: f32,
    /// The words as the engine gave them, each with how sure it was.
    pub words: Vec<HeardWord>,
    /// Why the person should be asked before anything is answered.
    pub doubt: Option<Doubt>,
    /// Why there is no text.
    pub nothing: Option<Nothing>,
    /// Seconds of sound.
    pub seconds: f32,
    /// Which engine's words these are; `None` when none was asked.
    pub engine: Option<Engine>,
}

/// A word as it was heard.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardWord {
    /// With its punctuation.
    pub text: String,
    /// The least sure of its pieces, 0 to 1.
    pub confidence: f32,
}

/// Why the person is asked whether it was heard rightly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The engine was not sure, and no second one agreed.
    Unsure,
    /// A word is none of ours but sounds like one.
    NearTerm,
    /// A figure was heard in two ways, or faintly: figures are never guessed.
    Figure,
}

/// Why there are no words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nothing {
    /// Nobody spoke.
    NoSpeech,
    /// Somebody spoke, but no words could be made out.
    Unclear,
    /// Another language, by its two letters.
    OtherLanguage([u8; 2]),
}

/// What turns sound into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Whisper base: the careful one.
    Whisper,
    /// Moonshine tiny: the quick one.
    Moonshine,
}

/// Why a recording could not be heard at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HearError {
    /// No sound in it.
    #[error("there is no sound in it")]
    Empty,
    /// More bytes than this.
    #[error("the recording is larger than {0} bytes")]
    TooLarge(usize),
    /// More seconds than this.
    #[error("the recording is longer than {0} seconds")]
    TooLong(u32),
    /// Not a recording that can be decoded.
    #[error("it is not a sound recording that can be read")]
    NotSound,
    /// Too many wait already; try again.
    #[error("too many recordings wait to be heard")]
    Busy,
    /// Hearing is not set up: what is missing, for the operator.
    #[error("hearing is not set up: {0}")]
    Absent(String),
    /// Ours.
    #[error("hearing failed: {0}")]
    Fault(String),
}

/// How hearing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hear {
    /// The engines are being loaded; recordings wait.
    Loading,
    /// With these engines, the careful one first.
    Ready(Vec<Engine>),
    /// Not there: why, for the operator.
    Absent(String),
}
