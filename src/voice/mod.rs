//! Sound <-> text, on this machine alone: a recording in, what was heard with its doubts out; a text in, speech out.
//! What never lives here: what is answered (assistant), sentences for people (knowledge), HTTP, files of people. No sound is
//! kept, logged or sent on, and no voice is told from another.

#[cfg(feature = "voice")]
mod decode;
#[cfg(feature = "voice")]
mod encode;
#[cfg(feature = "voice")]
mod engines;
mod figures;
mod heard;
#[cfg(feature = "voice")]
mod hearing;
mod lexicon;
mod mixed;
mod said;
mod settings;
#[cfg(feature = "voice")]
mod speaking;
mod transcript;
mod understand;
mod weights;

use std::sync::Arc;

use tokio::sync::mpsc;

#[cfg(feature = "voice")]
pub use decode::decode;
pub use figures::written;
pub use heard::{Doubt, Engine, Hear, HearError, Heard, HeardWord, Nothing};
pub use lexicon::Lexicon;
pub use said::{Format, SPEEDS, Say, SayError, Wish, seconds};
pub use settings::{Care, Limits, Settings};
pub use transcript::{Transcript, reading};
pub use weights::{Weights, voices};

/// Hearing and speaking. Cheap to clone; each has a thread of its own.
#[derive(Debug, Clone)]
pub struct Voice(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    limits: Limits,
    #[cfg(feature = "voice")]
    hearing: Result<hearing::Hearing, String>,
    #[cfg(feature = "voice")]
    speaking: Result<speaking::Speaking, String>,
    #[cfg(not(feature = "voice"))]
    why: String,
}

/// Speech under way: a file in parts, the first as soon as there is something to hear.
#[derive(Debug)]
pub struct Speech {
    parts: mpsc::Receiver<Result<Vec<u8>, SayError>>,
}

impl Speech {
    /// The next part; `None` when all is said.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>, SayError>> {
        self.parts.recv().await
    }

    /// All of it as one file.
    ///
    /// # Errors
    /// When speaking failed on the way.
    pub async fn whole(mut self) -> Result<Vec<u8>, SayError> {
        let mut file = Vec::new();
        while let Some(part) = self.next().await {
            file.extend(part?);
        }
        Ok(file)
    }
}

impl Voice {
    /// Neither hears nor speaks, for this reason.
    pub fn off(why: &str) -> Self {
        Self(Arc::new(Parts {
            limits: Limits {
                bytes: 0,
                seconds: 0,
            },
            #[cfg(feature = "voice")]
            hearing: Err(why.to_owned()),
            #[cfg(feature = "voice")]
            speaking: Err(why.to_owned()),
            #[cfg(not(feature = "voice"))]
            why: why.to_owned(),
        }))
    }

    /// Hears and speaks with whatever is there; loading goes on beside.
    #[cfg(feature = "voice")]
    pub fn open(settings: &Settings) -> Self {
        let runtime = match &settings.runtime {
            Some(path) => Ok(path.clone()),
            None => weights::checked(Weights::Runtime, &settings.models)
                .and_then(|paths| paths.into_iter().next().ok_or_else(|| "no file".to_owned())),
        };
        let onnx = runtime.and_then(|library| engines::onnx::Onnx::open(&library));
        Self(Arc::new(Parts {
            limits: settings.limits,
            hearing: hearing::Hearing::start(settings, onnx.clone()),
            speaking: speaking::Speaking::start(settings, onnx),
        }))
    }

    /// A build without speech.
    #[cfg(not(feature = "voice"))]
    pub fn open(_: &Settings) -> Self {
        Self::off("this build has no speech in it")
    }

    /// What was said in a recording. One is heard after the other; the bytes are dropped when it is done.
    ///
    /// # Errors
    /// What is wrong with the recording, `Busy`, or `Absent`.
    pub async fn hear(&self, bytes: Vec<u8>, lexicon: Lexicon) -> Result<Heard, HearError> {
        #[cfg(feature = "voice")]
        return match &self.0.hearing {
            Ok(hearing) => hearing.hear(bytes, lexicon).await,
            Err(why) => Err(HearError::Absent(why.clone())),
        };
        #[cfg(not(feature = "voice"))]
        {
            drop((bytes, lexicon));
            Err(HearError::Absent(self.0.why.clone()))
        }
    }

    /// Whether a recording of that size and length would be heard, as far as that is known before it is there.
    ///
    /// # Errors
    /// `TooLarge`, `TooLong`, or `Absent`.
    pub fn would_hear(&self, bytes: Option<u64>, seconds: Option<u32>) -> Result<(), HearError> {
        match self.hearing() {
            Hear::Absent(why) => Err(HearError::Absent(why)),
            Hear::Loading | Hear::Ready(_) => self.0.limits.admit(bytes, seconds),
        }
    }

    /// Whether anything can be read aloud.
    pub fn speaks(&self) -> bool {
        !matches!(self.speaking(), Say::Absent(_))
    }

    /// A text that is written as it is said (`knowledge::speakable`), spoken.
    ///
    /// # Errors
    /// What is wrong with the wish or the text, `Busy`, or `Absent`.
    pub fn say(&self, text: &str, wish: Wish) -> Result<Speech, SayError> {
        #[cfg(feature = "voice")]
        return match &self.0.speaking {
            Ok(speaking) => speaking.say(text, wish),
            Err(why) => Err(SayError::Absent(why.clone())),
        };
        #[cfg(not(feature = "voice"))]
        {
            let _ = (text, wish);
            Err(SayError::Absent(self.0.why.clone()))
        }
    }

    /// How hearing stands.
    pub fn hearing(&self) -> Hear {
        #[cfg(feature = "voice")]
        return match &self.0.hearing {
            Ok(hearing) => hearing.state(),
            Err(why) => Hear::Absent(why.clone()),
        };
        #[cfg(not(feature = "voice"))]
        Hear::Absent(self.0.why.clone())
    }

    /// How speaking stands.
    pub fn speaking(&self) -> Say {
        #[cfg(feature = "voice")]
        return match &self.0.speaking {
            Ok(speaking) => speaking.state(),
            Err(why) => Say::Absent(why.clone()),
        };
        #[cfg(not(feature = "voice"))]
        Say::Absent(self.0.why.clone())
    }
}
