//! What goes into a turn and what a conversation remembers between turns.
//! What never lives here: how a turn is decided (step.rs).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    base::{CaseReference, Lang, ReceiptId},
    casework::{Channel, Needs},
    knowledge::{Audience, Regime},
    voice::Heard,
};

/// One thing that a person sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Words or a pressed button.
    pub what: Said,
    /// Where it came from.
    pub channel: Channel,
    /// What the caller states outright (`--area`, `--regime`, ...); it wins over what the text seems to say.
    pub stated: Stated,
}

/// Words, typed or spoken, or a pressed button.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// What was typed, as it came.
    Text(String),
    /// What was said aloud, as it was heard.
    Heard(Box<Heard>),
    /// The `value` of a `Choice`.
    Action(String),
}

/// What the caller states outright.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// Area id.
    pub area: Option<String>,
    /// Which law.
    pub regime: Option<Regime>,
    /// Who is asking.
    pub audience: Option<Audience>,
    /// Language.
    pub lang: Option<Lang>,
    /// Answer as of this day.
    pub on: Option<Date>,
    /// What the message replies to, where the channel tells: an earlier answer of ours.
    pub about: Option<Topic>,
    /// Why the assistant is switched off on this channel; the desk fills it in.
    pub switched_off: Option<String>,
}

/// What a conversation remembers. Kept as versioned JSON that the store never reads; unknown fields of a newer version are
/// ignored, missing ones take their default, so that nodes of two versions can serve side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Of this form.
    pub version: u32,
    /// Language the person writes in.
    pub lang: Lang,
    /// Language the person asked us to reply in, whatever they write in.
    pub reply_in: Option<Lang>,
    /// Whether replies are also read aloud, where the channel can.
    pub aloud: bool,
    /// Council, once known.
    pub area: Option<String>,
    /// Which law, once said.
    pub regime: Option<Regime>,
    /// Who is asking, once known.
    pub audience: Option<Audience>,
    /// Turns so far.
    pub turns: u32,
    /// What the last answer was about.
    pub last: Option<Topic>,
    /// What was said since then and came to no answer, latest last: the next message may finish it.
    pub unanswered: Option<String>,
    /// What we asked back and still wait for.
    pub pending: Option<Pending>,
    /// The open case; while it is set, a human owns the thread.
    pub case: Option<OpenCase>,
    /// The closed case about which the person was asked whether it helped, until they say.
    pub asked: Option<CaseReference>,
    /// The kind of urgent help last shown, so that a council chosen afterwards brings its number.
    pub urgent_kind: Option<String>,
    /// Whether it is safe to write here, once said: `yes`, `call`, `no`.
    pub safe_to_contact: Option<String>,
    /// How the person needs us to communicate, as far as they said so here.
    pub needs: Needs,
    /// Whether we have just asked which number is safe and when.
    pub awaits_contact: bool,
    /// The person's own words, latest last, at most six.
    pub own_words: Vec<String>,
    /// Answers given, latest last, at most ten.
    pub receipts: Vec<ReceiptId>,
    /// The last reply's text, for "say that again".
    pub last_said: Option<String>,
}

impl State {
    /// The form written now.
    pub const VERSION: u32 = 1;
}

impl Default for State {
    fn default() -> Self {
        Self {
            version: Self::VERSION,
            lang: Lang::english(),
            reply_in: None,
            aloud: false,
            area: None,
            regime: None,
            audience: None,
            turns: 0,
            last: None,
            unanswered: None,
            pending: None,
            case: None,
            asked: None,
            urgent_kind: None,
            safe_to_contact: None,
            needs: Needs::default(),
            awaits_contact: false,
            own_words: Vec::new(),
            receipts: Vec::new(),
            last_said: None,
        }
    }
}

/// What the last answer was about: carried into a follow-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Article id.
    pub article: String,
    /// Section anchor.
    pub section: String,
    /// The question as it was searched.
    pub question: String,
}

/// A question of ours that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The person's question that it is about.
    pub question: String,
    /// Labels and actions that were offered.
    pub choices: Vec<(String, String)>,
}

/// The open case of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCase {
    /// Its reference.
    pub reference: CaseReference,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Whether a human owns the thread, so that the assistant stays silent.
    #[serde(default)]
    pub human_owns: bool,
    /// Whether the person went back to the assistant.
    #[serde(default)]
    pub went_back: bool,
}
