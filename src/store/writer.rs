//! The one thread that writes, with group commit: whatever waits is run in one transaction, each job in a savepoint of
//! its own, committed once and answered only then. A commit to disk costs the same for one job as for hundreds.
//! What never lives here: what is written (sql/).

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{
    db::{Behind, Db},
    error::{Result, StoreError},
    news::News,
    shapes::Notice,
    sqlite::open::BUSY_TIMEOUT,
};

/// Jobs that may wait; one more is told that the database is busy.
const QUEUE: usize = 4096;
/// Jobs in one transaction at most, so that the first never waits long for the last.
const BATCH: usize = 256;

/// What a job works with.
pub(super) struct Work<'a> {
    /// The writer's connection, inside the job's savepoint.
    pub(super) db: &'a Db,
    after: After,
}

/// What is done once the batch is durable.
#[derive(Default)]
struct After {
    notices: Vec<Notice>,
    truncate: bool,
}

impl Work<'_> {
    /// Published once, and only if, this job is durable.
    pub(super) fn notice(&mut self, notice: Notice) {
        self.after.notices.push(notice);
    }

    /// Folds the log into the file and empties it once this job is durable, so that erased text is not left in the log.
    pub(super) fn truncate_log(&mut self) {
        self.after.truncate = true;
    }
}

pub(super) fn stopped() -> StoreError {
    StoreError::Other("the database has been closed".to_owned())
}

enum Order {
    Run(Box<dyn Job>),
    Stop,
}

