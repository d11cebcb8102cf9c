//! One field of a feed's record, whatever type it was written in: lists, words, numbers, days.
//! What never lives here: which field means what (row.rs), making text safe (clean.rs).

use jiff::civil::Date;
use serde_json::Value;

use super::clean;

/// Entries of a list that are kept.
pub(super) const KEPT: usize = 20;

/// Adds what is not there yet, up to the bound.
pub(super) fn keep(list: &mut Vec<String>, found: Option<String>) {
    if let Some(found) = found
        && list.len() < KEPT
        && !list.contains(&found)
    {
        list.push(found);
    }
}

/// A list; a single record where a list is expected is a list of one.
pub(super) fn many<'a>(record: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    let found = record.get(key);
    let (list, one) = match found {
        Some(Value::Array(list)) => (Some(list), None),
        Some(one @ Value::Object(_)) => (None, Some(one)),
        _ => (None, None),
    };
    list.into_iter().flatten().chain(one)
}

/// A word as written, whatever its type.
pub(super) fn plain(record: &Value, key: &str) -> Option<String> {
    match record.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub(super) fn text(record: &Value, key: &str, most: usize) -> Option<String> {
    clean::text(&plain(record, key)?, most)
}

pub(super) fn number(record: &Value, key: &str) -> Option<f64> {
    plain(record, key)?.parse().ok()
}

pub(super) fn day(record: &Value, key: &str) -> Option<Date> {
    clean::day(&plain(record, key)?)
}

/// An age in whole years that a person can have.
pub(super) fn age(record: &Value, key: &str) -> Option<u8> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 130"
    )]
    number(record, key)
        .filter(|a| (0.0..=130.0).contains(a))
        .map(|a| a as u8)
}
