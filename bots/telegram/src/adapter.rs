//! The channel itself: teloxide's client with our own time-outs, and the `Channel` trait over it.
//! What never lives here: when to send (delivery), fetching events (poller, hook).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use teloxide_core::{
    Bot, RequestError,
    payloads::{SendDocumentSetters, SendMessageSetters, SendVoiceSetters},
    requests::{Request, Requester},
    types::{
        CallbackQueryId, ChatAction, ChatId, InlineKeyboardButton, InlineKeyboardButtonKind,
        InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message, MessageEntity,
    },
};
use waymark::{
    base::clip,
    casework::{self, Attachment, Button, Outgoing, Part},
    delivery::{Caps, Channel, Doing, FetchError, Inbound, Media, Outcome},
};

use crate::{
    fetch, outcome, parse,
    render::{LONGEST, render},
    settings::Settings,
};

/// Telegram answers in well under this; uploads of some megabytes fit.
const SEND: Duration = Duration::from_secs(60);
/// Longer than Telegram holds an empty poll.
pub(crate) const POLL: Duration = Duration::from_secs(25);
/// The largest file that a bot may fetch.
const MEDIA: u64 = 20 * 1024 * 1024;
/// Longer labels are cut: Telegram shows no more on a phone.
const LABEL: usize = 60;
/// Labels up to this length stand two in a row.
const SHORT: usize = 16;

/// One bot.
#[derive(Debug, Clone)]
pub struct Telegram {
    /// For everything but polling.
    pub(crate) bot: Bot,
    /// With patience for a long poll.
    pub(crate) patient: Bot,
    secret: String,
}

/// What a part holds.
#[derive(Debug, Serialize, Deserialize)]
struct Words {
    text: String,
    entities: Vec<MessageEntity>,
    keyboard: Option<InlineKeyboardMarkup>,
}

impl Telegram {
    /// Reaches nobody yet.
    ///
    /// # Errors
    /// When the machine's TLS cannot be set up; one line.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let bot = |timeout: Duration| {
            let client = teloxide_core::net::default_reqwest_settings()
                .timeout(timeout)
                .build()
                .map_err(|e| format!("no HTTP client: {e}"))?;
            let bot = Bot::with_client(settings.token.reveal(), client);
            Ok::<_, String>(bot.set_api_url(settings.api.clone()))
        };
        Ok(Self {
            bot: bot(SEND)?,
            patient: bot(POLL + Duration::from_secs(20))?,
            secret: settings.webhook_secret(),
        })
    }

    /// Tells the presser's phone that the press was heard. Best effort.
    pub(crate) async fn heard(&self, press: String) {
        // Too late, or no connection: the phone stops waiting by itself.
        let _ = self
            .bot
            .answer_callback_query(CallbackQueryId(press))
            .send()
            .await;
    }

    async fn say(&self, to: ChatId, words: &Words) -> Result<Message, RequestError> {
        let mut send = self
            .bot
            .send_message(to, &words.text)
            .link_preview_options(no_preview());
        if !words.entities.is_empty() {
            send = send.entities(words.entities.clone());
        }
        if let Some(keyboard) = &words.keyboard {
            send = send.reply_markup(keyboard.clone());
        }
        send.send().await
    }

    async fn say_or_plain(&self, to: ChatId, words: &Words) -> Result<Message, RequestError> {
        match self.say(to, words).await {
            Err(error) if outcome::is_about_entities(&error) => {
                let plain = Words {
                    text: words.text.clone(),
                    entities: Vec::new(),
                    keyboard: words.keyboard.clone(),
                };
                self.say(to, &plain).await
            }
            other => other,
        }
    }

    async fn upload(&self, to: ChatId, file: &Attachment) -> Result<Message, RequestError> {
        let document = InputFile::memory(file.text.clone()).file_name(file.name.clone());
        self.bot
            .send_document(to, document)
            .disable_content_type_detection(true)
            .send()
            .await
    }
}

