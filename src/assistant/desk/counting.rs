//! Turns as operators count them, on every channel: where, how they ended, how long they took.
//! What never lives here: words, ids, what is made of the counts (bots/web).

use std::{fmt, sync::OnceLock, time::Duration};

use super::{Desk, DeskError};
use crate::{assistant::reply::Reply, base::Stopwatch, casework::Channel};

/// Takes the channel, the outcome's word (`error` where there is no reply) and the time from a message to its durable reply.
pub type TurnCounter = Box<dyn Fn(Channel, &'static str, Duration) + Send + Sync>;

/// Whoever counts, once there is one.
#[derive(Default)]
pub(in crate::assistant) struct Counting(OnceLock<TurnCounter>);

impl fmt::Debug for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counting(..)")
    }
}

impl Counting {
    /// A turn ended.
    pub(in crate::assistant) fn turn(
        &self,
        channel: Channel,
        ended: &Result<Reply, DeskError>,
        watch: Stopwatch,
    ) {
        if let Some(count) = self.0.get() {
            let outcome = ended.as_ref().map_or("error", |r| r.outcome.as_str());
            count(channel, outcome, watch.elapsed());
        }
    }
}

impl Desk {
    /// From now on each turn is told to `counter`; the first one that is set stays.
    pub fn count_turns(&self, counter: TurnCounter) {
        // A second face over the same desk has nothing to add.
        let _ = self.0.counting.0.set(counter);
    }
}