/// The queue before the thread.
pub(super) struct Writer {
    orders: SyncSender<Order>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(db: Db, news: Arc<News>) -> Result<Self> {
        let (orders, waiting) = sync_channel(QUEUE);
        let bench = Bench {
            db,
            news,
            truncate_owed: false,
        };
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || bench.work_off(&waiting))
            .map_err(|e| StoreError::Other(format!("the writer thread did not start: {e}")))?;
        Ok(Self {
            orders,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Queues `work`; `reply` is called on the writer thread when its batch is durable or has failed.
    pub(super) fn enqueue<T, F, R>(&self, work: F, reply: R) -> Result<()>
    where
        T: Send + 'static,
        F: FnOnce(&mut Work<'_>) -> Result<T> + Send + 'static,
        R: FnOnce(Result<T>) + Send + 'static,
    {
        let task = Task {
            work: Some(work),
            outcome: None,
            reply,
        };
        match self.orders.try_send(Order::Run(Box::new(task))) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(StoreError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(stopped()),
        }
    }

    /// Lets the thread finish what is queued and waits for it. A second call does nothing.
    pub(super) fn stop(&self) {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // An error means that the thread has ended already.
            let _ = self.orders.send(Order::Stop);
            if thread.join().is_err() {
                tracing::error!("the store's writer thread panicked");
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A job whose result type is forgotten.
trait Job: Send {
    /// Does the work and keeps its outcome; says whether its savepoint is to be kept.
    fn run(&mut self, work: &mut Work<'_>) -> bool;
    /// Why it failed, if it did.
    fn failure(&self) -> Option<StoreError>;
    /// Tells whoever waits: its own failure first, then the batch's, else its result.
    fn answer(self: Box<Self>, batch: Result<()>);
}

struct Task<F, T, R> {
    work: Option<F>,
    outcome: Option<Result<T>>,
    reply: R,
}

impl<F, T, R> Job for Task<F, T, R>
where
    T: Send,
    F: FnOnce(&mut Work<'_>) -> Result<T> + Send,
    R: FnOnce(Result<T>) + Send,
{
    fn run(&mut self, work: &mut Work<'_>) -> bool {
        self.outcome = self.work.take().map(|job| job(work));
        matches!(self.outcome, Some(Ok(_)))
    }

    fn failure(&self) -> Option<StoreError> {
        self.outcome.as_ref()?.as_ref().err().cloned()
    }

    fn answer(self: Box<Self>, batch: Result<()>) {
        let outcome = match (self.outcome, batch) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(batch)) => Err(batch),
            (Some(done), Ok(())) => done,
            (None, Ok(())) => Err(StoreError::Other("a write stopped half way".to_owned())),
        };
        (self.reply)(outcome);
    }
}

/// What the thread owns.
struct Bench {
    db: Db,
    news: Arc<News>,
    truncate_owed: bool,
}

impl Bench {
    fn work_off(mut self, waiting: &Receiver<Order>) {
        let mut stop = false;
        while !stop {
            let Ok(first) = waiting.recv() else { break };
            let mut batch = Vec::new();
            let mut next = Some(first);
            while let Some(order) = next.take() {
                match order {
                    Order::Run(job) => batch.push(job),
                    Order::Stop => stop = true,
                }
                if !stop && batch.len() < BATCH {
                    next = waiting.try_recv().ok();
                }
            }
            if !batch.is_empty() {
                self.run(batch);
            }
        }
        self.finish();
    }

    fn run(&mut self, mut batch: Vec<Box<dyn Job>>) {
        let outcome = self.transact(&mut batch);
        let fate = match outcome {
            Ok(after) => {
                for notice in after.notices {
                    self.news.tell(notice, self.db.shared());
                }
                if after.truncate {
                    self.truncate_owed = !self.truncate(BUSY_TIMEOUT);
                } else if self.truncate_owed {
                    self.truncate_owed = !self.truncate(Duration::ZERO);
                }
                Ok(())
            }
            Err(error) => {
                tracing::error!(jobs = batch.len(), %error, "a batch of writes failed as a whole");
                Err(error)
            }
        };
        for job in batch {
            job.answer(fate.clone());
        }
    }

    /// One transaction around all jobs. An error means that nothing of it was written.
    fn transact(&self, batch: &mut [Box<dyn Job>]) -> Result<After> {
        self.db.begin_write()?;
        let mut all = After::default();
        let outcome = batch
            .iter_mut()
            .try_for_each(|job| self.in_savepoint(job.as_mut(), &mut all))
            .and_then(|()| self.db.commit_write());
        match outcome {
            Ok(()) => Ok(all),
            Err(error) => {
                if self.db.in_transaction() {
                    // A connection that is gone has rolled back by itself.
                    let _ = self.db.say("ROLLBACK");
                }
                Err(error)
            }
        }
    }

    /// One job. An error means that the whole transaction is lost, not only this job.
    fn in_savepoint(&self, job: &mut dyn Job, all: &mut After) -> Result<()> {
        self.db.say("SAVEPOINT job")?;
        let mut work = Work {
            db: &self.db,
            after: After::default(),
        };
        let kept = catch_unwind(AssertUnwindSafe(|| job.run(&mut work))).unwrap_or_else(|_| {
            tracing::error!("a write panicked and was rolled back");
            false
        });
        if !self.db.in_transaction() {
            // A full disk and a few other faults make SQLite roll the whole transaction back by itself.
            return Err(job.failure().unwrap_or(StoreError::Full));
        }
        if kept {
            all.notices.append(&mut work.after.notices);
            all.truncate |= work.after.truncate;
        } else {
            self.db.say("ROLLBACK TO job")?;
        }
        self.db.say("RELEASE job")
    }

    /// Whether the log is empty now; a reader in the middle of something can hold it back.
    fn truncate(&self, patience: Duration) -> bool {
        let Behind::Sqlite(db) = &self.db.behind else {
            return true;
        };
        let _ = db.busy_timeout(patience);
        let held: std::result::Result<i64, _> =
            db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        let _ = db.busy_timeout(BUSY_TIMEOUT);
        matches!(held, Ok(0))
    }

    fn finish(self) {
        self.truncate(BUSY_TIMEOUT);
        if let Behind::Sqlite(db) = self.db.behind
            && let Err((_, error)) = db.close()
        {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }
}
