//! The news of what was written, to whoever listens in this process, and how far other processes' writes have been looked at.
//! What never lives here: what the news is about (sql/).

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::broadcast;

use super::{db::Db, error::Result, shapes::Notice, sql::conversations};

/// Notices kept for a slow listener before it is told that it lagged.
const NOTICES: usize = 1024;

/// Whom to tell, and what was told already.
pub(super) struct News {
    listeners: broadcast::Sender<Notice>,
    seen: Mutex<Seen>,
    /// Numbers of our own messages that the next look will find, where the database does not tell whose they are.
    told: Mutex<BTreeSet<u64>>,
}

/// How far this process has looked at what other processes write.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// SQLite's `data_version`: moves when another connection commits. PostgreSQL has none.
    changes: Option<i64>,
    /// The newest message then.
    seq: u64,
}

impl News {
    pub(super) fn since_now(db: &Db) -> Result<Self> {
        let (listeners, _) = broadcast::channel(NOTICES);
        Ok(Self {
            listeners,
            seen: Mutex::new(Seen::now(db)?),
            told: Mutex::default(),
        })
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Notice> {
        self.listeners.subscribe()
    }

    /// Tells of a write of ours, once it is durable.
    pub(super) fn tell(&self, notice: Notice, shared: bool) {
        if shared {
            lock(&self.told).insert(notice.seq);
        }
        // No listener is no error.
        let _ = self.listeners.send(notice);
    }

    /// How far we have looked.
    pub(super) fn seen(&self) -> Seen {
        *lock(&self.seen)
    }

    /// Tells of what others wrote; says of how many conversations.
    pub(super) fn tell_of_others(&self, now: Seen, news: Vec<Notice>) -> usize {
        *lock(&self.seen) = now;
        let mut told = lock(&self.told);
        let mut found = 0;
        for notice in news.into_iter().filter(|n| !told.contains(&n.seq)) {
            found += 1;
            // No listener is no error.
            let _ = self.listeners.send(notice);
        }
        told.retain(|seq| *seq > now.seq);
        found
    }
}

impl Seen {
    fn now(db: &Db) -> Result<Self> {
        Ok(Self {
            changes: db.changes_elsewhere()?,
            seq: conversations::last_seq(db)?,
        })
    }

    /// Whether only the one connection that always asks can tell what others did.
    pub(super) fn by_writer(self) -> bool {
        self.changes.is_some()
    }

    /// What others may have added since then.
    pub(super) fn look(self, db: &Db) -> Result<(Self, Vec<Notice>)> {
        let now = Self::now(db)?;
        let moved = match now.changes {
            Some(_) => now.changes != self.changes,
            None => now.seq > self.seq,
        };
        let news = match moved {
            true => conversations::newest_after(db, self.seq)?,
            false => Vec::new(),
        };
        Ok((now, news))
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
