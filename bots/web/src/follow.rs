//! Follows a conversation: every message after a number, then each new one as it comes, as server-sent events.
//! What never lives here: what an event holds (api and pages each draw their own).

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::{
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::{
    broadcast::{Receiver, error::RecvError},
    watch,
};
use waymark::{assistant::DeskError, base::ConversationId, casework::Message, store::Notice};

use crate::{app::App, trouble::Trouble};

/// Notices are nudges of this process only; an adviser's reply may be written by another one (`waymark cases reply`, a
/// second node), so the history is also looked at this often.
const LOOK: Duration = Duration::from_secs(4);
/// Proxies close what is silent for long.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Draws one message as an event.
pub(crate) type Draw = fn(&App, &Message) -> Event;

/// How many streams each conversation has open.
pub(crate) struct Streams {
    most: usize,
    open: Mutex<HashMap<ConversationId, usize>>,
}

impl Streams {
    /// At most so many each.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            open: Mutex::default(),
        }
    }

    fn enter(&self, id: &ConversationId) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(id.clone()).or_insert(0);
        let room = *count < self.most;
        if room {
            *count += 1;
        }
        room
    }

    fn leave(&self, id: &ConversationId) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(id) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(id);
            }
        }
    }
}

/// One place in `Streams`, given back when the stream ends for whatever reason.
struct Place {
    app: App,
    id: ConversationId,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.app.streams.leave(&self.id);
        self.app.metrics.streams(-1);
    }
}

struct Follower {
    place: Place,
    after: u64,
    waiting: VecDeque<Message>,
    notices: Receiver<Notice>,
    closing: watch::Receiver<bool>,
    draw: Draw,
}

/// The stream of `id` after message number `after`.
pub(crate) fn follow(
    app: &App,
    id: ConversationId,
    after: u64,
    draw: Draw,
) -> Result<Response, Trouble> {
    if !app.streams.enter(&id) {
        return Err(Trouble::TooManyStreams);
    }
    app.metrics.streams(1);
    let follower = Follower {
        place: Place {
            app: app.clone(),
            id,
        },
        after,
        waiting: VecDeque::new(),
        notices: app.desk.subscribe(),
        closing: app.closing.clone(),
        draw,
    };
    let open = Event::default()
        .retry(Duration::from_secs(3))
        .comment("open");
    let events = stream::iter([Ok::<_, Infallible>(open)])
        .chain(stream::unfold(follower, |f| async { f.next().await }));
    let alive = KeepAlive::new().interval(KEEP_ALIVE);
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((unbuffered, Sse::new(events).keep_alive(alive)).into_response())
}

/// Where a browser says it stopped: `Last-Event-ID` after a broken connection, else what the address says.
pub(crate) fn last_seen(headers: &HeaderMap, asked: u64) -> u64 {
    headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.trim().parse().ok())
        .unwrap_or(asked)
}

impl Follower {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(message) = self.waiting.pop_front() {
                self.after = message.seq;
                let event = (self.draw)(&self.place.app, &message);
                return Some((Ok(event.id(message.seq.to_string())), self));
            }
            let (desk, id) = (&self.place.app.desk, &self.place.id);
            match desk.history(id, self.after, 50).await {
                Ok(new) if !new.is_empty() => self.waiting.extend(new),
                Err(DeskError::NoSuchConversation) => return None,
                // Nothing new, or a passing fault: look again at the next nudge.
                Ok(_) | Err(_) => {
                    if !self.wait().await {
                        return None;
                    }
                }
            }
        }
    }

    /// Waits until it is worth looking again; false when the server is closing.
    async fn wait(&mut self) -> bool {
        tokio::select! {
            _ = self.closing.wait_for(|closing| *closing) => false,
            () = tokio::time::sleep(LOOK) => true,
            () = nudge(&mut self.notices, &self.place.id, self.after) => true,
        }
    }
}

async fn nudge(notices: &mut Receiver<Notice>, id: &ConversationId, after: u64) {
    loop {
        match notices.recv().await {
            Ok(notice) if notice.conversation == *id && notice.seq > after => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
