//! Messages out: what may go now is lent, cut into parts, sent, and what came of it is kept.
//! What never lives here: a channel's own form (bots), tasks and timers (bots).

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::{
    channel::{Channel, Outcome},
    inbox::after,
    speech::{self, Mouth},
};
use crate::{
    base::{Chance, Clock, Ids},
    casework::{Author, Button, Load, NewMessage, Outgoing, Part, Sending, Sent},
    knowledge::Library,
    store::{Lease, LendSends, Store, StoreError},
    voice::Voice,
};

/// A worker's message is another's after that long: longer than any send may take.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// Buttons can be pressed for that long.
const BUTTONS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What the account is barred from waits that long.
const BARRED: SignedDuration = SignedDuration::from_secs(60);
/// Without a connection it is tried again after this, twice this, four times this ...
const BACKOFF: SignedDuration = SignedDuration::from_secs(1);
/// ... and at least this often.
const BACKOFF_MOST: SignedDuration = SignedDuration::from_secs(60);
/// "Listen": what the button under an answer or an adviser's words means.
pub const LISTEN: &str = "show:aloud";
/// So many addresses held back within `CROWD_WITHIN` mean that the whole account is.
const CROWD: usize = 3;
const CROWD_WITHIN: SignedDuration = SignedDuration::from_secs(30);

/// How fast messages go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Messages a second, from one account.
    pub per_second: u32,
    /// Milliseconds between two messages to one person.
    pub gap_ms: u32,
    /// Seconds after which a message that may or may not have gone is sent once more.
    pub doubt_seconds: u32,
}

impl Default for Pace {
    /// Below what Telegram allows (about 30 a second, one a second to one chat).
    fn default() -> Self {
        Self {
            per_second: 25,
            gap_ms: 1000,
            doubt_seconds: 30,
        }
    }
}

/// The outbox of one account, for one worker process.
#[derive(Debug)]
pub struct Sender<C> {
    store: Store,
    clock: Clock,
    chance: Chance,
    channel: Arc<C>,
    account: String,
    owner: String,
    pace: Pace,
    mouth: Mouth,
    held_back: Mutex<VecDeque<(Timestamp, String)>>,
}

impl<C: Channel> Sender<C> {
    /// `owner` names this process among all that serve the account.
    pub fn new(
        store: Store,
        (clock, chance): (Clock, Chance),
        channel: Arc<C>,
        (account, owner): (String, String),
        pace: Pace,
    ) -> Self {
        Self {
            store,
            clock,
            chance,
            channel,
            account,
            owner,
            pace,
            mouth: Mouth::new(Voice::off("nobody opened it")),
            held_back: Mutex::default(),
        }
    }

    /// The same, with a voice for what is to be read aloud.
    pub fn with_voice(self, voice: Voice) -> Self {
        Self {
            mouth: Mouth::new(voice),
            ..self
        }
    }

    /// At most `most` messages that may be sent now.
    ///
    /// # Errors
    /// The store's.
    pub async fn lend(&self, most: usize) -> Result<Vec<Sending>, StoreError> {
        let now = self.clock.now().instant;
        if most == 0 || !self.store.sends_wait(self.account.clone(), now).await? {
            return Ok(Vec::new());
        }
        let per_second = i64::from(self.pace.per_second.max(1));
        let ask = LendSends {
            account: self.account.clone(),
            owner: self.owner.clone(),
            now,
            until: after(now, LEASE),
            most: u64::try_from(most).unwrap_or(u64::MAX),
            interval: SignedDuration::from_nanos(1_000_000_000 / per_second),
            gap: SignedDuration::from_millis(i64::from(self.pace.gap_ms)),
            doubt_until: self.doubt(now),
        };
        self.store.lend_sends(ask).await
    }

    /// Sends one and keeps what came of it. A crash at any point leaves it to be sent, sent, or in doubt; never lost.
    ///
    /// # Errors
    /// The store's; the lease runs out then, and the message is tried again.
    pub async fn deliver(&self, sending: Sending, library: &Library) -> Result<(), StoreError> {
        let lease = Lease {
            seq: sending.seq,
            fence: sending.fence,
        };
        let part = match &sending.load {
            Load::Part(part) => part.clone(),
            Load::Whole(outgoing) => match self.cut(lease, outgoing).await? {
                Some(part) => part,
                None => return Ok(()),
            },
            Load::Words(message) => match self.cut(lease, &self.words(message, library)).await? {
                Some(part) => part,
                None => return Ok(()),
            },
        };
        let sent = match part.op.as_str() {
            Part::SPEECH => self.say(lease, &sending, &part.payload).await?,
            _ if self.begin(lease).await? => {
                let outcome = self.channel.send(&sending.address, &part).await;
                Some(self.kept(outcome, &sending))
            }
            _ => None,
        };
        let Some(sent) = sent else {
            return Ok(());
        };
        let now = self.clock.now().instant;
        self.store.settle_send(lease, sent, now).await.map(drop)
    }

    /// Written before a send begins; false when the lease is lost.
    async fn begin(&self, lease: Lease) -> Result<bool, StoreError> {
        let now = self.clock.now().instant;
        self.store.begin_send(lease, now).await
    }

