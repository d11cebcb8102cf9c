//! The service of one bot: a poller or a webhook, workers for lanes, workers for messages, until it is told to stop; then
//! what is under way is finished and nothing is unhooked.
//! What never lives here: what a worker does (assistant, delivery).

use std::{future::Future, sync::Arc, time::Duration};

use axum::Router;
use jiff::SignedDuration;
use teloxide_core::requests::{Request, Requester};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};
use waymark::{
    assistant::{Desk, Reception},
    base::{Chance, Ids},
    casework::{LaneLease, Taken},
    delivery::{Channel, Doing, Inbox, KEEP, Sender},
    store::StoreError,
};

use crate::{
    adapter::Telegram,
    hook,
    ingress::Ingress,
    outcome,
    poller::Poller,
    settings::{Mode, Settings},
};

/// Lanes worked off at once.
const LANES: usize = 16;
/// Messages on their way at once.
const SENDS: usize = 32;
/// With nothing to do, another process's or a due event's coming is looked for this often.
const IDLE: Duration = Duration::from_millis(150);
/// While few are waiting, each is shown that we are at work.
const CALM: usize = 8;
/// The phone shows it for five seconds.
const TYPING: Duration = Duration::from_secs(4);
/// Ten minutes: three of speech take the careful engine less than one.
const MOST_KEPT: u32 = 30;
/// What is kept only to know a repetition goes after this.
const KEPT: SignedDuration = SignedDuration::from_hours(72);
/// How often that is looked at.
const PRUNE: Duration = Duration::from_secs(3600);

/// The service of one bot.
pub struct Service {
    ingress: Ingress,
    sender: Arc<Sender<Telegram>>,
    reception: Arc<Reception<Telegram>>,
    settings: Settings,
    owner: String,
}

impl Service {
    /// Makes it ready; nothing is fetched or sent yet.
    ///
    /// # Errors
    /// When the store cannot be written; one line.
    pub async fn new(desk: Desk, settings: Settings, pace_chance: Chance) -> Result<Self, String> {
        let line = |error: StoreError| error.to_string();
        let seed = pace_chance.draw().map_err(|e| e.to_string())?;
        let now = desk.clock().now().instant;
        let owner = Ids::new(seed, now).button();
        let account = settings.account();
        let store = desk.store().clone();
        store
            .bot(account.clone(), String::new(), now)
            .await
            .map_err(line)?;
        store.take_over(account.clone(), now).await.map_err(line)?;
        let channel = Arc::new(Telegram::new(&settings)?);
        let clock = desk.clock();
        let inbox = Inbox::new(store.clone(), clock, account.clone(), owner.clone());
        let sender = Sender::new(
            store,
            (clock, pace_chance),
            channel.clone(),
            (account, owner.clone()),
            settings.pace,
        )
        .with_voice(desk.voice());
        Ok(Self {
            reception: Arc::new(Reception::new(desk.clone(), channel.clone())),
            ingress: Ingress {
                desk,
                channel,
                inbox,
                wake: Arc::new(Notify::new()),
            },
            sender: Arc::new(sender),
            settings,
            owner,
        })
    }

    /// Where Telegram delivers, to be mounted beside the pages; nothing with polling.
    pub fn hooks(&self) -> Router {
        match self.settings.mode {
            Mode::Webhook => hook::router(self.ingress.clone(), self.settings.bot),
            Mode::Polling => Router::new(),
        }
    }

