//! A lane's events as they are answered: several messages of one burst are one, a change made at once replaces what it changes.
//! What never lives here: answering.

use crate::{
    casework::Event,
    delivery::{Inbound, Kind},
};

/// Events that are answered together.
#[derive(Debug, Clone)]
pub(super) struct Bundle {
    /// Which.
    pub(super) events: Vec<Event>,
    /// As one; `None` for what nobody can answer.
    pub(super) inbound: Option<Inbound>,
    /// Each message's own id and words, where they are words.
    texts: Vec<(String, String)>,
}

/// The events in order, bundled.
pub(super) fn bundles(read: Vec<(Event, Option<Inbound>)>) -> Vec<Bundle> {
    let mut out: Vec<Bundle> = Vec::new();
    for (event, inbound) in read {
        if let Some(inbound) = &inbound {
            if let Kind::Edited { message, text } = &inbound.kind
                && let Some(bundle) = out
                    .iter_mut()
                    .find(|b| b.texts.iter().any(|(id, _)| id == message))
            {
                bundle.change(message, text);
                bundle.events.push(event);
                continue;
            }
            if let Some(last) = out.last_mut()
                && last.joins(inbound)
            {
                last.join(event, inbound);
                continue;
            }
        }
        let texts = match &inbound {
            Some(Inbound {
                message,
                kind: Kind::Text { text, .. },
                ..
            }) => vec![(message.clone(), text.clone())],
            _ => Vec::new(),
        };
        out.push(Bundle {
            events: vec![event],
            inbound,
            texts,
        });
    }
    out
}

impl Bundle {
    /// Whether further words belong to the same message in the person's mind: they reply to nothing else.
    fn joins(&self, next: &Inbound) -> bool {
        !self.texts.is_empty()
            && matches!(
                &next.kind,
                Kind::Text {
                    reply_to: None,
                    under: None,
                    ..
                }
            )
    }

    fn join(&mut self, event: Event, next: &Inbound) {
        self.events.push(event);
        if let Kind::Text { text, .. } = &next.kind {
            self.texts.push((next.message.clone(), text.clone()));
        }
        self.rebuild();
    }

    fn change(&mut self, message: &str, text: &str) {
        for held in &mut self.texts {
            if held.0 == message {
                text.clone_into(&mut held.1);
            }
        }
        self.rebuild();
    }

    fn rebuild(&mut self) {
        let whole = self.texts.iter().map(|(_, text)| text.trim());
        let whole = whole.fold(String::new(), |mut all, text| {
            if !all.is_empty() {
                // Each was a message of its own: it is read as a sentence of its own too.
                all.push_str(if all.ends_with(['.', '!', '?']) {
                    "\n"
                } else {
                    ".\n"
                });
            }
            all.push_str(text);
            all
        });
        if let Some(Inbound {
            kind: Kind::Text { text, .. },
            ..
        }) = &mut self.inbound
        {
            *text = whole;
        }
    }

    /// Whether it is a recording.
    pub(super) fn is_spoken(&self) -> bool {
        let kind = self.inbound.as_ref().map(|inbound| &inbound.kind);
        matches!(kind, Some(Kind::Voice { .. }))
    }

    /// How often it was tried before.
    pub(super) fn attempts(&self) -> u32 {
        self.events.iter().map(|e| e.attempts).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn event(id: &str) -> Event {
        Event {
            event: id.into(),
            raw: String::new(),
            received: Timestamp::UNIX_EPOCH,
            attempts: 0,
        }
    }

    fn inbound(message: &str, kind: Kind) -> Option<Inbound> {
        Some(Inbound {
            address: "7".into(),
            message: message.into(),
            lang: None,
            kind,
        })
    }

    fn text(words: &str) -> Kind {
        Kind::Text {
            text: words.into(),
            reply_to: None,
            under: None,
        }
    }

    #[test]
    fn a_burst_is_one_message_and_a_change_replaces_its_part() {
        let edit = Kind::Edited {
            message: "m1".into(),
            text: "Hello!".into(),
        };
        let press = Kind::Press { button: "b".into() };
        let read = vec![
            (event("1"), inbound("m1", text("helo"))),
            (event("2"), inbound("m2", text("he hits me"))),
            (event("3"), inbound("m1", edit)),
            (event("4"), inbound("m4", press.clone())),
            (event("5"), inbound("m5", text("and now?"))),
        ];
        let bundles = bundles(read);
        let kinds: Vec<Kind> = bundles
            .iter()
            .map(|b| b.inbound.as_ref().unwrap().kind.clone())
            .collect();
        assert_eq!(kinds, [text("Hello!\nhe hits me"), press, text("and now?")]);
        let events: Vec<usize> = bundles.iter().map(|b| b.events.len()).collect();
        assert_eq!(events, [3, 1, 1]);
    }
}
