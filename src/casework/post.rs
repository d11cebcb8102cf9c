//! What comes in and goes out on channels that we push to: events of the inbox, lanes and their leases, messages of the
//! outbox and their parts, addresses and whether they can be reached.
//! What never lives here: how it is kept (store), when it is sent (delivery), what it looks like on a channel (bots).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::conversation::NewMessage;
use crate::base::{ConversationId, MessageId};

/// One of ours on a channel: a bot. Its id names channel and bot: `telegram:123456`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bot {
    /// Its id.
    pub id: String,
    /// Its public name, such as `waymark_bot`; empty before it was ever reached.
    pub name: String,
    /// Why it is held, as a short code; `None` when all is well.
    pub trouble: Option<String>,
    /// Nothing is sent before.
    pub not_before: Timestamp,
}

/// Where a person is reached on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AddressId(pub u64);

/// Whether an address can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reachability {
    /// As far as is known.
    Yes,
    /// The person has blocked us.
    Blocked,
    /// Their account on the channel is gone.
    Deactivated,
    /// The channel knows no such address.
    Unknown,
}

impl Reachability {
    /// The code used in tables and in case events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Blocked => "blocked",
            Self::Deactivated => "deactivated",
            Self::Unknown => "unknown",
        }
    }
}

/// An address as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Its number here.
    pub id: AddressId,
    /// What the channel calls it.
    pub address: String,
    /// Whether it can be reached.
    pub reach: Reachability,
    /// The conversation that it is in now.
    pub conversation: Option<ConversationId>,
    /// Whether it was seen here for the first time.
    pub new: bool,
}

/// An event as it came in, to be kept before it is acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The channel's own id of it: unique within the account.
    pub event: String,
    /// What must be worked off in order: one chat.
    pub lane: String,
    /// The event as it came.
    pub raw: String,
    /// Whether it sounds like a cry for help: its lane is then worked off first.
    pub urgent: bool,
    /// Not to be taken up before: more of the same burst may follow.
    pub due: Timestamp,
}

/// An event that waits in a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The channel's own id of it.
    pub event: String,
    /// The event as it came.
    pub raw: String,
    /// When it came.
    pub received: Timestamp,
    /// How often it was tried before.
    pub attempts: u32,
}

/// A lane held for a while by one worker, with what waits in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneLease {
    /// Whose lane.
    pub account: String,
    /// Which lane.
    pub lane: String,
    /// Rises with each lease: who holds an older one can write nothing any more.
    pub fence: u64,
    /// What waits, oldest first.
    pub events: Vec<Event>,
}

impl LaneLease {
    /// Everything in it as taken up by one turn.
    pub fn taken(&self) -> Taken {
        self.taken_of(&self.events)
    }

    /// Some of it as taken up by one turn.
    pub fn taken_of(&self, events: &[Event]) -> Taken {
        Taken {
            account: self.account.clone(),
            lane: self.lane.clone(),
            fence: self.fence,
            events: events.iter().map(|e| e.event.clone()).collect(),
            dead: None,
        }
    }
}

/// The events that a turn takes up: done with it, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Whose lane.
    pub account: String,
    /// Which lane.
    pub lane: String,
    /// Of the lease.
    pub fence: u64,
    /// Which events.
    pub events: Vec<String>,
    /// Why they are given up, a short code; `None` when they are done.
    pub dead: Option<&'static str>,
}

/// A button under a message: what it says and what a press means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What a press means; never leaves us, the channel gets an opaque id.
    pub value: String,
}

/// A file that goes with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, with its ending.
    pub name: String,
    /// Its text, UTF-8.
    pub text: String,
}

/// A message as any channel may show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Markdown; nothing of a channel's own.
    pub markdown: String,
    /// Buttons below it.
    pub buttons: Vec<Button>,
    /// A file that goes with it.
    pub file: Option<Attachment>,
    /// What is read aloud behind it, written as it is said.
    #[serde(default)]
    pub aloud: Option<String>,
}

