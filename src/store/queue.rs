//! The store's verbs of the queue: list cases, open one, do something with it, reply, close, log an enquiry, count.
//! Every verb of an adviser takes the areas within reach; a case out of reach does not exist for it.
//! What never lives here: SQL, what may be done when (casework::life), who is who (the console's business).

use jiff::Timestamp;

use super::{
    Store,
    error::Result,
    shapes::{AdviserReply, CaseCounts, CaseFile, CaseFilter, NewEnquiry},
    sql::{beside, cases, chain, life, queue},
};
use crate::{
    base::CaseReference,
    casework::{Action, Caller, Case, CaseEvent, Message, NewMessage, Reach},
};

impl Store {
    /// The cases within reach that fit the filter: urgent first, then high, then the rest, each oldest first; closed ones alone
    /// newest first. Not logged: a list shows no transcript.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn cases(&self, reach: &Reach, filter: CaseFilter) -> Result<Vec<Case>> {
        let reach = reach.clone();
        self.read(move |db| queue::list(db, &reach, &filter)).await
    }

    /// How the queue stands within reach; `now` decides what is overdue.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn case_counts(&self, reach: &Reach, now: Timestamp) -> Result<CaseCounts> {
        let reach = reach.clone();
        self.read(move |db| queue::counts(db, &reach, now)).await
    }

    /// One case with everything that belongs to it, as an adviser opens it. Looking is logged first, and is the first opening
    /// of a case that nobody had opened.
    ///
    /// # Errors
    /// `NotFound` when there is none within reach.
    pub async fn open_case(
        &self,
        caller: &Caller,
        reference: &CaseReference,
        at: Timestamp,
    ) -> Result<CaseFile> {
        self.act_on_case(caller, reference, Action::Read, at)
            .await?;
        let (caller, reference) = (caller.clone(), reference.clone());
        self.read(move |db| beside::file(db, &caller, &reference, at))
            .await
    }

    /// Does something with a case: `Read`, `Claim` (of several at once exactly one wins), `Assign`, `Release`, `Snooze`, `Wake`,
    /// `Reopen`, `Change`, ... Returns the case as it is then. What has text beside it has a verb of its own: `reply_to_case`,
    /// `close_case`, `add_note`, `set_needs`, `link_cases`, `reject_suggestion`.
    ///
    /// # Errors
    /// `NotFound` when there is none within reach; `Case` when it may not be done now, in words for the adviser.
    pub async fn act_on_case(
        &self,
        caller: &Caller,
        reference: &CaseReference,
        action: Action,
        at: Timestamp,
    ) -> Result<Case> {
        let (caller, reference) = (caller.clone(), reference.clone());
        self.write(move |w| life::act(w.db, &caller, &reference, &action, at))
            .await
    }

    /// Puts an adviser's reply into the conversation. A case that nobody has becomes the adviser's (`claimed`), a closed
    /// one is opened again first (`reopened`); then `replied`. The adviser's draft goes. All in one; listeners get a notice.
    /// The same reply under the same message id again changes nothing: it gives back what stands.
    ///
    /// # Errors
    /// `Duplicate` when the message id is another message's.
    /// `NotFound` when there is no such case within reach, or when its conversation has been erased; `Case` when a colleague
    /// has it or there is nobody to write to.
    pub async fn reply_to_case(
        &self,
        caller: &Caller,
        reply: AdviserReply,
        at: Timestamp,
    ) -> Result<Message> {
        let caller = caller.clone();
        self.write(move |w| life::reply(w, &caller, reply, at))
            .await
    }

    /// Closes a case; `outcome` is a short code such as `answered`. A closed case stays as it is. `ask` is the question whether
    /// it helped: put into the conversation once in the life of a case. Returns the case.
    ///
    /// # Errors
    /// `NotFound`; `Case` when the outcome is not a code or a colleague has it.
    pub async fn close_case(
        &self,
        caller: &Caller,
        reference: &CaseReference,
        outcome: &str,
        ask: Option<NewMessage>,
        at: Timestamp,
    ) -> Result<Case> {
        let (caller, reference) = (caller.clone(), reference.clone());
        let outcome = outcome.to_owned();
        self.write(move |w| life::close(w, &caller, &reference, &outcome, ask.as_ref(), at))
            .await
    }

    /// Logs an enquiry by phone or at the door as a case.
    ///
    /// # Errors
    /// `Duplicate` when the reference is taken: draw fresh ids. `Refused` for another channel or an area out of reach.
    pub async fn log_enquiry(
        &self,
        caller: &Caller,
        enquiry: NewEnquiry,
        at: Timestamp,
    ) -> Result<Case> {
        let caller = caller.clone();
        self.write(move |w| life::log_enquiry(w.db, &caller, &enquiry, at))
            .await
    }

    /// Brings back the cases that were put aside until now; says which. For a worker, every minute or so.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn wake_cases(&self, now: Timestamp) -> Result<Vec<CaseReference>> {
        self.write(move |w| life::wake(w.db, now)).await
    }

    /// The row of one case, whatever its area: for a turn of its own conversation, and for workers. An adviser opens it with
    /// `open_case`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn case(&self, reference: &CaseReference) -> Result<Option<Case>> {
        let reference = reference.clone();
        self.read(move |db| cases::find_case(db, &reference)).await
    }

    /// `case` for a thread that may wait.
    ///
    /// # Errors
    /// As `case`.
    pub fn case_blocking(&self, reference: &CaseReference) -> Result<Option<Case>> {
        let reference = reference.clone();
        self.read_blocking(move |db| cases::find_case(db, &reference))
    }

    /// What happened to a case, oldest first; empty when there is no such case. Ids and codes only, whatever its area.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn case_events(&self, reference: &CaseReference) -> Result<Vec<CaseEvent>> {
        let reference = reference.clone();
        self.read(move |db| chain::of_case(db, &reference)).await
    }
}
