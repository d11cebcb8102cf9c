//! What a channel is to us: it reads its events, draws our messages, sends them and says what came of it. A thin adapter.
//! What never lives here: deciding what is said, keeping anything.

use std::future::Future;

use crate::{
    base::Lang,
    casework::{self, Button, Outgoing, Part, Reachability},
};

/// What a channel can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Longest text of one part, in the channel's own units (UTF-16 for Telegram).
    pub text: usize,
    /// Most buttons under one message.
    pub buttons: usize,
    /// Largest sound or file that can be fetched, in bytes.
    pub media_bytes: u64,
}

/// Something sent that is not text, to be fetched when it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// The channel's own name of it.
    pub file: String,
    /// Size in bytes, where the channel tells.
    pub bytes: Option<u64>,
    /// Length in seconds, for sound.
    pub seconds: Option<u32>,
}

/// What we are at when somebody waits for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// An answer is being written.
    Writing,
    /// It is being spoken.
    Speaking,
}

/// A kind of message that holds no words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// A photograph, a film, a moving picture.
    Picture,
    /// A sticker, a dice.
    Sticker,
    /// A place on the map.
    Place,
    /// A document or a piece of music.
    File,
    /// Somebody's visiting card.
    Contact,
    /// Whatever the channel has thought of since.
    Unknown,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Wrote words, perhaps under something else, perhaps in reply to a message of ours.
    Text {
        /// The words.
        text: String,
        /// The channel's id of the message replied to.
        reply_to: Option<String>,
        /// What the words stood under.
        under: Option<Extra>,
    },
    /// Changed words sent before.
    Edited {
        /// The channel's id of that message.
        message: String,
        /// The words now.
        text: String,
    },
    /// Gave a command: `/help`, with what stands behind it.
    Command {
        /// Lower case, without the stroke.
        name: String,
        /// The rest.
        rest: String,
    },
    /// Pressed a button.
    Press {
        /// The opaque id that we gave it.
        button: String,
    },
    /// Spoke, perhaps in reply to a message of ours.
    Voice {
        /// The recording.
        media: Media,
        /// The channel's id of the message replied to.
        reply_to: Option<String>,
    },
    /// Sent something without words.
    Extra(Extra),
    /// Wrote in a group.
    Group {
        /// The words, if any.
        text: String,
    },
    /// Has blocked us, or has us back.
    Reachability(Reachability),
    /// Nothing that asks for an answer.
    Nothing,
}

/// An event as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// Where it came from and the answer goes.
    pub address: String,
    /// The channel's id of the message.
    pub message: String,
    /// The language that the person's device is set to.
    pub lang: Option<Lang>,
    /// What it is.
    pub kind: Kind,
}

/// What came of a send, as the channel tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There, under this id of the channel's.
    Sent {
        /// Empty where it gives none.
        external: String,
    },
    /// Not sent for certain: no connection.
    NotSent,
    /// Not sent for certain: the channel asks for patience.
    SlowDown {
        /// Seconds.
        seconds: u32,
    },
    /// Nobody knows: the connection broke after the words had gone out, or the answer cannot be read.
    Unknown,
    /// Nothing goes to this address any more.
    Unreachable(Reachability),
    /// The address has changed.
    Moved {
        /// To this.
        address: String,
    },
    /// The channel will never take this message: a fault of ours.
    Refused {
        /// A short code.
        why: &'static str,
    },
    /// The channel does not take our account: a fault of the set-up.
    Barred {
        /// A short code.
        why: &'static str,
    },
}

/// Why something sent could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Larger than we fetch.
    #[error("it is too large")]
    TooLarge,
    /// Not there, or no connection.
    #[error("it cannot be fetched now")]
    Unavailable,
}

/// How a stretch of words looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Bold.
    Bold,
    /// Slanted.
    Italic,
    /// Struck out.
    Strike,
    /// In a quotation.
    Quote,
    /// In letters of one width.
    Code,
    /// A tap that leads there.
    Link(String),
}

/// Words of a message that look alike, as its reader sees them: for an adviser to look at before they go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Plain; line breaks stand as they are.
    pub text: String,
    /// None for ordinary words.
    pub looks: Vec<Look>,
}

/// A channel that we push to.
pub trait Channel: Send + Sync + 'static {
    /// Which one.
    fn channel(&self) -> casework::Channel;

    /// What it can do.
    fn caps(&self) -> Caps;

    /// Whether who delivers an event knows our secret; takes the same time whatever is presented.
    fn verify(&self, presented: Option<&str>) -> bool;

    /// Reads an event as it was kept; `None` for what nobody can answer.
    fn parse(&self, raw: &str) -> Option<Inbound>;

    /// Cuts a message into parts as they are sent, with an opaque id for each button. Pure.
    fn render(&self, outgoing: &Outgoing, buttons: &[(String, Button)]) -> Vec<Part>;

    /// Sends one part.
    fn send(&self, address: &str, part: &Part) -> impl Future<Output = Outcome> + Send;

    /// Fetches what was sent, never more than `caps().media_bytes`.
    fn fetch_media(
        &self,
        media: &Media,
    ) -> impl Future<Output = Result<Vec<u8>, FetchError>> + Send;

    /// Sends speech, OGG/Opus, as a voice message of so many seconds.
    fn send_voice(
        &self,
        address: &str,
        sound: Vec<u8>,
        seconds: u32,
    ) -> impl Future<Output = Outcome> + Send;

    /// Shows for some seconds what we are at. Best effort.
    fn at_work(&self, address: &str, doing: Doing) -> impl Future<Output = ()> + Send;
}
