//! What every handler shares: the desk, settings, files, counters; and the one way a turn is asked for.
//! What never lives here: routes, HTML, JSON.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};

use axum::http::HeaderValue;
use tokio::sync::watch;
use waymark::{
    assistant::{Desk, DeskError, Input, Reply, Said, Stated},
    base::ConversationId,
    casework::{Channel, Message},
    knowledge::{Certainty, Library},
};

use crate::{
    assets::Assets, console::Console, follow::Streams, headers, limiter::Limiter, metrics::Metrics,
    post::Post, settings::Settings,
};

/// Handed to every handler; cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// What the handlers share.
pub(crate) struct Shared {
    pub(crate) desk: Desk,
    pub(crate) settings: Settings,
    pub(crate) assets: Assets,
    /// The content security policy of the pages that people see.
    pub(crate) policy: Option<HeaderValue>,
    pub(crate) requests: Limiter,
    pub(crate) files: Limiter,
    /// Letters to oneself.
    pub(crate) letters: Letters,
    /// The mail server for them, where there is one.
    pub(crate) post: OnceLock<Arc<dyn Post>>,
    pub(crate) streams: Streams,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) console: Console,
    /// Turns true when the server is to end: open event streams then close.
    pub(crate) closing: watch::Receiver<bool>,
}

/// How many letters may be asked for in an hour.
pub(crate) struct Letters {
    /// By one conversation.
    pub(crate) conversation: Limiter,
    /// By one network.
    pub(crate) network: Limiter,
    /// By all together.
    pub(crate) everybody: Limiter,
}

impl Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// Makes ready what the handlers share.
    pub(crate) fn new(desk: Desk, settings: Settings, closing: watch::Receiver<bool>) -> Self {
        let metrics = Arc::new(Metrics::new());
        let counted = metrics.clone();
        desk.count_turns(Box::new(move |channel, outcome, took| {
            counted.turn(channel, outcome, took);
        }));
        Self(Arc::new(Shared {
            requests: Limiter::new(settings.requests_per_minute),
            files: Limiter::new(settings.files_per_minute),
            letters: Letters {
                conversation: Limiter::hourly(3),
                network: Limiter::hourly(10),
                everybody: Limiter::hourly(100),
            },
            post: OnceLock::new(),
            streams: Streams::new(settings.streams_per_conversation),
            assets: Assets::load(&settings.theme),
            policy: headers::policy(&settings.widget_origins),
            metrics,
            console: Console::new(),
            desk,
            settings,
            closing,
        }))
    }

    /// One turn.
    pub(crate) async fn turn(
        &self,
        id: &ConversationId,
        client_id: Option<&str>,
        what: Said,
    ) -> Result<Reply, DeskError> {
        let input = Input {
            what,
            channel: Channel::Web,
            stated: Stated::default(),
        };
        self.desk.turn(id, client_id, input).await
    }

    /// Every message after `after`, oldest first, read in portions; at most some thousands.
    pub(crate) async fn messages(
        &self,
        id: &ConversationId,
        after: u64,
    ) -> Result<Vec<Message>, DeskError> {
        const PORTION: u32 = 200;
        let mut all: Vec<Message> = Vec::new();
        for _ in 0..20 {
            let from = all.last().map_or(after, |m| m.seq);
            let portion = self.desk.history(id, from, PORTION).await?;
            let last = portion.is_empty();
            all.extend(portion);
            if last {
                break;
            }
        }
        Ok(all)
    }
}

/// The emergency number, from the register of services; the bare number should the register ever lose it, because no
/// page and no error may stand without it.
pub(crate) fn emergency(library: &Library) -> String {
    phone(library, "emergency_999").unwrap_or_else(|| "999".to_owned())
}

/// A service's phone number, if somebody has confirmed it.
pub(crate) fn phone(library: &Library, service: &str) -> Option<String> {
    let service = library.service(service)?;
    let confirmed = service.status == Certainty::Confirmed;
    service.phone.clone().filter(|_| confirmed)
}

/// Every phone number that somebody has confirmed.
pub(crate) fn phones(library: &Library) -> Vec<String> {
    let services = library.registers.services.keys();
    services.filter_map(|id| phone(library, id)).collect()
}