    /// Speaks a part and sends it; `None` when the lease was lost meanwhile. What the channel does not take is dropped: the
    /// words were sent before.
    async fn say(
        &self,
        lease: Lease,
        sending: &Sending,
        text: &str,
    ) -> Result<Option<Sent>, StoreError> {
        let (channel, to) = (self.channel.as_ref(), sending.address.as_str());
        let now = self.clock.now().instant;
        let (sound, seconds) = match self.mouth.speak(channel, to, text, now).await {
            Ok(spoken) => spoken,
            Err(instead) => return Ok(Some(instead)),
        };
        if !self.begin(lease).await? {
            return Ok(None);
        }
        let outcome = channel.send_voice(to, sound, seconds).await;
        Ok(Some(match outcome {
            Outcome::Refused { why } => Sent::Dropped { why },
            outcome => self.kept(outcome, sending),
        }))
    }

    fn words(&self, message: &NewMessage, library: &Library) -> Outgoing {
        dressed(message, library, self.mouth.is_there())
    }

    /// Cuts a message into its parts; the first of them, unless the lease is lost.
    async fn cut(&self, lease: Lease, outgoing: &Outgoing) -> Result<Option<Part>, StoreError> {
        let now = self.clock.now().instant;
        let seed = self
            .chance
            .draw()
            .map_err(|e| StoreError::Other(e.to_string()))?;
        let mut ids = Ids::new(seed, now);
        let most = self.channel.caps().buttons;
        let buttons: Vec<(String, Button)> = outgoing
            .buttons
            .iter()
            .take(most)
            .map(|b| (ids.button(), b.clone()))
            .collect();
        let mut parts = self.channel.render(outgoing, &buttons);
        parts.extend(outgoing.aloud.iter().flat_map(|text| speech::parts(text)));
        let Some(first) = parts.first().cloned() else {
            let nothing = Sent::Failed { why: "empty" };
            self.store.settle_send(lease, nothing, now).await?;
            return Ok(None);
        };
        let expires = after(now, BUTTONS);
        let cut = self
            .store
            .cut_send(lease, parts, buttons, expires, now)
            .await?;
        Ok(cut.then_some(first))
    }

    /// What is kept of an outcome.
    fn kept(&self, outcome: Outcome, sending: &Sending) -> Sent {
        let now = self.clock.now().instant;
        match outcome {
            Outcome::Sent { external } => Sent::Done { external },
            Outcome::NotSent => Sent::Later {
                not_before: after(now, backoff(sending.attempts)),
                why: "no_connection",
                account: false,
            },
            Outcome::SlowDown { seconds } => Sent::Later {
                not_before: after(now, SignedDuration::from_secs(i64::from(seconds))),
                why: "slow_down",
                account: self.crowded(now, &sending.address),
            },
            Outcome::Unknown => Sent::Uncertain {
                not_before: self.doubt(now),
                why: "uncertain",
            },
            Outcome::Unreachable(reach) => Sent::Unreachable(reach),
            Outcome::Moved { address } => Sent::Moved { address },
            Outcome::Refused { why } => {
                tracing::error!(
                    account = self.account,
                    message = %sending.message,
                    why,
                    "a message was refused and will not be sent"
                );
                Sent::Failed { why }
            }
            Outcome::Barred { why } => Sent::Held {
                until: after(now, BARRED),
                why,
            },
        }
    }

    fn doubt(&self, now: Timestamp) -> Timestamp {
        after(
            now,
            SignedDuration::from_secs(i64::from(self.pace.doubt_seconds)),
        )
    }

    /// Whether several addresses have been held back of late: then it is not one chat, it is us.
    fn crowded(&self, now: Timestamp, address: &str) -> bool {
        let mut held = self
            .held_back
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.retain(|(at, who)| now.duration_since(*at) < CROWD_WITHIN && who != address);
        held.push_back((now, address.to_owned()));
        held.len() >= CROWD
    }
}

/// An adviser's words with the name of who wrote them, to be heard at one press where somebody `speaks`; a notice as it stands.
pub fn dressed(message: &NewMessage, library: &Library, speaks: bool) -> Outgoing {
    let says = |id: &str, holes: &[(&str, &str)]| library.messages.say(&message.lang, id, holes);
    let (Author::Adviser, Some(name)) = (message.author, &message.name) else {
        return Outgoing {
            markdown: message.text.clone(),
            ..Outgoing::default()
        };
    };
    let by = says("adviser_says", &[("name", name)]);
    let listen = (message.lang.is_english() && speaks).then(|| Button {
        label: says("button_listen", &[]),
        value: LISTEN.to_owned(),
    });
    Outgoing {
        markdown: format!("**{by}**\n\n{}", lines(&message.text)),
        buttons: listen.into_iter().collect(),
        ..Outgoing::default()
    }
}

/// How long to wait before the next try after so many.
fn backoff(attempts: u32) -> SignedDuration {
    let times = 1_i32 << attempts.min(10);
    (BACKOFF * times).min(BACKOFF_MOST)
}

/// What advisers type is laid out as they typed it: every line break is kept.
fn lines(text: &str) -> String {
    text.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("  \n")
}
