//! A few read-only connections, opened when first needed. Readers never wait for the writer, nor it for them.
//! What never lives here: writing.

use std::{
    path::PathBuf,
    sync::{Condvar, Mutex, PoisonError},
};

use super::{db::Db, error::Result, sqlite::open, writer::stopped};

/// Connections at most: reads are short, and more would only compete for the same cores.
const MOST: usize = 4;

pub(super) struct Readers {
    path: PathBuf,
    pool: Mutex<Pool>,
    freed: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Db>,
    open: usize,
    closed: bool,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            pool: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Runs `look` on a free connection; waits for one if all are taken. What it reads is of one moment.
    pub(super) fn with<T>(&self, look: impl FnOnce(&Db) -> Result<T>) -> Result<T> {
        let lent = Lent {
            readers: self,
            connection: Some(self.take()?),
        };
        match &lent.connection {
            Some(db) => {
                db.say("BEGIN")?;
                let seen = look(db);
                db.say("COMMIT")?;
                seen
            }
            None => Err(stopped()),
        }
    }

    /// Closes what is idle and lends no more.
    pub(super) fn close(&self) {
        let mut pool = self.lock();
        pool.closed = true;
        pool.open -= pool.idle.len();
        pool.idle.clear();
        self.freed.notify_all();
    }

    fn take(&self) -> Result<Db> {
        let mut pool = self.lock();
        loop {
            if pool.closed {
                return Err(stopped());
            }
            if let Some(connection) = pool.idle.pop() {
                return Ok(connection);
            }
            if pool.open < MOST {
                pool.open += 1;
                drop(pool);
                return open::reader(&self.path).map(Db::Sqlite).inspect_err(|_| {
                    self.lock().open -= 1;
                    self.freed.notify_one();
                });
            }
            pool = self
                .freed
                .wait(pool)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan: goes back even when the look panics; one that was left in the middle of something is closed.
struct Lent<'a> {
    readers: &'a Readers,
    connection: Option<Db>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut pool = self.readers.lock();
        match self.connection.take() {
            Some(db) if !pool.closed && !db.in_transaction() => pool.idle.push(db),
            _ => pool.open = pool.open.saturating_sub(1),
        }
        self.readers.freed.notify_one();
    }
}
