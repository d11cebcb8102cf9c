//! Identifiers: what they look like, how they are drawn, how they are read back. Parsed once, at the door.
//! What never lives here: the wall clock or chance itself (time.rs, chance.rs).

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::chance::expand;

/// Crockford's base 32, lower case: no i, l, o, u.
const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Case references are read out on the phone: no 0/O, 1/I/L, U/V confusion.
const SPOKEN: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// An identifier was not of the right form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct BadId(&'static str);

macro_rules! id {
    ($name:ident, $what:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier's 26 characters.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                let good = text.len() == 26 && text.bytes().all(|b| BASE32.contains(&b));
                if good {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadId($what))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

id!(
    ConversationId,
    "conversation id",
    "One conversation: 26 characters, the first ten are its time."
);
id!(MessageId, "message id", "One message in a conversation.");
id!(ReceiptId, "receipt id", "The record of one answer.");
id!(
    NoteId,
    "note id",
    "Something that advisers write for themselves: a note, a saved reply, a to-do."
);

/// A case reference that people can read out: `WM-7Q4K2D`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseReference(String);

impl CaseReference {
    /// The reference as shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CaseReference {
    type Err = BadId;
    /// Accepts lower case and a missing `WM-`, as people type it.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let upper = text.trim().to_ascii_uppercase();
        let code = upper.strip_prefix("WM-").unwrap_or(&upper);
        let good = code.len() == 6 && code.bytes().all(|b| SPOKEN.contains(&b));
        if good {
            Ok(Self(format!("WM-{code}")))
        } else {
            Err(BadId("case reference"))
        }
    }
}

impl TryFrom<String> for CaseReference {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<CaseReference> for String {
    fn from(reference: CaseReference) -> String {
        reference.0
    }
}

/// The bearer secret of one conversation: 52 characters, 256 bits. Never logged, never stored: only its hash is.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The secret itself, to hand to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the store keeps.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// SHA-256 of a token, hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(pub String);

impl TokenHash {
    /// The hash of what somebody presents as a token.
    pub fn of(presented: &str) -> Self {
        let digest = Sha256::digest(presented.as_bytes());
        Self(digest.iter().map(|b| format!("{b:02x}")).collect())
    }
}

/// A stream of identifiers drawn beforehand from one seed, so that `step` itself draws no chance.
#[derive(Debug, Clone)]
pub struct Ids {
    seed: [u8; 32],
    at: Timestamp,
    drawn: u64,
}

impl Ids {
    /// Identifiers for one turn at `at`, all derived from `seed`.
    pub fn new(seed: [u8; 32], at: Timestamp) -> Self {
        Self { seed, at, drawn: 0 }
    }

    fn next(&mut self) -> [u8; 32] {
        self.drawn += 1;
        expand(self.seed, self.drawn)
    }

    fn sortable(&mut self) -> String {
        let millis = u64::try_from(self.at.as_millisecond()).unwrap_or(0);
        let random = self.next();
        let mut text = String::with_capacity(26);
        for shift in (0..10).rev() {
            text.push(char::from(
                BASE32[usize::try_from((millis >> (shift * 5)) & 31).unwrap_or(0)],
            ));
        }
        text.extend(
            random[..16]
                .iter()
                .map(|b| char::from(BASE32[usize::from(b & 31)])),
        );
        text
    }

    /// A fresh conversation id.
    pub fn conversation(&mut self) -> ConversationId {
        ConversationId(self.sortable())
    }

    /// A fresh message id.
    pub fn message(&mut self) -> MessageId {
        MessageId(self.sortable())
    }

    /// A fresh receipt id.
    pub fn receipt(&mut self) -> ReceiptId {
        ReceiptId(self.sortable())
    }

    /// A fresh id for a note, a saved reply or a to-do.
    pub fn note(&mut self) -> NoteId {
        NoteId(self.sortable())
    }

    /// A fresh case reference (about 729 million of them; the store refuses a repeated one).
    pub fn case(&mut self) -> CaseReference {
        let random = self.next();
        let code: String = random[..6]
            .iter()
            .map(|b| char::from(SPOKEN[usize::from(*b) % 30]))
            .collect();
        CaseReference(format!("WM-{code}"))
    }

    /// A fresh opaque id of a button: 20 characters, 100 bits.
    pub fn button(&mut self) -> String {
        let random = self.next();
        let text = random[..20].iter();
        text.map(|b| char::from(BASE32[usize::from(b & 31)]))
            .collect()
    }

    /// A fresh bearer token.
    pub fn token(&mut self) -> Token {
        let (a, b) = (self.next(), self.next());
        let text = a
            .iter()
            .chain(&b[..20])
            .map(|b| char::from(BASE32[usize::from(b & 31)]));
        Token(text.collect())
    }
}
