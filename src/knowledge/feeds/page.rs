//! One page of a feed, cut into rows without reading them: which version speaks, and whether more pages follow.
//! What never lives here: what a row means (row.rs), asking for the next page (bots/cli).

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// More rows in one page than any directory has services are no page.
pub(super) const MOST_ROWS: usize = 100_000;

/// Whether another page follows, as the page itself says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// It is the last one.
    No,
    /// It is not.
    Yes,
    /// It does not say.
    Unsaid,
}

/// What a page was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRead {
    /// Rows on it.
    pub rows: usize,
    /// Services on it that no page before had.
    pub fresh: usize,
    /// Whether it calls itself the first one.
    pub first: Option<bool>,
    /// Whether more follow.
    pub more: More,
    /// How many services there are in all, as it says; never relied upon alone.
    pub total: Option<u64>,
    /// Whether it is no list of services but tells where the lists are.
    pub about: bool,
}

/// The envelope of a page; rows are still text.
#[derive(Debug, Default)]
pub(super) struct Envelope<'a> {
    pub(super) rows: Option<Vec<&'a RawValue>>,
    pub(super) first: Option<bool>,
    last: Option<bool>,
    number: Option<u64>,
    pages: Option<u64>,
    pub(super) total: Option<u64>,
    pub(super) licence: Option<String>,
    pub(super) standard: Option<&'static str>,
    /// The name of the organisation whose services these are.
    pub(super) name: Option<String>,
    /// Keys that tell a single record and the page about the feed from a list.
    has_id: bool,
    has_version: bool,
}

impl<'a> Envelope<'a> {
    /// Cuts a page. A single record is a page of one row.
    ///
    /// # Errors
    /// One line that says what is wrong with it.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes)
            .map_err(|e| format!("not UTF-8 text (byte {})", e.valid_up_to() + 1))?;
        let text = text.trim_start_matches('\u{FEFF}').trim();
        if text.is_empty() {
            return Err("empty".into());
        }
        if text.starts_with('<') {
            return Err("a web page or XML, not JSON".into());
        }
        let mut envelope: Self =
            serde_json::from_str(text).map_err(|e| format!("not JSON as expected: {e}"))?;
        if envelope.rows.is_none() && envelope.has_id {
            let whole: &RawValue = serde_json::from_str(text).map_err(|e| e.to_string())?;
            envelope.rows = Some(vec![whole]);
            envelope.last = Some(true);
        }
        Ok(envelope)
    }

    /// Neither a list nor a record: the page at the root of a version 3 feed.
    pub(super) fn is_about(&self) -> bool {
        self.rows.is_none() && self.has_version
    }

    /// What it says about more pages. A flag is believed unless the page's own numbers speak against it.
    pub(super) fn more(&self) -> More {
        let numbers = match (self.number, self.pages) {
            (Some(number), Some(pages)) if pages > 0 => Some(number < pages),
            _ => None,
        };
        match (self.last, numbers) {
            (Some(true), Some(true)) | (None, None) => More::Unsaid,
            (Some(true), _) | (None, Some(false)) => More::No,
            (Some(false), _) | (None, Some(true)) => More::Yes,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(EnvelopeVisitor)
    }
}

struct EnvelopeVisitor;

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of services or a service")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        Ok(Envelope {
            rows: Some(rows(seq)?),
            last: Some(true),
            ..Envelope::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut page = Envelope::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "contents" | "content" => {
                    page.standard = Some(if key == "contents" { "v3" } else { "v1" });
                    page.rows = map.next_value::<Rows<'de>>()?.0.or(page.rows);
                }
                // An organisation with its services.
                "services" => page.rows = page.rows.or(map.next_value::<Rows<'de>>()?.0),
                "name" => page.name = word(map.next_value()?),
                "first_page" | "first" => page.first = flag(map.next_value()?),
                "last_page" | "last" => page.last = flag(map.next_value()?),
                "page_number" | "number" => page.number = count(map.next_value()?),
                "total_pages" | "totalPages" => page.pages = count(map.next_value()?),
                "total_items" | "totalElements" => page.total = count(map.next_value()?),
                "licence" | "license" => page.licence = word(map.next_value()?),
                "id" => {
                    page.has_id = true;
                    map.next_value::<IgnoredAny>()?;
                }
                "version" | "profile" | "openapi_url" => {
                    page.has_version = true;
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(page)
    }
}

/// A list of rows; anything else where a list is expected is none.
struct Rows<'a>(Option<Vec<&'a RawValue>>);

impl<'de> Deserialize<'de> for Rows<'de> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(source)?;
        if !raw.get().starts_with('[') {
            return Ok(Self(None));
        }
        let mut inner = serde_json::Deserializer::from_str(raw.get());
        let found = inner.deserialize_seq(RowsVisitor);
        found
            .map(|v| Self(Some(v)))
            .map_err(serde::de::Error::custom)
    }
}

struct RowsVisitor;

impl<'de> Visitor<'de> for RowsVisitor {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of services")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        rows(seq)
    }
}

fn rows<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Vec<&'de RawValue>, A::Error> {
    let mut found = Vec::new();
    while let Some(row) = seq.next_element::<&'de RawValue>()? {
        if found.len() == MOST_ROWS {
            return Err(serde::de::Error::custom(format!(
                "more than {MOST_ROWS} rows"
            )));
        }
        found.push(row);
    }
    Ok(found)
}

/// A flag, a number, a word: whatever the feed writes for it, `None` where it makes no sense.
fn flag(raw: &RawValue) -> Option<bool> {
    match raw.get().trim_matches('"') {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn count(raw: &RawValue) -> Option<u64> {
    raw.get().trim_matches('"').parse().ok()
}

fn word(raw: &RawValue) -> Option<String> {
    let text: String = serde_json::from_str(raw.get()).ok()?;
    super::clean::text(&text, 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn more(text: &str) -> More {
        Envelope::read(text.as_bytes()).unwrap().more()
    }

    #[test]
    fn the_end_is_told_by_what_the_page_says() {
        assert_eq!(more(r#"{"contents": [], "last_page": true}"#), More::No);
        assert_eq!(
            more(r#"{"content": [], "last": false, "number": 9, "totalPages": 9}"#),
            More::Yes
        );
        assert_eq!(
            more(r#"{"contents": [], "page_number": "1", "total_pages": "3"}"#),
            More::Yes
        );
        assert_eq!(
            more(r#"{"contents": [], "last_page": true, "page_number": 1, "total_pages": 3}"#),
            More::Unsaid
        );
        assert_eq!(more(r#"{"contents": []}"#), More::Unsaid);
        assert_eq!(more("[{}, {}]"), More::No);
    }

    #[test]
    fn what_is_no_page_is_named() {
        let said = |bytes: &[u8]| Envelope::read(bytes).unwrap_err();
        assert!(said(b"\xff\xfe{}").contains("byte 1"));
        assert!(said(b"  ").contains("empty"));
        assert!(said(b"<!doctype html>").contains("web page"));
        assert!(said(br#"{"contents": [{"id": 1}, {"#).contains("EOF"));
        assert!(said(b"7").contains("a list of services"));
        let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert!(Envelope::read(deep.as_bytes()).unwrap().rows.unwrap().len() == 1);
        let many = format!("[{}0]", "0,".repeat(MOST_ROWS));
        assert!(said(many.as_bytes()).contains("more than"));
    }
}
