//! The store's verbs of a person's rights: requests with their clocks, everything about one person, their erasure.
//! What never lives here: SQL, the clocks (casework::requests), what is decided.

use jiff::Timestamp;

use super::{
    Store,
    error::Result,
    shapes::PersonExport,
    sql::{cases, erasure, requests},
};
use crate::{
    base::{CaseReference, ConversationId},
    casework::{Caller, Reach, Request, RequestKind, RequestMove},
};

impl Store {
    /// Undecided requests within reach, oldest first; with `decided` those too.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn requests(&self, reach: &Reach, decided: bool) -> Result<Vec<Request>> {
        let reach = reach.clone();
        self.read(move |db| requests::list(db, &reach, decided))
            .await
    }

    /// The request that a case carries, if it does.
    ///
    /// # Errors
    /// `NotFound` when there is no such case within reach.
    pub async fn request(
        &self,
        reach: &Reach,
        reference: &CaseReference,
    ) -> Result<Option<Request>> {
        let (reach, reference) = (reach.clone(), reference.clone());
        self.read(move |db| {
            cases::within(db, &reach, &reference)?;
            requests::of_case(db, &reference)
        })
        .await
    }

    /// Records that a case carries a request; it came in when the case was opened unless `received` says otherwise.
    ///
    /// # Errors
    /// `NotFound` when there is no such case within reach; `Refused` when one on this case was decided already.
    pub async fn record_request(
        &self,
        caller: &Caller,
        reference: &CaseReference,
        kind: RequestKind,
        received: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<Request> {
        let (caller, reference) = (caller.clone(), reference.clone());
        self.write(move |w| requests::record(w.db, &caller, &reference, kind, received, at))
            .await
    }

    /// The person wants a conversation erased that has a case: a request on its latest case that is not erased yet, which comes back
    /// into the queue if it was closed. Asked again, the same request. `None` without such a case.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn ask_erasure(&self, id: &ConversationId, at: Timestamp) -> Result<Option<Request>> {
        let id = id.clone();
        self.write(move |w| requests::ask_erasure(w.db, &id, at))
            .await
    }

    /// Moves a request on: acknowledged, clock stopped or started, extended, decided.
    ///
    /// # Errors
    /// `NotFound`; `Request` when it cannot be moved on so.
    pub async fn move_request(
        &self,
        caller: &Caller,
        reference: &CaseReference,
        by: RequestMove,
        at: Timestamp,
    ) -> Result<Request> {
        let (caller, reference) = (caller.clone(), reference.clone());
        self.write(move |w| requests::move_on(w.db, &caller, &reference, by, at))
            .await
    }

    /// Everything kept about the person of a conversation: also of other conversations whose cases advisers linked as the same
    /// person's. Logged on each case.
    ///
    /// # Errors
    /// `NotFound` when there is nothing, or a case is out of reach.
    pub async fn export_person(
        &self,
        caller: &Caller,
        id: &ConversationId,
        at: Timestamp,
    ) -> Result<PersonExport> {
        let (caller, id) = (caller.clone(), id.clone());
        self.write(move |w| requests::export_person(w.db, &caller, &id, at))
            .await
    }

    /// Erases every conversation of the person (see `export_person`), whatever retention says: for a decided request. Says how
    /// many there were.
    ///
    /// # Errors
    /// `NotFound` when one of their cases is out of reach, or the database cannot be written; then nothing was erased.
    pub async fn erase_person(
        &self,
        caller: &Caller,
        id: &ConversationId,
        at: Timestamp,
    ) -> Result<usize> {
        let (caller, id) = (caller.clone(), id.clone());
        self.write(move |w| {
            let mut erased = 0;
            for id in requests::conversations_of(w.db, &id)? {
                requests::within(w.db, &caller, &id)?;
                erased += usize::from(erasure::erase(w, &id, &caller.adviser, at)?);
            }
            Ok(erased)
        })
        .await
    }
}
