//! The store's verbs of what stands beside a case: notes, drafts, links, needs, a delivery that failed.
//! What never lives here: SQL, the case's own life (queue.rs).

use jiff::Timestamp;

use super::{Store, error::Result, sql::beside, sql::cases};
use crate::{
    base::{CaseReference, MessageId, NoteId},
    casework::{Caller, Case, Link, Needs},
};

impl Store {
    /// Adds a note under a fresh id. The same note under the same id again changes nothing.
    ///
    /// # Errors
    /// `NotFound` when there is no such case within reach; `Refused` when the note is empty; `Duplicate` when the id is another
    /// note's.
    pub async fn add_note(
        &self,
        caller: &Caller,
        reference: &CaseReference,
        note: NoteId,
        text: &str,
        at: Timestamp,
    ) -> Result<Case> {
        let (caller, reference, text) = (caller.clone(), reference.clone(), text.to_owned());
        self.write(move |w| beside::add_note(w.db, &caller, &reference, &note, &text, at))
            .await
    }

    /// Keeps what the caller has begun to write; an empty text is done with. Not logged: nothing has happened yet.
    ///
    /// # Errors
    /// `NotFound` when there is no such case within reach.
    pub async fn save_draft(
        &self,
        caller: &Caller,
        reference: &CaseReference,
        text: &str,
        at: Timestamp,
    ) -> Result<()> {
        let (caller, reference, text) = (caller.clone(), reference.clone(), text.to_owned());
        self.write(move |w| {
            cases::within(w.db, &caller.reach, &reference)?;
            beside::save_draft(w.db, &caller.adviser, &reference, &text, at)
        })
        .await
    }

    /// Replaces what is known of how the person needs us to communicate and where they may be reached.
    ///
    /// # Errors
    /// `NotFound` when there is no such case within reach.
    pub async fn set_needs(
        &self,
        caller: &Caller,
        reference: &CaseReference,
        needs: Needs,
        at: Timestamp,
    ) -> Result<Case> {
        let (caller, reference) = (caller.clone(), reference.clone());
        self.write(move |w| beside::set_needs(w.db, &caller, &reference, &needs, at))
            .await
    }

    /// Links two cases; a second link between the same two replaces the first.
    ///
    /// # Errors
    /// `NotFound` unless both are within reach; `Case` for a case with itself.
    pub async fn link_cases(
        &self,
        caller: &Caller,
        one: &CaseReference,
        two: &CaseReference,
        how: Link,
        at: Timestamp,
    ) -> Result<()> {
        let (caller, one, two) = (caller.clone(), one.clone(), two.clone());
        self.write(move |w| beside::link(w.db, &caller, (&one, &two), how, at))
            .await
    }

    /// Takes such a link away.
    ///
    /// # Errors
    /// `NotFound` when both are not within reach, or not linked.
    pub async fn unlink_cases(
        &self,
        caller: &Caller,
        one: &CaseReference,
        two: &CaseReference,
        at: Timestamp,
    ) -> Result<()> {
        let (caller, one, two) = (caller.clone(), one.clone(), two.clone());
        self.write(move |w| beside::unlink(w.db, &caller, (&one, &two), at))
            .await
    }

    /// Tells the case of an adviser's message that it did not arrive: a flag, and a note under a fresh id with the channel's
    /// reason (`why` must not hold what anybody wrote). False when the message belongs to no case. The next reply clears the
    /// flag.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn delivery_failed(
        &self,
        message: &MessageId,
        note: NoteId,
        why: &str,
        at: Timestamp,
    ) -> Result<bool> {
        let (message, why) = (message.clone(), why.to_owned());
        self.write(move |w| beside::delivery_failed(w.db, &message, &note, &why, at))
            .await
    }
}
