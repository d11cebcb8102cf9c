//! Token buckets in memory: how often one network or conversation may ask for what is costly.
//! What never lives here: any limit on messages. Triage must see every word (invariant 6), so what may carry words of
//! distress is never counted; only new API conversations, feedback, copies, erasures and files are.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use waymark::base::Stopwatch;

use crate::address::Key;

/// Most buckets kept: some megabytes at worst.
const MOST: usize = 20_000;

struct Bucket {
    tokens: f64,
    seen: Duration,
}

/// One limit for many clients.
pub(crate) struct Limiter {
    /// Tokens of a full bucket; none: no limit.
    most: f64,
    per_second: f64,
    since: Stopwatch,
    buckets: Mutex<HashMap<Key, Bucket>>,
}

impl Limiter {
    /// `per_minute` at once, refilled evenly over a minute; 0 is no limit.
    pub(crate) fn new(per_minute: u32) -> Self {
        Self::every(per_minute, 60.0)
    }

    /// `per_hour` at once, refilled evenly over an hour; 0 is no limit.
    pub(crate) fn hourly(per_hour: u32) -> Self {
        Self::every(per_hour, 3600.0)
    }

    fn every(most: u32, seconds: f64) -> Self {
        let most = f64::from(most);
        Self {
            most,
            per_second: most / seconds,
            since: Stopwatch::start(),
            buckets: Mutex::default(),
        }
    }

    /// Takes one token; false when there is none. Whom we cannot tell apart is not limited.
    pub(crate) fn allow(&self, key: Option<Key>) -> bool {
        let Some(key) = key.filter(|_| self.most > 0.0) else {
            return true;
        };
        let now = self.since.elapsed();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(&key) {
            buckets.retain(|_, b| self.refilled(b, now) < self.most);
            if buckets.len() >= MOST {
                // Forgetting lets a few too many through; refusing would shut everybody out.
                buckets.clear();
            }
        }
        let full = Bucket {
            tokens: self.most,
            seen: now,
        };
        let bucket = buckets.entry(key).or_insert(full);
        let tokens = self.refilled(bucket, now);
        let allowed = tokens >= 1.0;
        *bucket = Bucket {
            tokens: if allowed { tokens - 1.0 } else { tokens },
            seen: now,
        };
        allowed
    }

    fn refilled(&self, bucket: &Bucket, now: Duration) -> f64 {
        let passed = now.saturating_sub(bucket.seen).as_secs_f64();
        (bucket.tokens + passed * self.per_second).min(self.most)
    }
}
