//! The store as a whole: opening, closing, news, checks, a conversation's copy and its erasure.
//! What never lives here: SQL, and the everyday verbs (talk.rs, queue.rs).

use std::path::Path;

use jiff::Timestamp;
use tokio::sync::broadcast;

use super::{
    Store,
    error::Result,
    shapes::{ChainCheck, ConversationExport, Notice},
    sql::{chain, conversations, erasure, staff_log},
};
use crate::base::{ConversationId, SealKey, Secret};

impl Store {
    /// Opens the SQLite database at `path`; makes it, with its folder, where there is nothing. Blocks for some
    /// milliseconds, longer after a crash (the log is replayed) and for a large file (it is checked).
    ///
    /// # Errors
    /// One line that names the file and says what to do: `Corrupt` for what is not a sound Waymark database or has lost
    /// its file but not its log, `NewerSchema`, `ReadOnly`, `Full`, `Busy`. The file is then left as it was.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_file(path, None)
    }

    /// `open`, sealing what people write with the operator's key from now on; what was written before stays readable.
    ///
    /// # Errors
    /// As `open`; one line that names the key when it is missing or another than before.
    pub fn open_sealed(path: &Path, key: Option<SealKey>) -> Result<Self> {
        Self::open_file(path, key)
    }

    /// Opens a PostgreSQL database that several nodes may share, sealing with a key as `open_sealed` does: `postgres://user@host:port/database`. Makes its tables where
    /// there are none. Blocks until the server has answered. A server that goes away later comes back by itself; until
    /// then verbs answer `Busy`.
    ///
    /// # Errors
    /// As `open_sealed`, or one line that names the server, never the password: it does not answer or let us in, `Corrupt` for somebody else's
    /// tables, `NewerSchema`, `ReadOnly`.
    pub fn open_server(url: &str, password: Option<&Secret>, key: Option<SealKey>) -> Result<Self> {
        Self::open_at(url, password, key)
    }

    /// A throw-away store that never touches the disk, for `ask`, `eval` and tests.
    ///
    /// # Errors
    /// When there is not even memory or a thread for it.
    pub fn open_in_memory() -> Result<Self> {
        Self::open_nowhere()
    }

    /// Writes what is queued, folds the log into the file and stops, for every clone: later calls fail. Dropping the last
    /// clone does the same, on the thread that drops it.
    pub async fn close(self) {
        // Only a panic of the thread is an error here, and there is nothing left to do about it.
        let _ = tokio::task::spawn_blocking(move || self.close_blocking()).await;
    }

    /// `close` for a thread that may wait.
    pub fn close_blocking(self) {
        self.stop();
    }

    /// A notice for every conversation that gets a message, from now on, once it is durable.
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.news()
    }

    /// Publishes what other processes (`waymark cases reply`) have added since the last call, or since opening; says for
    /// how many conversations. Costs little when nothing has changed: call it every second or so.
    ///
    /// # Errors
    /// `Busy` and the like; the next call makes up for it.
    pub async fn poll_other_processes(&self) -> Result<usize> {
        self.look_for_news().await
    }

    /// The newest number ever given to a message, erased ones included; 0 before the first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_seq(&self) -> Result<u64> {
        self.read(conversations::last_seq).await
    }

    /// The number of the newest event of the case log; 0 before the first. Cheap: an open queue asks every second or two.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn last_case_event(&self) -> Result<u64> {
        self.read(chain::last_given).await
    }

    /// Writes a row that nobody reads, durably: whether the store would take a message now.
    ///
    /// # Errors
    /// Why it would not.
    pub async fn write_probe(&self) -> Result<()> {
        self.write(|w| conversations::beat(w.db)).await
    }

    /// Checks the case log from its first event to its last.
    ///
    /// # Errors
    /// When the database cannot be read at all; a broken log is a result, not an error.
    pub async fn verify_chain(&self) -> Result<ChainCheck> {
        self.read(chain::verify).await
    }

    /// Checks the staff log from its first event to its last.
    ///
    /// # Errors
    /// As `verify_chain`.
    pub async fn verify_staff_log(&self) -> Result<ChainCheck> {
        self.read(staff_log::verify).await
    }

    /// Everything about one conversation; `None` when there is none (or it was erased).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn export_conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<ConversationExport>> {
        let id = id.clone();
        self.read(move |db| erasure::export(db, &id)).await
    }

    /// Deletes messages, receipts, feedback, state and client ids, blanks the packets of the cases and appends an `erased`
    /// event to each, in one; then empties the write-ahead log. Open cases stay in the queue: somebody may be in danger.
    /// `actor` is `person`, `retention` or an adviser's account name. False when there was nothing to erase.
    ///
    /// # Errors
    /// When the database cannot be written; then nothing was erased.
    pub async fn erase_conversation(
        &self,
        id: &ConversationId,
        actor: &str,
        at: Timestamp,
    ) -> Result<bool> {
        let (id, actor) = (id.clone(), actor.to_owned());
        self.write(move |w| erasure::erase(w, &id, &actor, at))
            .await
    }
}
