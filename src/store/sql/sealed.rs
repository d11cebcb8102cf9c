//! Every column that is sealed where the operator has set a key: one list, by which they are counted and sealed later.
//! What never lives here: how a value is sealed (../seals.rs), where each is read and written in a day's work.

use super::{
    Db, Work, params,
    rows::{Columns, all, first, run},
};
use crate::{
    base::{CaseReference, ConversationId},
    store::{
        error::{Result, StoreError},
        sealing::Sealing,
        seals::{Owner, sealed_begins},
    },
};

/// Sealed in one step of the writer, so that nobody waits long for it.
const STEP: u32 = 200;

/// Whose words a column holds.
#[derive(Clone, Copy)]
enum Of {
    Conversation,
    Case,
    Lane,
    Address,
}

/// A column, and what its place is made of, in SQL.
struct Column {
    /// Table and column.
    name: &'static str,
    of: Of,
    owner: &'static str,
    row: &'static str,
    /// Rows that hold words.
    only: &'static str,
}

const fn column(
    name: &'static str,
    of: Of,
    owner: &'static str,
    row: &'static str,
    only: &'static str,
) -> Column {
    Column {
        name,
        of,
        owner,
        row,
        only,
    }
}

const ALL: &str = "1 = 1";
const IN_TALK: &str = "conversation IS NOT NULL";
const ALONE: &str = "conversation IS NULL";
const IN_CASE: &str = "erased IS NULL";
const GIVEN: &str = "(SELECT r.conversation FROM receipts r WHERE r.id = feedback.receipt)";

const COLUMNS: [Column; 19] = [
    column(
        "conversations.state_json",
        Of::Conversation,
        "id",
        "''",
        ALL,
    ),
    column("messages.text", Of::Conversation, "conversation", "id", ALL),
    column(
        "messages.reply_json",
        Of::Conversation,
        "conversation",
        "id",
        ALL,
    ),
    column(
        "replies.reply_json",
        Of::Conversation,
        "conversation",
        "client_id",
        ALL,
    ),
    column(
        "reply_mails.email",
        Of::Conversation,
        "conversation",
        "''",
        ALL,
    ),
    column("feedback.comment", Of::Conversation, GIVEN, "receipt", ALL),
    column("cases.packet_json", Of::Case, "reference", "''", IN_CASE),
    column("cases.needs_json", Of::Case, "reference", "''", IN_CASE),
    column("case_notes.text", Of::Case, "case_reference", "id", ALL),
    column(
        "case_drafts.text",
        Of::Case,
        "case_reference",
        "adviser",
        ALL,
    ),
    column(
        "content_todos.comment",
        Of::Case,
        "case_reference",
        "id",
        ALL,
    ),
    column(
        "content_todos.question",
        Of::Case,
        "case_reference",
        "id",
        ALL,
    ),
    column(
        "inbox.raw",
        Of::Lane,
        "account || ' ' || lane",
        "event",
        ALL,
    ),
    column(
        "outbox.payload",
        Of::Conversation,
        "conversation",
        "message || '/' || part",
        IN_TALK,
    ),
    column(
        "actions.label",
        Of::Conversation,
        "conversation",
        "id",
        IN_TALK,
    ),
    column(
        "actions.value",
        Of::Conversation,
        "conversation",
        "id",
        IN_TALK,
    ),
    column(
        "outbox.payload",
        Of::Address,
        "CAST(address AS TEXT)",
        "message || '/' || part",
        ALONE,
    ),
    column(
        "actions.label",
        Of::Address,
        "CAST(address AS TEXT)",
        "id",
        ALONE,
    ),
    column(
        "actions.value",
        Of::Address,
        "CAST(address AS TEXT)",
        "id",
        ALONE,
    ),
];

impl Column {
    fn split(&self) -> (&'static str, &'static str) {
        self.name.split_once('.').unwrap_or((self.name, ""))
    }

    /// The rows that are still plain; `?1` is how a sealed one begins.
    fn plain(&self) -> String {
        let (table, column) = self.split();
        let only = self.only;
        format!("FROM {table} WHERE {column} <> '' AND {column} NOT LIKE ?1 AND {only}")
    }

    fn count(&self, db: &Db, rows: &str) -> Result<u64> {
        let sql = format!("SELECT count(*) {rows}");
        let found = first(db, &sql, [like()], |row| Columns::of(row, "count").count())?;
        Ok(found.unwrap_or(0))
    }

    fn seal_some(&self, db: &Db) -> Result<u64> {
        let (table, column) = self.split();
        let Self { owner, row, .. } = self;
        let sql = format!(
            "SELECT {owner}, {row}, {column} {} LIMIT {STEP}",
            self.plain()
        );
        let plain: Vec<(String, String, String)> = all(db, &sql, [like()], |row| {
            let mut c = Columns::of(row, "text to be sealed");
            Ok((c.plain()?, c.plain()?, c.plain()?))
        })?;
        let sql = format!("UPDATE {table} SET {column} = ?3 WHERE {owner} = ?1 AND {row} = ?2");
        let mut sealed = 0;
        for (owner, row, kept) in plain {
            let value = self.sealed(db, &owner, &row, kept)?;
            sealed += run(db, &sql, params![owner, row, value])?;
        }
        Ok(u64::try_from(sealed).unwrap_or(0))
    }

    fn sealed(&self, db: &Db, owner: &str, row: &str, kept: String) -> Result<String> {
        let unreadable = || StoreError::unreadable("text to be sealed");
        let (id, reference): (ConversationId, CaseReference);
        let owner = match self.of {
            Of::Conversation => {
                id = owner.parse().map_err(|_| unreadable())?;
                Owner::Conversation(&id)
            }
            Of::Case => {
                reference = owner.parse().map_err(|_| unreadable())?;
                Owner::Case(&reference)
            }
            Of::Lane => {
                let (account, lane) = owner.split_once(' ').ok_or_else(unreadable)?;
                Owner::Lane(account, lane)
            }
            Of::Address => Owner::Address(owner.parse().map_err(|_| unreadable())?),
        };
        let place = owner.at(self.name, row);
        let text = db.open(place, kept, "text to be sealed")?;
        Ok(db.seal(place, &text)?.into_owned())
    }
}

fn like() -> String {
    format!("{}%", sealed_begins())
}

/// How many values are sealed and how many still plain, a column each.
pub(in crate::store) fn look(db: &Db) -> Result<Sealing> {
    let mut found = Sealing {
        on: db.seals.on(),
        ..Sealing::default()
    };
    for column in &COLUMNS {
        let (table, name) = column.split();
        let plain = column.count(db, &column.plain())?;
        let only = column.only;
        found.sealed +=
            column.count(db, &format!("FROM {table} WHERE {name} LIKE ?1 AND {only}"))?;
        found.plain.push((column.name, plain));
    }
    Ok(found)
}

/// One step: seals some of what is still plain; 0 when all is done.
pub(in crate::store) fn step(work: &mut Work<'_>) -> Result<u64> {
    for column in &COLUMNS {
        let sealed = column.seal_some(work.db)?;
        if sealed > 0 {
            return Ok(sealed);
        }
    }
    work.truncate_log();
    Ok(0)
}
