//! Telegram's events as kept (raw JSON) -> what somebody did.
//! What never lives here: what is answered.

use serde_json::Value;
use teloxide_core::types::{
    CallbackQuery, ChatMemberKind, ChatMemberUpdated, FileId, MaybeInaccessibleMessage, MediaKind,
    Message, MessageKind, Update, UpdateKind, User,
};
use waymark::{
    casework::Reachability,
    delivery::{Extra, Inbound, Kind, Media},
};

/// What an event is, without reading all of it: enough to keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// The update's id.
    pub(crate) event: String,
    /// Whose lane.
    pub(crate) lane: String,
    /// Words that may be a cry for help.
    pub(crate) words: String,
    /// Whether more of the same may follow.
    pub(crate) burst: bool,
    /// A button that waits to be told that it was heard.
    pub(crate) press: Option<String>,
}

/// `None` for what has no id: it cannot be kept, nor known again.
pub(crate) fn envelope(raw: &str) -> Option<Envelope> {
    let value: Value = serde_json::from_str(raw).ok()?;
    let event = value.get("update_id")?.as_i64()?.to_string();
    let inbound = parse(raw);
    let kind = inbound.as_ref().map(|i| &i.kind);
    let words = match kind {
        Some(Kind::Text { text, .. } | Kind::Edited { text, .. } | Kind::Group { text }) => {
            text.clone()
        }
        Some(Kind::Command { rest, .. }) => rest.clone(),
        _ => String::new(),
    };
    let press = value.pointer("/callback_query/id").and_then(Value::as_str);
    Some(Envelope {
        burst: matches!(kind, Some(Kind::Text { .. } | Kind::Edited { .. })),
        words,
        press: press.map(str::to_owned),
        lane: inbound.map_or_else(|| format!("event {event}"), |i| i.address),
        event,
    })
}

/// Reads an event. From text, never from a `Value`: teloxide reads no update from one.
pub(crate) fn parse(raw: &str) -> Option<Inbound> {
    let update: Update = serde_json::from_str(raw).ok()?;
    match update.kind {
        UpdateKind::Message(message) => {
            let mut read = written(&message);
            if read.kind == Kind::Extra(Extra::Unknown) {
                read.kind = by_name(raw);
            }
            Some(read)
        }
        UpdateKind::EditedMessage(message) => edited(&message),
        UpdateKind::CallbackQuery(press) => pressed(&press),
        UpdateKind::MyChatMember(change) => membership(&change),
        UpdateKind::Error(_) => unheard_of(raw),
        _ => None,
    }
}

fn written(message: &Message) -> Inbound {
    let from = message.from.as_ref();
    let kind = if from.is_some_and(|u| u.is_bot) || message.chat.is_channel() {
        Kind::Nothing
    } else if !message.chat.is_private() {
        Kind::Group {
            text: message.text().unwrap_or_default().to_owned(),
        }
    } else {
        private(message)
    };
    inbound(message, from, kind)
}

fn inbound(message: &Message, from: Option<&User>, kind: Kind) -> Inbound {
    let lang = from.and_then(|u| u.language_code.as_deref());
    Inbound {
        address: message.chat.id.to_string(),
        message: message.id.to_string(),
        lang: lang.and_then(|l| l.parse().ok()),
        kind,
    }
}

fn private(message: &Message) -> Kind {
    if let Some(text) = message.text() {
        return match command(text) {
            Some((name, rest)) => Kind::Command { name, rest },
            None => Kind::Text {
                text: text.to_owned(),
                reply_to: message.reply_to_message().map(|m| m.id.to_string()),
                under: None,
            },
        };
    }
    if let (Some(voice), None) = (message.voice(), caption(message)) {
        return Kind::Voice {
            media: Media {
                file: file(&voice.file.id),
                bytes: Some(u64::from(voice.file.size)),
                seconds: Some(voice.duration.seconds()),
            },
            reply_to: message.reply_to_message().map(|m| m.id.to_string()),
        };
    }
    let Some(extra) = extra(message) else {
        return Kind::Nothing;
    };
    match caption(message) {
        Some(caption) => Kind::Text {
            text: caption.to_owned(),
            reply_to: message.reply_to_message().map(|m| m.id.to_string()),
            under: Some(extra),
        },
        None => Kind::Extra(extra),
    }
}

/// The words under something. teloxide's own getter passes over those of recordings.
fn caption(message: &Message) -> Option<&str> {
    match &message.kind {
        MessageKind::Common(common) => match &common.media_kind {
            MediaKind::Voice(voice) => voice.caption.as_deref(),
            _ => message.caption(),
        },
        _ => None,
    }
}

fn file(id: &FileId) -> String {
    id.0.clone()
}

/// What it is, when it holds no words; `None` for Telegram's own notices.
fn extra(message: &Message) -> Option<Extra> {
    let common = match &message.kind {
        MessageKind::Common(common) => common,
        MessageKind::Dice(_) => return Some(Extra::Sticker),
        // A kind that Telegram thought of after teloxide was made.
        MessageKind::Empty {} => return Some(Extra::Unknown),
        _ => return None,
    };
    Some(match &common.media_kind {
        MediaKind::Photo(_)
        | MediaKind::Video(_)
        | MediaKind::VideoNote(_)
        | MediaKind::Animation(_) => Extra::Picture,
        MediaKind::Sticker(_) => Extra::Sticker,
        MediaKind::Location(_) | MediaKind::Venue(_) => Extra::Place,
        MediaKind::Document(_) | MediaKind::Audio(_) => Extra::File,
        MediaKind::Contact(_) => Extra::Contact,
        MediaKind::Migration(_) => return None,
        _ => Extra::Unknown,
    })
}

