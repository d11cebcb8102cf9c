//! Between rows and casework's types: instants, words, ids, JSON.
//! What never lives here: queries.

use jiff::Timestamp;
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IntoDeserializer, value::Error as WordError},
};

use super::{Db, Row, cases};
use crate::{
    base::{CaseReference, MessageId},
    casework::{Case, CaseEvent, Message, NewCase, NewCaseEvent, NewMessage, Receipt},
    store::{
        db::{Held, Params},
        error::{Result, StoreError},
        seals::{Owner, Place},
    },
};

/// Fixed width, so that text order is time order, and exact, so that hashes over it stand.
pub(super) fn instant(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// A number as the databases take it. What lies beyond i64 is larger than any number ever given.
pub(in crate::store) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The word of a unit variant, as serde spells it.
pub(super) fn word<T: Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Other("a word was expected".to_owned())),
    }
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|_| StoreError::Other("something cannot be written as JSON".to_owned()))
}

/// Reads columns in order and tells what was being read when one does not fit.
pub(super) struct Columns<'r> {
    row: &'r Row<'r>,
    next: usize,
    what: &'static str,
}

impl<'r> Columns<'r> {
    pub(super) fn of(row: &'r Row<'r>, what: &'static str) -> Self {
        Self { row, next: 0, what }
    }

    /// The next column as the database has it.
    pub(super) fn plain<T: Held>(&mut self) -> Result<T> {
        let column = self.next;
        self.next += 1;
        self.row
            .value(column)
            .and_then(T::held)
            .ok_or_else(|| StoreError::unreadable(self.what))
    }

    /// The next column, which is sealed for its place where the operator has set a key.
    pub(super) fn sealed(&mut self, place: Place<'_>) -> Result<String> {
        let kept = self.plain()?;
        self.row.db.open(place, kept, self.what)
    }

    pub(super) fn sealed_if_any(&mut self, place: Place<'_>) -> Result<Option<String>> {
        let kept: Option<String> = self.plain()?;
        kept.map(|kept| self.row.db.open(place, kept, self.what))
            .transpose()
    }

    pub(super) fn sealed_json<T: DeserializeOwned>(&mut self, place: Place<'_>) -> Result<T> {
        let text = self.sealed(place)?;
        serde_json::from_str(&text).map_err(|_| StoreError::unreadable(self.what))
    }

    /// The next column, a number that never is negative.
    pub(super) fn count(&mut self) -> Result<u64> {
        let signed: i64 = self.plain()?;
        u64::try_from(signed).map_err(|_| StoreError::unreadable(self.what))
    }

    /// The next column, text in the form that `FromStr` reads: ids, instants, dates, languages.
    pub(super) fn parsed<T: std::str::FromStr>(&mut self) -> Result<T> {
        let text: String = self.plain()?;
        text.parse().map_err(|_| StoreError::unreadable(self.what))
    }

    pub(super) fn parsed_if_any<T: std::str::FromStr>(&mut self) -> Result<Option<T>> {
        let text: Option<String> = self.plain()?;
        text.map(|t| t.parse())
            .transpose()
            .map_err(|_| StoreError::unreadable(self.what))
    }

    /// The next column, what `string_agg(held, ',')` made of several; none is NULL.
    pub(super) fn several<T: std::str::FromStr>(&mut self) -> Result<Vec<T>> {
        let text: Option<String> = self.plain()?;
        let each = text.iter().flat_map(|t| t.split(','));
        each.map(|t| t.parse().map_err(|_| StoreError::unreadable(self.what)))
            .collect()
    }

    /// The next column, one of serde's words.
    pub(super) fn word<T: for<'de> Deserialize<'de>>(&mut self) -> Result<T> {
        let text: String = self.plain()?;
        let words: serde::de::value::StringDeserializer<WordError> = text.into_deserializer();
        T::deserialize(words).map_err(|_| StoreError::unreadable(self.what))
    }

    pub(super) fn word_if_any<T: for<'de> Deserialize<'de>>(&mut self) -> Result<Option<T>> {
        let text: Option<String> = self.plain()?;
        let read = |text: String| {
            let words: serde::de::value::StringDeserializer<WordError> = text.into_deserializer();
            T::deserialize(words).map_err(|_| StoreError::unreadable(self.what))
        };
        text.map(read).transpose()
    }

    pub(super) fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        let text: String = self.plain()?;
        serde_json::from_str(&text).map_err(|_| StoreError::unreadable(self.what))
    }
}