impl Channel for Telegram {
    fn channel(&self) -> casework::Channel {
        casework::Channel::Telegram
    }

    fn caps(&self) -> Caps {
        Caps {
            text: LONGEST,
            buttons: 20,
            media_bytes: MEDIA,
        }
    }

    fn verify(&self, presented: Option<&str>) -> bool {
        let presented = presented.unwrap_or_default();
        presented.as_bytes().ct_eq(self.secret.as_bytes()).into()
    }

    fn parse(&self, raw: &str) -> Option<Inbound> {
        parse::parse(raw)
    }

    fn render(&self, outgoing: &Outgoing, buttons: &[(String, Button)]) -> Vec<Part> {
        let pieces = render(&outgoing.markdown, LONGEST);
        let last = pieces.len().saturating_sub(1);
        let words = pieces.into_iter().enumerate().map(|(at, piece)| Words {
            text: piece.text,
            entities: piece.entities,
            keyboard: (at == last).then(|| keyboard(buttons)).flatten(),
        });
        let words = words.filter_map(|words| part("text", &words));
        let file = outgoing.file.iter().filter_map(|file| part("file", file));
        words.chain(file).collect()
    }

    async fn send(&self, address: &str, part: &Part) -> Outcome {
        let Ok(chat) = address.parse().map(ChatId) else {
            return Outcome::Refused { why: "address" };
        };
        let sent = match part.op.as_str() {
            "text" => match serde_json::from_str(&part.payload) {
                Ok(words) => self.say_or_plain(chat, &words).await,
                Err(_) => return Outcome::Refused { why: "payload" },
            },
            "file" => match serde_json::from_str(&part.payload) {
                Ok(file) => self.upload(chat, &file).await,
                Err(_) => return Outcome::Refused { why: "payload" },
            },
            _ => return Outcome::Refused { why: "operation" },
        };
        came_of(sent)
    }

    async fn send_voice(&self, address: &str, sound: Vec<u8>, seconds: u32) -> Outcome {
        let Ok(chat) = address.parse().map(ChatId) else {
            return Outcome::Refused { why: "address" };
        };
        let note = InputFile::memory(sound).file_name("answer.ogg");
        let send = self.bot.send_voice(chat, note).duration(seconds);
        came_of(send.send().await)
    }

    async fn fetch_media(&self, media: &Media) -> Result<Vec<u8>, FetchError> {
        fetch::media(&self.bot, media, MEDIA).await
    }

    async fn at_work(&self, address: &str, doing: Doing) {
        let action = match doing {
            Doing::Writing => ChatAction::Typing,
            Doing::Speaking => ChatAction::RecordVoice,
        };
        if let Ok(chat) = address.parse().map(ChatId) {
            // Only a courtesy.
            let _ = self.bot.send_chat_action(chat, action).send().await;
        }
    }
}

fn came_of(sent: Result<Message, RequestError>) -> Outcome {
    match sent {
        Ok(message) => Outcome::Sent {
            external: message.id.to_string(),
        },
        Err(error) => outcome::of(&error),
    }
}

fn part<T: Serialize>(op: &str, payload: &T) -> Option<Part> {
    Some(Part {
        op: op.to_owned(),
        payload: serde_json::to_string(payload).ok()?,
    })
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// Short labels stand two in a row, longer ones alone.
fn keyboard(buttons: &[(String, Button)]) -> Option<InlineKeyboardMarkup> {
    let mut rows: Vec<Vec<InlineKeyboardButton>> = Vec::new();
    let mut room = false;
    for (id, button) in buttons {
        let label = clip(&button.label, LABEL);
        let short = label.chars().count() <= SHORT;
        let drawn = InlineKeyboardButton {
            text: label,
            kind: InlineKeyboardButtonKind::CallbackData(id.clone()),
        };
        match rows.last_mut() {
            Some(row) if short && room => {
                row.push(drawn);
                room = false;
            }
            _ => {
                rows.push(vec![drawn]);
                room = short;
            }
        }
    }
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}
