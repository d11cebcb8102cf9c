//! The only place of the conversation with effects: load, step, write once. A crash leaves nothing done or everything.
//! What never lives here: deciding or wording (step and its stages), SQL (store), HTTP (bots).

mod aloud;
mod counting;
mod waiting;

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use arc_swap::ArcSwap;
use serde::Serialize;
use tokio::sync::broadcast;

use super::{
    compose,
    push::Posting,
    reply::Reply,
    snapshot::Snapshot,
    staffing::Staffing,
    state::{Input, State, Stated},
    step::{Turn, step},
};
use crate::{
    base::{Chance, Clock, ConversationId, Ids, Now, Stopwatch, Token, TokenHash},
    casework::{
        Author, CaseState, Channel, Committed, Conversation, Delivery, Message, NewConversation,
        NewMessage, Reach, Tally, TurnRecord,
    },
    knowledge::Library,
    store::{Notice, Store, StoreError},
    voice::Voice,
};

pub(super) use aloud::Reading;
pub use counting::TurnCounter;
pub use waiting::Waiting;

/// Two turns of one conversation at once are tried again this often; the second simply comes after the first.
const TRIES: usize = 8;
/// Why the desk could not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// Unknown or erased.
    #[error("this conversation does not exist, or it has been deleted")]
    NoSuchConversation,
    /// Not its owner.
    #[error("the token does not belong to this conversation")]
    WrongToken,
    /// The person's or the caller's mistake, with what to do.
    #[error("{0}")]
    BadInput(String),
    /// Try again.
    #[error("the service is busy; please try again in a moment")]
    Busy,
    /// Ours; logged.
    #[error("something went wrong on our side")]
    Fault(String),
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Busy,
            StoreError::NotFound(_) => Self::NoSuchConversation,
            other => Self::Fault(other.to_string()),
        }
    }
}

/// How things stand, for /readyz and `doctor`.
#[derive(Debug, Clone, Serialize)]
pub struct Health {
    /// Whether turns can be taken and kept.
    pub ready: bool,
    /// Articles held.
    pub articles: usize,
    /// Sections held.
    pub sections: usize,
    /// Hash of the snapshot.
    pub knowledge: String,
    /// `ok`, or what is wrong.
    pub store: String,
    /// Whether the embedding model is in use.
    pub semantic: bool,
    /// Whether speech is in use.
    pub voice: bool,
    /// What works with less, in words.
    pub notes: Vec<String>,
}

/// The desk. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) chance: Chance,
    snapshot: ArcSwap<Snapshot>,
    voice: OnceLock<Voice>,
    pub(super) switched_off: ArcSwap<HashMap<Channel, String>>,
    pub(super) counting: counting::Counting,
}

impl Desk {
    /// A desk over a store and a snapshot.
    pub fn new(store: Store, clock: Clock, chance: Chance, snapshot: Snapshot) -> Self {
        Self(Arc::new(Inner {
            store,
            clock,
            chance,
            snapshot: ArcSwap::from_pointee(snapshot),
            voice: OnceLock::new(),
            switched_off: ArcSwap::default(),
            counting: counting::Counting::default(),
        }))
    }

    /// The store behind it.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The clock it goes by.
    pub fn clock(&self) -> Clock {
        self.0.clock
    }