/// What goes first when there is more to send than may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Help for somebody in danger.
    Urgent,
    /// A human's words.
    Adviser,
    /// All else.
    Ordinary,
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutgoing {
    /// The message it carries; a fresh id where it stands in no conversation.
    pub message: MessageId,
    /// Where to.
    pub address: AddressId,
    /// What.
    pub outgoing: Outgoing,
    /// How soon.
    pub urgency: Urgency,
}

/// What one turn takes out of the inbox and puts into the outbox, in the turn's own transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Events done with it.
    pub taken: Option<Taken>,
    /// The button that was pressed: used up with it.
    pub pressed: Option<String>,
    /// Messages out.
    pub outgoing: Vec<NewOutgoing>,
}

/// A button as it was offered, read back by its opaque id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Which conversation, if any.
    pub conversation: Option<ConversationId>,
    /// Under which message.
    pub message: MessageId,
    /// What it means and says.
    pub button: Button,
    /// Whether it was pressed before.
    pub used: bool,
}

/// One part of a message as a channel sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What is done with it, in the channel's words: `text`, `file`; or [`Part::SPEECH`].
    pub op: String,
    /// What the channel sends; nobody else reads it. Of speech: the text to be spoken.
    pub payload: String,
}

impl Part {
    /// The `op` of what is spoken when its turn comes. What is written behind it does not wait for it.
    pub const SPEECH: &'static str = "speech";
}

/// What is to be sent.
#[derive(Debug, Clone)]
pub enum Load {
    /// A message that has not been cut into parts yet.
    Whole(Outgoing),
    /// The same, of a message that an adviser wrote (or the system): its own words.
    Words(Box<NewMessage>),
    /// A part.
    Part(Part),
}

/// A row of the outbox, held for a while by one worker.
#[derive(Debug, Clone)]
pub struct Sending {
    /// Its number.
    pub seq: u64,
    /// Rises with each lease.
    pub fence: u64,
    /// The message it carries.
    pub message: MessageId,
    /// Its conversation, if any.
    pub conversation: Option<ConversationId>,
    /// Whose bot sends it.
    pub account: String,
    /// Where to.
    pub address: String,
    /// How often it was begun before.
    pub attempts: u32,
    /// How often it may have been sent without our knowing.
    pub doubtful: u32,
    /// What.
    pub load: Load,
}

/// What came of sending, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// There, under the channel's own id.
    Done {
        /// The channel's id of the message; empty where it gives none.
        external: String,
    },
    /// Not sent, for certain: try again from then on.
    Later {
        /// When.
        not_before: Timestamp,
        /// A short code.
        why: &'static str,
        /// Whether the whole account waits with it.
        account: bool,
    },
    /// Nobody knows: try once more from then on.
    Uncertain {
        /// When.
        not_before: Timestamp,
        /// A short code.
        why: &'static str,
    },
    /// It will never go: whoever looks after the case is told.
    Failed {
        /// A short code.
        why: &'static str,
    },
    /// It need not go: what it says was written already, and it cannot be spoken.
    Dropped {
        /// A short code.
        why: &'static str,
    },
    /// Nothing goes there any more: all that waits for this address fails.
    Unreachable(Reachability),
    /// The address has moved.
    Moved {
        /// To here.
        address: String,
    },
    /// Our account does not work: it waits, and so does everything it would send.
    Held {
        /// Until then.
        until: Timestamp,
        /// A short code.
        why: &'static str,
    },
}

/// How the messages of one conversation fare, for advisers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Whose bot.
    pub account: String,
    /// Whether the person can be reached.
    pub reach: Reachability,
    /// Parts that wait.
    pub waiting: u64,
    /// Parts that will never go.
    pub failed: u64,
    /// Parts that may have arrived twice, or not at all.
    pub doubtful: u64,
}
