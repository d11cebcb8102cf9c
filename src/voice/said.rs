//! What may be asked of speaking and how it can go wrong; and how a text is cut into pieces that are spoken one by one.
//! What never lives here: sound; how figures are said (knowledge).

use super::weights::voices;

/// How somebody wants to be spoken to.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// One of [`voices`]; `None`: the one of this service.
    pub voice: Option<String>,
    /// 1.0 is the usual pace; 0.5 to 1.5.
    pub speed: f32,
    /// The kind of file.
    pub format: Format,
}

/// The slowest and the quickest that can be asked for.
pub const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=1.5;

impl Default for Wish {
    fn default() -> Self {
        Self {
            voice: None,
            speed: 1.0,
            format: Format::default(),
        }
    }
}

impl Wish {
    /// The wish if there is such a voice and such a speed.
    ///
    /// # Errors
    /// `BadWish` with what can be asked for.
    pub fn checked(self) -> Result<Self, SayError> {
        let known = |wished: &String| voices().any(|name| name == wished);
        if !self.voice.as_ref().is_none_or(known) {
            let known: Vec<&str> = voices().collect();
            return Err(SayError::BadWish(format!(
                "voice is one of {}",
                known.join(", ")
            )));
        }
        if !SPEEDS.contains(&self.speed) {
            let (least, most) = (SPEEDS.start(), SPEEDS.end());
            return Err(SayError::BadWish(format!(
                "speed is from {least} to {most}"
            )));
        }
        Ok(self)
    }
}

/// The kind of a file of speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// OGG/Opus: voice notes, most browsers. It comes as it is spoken.
    #[default]
    Ogg,
    /// WAV, for what plays nothing else. It comes when all is spoken.
    Wav,
}

impl Format {
    /// What it is called on the web.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Ogg => "audio/ogg; codecs=opus",
            Self::Wav => "audio/wav",
        }
    }
}

/// Why nothing is spoken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SayError {
    /// No words in it.
    #[error("there is nothing to say")]
    Empty,
    /// Only English can be spoken.
    #[error("only English can be read out")]
    NotEnglish,
    /// More letters than this.
    #[error("the text is longer than {0} letters")]
    TooLong(usize),
    /// A voice or a speed that there is not.
    #[error("{0}")]
    BadWish(String),
    /// Too much to say right now; try again.
    #[error("too many wait to be spoken to")]
    Busy,
    /// Speaking is not set up: what is missing, for the operator.
    #[error("speaking is not set up: {0}")]
    Absent(String),
    /// Ours.
    #[error("speaking failed: {0}")]
    Fault(String),
}

/// How speaking stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Say {
    /// The engine is being loaded; what is to be said waits.
    Loading,
    /// With a British voice.
    Natural,
    /// With espeak-ng's own voice, the last resort; and why.
    Plain(String),
    /// Not there: why, for the operator.
    Absent(String),
}

/// Seconds of an OGG/Opus file, rounded up: its last page tells how far it goes, in 48,000 steps a second.
pub fn seconds(ogg: &[u8]) -> u32 {
    let page = ogg.windows(4).rposition(|at| at == b"OggS").unwrap_or(0);
    let position = ogg.get(page + 6..page + 14);
    let position = position.and_then(|eight| eight.try_into().ok());
    let position = position.map_or(0, u64::from_le_bytes);
    u32::try_from(position.div_ceil(48_000)).unwrap_or(u32::MAX)
}

/// A text of more letters is not read out.
pub(super) const MOST: usize = 20_000;
/// A first piece of more letters would keep people waiting; a later one would be more than an engine takes.
const FIRST: usize = 70;
const LATER: usize = 240;

/// The pieces of a text in which it is spoken: its sentences, long ones cut where one breathes, a short one first.
pub(super) fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for line in text.lines() {
        for sentence in crate::base::sentences(line) {
            let mut rest = sentence.trim();
            while !rest.is_empty() {
                let most = if pieces.is_empty() { FIRST } else { LATER };
                let (piece, after) = rest.split_at(breath(rest, most));
                let piece = piece.trim();
                if piece.chars().any(char::is_alphanumeric) {
                    pieces.push(piece.to_owned());
                }
                rest = after.trim_start();
            }
        }
    }
    pieces
}

/// Words before which one may breathe: cut anywhere else, a sentence sounds as if it had ended.
const JOINTS: [&str; 9] = [
    " and ",
    " or ",
    " but ",
    " because ",
    " if ",
    " when ",
    " which ",
    " who ",
    " so ",
];

/// Where to cut so that at most so many letters come before: behind a comma, else before a joint, else behind a word.
fn breath(text: &str, most: usize) -> usize {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text.len();
    };
    let head = text.get(..end).unwrap_or(text);
    let comma = head
        .rfind([',', ';', ':'])
        .filter(|at| *at > most / 3)
        .map(|at| at + 1);
    let joint = JOINTS.iter().filter_map(|joint| head.rfind(joint)).max();
    comma
        .or(joint.filter(|at| *at > most / 3))
        .or_else(|| head.rfind(' ').filter(|at| *at > 0))
        .unwrap_or(end)
}
