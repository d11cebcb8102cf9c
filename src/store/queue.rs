//! The store's verbs of the queue: list cases, read one, reply, close, count.
//! What never lives here: SQL, and who may do it (the console's and the executable's business).

use jiff::Timestamp;

use super::{
    Store,
    error::Result,
    shapes::{AdviserReply, CaseCounts, CaseFilter},
    sqlite::{cases, chain},
};
use crate::{
    base::CaseReference,
    casework::{Case, CaseEvent, Message},
};

impl Store {
    /// The cases that fit the filter: urgent first, then high, then the rest, each oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn cases(&self, filter: CaseFilter) -> Result<Vec<Case>> {
        match self {
            Self::Sqlite(s) => s.read(move |db| cases::list(db, &filter)).await,
        }
    }

    /// One case.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn case(&self, reference: &CaseReference) -> Result<Option<Case>> {
        let reference = reference.clone();
        match self {
            Self::Sqlite(s) => s.read(move |db| cases::find_case(db, &reference)).await,
        }
    }

    /// `case` for a thread that may wait.
    ///
    /// # Errors
    /// As `case`.
    pub fn case_blocking(&self, reference: &CaseReference) -> Result<Option<Case>> {
        let reference = reference.clone();
        match self {
            Self::Sqlite(s) => s.read_blocking(move |db| cases::find_case(db, &reference)),
        }
    }

    /// What happened to a case, oldest first; empty when there is no such case.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn case_events(&self, reference: &CaseReference) -> Result<Vec<CaseEvent>> {
        let reference = reference.clone();
        match self {
            Self::Sqlite(s) => s.read(move |db| chain::of_case(db, &reference)).await,
        }
    }

    /// Puts an adviser's reply into the conversation. A case that nobody has becomes the adviser's (`claimed`), a closed
    /// one is opened again first (`reopened`); then `replied`. All in one; listeners get a notice.
    ///
    /// # Errors
    /// `NotFound` when there is no such case, or when its conversation has been erased.
    pub async fn reply_to_case(&self, reply: AdviserReply, at: Timestamp) -> Result<Message> {
        match self {
            Self::Sqlite(s) => s.write(move |w| cases::reply(w, reply, at)).await,
        }
    }

    /// Closes a case; `outcome` is a short code such as `resolved`. A closed case stays as it is. Returns the case.
    ///
    /// # Errors
    /// `NotFound`; `Refused` when the outcome is not a code.
    pub async fn close_case(
        &self,
        reference: &CaseReference,
        adviser: &str,
        outcome: &str,
        at: Timestamp,
    ) -> Result<Case> {
        let (reference, adviser) = (reference.clone(), adviser.to_owned());
        let outcome = outcome.to_owned();
        match self {
            Self::Sqlite(s) => {
                s.write(move |w| cases::close(w.db, &reference, &adviser, &outcome, at))
                    .await
            }
        }
    }

    /// Logs that an adviser looked at a case.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn record_case_read(
        &self,
        reference: &CaseReference,
        adviser: &str,
        at: Timestamp,
    ) -> Result<()> {
        let (reference, adviser) = (reference.clone(), adviser.to_owned());
        match self {
            Self::Sqlite(s) => {
                s.write(move |w| cases::record_read(w.db, &reference, &adviser, at))
                    .await
            }
        }
    }

    /// How the queue stands.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn case_counts(&self) -> Result<CaseCounts> {
        match self {
            Self::Sqlite(s) => s.read(cases::counts).await,
        }
    }
}
