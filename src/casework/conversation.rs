//! A conversation and its messages as they are kept.
//! What never lives here: the conversation's state (the assistant's; the store keeps it as JSON it never reads).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::base::{CaseReference, ConversationId, Lang, MessageId, ReceiptId, TokenHash};

/// How a person reaches us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The web page, the widget or the API.
    Web,
    /// `waymark ask`.
    Terminal,
    /// A Telegram chat.
    Telegram,
    /// A call that an adviser took: nobody can be written to here.
    Phone,
    /// Somebody at the door, likewise.
    WalkIn,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person who asks.
    Person,
    /// Waymark itself.
    Assistant,
    /// A human adviser.
    Adviser,
    /// A notice about the conversation itself.
    System,
}

/// What is needed to start a conversation.
#[derive(Debug, Clone)]
pub struct NewConversation {
    /// Its id.
    pub id: ConversationId,
    /// Hash of the bearer token.
    pub token: TokenHash,
    /// Where it happens.
    pub channel: Channel,
    /// First state, versioned JSON.
    pub state_json: String,
    /// When it started.
    pub created: Timestamp,
}

/// A conversation as loaded for a turn.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Hash of the bearer token.
    pub token: TokenHash,
    /// Where it happens.
    pub channel: Channel,
    /// The assistant's state, versioned JSON that the store never reads.
    pub state_json: String,
    /// Counts the turns committed; a turn commits only over the version that it read.
    pub version: u64,
    /// When it started.
    pub created: Timestamp,
}

/// A message to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// The adviser's display name, when an adviser wrote it.
    pub name: Option<String>,
    /// The text: plain from a person, markdown from us.
    pub text: String,
    /// Its language.
    pub lang: Lang,
    /// The whole reply as JSON, when the assistant wrote it.
    pub reply_json: Option<String>,
    /// The receipt behind it.
    pub receipt: Option<ReceiptId>,
    /// The case it belongs to, when an adviser wrote it.
    pub case: Option<CaseReference>,
}

impl NewMessage {
    /// Words alone.
    pub fn plain(id: MessageId, author: Author, text: String, lang: &Lang) -> Self {
        Self {
            id,
            author,
            name: None,
            text,
            lang: lang.clone(),
            reply_json: None,
            receipt: None,
            case: None,
        }
    }
}

/// A message as kept, with its place in the conversation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// Rises within the whole store; what SSE and `?after=` count by.
    pub seq: u64,
    /// When it was kept.
    pub at: Timestamp,
    /// The message.
    #[serde(flatten)]
    pub message: NewMessage,
}