/// All rows of a query.
pub(super) fn all<T>(
    db: &Db,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut out = Vec::new();
    db.gathered(sql, &params.values(), usize::MAX, |row| {
        out.push(read(row)?);
        Ok(())
    })?;
    Ok(out)
}

/// The first row of a query, if any.
pub(super) fn first<T>(
    db: &Db,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut found = None;
    db.gathered(sql, &params.values(), 1, |row| {
        found = Some(read(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// Shows each row of a query to `look`, until that returns false.
pub(super) fn each(
    db: &Db,
    sql: &str,
    params: impl Params,
    look: impl FnMut(&Row<'_>) -> Result<bool>,
) -> Result<()> {
    db.each(sql, &params.values(), look)
}

/// Runs a statement that returns nothing; says how many rows it changed.
pub(super) fn run(db: &Db, sql: &str, params: impl Params) -> Result<usize> {
    db.run(sql, &params.values())
}

pub(super) const MESSAGE: &str =
    "conversation, seq, at, id, author, name, text, lang, reply_json, receipt, case_reference";

pub(super) fn message(row: &Row<'_>) -> Result<Message> {
    let mut c = Columns::of(row, "message");
    let conversation = c.parsed()?;
    let owner = Owner::Conversation(&conversation);
    let (seq, at, id): (u64, Timestamp, MessageId) = (c.count()?, c.parsed()?, c.parsed()?);
    let message = NewMessage {
        author: c.word()?,
        name: c.plain()?,
        text: c.sealed(owner.at("messages.text", id.as_str()))?,
        lang: c.parsed()?,
        reply_json: c.sealed_if_any(owner.at("messages.reply_json", id.as_str()))?,
        receipt: c.parsed_if_any()?,
        case: c.parsed_if_any()?,
        id,
    };
    Ok(Message { seq, at, message })
}

pub(super) const RECEIPT: &str =
    "id, conversation, outcome, reason, as_of, confidence, cited_json, library_hash, at";

pub(super) fn receipt(row: &Row<'_>) -> Result<Receipt> {
    let mut c = Columns::of(row, "receipt");
    Ok(Receipt {
        id: c.parsed()?,
        conversation: c.parsed()?,
        outcome: c.word()?,
        reason: c.plain()?,
        as_of: c.parsed()?,
        confidence: c.plain()?,
        cited: c.json()?,
        library_hash: c.plain()?,
        at: c.parsed()?,
    })
}

pub(super) const CASE: &str = "reference, conversation, priority, kind, reason, area, packet_json, \
     reply_expected_by, channel, state, adviser, client_group, needs_json, snoozed_until, outcome, closed, \
     first_opened, first_replied, undelivered, rating_asked, rating, created, updated";

pub(super) fn case(row: &Row<'_>) -> Result<Case> {
    let mut c = Columns::of(row, "case");
    let reference: CaseReference = c.parsed()?;
    let place = |column| Owner::Case(&reference).at(column, "");
    Ok(Case {
        opened: NewCase {
            reference: reference.clone(),
            conversation: c.parsed()?,
            priority: c.word()?,
            kind: c.word()?,
            reason: c.plain()?,
            area: c.plain()?,
            packet: c.sealed_json(place(cases::PACKET))?,
            reply_expected_by: c.parsed_if_any()?,
        },
        channel: c.word()?,
        state: c.word()?,
        adviser: c.plain()?,
        client_group: c.word_if_any()?,
        needs: c.sealed_json(place(cases::NEEDS))?,
        snoozed_until: c.parsed_if_any()?,
        outcome: c.plain()?,
        closed: c.parsed_if_any()?,
        first_opened: c.parsed_if_any()?,
        first_replied: c.parsed_if_any()?,
        undelivered: c.plain()?,
        rating_asked: c.parsed_if_any()?,
        rating: c.word_if_any()?,
        created: c.parsed()?,
        updated: c.parsed()?,
    })
}

pub(super) const EVENT: &str = "seq, at, case_reference, kind, actor, detail, previous, hash";

pub(super) fn event(row: &Row<'_>) -> Result<CaseEvent> {
    let mut c = Columns::of(row, "case event");
    Ok(CaseEvent {
        seq: c.count()?,
        at: c.parsed()?,
        event: NewCaseEvent {
            case: c.parsed()?,
            kind: c.word()?,
            actor: c.plain()?,
            detail: c.plain()?,
        },
        previous: c.plain()?,
        hash: c.plain()?,
    })
}
