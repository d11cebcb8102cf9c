//! Events in: kept before they are acknowledged, lent to a worker a lane at a time.
//! What never lives here: what an event is answered (assistant), fetching or taking it (bots).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{
    base::Clock,
    casework::{LaneLease, NewEvent, Taken},
    store::{Lend, Store, StoreError},
};

/// A worker's lane is another's after that long: far more than any turn takes. Hearing may take longer, and keeps it.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Whoever still works on a lane keeps it this often.
pub const KEEP: Duration = Duration::from_secs(20);
/// More of what somebody is typing may follow for that long.
const BURST: SignedDuration = SignedDuration::from_millis(900);

/// An event that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The channel's own id of it.
    pub event: String,
    /// One chat.
    pub lane: String,
    /// As it came.
    pub raw: String,
    /// Whether it sounds like a cry for help: it overtakes other lanes.
    pub urgent: bool,
    /// Whether more of the same may follow: plain words do not go at once.
    pub burst: bool,
}

/// The inbox of one account, for one worker process.
#[derive(Debug, Clone)]
pub struct Inbox {
    store: Store,
    clock: Clock,
    account: String,
    owner: String,
}

impl Inbox {
    /// `owner` names this process among all that serve the account.
    pub fn new(store: Store, clock: Clock, account: String, owner: String) -> Self {
        Self {
            store,
            clock,
            account,
            owner,
        }
    }

    /// Keeps events durably; only then may they be acknowledged. Says how many were new.
    ///
    /// # Errors
    /// The store's: then nothing may be acknowledged.
    pub async fn receive(&self, events: Vec<Received>) -> Result<usize, StoreError> {
        let now = self.clock.now().instant;
        let kept = events.into_iter().map(|event| NewEvent {
            due: match event.burst && !event.urgent {
                true => after(now, BURST),
                false => now,
            },
            event: event.event,
            lane: event.lane,
            raw: event.raw,
            urgent: event.urgent,
        });
        let kept = kept.collect();
        self.store
            .receive_events(self.account.clone(), kept, now)
            .await
    }

    /// At most `most` free lanes with something due.
    ///
    /// # Errors
    /// The store's.
    pub async fn lanes(&self, most: usize) -> Result<Vec<LaneLease>, StoreError> {
        let now = self.clock.now().instant;
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        if most == 0 || !self.store.events_wait(self.account.clone(), now).await? {
            return Ok(Vec::new());
        }
        let ask = Lend {
            account: self.account.clone(),
            owner: self.owner.clone(),
            now,
            until: after(now, LEASE),
            most,
        };
        self.store.lend_lanes(ask).await
    }
}

impl Inbox {
    /// Keeps a lane that is still being worked on: what somebody said may take longer to hear than a lane is lent for.
    ///
    /// # Errors
    /// The store's; the lane is another's when its time is over.
    pub async fn keep(&self, taken: Taken) -> Result<(), StoreError> {
        let now = self.clock.now().instant;
        self.store.hold_lane(taken, after(now, LEASE), now).await
    }
}

/// That much later.
pub(super) fn after(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(now)
}
