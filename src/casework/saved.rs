//! Saved replies: texts with fields in single braces, filled with what is known of the case.
//! What never lives here: the texts (advisers write them, the store keeps them).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::base::NoteId;

/// A text that advisers use again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedReply {
    /// Its id.
    pub id: NoteId,
    /// What it is called in the list.
    pub title: String,
    /// Markdown, with fields such as `{reference}`.
    pub text: String,
    /// For cases of this area only; `None` for all.
    pub area: Option<String>,
    /// Who changed it last.
    pub adviser: String,
    /// When.
    pub updated: Timestamp,
}

/// Fills the fields. A field that is not among `fields` stays as it stands and is named in the second part, so that nobody sends
/// a hole without seeing it.
pub fn fill(text: &str, fields: &[(&str, &str)]) -> (String, Vec<String>) {
    let mut out = String::with_capacity(text.len());
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let name = from[1..].split_once('}').map(|(name, _)| name);
        let field = name
            .filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
        let Some(name) = field else {
            out.push('{');
            rest = &from[1..];
            continue;
        };
        match fields.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => out.push_str(value),
            None => {
                out.push_str(&from[..name.len() + 2]);
                open.push(name.to_owned());
            }
        }
        rest = &from[name.len() + 2..];
    }
    out.push_str(rest);
    (out, open)
}
