//! The store at work: one writer thread, a few readers, and the news of what was written.
//! What never lives here: what is read or written (sql/), which database it is (db.rs, sqlite/).

use std::{
    path::Path,
    sync::{Arc, mpsc},
    thread,
};

use tokio::sync::{broadcast, oneshot};

use super::{
    db::{Behind, Db},
    error::{Result, StoreError},
    news::News,
    postgres::{Connector, Session},
    readers::{Readers, Source},
    seals::Seals,
    shapes::Notice,
    sqlite::open,
    writer::{self, Work, Writer},
};
use crate::base::{SealKey, Secret};

/// Where everything is kept. Cheap to clone; every clone is the same store. Verbs are async for the servers; those that a
/// turn needs have a `_blocking` twin for a thread that may wait (never an async task). The last clone to go stops the
/// writer and folds the log into the file.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None` in memory, where the writer's connection is the only one. Stands before the writer: dropped first, so that
    /// the writer's is the last connection and its checkpoint finds no reader.
    readers: Option<Readers>,
    writer: Writer,
    news: Arc<News>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(..)")
    }
}

impl Store {
    pub(super) fn open_file(path: &Path, key: Option<SealKey>) -> Result<Self> {
        let seals = Arc::new(Seals::new(key));
        let db = Db::new(Behind::Sqlite(open::file(path)?), seals.clone());
        let readers = Readers::new(Source::File(path.to_owned()), seals);
        Self::start(db, Some(readers))
    }

    pub(super) fn open_nowhere() -> Result<Self> {
        let seals = Arc::new(Seals::new(None));
        Self::start(Db::new(Behind::Sqlite(open::memory()?), seals), None)
    }

    pub(super) fn open_at(
        url: &str,
        password: Option<&Secret>,
        key: Option<SealKey>,
    ) -> Result<Self> {
        let connector = Arc::new(Connector::new(url, password)?);
        let seals = Arc::new(Seals::new(key));
        // On a thread of its own: the caller may be an async task, which PostgreSQL's client must not meet.
        let opening = thread::spawn(move || {
            let session = Session::first(connector.clone())?;
            let db = Db::new(Behind::Postgres(Box::new(session)), seals.clone());
            Self::start(db, Some(Readers::new(Source::Server(connector), seals)))
        });
        opening
            .join()
            .unwrap_or_else(|_| Err(StoreError::Other("opening stopped half way".to_owned())))
    }

    fn start(db: Db, readers: Option<Readers>) -> Result<Self> {
        db.begin_read()?;
        let proved = db.prove_key();
        db.say("COMMIT")?;
        proved?;
        let news = Arc::new(News::since_now(&db)?);
        let writer = Writer::start(db, news.clone())?;
        Ok(Self {
            inner: Arc::new(Inner {
                readers,
                writer,
                news,
            }),
        })
    }

    /// Stops for all clones: later calls fail. Waits for what is already queued.
    pub(super) fn stop(&self) {
        if let Some(readers) = &self.inner.readers {
            readers.close();
        }
        self.inner.writer.stop();
    }

    pub(super) fn news(&self) -> broadcast::Receiver<Notice> {
        self.inner.news.listen()
    }

    /// Runs `work` with the next batch of the writer; returns once that batch is durable.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Work<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.inner.writer.enqueue(work, move |outcome| {
            // Nobody waits any more (the request was cancelled): what was written stays written.
            let _ = answer.send(outcome);
        })?;
        answered.await.unwrap_or_else(|_| Err(writer::stopped()))
    }

    /// The same for a thread that may block.
    pub(super) fn write_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Work<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = mpsc::sync_channel(1);
        self.inner.writer.enqueue(work, move |outcome| {
            let _ = answer.send(outcome);
        })?;
        answered.recv().unwrap_or_else(|_| Err(writer::stopped()))
    }

    /// Runs `look` on a reader, on tokio's blocking threads. It sees everything acknowledged before the call.
    pub(super) async fn read<T, F>(&self, look: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Db) -> Result<T> + Send + 'static,
    {
        if self.inner.readers.is_none() {
            return self.write(move |work| look(work.db)).await;
        }
        let this = self.clone();
        tokio::task::spawn_blocking(move || this.read_blocking(look))
            .await
            .unwrap_or_else(|_| Err(StoreError::Other("a read stopped half way".to_owned())))
    }

    /// The same on the calling thread, which may block.
    pub(super) fn read_blocking<T, F>(&self, look: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Db) -> Result<T> + Send + 'static,
    {
        match &self.inner.readers {
            Some(readers) => readers.with(look),
            None => self.write_blocking(move |work| look(work.db)),
        }
    }

    /// Publishes messages that other processes have added since the last look; says for how many conversations.
    pub(super) async fn look_for_news(&self) -> Result<usize> {
        let before = self.inner.news.seen();
        let (now, news) = match before.by_writer() {
            true => self.write(move |work| before.look(work.db)).await?,
            false => self.read(move |db| before.look(db)).await?,
        };
        Ok(self.inner.news.tell_of_others(now, news))
    }
}