    /// The snapshot in use.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.snapshot.load_full()
    }

    /// The library in use.
    pub fn library(&self) -> Arc<Library> {
        self.snapshot().library.clone()
    }

    /// How this service is staffed.
    pub fn staffing(&self) -> Staffing {
        self.snapshot().staffing.clone()
    }

    /// Puts a new snapshot in place, whole; turns under way finish with the old one.
    pub fn swap(&self, snapshot: Snapshot) {
        self.0.snapshot.store(Arc::new(snapshot));
    }

    /// Fresh identifiers for one turn.
    ///
    /// # Errors
    /// When the operating system has no random source.
    pub fn ids(&self) -> Result<Ids, DeskError> {
        let seed = self
            .0
            .chance
            .draw()
            .map_err(|e| DeskError::Fault(e.to_string()))?;
        Ok(Ids::new(seed, self.0.clock.now().instant))
    }

    /// Starts a conversation; the token is shown once and only its hash is kept.
    ///
    /// # Errors
    /// When an area is unknown, or the store cannot write.
    pub async fn start(
        &self,
        channel: Channel,
        stated: Stated,
    ) -> Result<(ConversationId, Token), DeskError> {
        if let Some(area) = stated
            .area
            .as_deref()
            .filter(|a| !self.snapshot().library.areas.contains_key(*a))
        {
            let library = self.library();
            let known: Vec<&str> = library.areas.keys().map(String::as_str).collect();
            let known = known.join(", ");
            return Err(DeskError::BadInput(format!(
                "'{area}' is not an area we know; known are {known}"
            )));
        }
        let mut ids = self.ids()?;
        let (id, token) = (ids.conversation(), ids.token());
        let state = State {
            area: stated.area,
            regime: stated.regime,
            audience: stated.audience,
            lang: stated.lang.unwrap_or_default(),
            ..State::default()
        };
        let new = NewConversation {
            id: id.clone(),
            token: token.hash(),
            channel,
            state_json: to_json(&state)?,
            created: self.0.clock.now().instant,
        };
        self.0.store.create_conversation(new).await?;
        Ok((id, token))
    }

    /// Lets the owner of a conversation in.
    ///
    /// # Errors
    /// `NoSuchConversation`, `WrongToken`, or the store's.
    pub async fn admit(&self, id: &ConversationId, presented: &str) -> Result<(), DeskError> {
        let conversation = self
            .0
            .store
            .conversation(id)
            .await?
            .ok_or(DeskError::NoSuchConversation)?;
        // Hashes are compared, so the time it takes tells nothing about the token.
        let hash = TokenHash::of(presented);
        if conversation.token == hash {
            return Ok(());
        }
        match self.0.store.return_link(hash).await? {
            Some(opened) if opened == *id => Ok(()),
            _ => Err(DeskError::WrongToken),
        }
    }

    /// Takes one turn and keeps it before answering. A repeated `client_id` returns the first reply.
    ///
    /// # Errors
    /// `NoSuchConversation`, `Busy`, or the store's.
    pub async fn turn(
        &self,
        id: &ConversationId,
        client_id: Option<&str>,
        input: Input,
    ) -> Result<Reply, DeskError> {
        let watch = Stopwatch::start();
        let ended = match self.kept_turn(id, client_id, input.clone(), None).await {
            Err(error @ (DeskError::Busy | DeskError::Fault(_))) => {
                // A store that cannot write must not keep urgent help from anybody.
                self.urgent_without_record(id, &input).ok_or(error)
            }
            other => other,
        };
        self.0.counting.turn(input.channel, &ended, watch);
        ended
    }

    /// Urgent help for a message that could not be kept; `None` when it is not urgent.
    fn urgent_without_record(&self, id: &ConversationId, input: &Input) -> Option<Reply> {
        let snapshot = self.snapshot();
        let turn = step(
            State::default(),
            input,
            &snapshot,
            self.0.clock.now(),
            self.ids().ok()?,
            id,
        );
        compose::without_record(turn.reply, &snapshot)
    }

    /// `posting`: where the reply is pushed to, and what it takes out of the inbox.
    pub(super) async fn kept_turn(
        &self,
        id: &ConversationId,
        client_id: Option<&str>,
        input: Input,
        posting: Option<Posting>,
    ) -> Result<Reply, DeskError> {
        let desk = self.clone();
        let (id, client_id) = (id.clone(), client_id.map(str::to_owned));
        for _ in 0..TRIES {
            let (worker, id, client_id, input) =
                (desk.clone(), id.clone(), client_id.clone(), input.clone());
            let posting = posting.clone();
            let prepared = tokio::task::spawn_blocking(move || {
                worker.prepare(&id, client_id.as_deref(), &input, posting)
            })
            .await
            .map_err(|e| DeskError::Fault(e.to_string()))??;
            let (record, reply) = match prepared {
                Prepared::Again(reply) => return Ok(*reply),
                Prepared::Turn(record, reply) => (record, reply),
            };
            match desk.0.store.commit_turn(*record).await {
                Ok(Committed::Done) => return Ok(*reply),
                Ok(Committed::Repeated { reply_json }) => return from_json(&reply_json),
                Ok(Committed::Conflict) | Err(StoreError::Duplicate(_)) => {}
                // The turn is another worker's now.
                Ok(Committed::LeaseLost) => return Err(DeskError::Busy),
                Ok(Committed::Gone) => return Err(DeskError::NoSuchConversation),
                Err(error) => return Err(error.into()),
            }
        }
        Err(DeskError::Busy)
    }

    fn prepare(
        &self,
        id: &ConversationId,
        client_id: Option<&str>,
        input: &Input,
        posting: Option<Posting>,
    ) -> Result<Prepared, DeskError> {
        let store = &self.0.store;
        let conversation = store
            .conversation_blocking(id)?
            .ok_or(DeskError::NoSuchConversation)?;
        if let Some(client_id) = client_id
            && let Some(reply_json) = store.repeated_blocking(id, client_id)?
        {
            return from_json(&reply_json).map(|r| Prepared::Again(Box::new(r)));
        }
        let now = self.0.clock.now();
        let state = self.state(&conversation)?;
        let snapshot = self.snapshot();
        let mut ids = self.ids()?;
        let (person, assistant) = (ids.message(), ids.message());
        let mut input = input.clone();
        input.stated.switched_off = self.switched_off(input.channel);
        let turn = step(state, &input, &snapshot, now, ids, id);
        let Turn {
            state,
            reply,
            records,
            said,
        } = turn;
        let reply_json = to_json(&reply)?;
        let delivery = posting.map_or_else(Delivery::default, |p| {
            let reading = self.reading(&state, &reply.language);
            p.delivery(&reply, &assistant, &snapshot, reading)
        });
        let answer = NewMessage {
            text: reply.body_markdown.clone(),
            lang: reply.language.clone(),
            reply_json: Some(reply_json.clone()),
            receipt: reply.receipt.clone(),
            ..NewMessage::plain(assistant, Author::Assistant, String::new(), &state.lang)
        };
        let messages = vec![
            NewMessage::plain(person, Author::Person, said, &state.lang),
            answer,
        ];
        let record = TurnRecord {
            conversation: id.clone(),
            expected_version: conversation.version,
            client_id: client_id.map(str::to_owned),
            state_json: to_json(&state)?,
            reply_json,
            messages,
            receipt: records.receipt,
            opened: records.opened,
            events: records.events,
            packets: records.packets,
            delivery,
            tally: Some(tally(&state, &reply, now)),
            at: now.instant,
        };
        Ok(Prepared::Turn(Box::new(record), Box::new(reply)))
    }

    /// The conversation's state, with what has become of its case meanwhile.
    pub(super) fn state(&self, conversation: &Conversation) -> Result<State, DeskError> {
        let mut state: State = from_json(&conversation.state_json)?;
        let Some(open) = state.case.as_mut() else {
            return Ok(state);
        };
        let Some(case) = self.0.store.case_blocking(&open.reference)? else {
            state.case = None;
            return Ok(state);
        };
        match case.state {
            CaseState::Closed => {
                let unsaid = case.rating_asked.is_some() && case.rating.is_none();
                state.asked = unsaid.then(|| open.reference.clone());
                state.case = None;
            }
            _ if case.adviser.is_some() => {
                // Once the person has gone back to the assistant, only a new reply of the adviser takes it over again.
                open.human_owns = open.human_owns || !open.went_back;
            }
            _ => open.human_owns = false,
        }
        Ok(state)
    }

    /// Messages after a place, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn history(
        &self,
        id: &ConversationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Message>, DeskError> {
        Ok(self.0.store.messages_after(id, after, limit).await?)
    }

    /// A nudge whenever a conversation has something new; read `history` then.
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.0.store.subscribe()
    }

    /// How things stand.
    pub async fn health(&self) -> Health {
        let snapshot = self.snapshot();
        let store = self.0.store.write_probe().await;
        let articles = snapshot.library.articles.len();
        let semantic = snapshot.index.meaning().is_some();
        let mut notes = self.switches_told();
        let voice = self.voice_health(&mut notes);
        if !semantic {
            notes.push(
                "the embedding model is not in use: questions are matched by their words"
                    .to_owned(),
            );
        }
        if snapshot.index.tongues().is_none() {
            notes.push(
                "the model for other languages is not in use: questions in them are found by their words alone"
                    .to_owned(),
            );
        }
        if !snapshot.staffing.advisers {
            notes.push("no advisers are set up: no reply time is promised".to_owned());
        }
        Health {
            ready: store.is_ok() && articles > 0,
            articles,
            sections: snapshot.library.sections().count(),
            knowledge: snapshot.library.hash.clone(),
            store: store.map_or_else(|e| e.to_string(), |()| "ok".to_owned()),
            semantic,
            voice,
            notes,
        }
    }

    /// How many cases are open, by priority's word; for metrics.
    ///
    /// # Errors
    /// The store's.
    pub async fn open_cases(&self) -> Result<HashMap<&'static str, u64>, DeskError> {
        let counts = self
            .0
            .store
            .case_counts(&Reach::Everywhere, self.0.clock.now().instant)
            .await?;
        Ok(HashMap::from([
            ("urgent", counts.urgent),
            ("high", counts.high),
            ("normal", counts.normal),
        ]))
    }
}

/// What is counted of a turn.
fn tally(state: &State, reply: &Reply, now: Now) -> Tally {
    let cited = reply.citations.first().map(|c| &c.article);
    let nearest = reply.candidates.first().map(|c| &c.article);
    Tally {
        day: now.today,
        outcome: reply.outcome,
        reason: reply.reason.clone(),
        urgent: reply.urgent,
        article: cited.or(nearest).cloned(),
        area: reply.area.clone().or_else(|| state.area.clone()),
        regime: reply
            .regime
            .clone()
            .or_else(|| state.regime.map(|r| r.as_str().to_owned())),
        audience: state.audience.map(|a| a.as_str().to_owned()),
        lang: state.lang.clone(),
    }
}

enum Prepared {
    Again(Box<Reply>),
    Turn(Box<TurnRecord>, Box<Reply>),
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, DeskError> {
    serde_json::to_string(value).map_err(|e| DeskError::Fault(e.to_string()))
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, DeskError> {
    serde_json::from_str(json)
        .map_err(|e| DeskError::Fault(format!("kept JSON cannot be read: {e}")))
}
