//! A few read-only connections, opened when first needed. Readers never wait for the writer, nor it for them.
//! What never lives here: writing.

use std::{
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
};

use super::{
    db::{Behind, Db},
    error::Result,
    postgres::{Connector, Session},
    seals::Seals,
    sqlite::open,
    writer::stopped,
};

/// Connections at most: reads are short, and more would only compete for the same cores.
const MOST: usize = 4;

/// Where a further connection comes from.
pub(super) enum Source {
    /// This file.
    File(PathBuf),
    /// This server.
    Server(Arc<Connector>),
}

impl Source {
    fn open(&self) -> Result<Behind> {
        match self {
            Self::File(path) => open::reader(path).map(Behind::Sqlite),
            Self::Server(connector) => {
                let session = Session::later(connector.clone());
                Ok(Behind::Postgres(Box::new(session)))
            }
        }
    }
}

pub(super) struct Readers {
    source: Source,
    seals: Arc<Seals>,
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
    pub(super) fn new(source: Source, seals: Arc<Seals>) -> Self {
        Self {
            source,
            seals,
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
                db.begin_read()?;
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
        let idle = std::mem::take(&mut pool.idle);
        drop(pool);
        self.freed.notify_all();
        // On a thread of their own: PostgreSQL's client must not end inside an async task, and the last handle may.
        if thread::spawn(move || drop(idle)).join().is_err() {
            tracing::error!("a reader did not end cleanly");
        }
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
                let opened = self.source.open().inspect_err(|_| {
                    self.lock().open -= 1;
                    self.freed.notify_one();
                });
                return opened.map(|behind| Db::new(behind, self.seals.clone()));
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

impl Drop for Readers {
    fn drop(&mut self) {
        self.close();
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
