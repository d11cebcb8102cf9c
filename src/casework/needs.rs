//! How a person needs us to communicate (Accessible Information Standard), where and when they may be reached, and what they
//! consented to.
//! What never lives here: which words say so (knowledge/needs.toml), whether it is safe to write (the packet).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that was said about how to communicate. Free text in it is personal data: it goes with an erasure, and never
/// into the log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Needs {
    /// What the person needs, recorded as the standard asks.
    pub formats: BTreeSet<Format>,
    /// The language of the interpreter they need: a code such as `pl`, or `bsl` is a format.
    pub interpreter: Option<String>,
    /// Anything else, in words.
    pub other: Option<String>,
    /// How they would like to be reached.
    pub contact: Option<ContactBy>,
    /// The number or address for that.
    pub reach_at: Option<String>,
    /// When a call suits them.
    pub call_back: Option<CallBack>,
    /// What they consented to.
    pub consent: Option<Consent>,
}

/// What somebody needs in order to read, hear or speak with us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Large print.
    LargePrint,
    /// Easy read.
    EasyRead,
    /// Braille.
    Braille,
    /// Spoken, on a recording.
    Audio,
    /// British Sign Language.
    Bsl,
    /// Through Relay UK.
    Relay,
    /// Not by phone.
    NoPhone,
    /// With somebody beside them: an advocate, a supporter.
    Supporter,
}

/// How somebody would like to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactBy {
    /// Where they wrote.
    Here,
    /// A call.
    Phone,
    /// A text message.
    Text,
    /// An e-mail.
    Email,
    /// A letter.
    Post,
}

/// When a call suits somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallBack {
    /// In their own words.
    pub words: String,
    /// The slot that was agreed begins.
    pub from: Option<Timestamp>,
    /// And ends.
    pub until: Option<Timestamp>,
}

/// What somebody consented to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Sharing what they told us with their council, where it helps.
    Share,
    /// Only with the advisers here.
    Here,
    /// Asked, and refused.
    Refused,
}

impl Needs {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes up what was said later: formats are added, the rest is replaced where something was said.
    pub fn take_up(&mut self, said: &Self) {
        self.formats.extend(&said.formats);
        let later = |old: &mut Option<String>, new: &Option<String>| {
            if new.is_some() {
                old.clone_from(new);
            }
        };
        later(&mut self.interpreter, &said.interpreter);
        later(&mut self.other, &said.other);
        later(&mut self.reach_at, &said.reach_at);
        self.contact = said.contact.or(self.contact);
        self.consent = said.consent.or(self.consent);
        if said.call_back.is_some() {
            self.call_back.clone_from(&said.call_back);
        }
        if said.contact == Some(ContactBy::Phone) {
            self.formats.remove(&Format::NoPhone);
        } else if said.formats.contains(&Format::NoPhone) && self.contact == Some(ContactBy::Phone)
        {
            self.contact = None;
        }
    }
}
