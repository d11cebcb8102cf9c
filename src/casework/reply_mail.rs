//! Telling a person by e-mail that a reply waits: when, and when it is given up. Pure.
//! What never lives here: what the e-mail says (knowledge), sending it (bots), who asked for it (store).

use jiff::{Timestamp, ToSpan};

use crate::base::{ConversationId, Lang, MessageId};

/// Somebody who looks at the page within so many minutes is not told.
const AFTER_MINUTES: i64 = 3;
/// Minutes until it is tried again, a step a try; behind the last it is given up.
const AGAIN_MINUTES: [i64; 4] = [1, 5, 30, 120];

/// A person to be told that a reply waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyMail {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The first reply that they have not seen.
    pub message: MessageId,
    /// Its language.
    pub lang: Lang,
    /// Where to.
    pub email: String,
    /// How often it was tried before.
    pub tries: u32,
}

impl ReplyMail {
    /// When a reply of this instant is told of.
    pub fn due(replied: Timestamp) -> Timestamp {
        replied
            .checked_add(AFTER_MINUTES.minutes())
            .unwrap_or(replied)
    }

    /// When it is tried again after failing now; `None` when it is given up.
    pub fn again(&self, now: Timestamp) -> Option<Timestamp> {
        let step = usize::try_from(self.tries).ok()?;
        let minutes = AGAIN_MINUTES.get(step)?;
        now.checked_add(minutes.minutes()).ok()
    }

    /// Whether this looks like an e-mail address: something, an at sign, a name with a dot, and nothing that could end a header.
    pub fn is_address(text: &str) -> bool {
        let plain = text.len() <= 254
            && text
                .chars()
                .all(|c| c.is_ascii_graphic() && !"<>()[],;:\\\"".contains(c));
        let Some((name, host)) = text.split_once('@') else {
            return false;
        };
        let labels = || host.split('.');
        plain
            && !name.is_empty()
            && labels().count() > 1
            && labels().all(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_address_and_what_is_none() {
        for good in ["kim@example.org", "k.o'neil+dp@mail.example.co.uk"] {
            assert!(ReplyMail::is_address(good), "{good}");
        }
        let long = format!("{}@example.org", "k".repeat(250));
        for bad in [
            "",
            "kim",
            "@example.org",
            "kim@",
            "kim@example",
            "kim@.org",
            "kim@example..org",
            "kim@@example.org",
            "kim@example.org\r\nBcc: a@b.org",
            "kim <kim@example.org>",
            "a@b.org,c@d.org",
            &long,
        ] {
            assert!(!ReplyMail::is_address(bad), "{bad}");
        }
    }
}
