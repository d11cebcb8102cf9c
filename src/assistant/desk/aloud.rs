//! The desk's ears and mouth: a recording heard, a reply read out, the words for what could not be heard.
//! What never lives here: sound (voice), what is answered (step).

use super::Desk;
use crate::{
    assistant::{Reply, state::State},
    base::Lang,
    knowledge::speakable,
    voice::{Hear, HearError, Heard, Say, SayError, Speech, Voice, Wish},
};

/// Whether what is pushed is read aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::assistant) enum Reading {
    /// It cannot be.
    Silent,
    /// At a press.
    Offered,
    /// The person wished for it.
    Always,
}

impl Desk {
    /// The same desk, hearing and speaking; without it people type and read. Only the first voice counts.
    pub fn with_voice(self, voice: Voice) -> Self {
        self.0.voice.get_or_init(|| voice);
        self
    }

    /// Whether recordings are heard, be it after a moment of loading.
    pub fn hears(&self) -> bool {
        self.would_hear(None, None).is_ok()
    }

    /// Whether replies are read aloud, be it after a moment of loading.
    pub fn speaks(&self) -> bool {
        self.0.voice.get().is_some_and(Voice::speaks)
    }

    /// What was said in a recording; hand it to [`Desk::turn`] as `Said::Heard`. The recording is dropped when it is heard.
    ///
    /// # Errors
    /// What is wrong with it; [`Desk::unheard`] has the words for the person.
    pub async fn hear(&self, recording: Vec<u8>) -> Result<Heard, HearError> {
        match self.0.voice.get() {
            Some(voice) => {
                let lexicon = self.snapshot().lexicon().clone();
                voice.hear(recording, lexicon).await
            }
            None => Err(HearError::Absent("nobody opened it".into())),
        }
    }

    /// Whether a recording of that size and length would be heard, as far as that is known before it is there.
    ///
    /// # Errors
    /// What is wrong with it; [`Desk::unheard`] has the words for the person.
    pub fn would_hear(&self, bytes: Option<u64>, seconds: Option<u32>) -> Result<(), HearError> {
        self.voice().would_hear(bytes, seconds)
    }

    /// Its voice; one that neither hears nor speaks where none was opened.
    pub fn voice(&self) -> Voice {
        let held = self.0.voice.get();
        held.cloned()
            .unwrap_or_else(|| Voice::off("nobody opened it"))
    }

    /// What becomes of speech when something in that language is pushed to somebody.
    pub(in crate::assistant) fn reading(&self, state: &State, lang: &Lang) -> Reading {
        match (self.speaks() && lang.is_english(), state.aloud) {
            (false, _) => Reading::Silent,
            (true, false) => Reading::Offered,
            (true, true) => Reading::Always,
        }
    }

    /// A text as it is said.
    pub(in crate::assistant) fn as_said(&self, markdown: &str) -> String {
        speakable(markdown, &self.library().registers.spoken)
    }

    /// What a person is told whose recording could not be heard at all.
    pub fn unheard(&self, error: &HearError, lang: &Lang) -> String {
        let library = self.library();
        let say = |id: &str, holes: &[(&str, &str)]| library.messages.say(lang, id, holes);
        match error {
            HearError::TooLong(seconds) => {
                let minutes = (seconds / 60).max(1).to_string();
                say("voice_too_long", &[("minutes", &minutes)])
            }
            HearError::TooLarge(_) | HearError::NotSound => say("voice_not_sound", &[]),
            HearError::Empty => say("voice_no_speech", &[]),
            HearError::Busy => say("voice_busy", &[]),
            HearError::Absent(_) | HearError::Fault(_) => say("voice_absent", &[]),
        }
    }

    /// A reply read aloud: the answer and what to do next, urgent help whole.
    ///
    /// # Errors
    /// When it is in another language than English, or speaking is not there.
    pub fn read_out(&self, reply: &Reply, wish: Wish) -> Result<Speech, SayError> {
        match reply.language.is_english() {
            true => self.speak(&reply.aloud(), wish),
            false => Err(SayError::NotEnglish),
        }
    }

    /// Any English text read aloud, markdown or plain: an adviser's message.
    ///
    /// # Errors
    /// When there is nothing to say, or speaking is not there.
    pub fn speak(&self, markdown: &str, wish: Wish) -> Result<Speech, SayError> {
        let voice = self
            .0
            .voice
            .get()
            .ok_or(SayError::Absent("nobody opened it".into()))?;
        voice.say(&speakable(markdown, &self.library().registers.spoken), wish)
    }

    /// What hearing and speaking lack, in words, and whether recordings are heard.
    pub(super) fn voice_health(&self, notes: &mut Vec<String>) -> bool {
        let Some(voice) = self.0.voice.get() else {
            notes.push("no speech engine: text only".to_owned());
            return false;
        };
        match voice.speaking() {
            Say::Absent(why) => notes.push(format!("nothing is read aloud: {why}")),
            Say::Plain(why) => notes.push(format!("a machine's voice reads aloud: {why}")),
            Say::Loading | Say::Natural => {}
        }
        match voice.hearing() {
            Hear::Absent(why) => {
                notes.push(format!("voice messages are not heard: {why}"));
                false
            }
            Hear::Loading | Hear::Ready(_) => true,
        }
    }
}