    /// Works until `stop` turns true; then finishes what is under way. Webhook and messages not yet sent stay as they are.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let service = Arc::new(self);
        tokio::join!(
            service.clone().fetch(stop.clone()),
            service.clone().answer(stop.clone()),
            service.clone().send(stop.clone()),
            service.prune(stop),
        );
    }

    async fn fetch(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut quiet = stop.clone();
        tokio::select! {
            () = self.introduce() => {}
            _ = quiet.wait_for(|stop| *stop) => return,
        }
        match self.settings.mode {
            Mode::Webhook => {
                // Nothing to fetch; only the end is waited for.
                let _ = stop.wait_for(|stop| *stop).await;
            }
            Mode::Polling => {
                let poller = Poller {
                    ingress: self.ingress.clone(),
                    account: self.settings.account(),
                    owner: self.owner.clone(),
                    stop,
                };
                poller.run().await;
            }
        }
    }

    /// Learns the bot's name once. What goes wrong here goes wrong with the first poll or send too, and is told there.
    async fn introduce(&self) {
        let desk = &self.ingress.desk;
        match self.ingress.channel.bot.get_me().send().await {
            Ok(me) => {
                let name = me.username().to_owned();
                let now = desk.clock().now().instant;
                tracing::info!("telegram: @{name}, {:?}", self.settings.mode);
                let store = desk.store();
                let account = self.settings.account();
                let known = store.bot(account.clone(), name, now).await;
                let well = store.bot_well(account, now).await;
                if let Err(error) = known.map(drop).and(well) {
                    tracing::warn!(%error, "telegram: the bot's name could not be kept");
                }
            }
            Err(teloxide_core::RequestError::Api(error)) if self.settings.mode == Mode::Webhook => {
                let words = outcome::words(&error);
                tracing::error!("telegram does not take the token: {words}");
            }
            Err(_) => {}
        }
    }

    async fn answer(self: Arc<Self>, stop: watch::Receiver<bool>) {
        let next = |free: usize| {
            let this = self.clone();
            async move { this.ingress.inbox.lanes(free).await }
        };
        let work = |lease: LaneLease, busy: usize| self.clone().take(lease, busy);
        work_off(LANES, stop, &self.ingress.wake, next, work).await;
    }

    async fn take(self: Arc<Self>, lease: LaneLease, busy: usize) {
        let address = lease.lane.clone();
        let taken = lease.taken();
        let answered = async {
            tokio::select! {
                () = self.reception.take(lease) => {}
                () = self.keep(taken) => {}
            }
        };
        if busy <= CALM && !address.starts_with("event ") {
            let typing = async {
                loop {
                    let channel = &self.ingress.channel;
                    channel.at_work(&address, Doing::Writing).await;
                    tokio::time::sleep(TYPING).await;
                }
            };
            tokio::select! {
                () = answered => {}
                () = typing => {}
            }
        } else {
            answered.await;
        }
        self.ingress.wake.notify_one();
    }

    /// Keeps a lane that is worked on, but not for ever: what hangs is another's in the end.
    async fn keep(&self, taken: Taken) {
        for _ in 0..MOST_KEPT {
            tokio::time::sleep(KEEP).await;
            if let Err(error) = self.ingress.inbox.keep(taken.clone()).await {
                tracing::warn!(%error, "telegram: a lane could not be kept");
            }
        }
        std::future::pending().await
    }

    async fn send(self: Arc<Self>, stop: watch::Receiver<bool>) {
        let next = |free: usize| {
            let this = self.clone();
            async move { this.sender.lend(free).await }
        };
        let work = |sending, _| {
            let this = self.clone();
            async move {
                let library = this.ingress.desk.library();
                if let Err(error) = this.sender.deliver(sending, &library).await {
                    tracing::error!(%error, "telegram: what came of a message could not be kept");
                }
            }
        };
        // Sends are looked for by the clock alone: the pace decides, not the news.
        work_off(SENDS, stop, &Notify::new(), next, work).await;
    }

    async fn prune(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut tick = tokio::time::interval(PRUNE);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let desk = &self.ingress.desk;
            let now = desk.clock().now().instant;
            let before = now.checked_sub(KEPT).unwrap_or(now);
            if let Err(error) = desk.store().prune_delivery(before).await {
                tracing::warn!(%error, "what was delivered long ago could not be cleared");
            }
        }
    }
}

/// Takes up to `most` things at once as they come, until it is to stop; then those under way end.
async fn work_off<T, N, P, F, W>(
    most: usize,
    mut stop: watch::Receiver<bool>,
    wake: &Notify,
    next: N,
    work: W,
) where
    P: Future<Output = Result<Vec<T>, StoreError>>,
    N: Fn(usize) -> P,
    F: Future<Output = ()> + Send + 'static,
    W: Fn(T, usize) -> F,
{
    let mut under_way = JoinSet::new();
    while !*stop.borrow() {
        while under_way.try_join_next().is_some() {}
        let found = match next(most - under_way.len()).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "telegram: the store gives no work");
                Vec::new()
            }
        };
        let more = !found.is_empty();
        let busy = under_way.len() + found.len();
        for one in found {
            under_way.spawn(work(one, busy));
        }
        if more && under_way.len() < most {
            continue;
        }
        tokio::select! {
            _ = under_way.join_next(), if !under_way.is_empty() => {}
            () = wake.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
    while under_way.join_next().await.is_some() {}
}
