//! Events kept, however they came: durable first, only then acknowledged.
//! What never lives here: how they come (poller, hook), what is answered.

use std::sync::Arc;

use tokio::sync::Notify;
use waymark::{
    assistant::{Desk, sounds_urgent},
    delivery::{Inbox, Received},
    store::StoreError,
};

use crate::{adapter::Telegram, parse::envelope};

/// Where events go in.
#[derive(Clone)]
pub(crate) struct Ingress {
    pub(crate) desk: Desk,
    pub(crate) channel: Arc<Telegram>,
    pub(crate) inbox: Inbox,
    /// Wakes the workers.
    pub(crate) wake: Arc<Notify>,
}

impl Ingress {
    /// Keeps raw events. Once this returns they are durable, and may be acknowledged.
    ///
    /// # Errors
    /// The store's: nothing may be acknowledged then.
    pub(crate) async fn keep(&self, raw: Vec<String>) -> Result<(), StoreError> {
        let snapshot = self.desk.snapshot();
        let mut presses = Vec::new();
        let events: Vec<Received> = raw
            .into_iter()
            .filter_map(|raw| {
                let Some(envelope) = envelope(&raw) else {
                    tracing::error!("an event without an id was dropped: it can never be answered");
                    return None;
                };
                presses.extend(envelope.press);
                Some(Received {
                    urgent: sounds_urgent(&snapshot, &envelope.words),
                    event: envelope.event,
                    lane: envelope.lane,
                    burst: envelope.burst,
                    raw,
                })
            })
            .collect();
        self.inbox.receive(events).await?;
        self.wake.notify_one();
        for press in presses {
            let channel = self.channel.clone();
            tokio::spawn(async move { channel.heard(press).await });
        }
        Ok(())
    }
}
