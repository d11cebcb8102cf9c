//! Long polling: asks Telegram for events, keeps them, and only then lets it forget them by asking for later ones. No place
//! is remembered across starts: Telegram knows it, and numbers begin anew at times.
//! What never lives here: reading events (parse).

use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use tokio::sync::watch;

use crate::{adapter::POLL, ingress::Ingress};

/// After a failure it is tried again after this.
const PAUSE: Duration = Duration::from_secs(2);
/// What only an operator can mend is tried again after this.
const LONG_PAUSE: Duration = Duration::from_secs(30);
/// The one poller is another process's after that long without a word: less than people wait before they write again.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// Whoever polls says so this often, for one call takes nearly as long as the lease.
const RENEW: Duration = Duration::from_secs(8);
/// Updates that Telegram is asked for, one kind a word.
pub(crate) const WANTED: [&str; 4] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
];

/// Telegram's answer, with each event as it came.
#[derive(Deserialize)]
struct Answer<'a> {
    ok: bool,
    #[serde(borrow, default)]
    result: Vec<&'a RawValue>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    error_code: u16,
}

#[derive(Deserialize)]
struct Numbered {
    update_id: i64,
}

/// Why no events came.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trouble {
    /// The network, or Telegram's own fault: passes.
    Passing,
    /// Nothing but an operator mends it: a code and one line.
    SetUp(&'static str, &'static str),
    /// Our own store.
    Store,
}

/// The poller of one account.
pub(crate) struct Poller {
    pub(crate) ingress: Ingress,
    pub(crate) account: String,
    pub(crate) owner: String,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Poller {
    /// Polls until told to stop.
    pub(crate) async fn run(mut self) {
        let mut offset: Option<i64> = None;
        let mut told: Option<Trouble> = None;
        while !*self.stop.borrow() {
            if !self.is_ours().await {
                // Another process polls. What it has kept is for it to acknowledge.
                offset = None;
                self.wait(PAUSE).await;
                continue;
            }
            let mut stop = self.stop.clone();
            let fetched = tokio::select! {
                fetched = self.fetch(offset) => fetched,
                // What was fetched meanwhile is fetched again, by whoever polls now.
                () = self.while_ours() => continue,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            match fetched {
                Ok(next) => {
                    offset = next.or(offset);
                    if told.take().is_some_and(|t| t != Trouble::Passing) {
                        self.well().await;
                    }
                }
                // Turned away by the process that polls in our place: that is as it should be.
                Err(_) if !self.is_ours().await => {}
                Err(trouble) => {
                    let pause = self.report(&trouble, told.as_ref()).await;
                    told = Some(trouble);
                    self.wait(pause).await;
                }
            }
        }
        self.lease(SignedDuration::ZERO).await;
    }

    /// Whether this process is the one that polls.
    async fn is_ours(&self) -> bool {
        self.lease(LEASE).await
    }

    /// Says again and again that this process polls; ends when another does.
    async fn while_ours(&self) {
        loop {
            tokio::time::sleep(RENEW).await;
            if !self.is_ours().await {
                return;
            }
        }
    }

    async fn lease(&self, length: SignedDuration) -> bool {
        let desk = &self.ingress.desk;
        let now = desk.clock().now().instant;
        let until = now.checked_add(length).unwrap_or(now);
        let (account, owner) = (self.account.clone(), self.owner.clone());
        let leased = desk.store().lease_poller(account, owner, now, until).await;
        leased.unwrap_or_else(|error| {
            tracing::warn!(%error, "telegram: the store does not say who polls");
            false
        })
    }

    /// Asks once, keeps what came, and says from where on to ask next.
    async fn fetch(&self, offset: Option<i64>) -> Result<Option<i64>, Trouble> {
        let text = self.ask(offset).await?;
        let answer: Answer<'_> = serde_json::from_str(&text).map_err(|_| Trouble::Passing)?;
        if !answer.ok {
            return Err(trouble(answer.error_code, &answer.description));
        }
        let number = |raw: &&RawValue| serde_json::from_str::<Numbered>(raw.get()).ok();
        let last = answer
            .result
            .iter()
            .filter_map(number)
            .map(|n| n.update_id)
            .max();
        let raw: Vec<String> = answer.result.iter().map(|r| r.get().to_owned()).collect();
        if !raw.is_empty() {
            self.ingress.keep(raw).await.map_err(|error| {
                tracing::error!(%error, "telegram: events could not be kept: they are fetched again");
                Trouble::Store
            })?;
        }
        Ok(last.map(|last| last + 1))
    }

    /// The answer's text: teloxide would lose each event's own form.
    async fn ask(&self, offset: Option<i64>) -> Result<String, Trouble> {
        let bot = &self.ingress.channel.patient;
        let mut url = bot.api_url();
        let method = ["getUpdates"];
        let path = format!("bot{}", bot.token());
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(&path).extend(method);
        }
        let body = json!({
            "offset": offset,
            "limit": 100,
            "timeout": POLL.as_secs(),
            "allowed_updates": WANTED,
        });
        let sent = bot
            .client()
            .post(url)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await;
        let response = sent.map_err(|_| Trouble::Passing)?;
        response.text().await.map_err(|_| Trouble::Passing)
    }

    /// One line when it begins, none while it lasts; the account is held where nothing else helps.
    async fn report(&self, trouble: &Trouble, told: Option<&Trouble>) -> Duration {
        let news = told != Some(trouble);
        match trouble {
            Trouble::SetUp(code, line) => {
                if news {
                    tracing::error!(account = self.account, "telegram is paused: {line}");
                }
                let desk = &self.ingress.desk;
                let now = desk.clock().now().instant;
                let until = now
                    .checked_add(SignedDuration::from_secs(30))
                    .unwrap_or(now);
                // A second poller's messages may go: only a bad token bars everything.
                let until = if *code == "bad_token" { until } else { now };
                let held = desk.store().hold_bot(self.account.clone(), code, until);
                if let Err(error) = held.await {
                    tracing::warn!(%error, "telegram: that could not be noted");
                }
                LONG_PAUSE
            }
            Trouble::Passing if news => {
                tracing::warn!("telegram cannot be reached; trying on");
                PAUSE
            }
            Trouble::Passing | Trouble::Store => PAUSE,
        }
    }

    async fn well(&self) {
        tracing::info!(account = self.account, "telegram works again");
        let desk = &self.ingress.desk;
        let now = desk.clock().now().instant;
        if let Err(error) = desk.store().bot_well(self.account.clone(), now).await {
            tracing::warn!(%error, "telegram: that could not be noted");
        }
    }

    async fn wait(&mut self, pause: Duration) {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = self.stop.wait_for(|stop| *stop) => {}
        }
    }
}

fn trouble(code: u16, description: &str) -> Trouble {
    match code {
        401 | 404 => Trouble::SetUp(
            "bad_token",
            "the token in WAYMARK_TELEGRAM_TOKEN is not valid; put the right one there and start again",
        ),
        409 if description.contains("webhook") => Trouble::SetUp(
            "webhook_set",
            "a webhook is set for this bot; run `waymark telegram setup`, or set telegram.mode = \"webhook\"",
        ),
        409 => Trouble::SetUp(
            "second_poller",
            "another program polls with the same token; stop it, or use another bot",
        ),
        _ => Trouble::Passing,
    }
}