/// `/help@waymark_bot now` -> (`help`, `now`).
fn command(text: &str) -> Option<(String, String)> {
    let stroke = text.strip_prefix('/')?;
    let (word, rest) = stroke
        .split_once(char::is_whitespace)
        .unwrap_or((stroke, ""));
    let name = word.split('@').next().unwrap_or(word);
    let good = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    good.then(|| (name.to_ascii_lowercase(), rest.trim().to_owned()))
}

fn edited(message: &Message) -> Option<Inbound> {
    let text = message.text().or_else(|| message.caption())?;
    if !message.chat.is_private() {
        return None;
    }
    let kind = Kind::Edited {
        message: message.id.to_string(),
        text: text.to_owned(),
    };
    Some(inbound(message, message.from.as_ref(), kind))
}

fn pressed(press: &CallbackQuery) -> Option<Inbound> {
    let chat = match press.message.as_ref()? {
        MaybeInaccessibleMessage::Inaccessible(message) => message.chat.id,
        MaybeInaccessibleMessage::Regular(message) => message.chat.id,
    };
    let lang = press.from.language_code.as_deref();
    Some(Inbound {
        address: chat.to_string(),
        message: String::new(),
        lang: lang.and_then(|l| l.parse().ok()),
        kind: Kind::Press {
            button: press.data.clone()?,
        },
    })
}

fn membership(change: &ChatMemberUpdated) -> Option<Inbound> {
    let gone = matches!(
        change.new_chat_member.kind,
        ChatMemberKind::Banned(_) | ChatMemberKind::Left
    );
    let kind = match (change.chat.is_private(), gone) {
        (true, true) => Kind::Reachability(Reachability::Blocked),
        (true, false) => Kind::Reachability(Reachability::Yes),
        (false, true) => Kind::Nothing,
        (false, false) => Kind::Group {
            text: String::new(),
        },
    };
    Some(Inbound {
        address: change.chat.id.to_string(),
        message: String::new(),
        lang: None,
        kind,
    })
}

/// What teloxide's types did not fit: known by the name of what it holds.
fn by_name(raw: &str) -> Kind {
    let value: Value = serde_json::from_str(raw).unwrap_or_default();
    let message = &value["message"];
    let has = |name: &str| message.get(name).is_some();
    let words = message.get("caption").and_then(Value::as_str);
    let replied = message.pointer("/reply_to_message/message_id");
    let reply_to = replied.and_then(Value::as_i64).map(|id| id.to_string());
    let voice = message.pointer("/voice/file_id").and_then(Value::as_str);
    if let (Some(file), None) = (voice, words) {
        let number = |at: &str| message.pointer(at).and_then(Value::as_u64);
        return Kind::Voice {
            media: Media {
                file: file.to_owned(),
                bytes: number("/voice/file_size"),
                seconds: number("/voice/duration").and_then(|s| u32::try_from(s).ok()),
            },
            reply_to,
        };
    }
    let kinds: [(&[&str], Extra); 5] = [
        (
            &["photo", "video", "video_note", "animation", "live_photo"],
            Extra::Picture,
        ),
        (&["sticker", "dice"], Extra::Sticker),
        (&["location", "venue"], Extra::Place),
        (&["document", "audio"], Extra::File),
        (&["contact"], Extra::Contact),
    ];
    let found = kinds.iter().find(|(names, _)| names.iter().any(|n| has(n)));
    let extra = found.map_or(Extra::Unknown, |(_, extra)| *extra);
    match words {
        Some(words) => Kind::Text {
            text: words.to_owned(),
            reply_to,
            under: Some(extra),
        },
        None => Kind::Extra(extra),
    }
}

/// An event in a form newer than teloxide: if it is somebody's private message, its words are read, or it gets a kind answer.
fn unheard_of(raw: &str) -> Option<Inbound> {
    let value: Value = serde_json::from_str(raw).ok()?;
    let message = value.get("message")?;
    if message.pointer("/chat/type")?.as_str()? != "private" {
        return None;
    }
    let words = |key: &str| message.get(key).and_then(Value::as_str);
    let kind = match (words("text"), words("caption")) {
        (None, None) => Kind::Extra(Extra::Unknown),
        (text, caption) => Kind::Text {
            text: text.or(caption).unwrap_or_default().to_owned(),
            reply_to: None,
            under: caption.map(|_| Extra::Unknown),
        },
    };
    let lang = message
        .pointer("/from/language_code")
        .and_then(Value::as_str);
    Some(Inbound {
        address: message.pointer("/chat/id")?.as_i64()?.to_string(),
        message: message
            .get("message_id")
            .and_then(Value::as_i64)
            .map_or_else(String::new, |id| id.to_string()),
        lang: lang.and_then(|l| l.parse().ok()),
        kind,
    })
}
