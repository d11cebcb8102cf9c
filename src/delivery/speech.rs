//! Words read aloud on their way out: cut into parts of a minute or so, each spoken when its turn comes.
//! What never lives here: the engine (voice), how figures are said (knowledge), who wants to be read to (assistant).

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use super::{
    channel::{Channel, Doing},
    inbox::after,
};
use crate::{
    base::sentences,
    casework::{Part, Sent},
    voice::{SayError, Voice, Wish, seconds},
};

/// Letters of one part: a minute or so, spoken well within the time that it is lent for.
const MOST: usize = 900;
/// Parts that are spoken at once or wait for it: most senders are left to what is written.
const AT_ONCE: usize = 4;
/// What finds everybody busy speaking is tried again after this.
const LATER: SignedDuration = SignedDuration::from_secs(2);

/// The mouth of one account's sender.
#[derive(Debug)]
pub(super) struct Mouth {
    voice: Voice,
    places: Semaphore,
}

impl Mouth {
    pub(super) fn new(voice: Voice) -> Self {
        Self {
            voice,
            places: Semaphore::new(AT_ONCE),
        }
    }

    /// Whether anything can be read aloud.
    pub(super) fn is_there(&self) -> bool {
        self.voice.speaks()
    }

    /// The text spoken, and its seconds; else what becomes of it. The person sees meanwhile that something is being said.
    pub(super) async fn speak<C: Channel>(
        &self,
        channel: &C,
        address: &str,
        text: &str,
        now: Timestamp,
    ) -> Result<(Vec<u8>, u32), Sent> {
        let later = Sent::Later {
            not_before: after(now, LATER),
            why: "speaking",
            account: false,
        };
        let Ok(_place) = self.places.try_acquire() else {
            return Err(later);
        };
        let dropped = |error: SayError| match error {
            SayError::Busy => later.clone(),
            error => {
                tracing::warn!(%error, "nothing was read aloud");
                Sent::Dropped { why: "not_spoken" }
            }
        };
        let mut speech = self.voice.say(text, Wish::default()).map_err(dropped)?;
        let mut sound = Vec::new();
        loop {
            channel.at_work(address, Doing::Speaking).await;
            match speech.next().await {
                Some(Ok(part)) => sound.extend(part),
                Some(Err(error)) => return Err(dropped(error)),
                None => break,
            }
        }
        let seconds = seconds(&sound);
        Ok((sound, seconds))
    }
}

/// A text in parts that are spoken one by one, cut behind sentences.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut all: Vec<String> = Vec::new();
    for line in text.lines() {
        for (number, sentence) in sentences(line).into_iter().enumerate() {
            let gap = if number == 0 { "\n" } else { " " };
            match all.last_mut() {
                Some(part) if part.len() + sentence.len() < MOST => {
                    part.push_str(gap);
                    part.push_str(sentence.trim());
                }
                _ => all.push(sentence.trim().to_owned()),
            }
        }
    }
    let said = all
        .into_iter()
        .filter(|text| text.chars().any(char::is_alphanumeric));
    said.map(|payload| Part {
        op: Part::SPEECH.to_owned(),
        payload,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_becomes_parts_and_loses_nothing() {
        let sentence = "Your PA gets sick pay from the first day.";
        let text = format!("{}\n{}", [sentence; 40].join(" "), [sentence; 3].join(" "));
        let parts = parts(&text);
        assert!(parts.len() >= 2, "{}", parts.len());
        assert!(
            parts
                .iter()
                .all(|part| part.op == Part::SPEECH && part.payload.len() <= MOST)
        );
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let all: Vec<String> = parts.iter().flat_map(|part| words(&part.payload)).collect();
        assert_eq!(all, words(&text));
        assert!(super::parts("\n... \n").is_empty());
    }
}
