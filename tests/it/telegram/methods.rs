//! The Bot API's methods as the emulator does them, with Telegram's own words for what it refuses.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::emulator::{Answer, Held, Sent, Shared};

fn bad(description: &str) -> Answer {
    Answer::Bad(400, format!("Bad Request: {description}"), Value::Null)
}

pub(crate) async fn run(shared: &Arc<Shared>, method: &str, params: &Value) -> Answer {
    if method == "getupdates" {
        return updates(shared, params).await;
    }
    let mut held = shared.lock();
    match method {
        "getme" => Answer::Good(me()),
        "setwebhook" => set_webhook(&mut held, params),
        "deletewebhook" => {
            held.webhook = None;
            Answer::Good(json!(true))
        }
        "getwebhookinfo" => Answer::Good(json!({
            "url": held.webhook.as_ref().map_or("", |(url, _)| url),
            "has_custom_certificate": false,
            "pending_update_count": held.updates.len(),
        })),
        "sendmessage" => send(&mut held, params),
        "senddocument" => send_file(&mut held, params, "document"),
        "sendvoice" => send_file(&mut held, params, "voice"),
        "sendchataction" => match refused(&held, params) {
            Some(refused) => refused,
            None => {
                let action = params["action"].as_str().unwrap_or("none");
                *held.calls.entry(format!("at {action}")).or_default() += 1;
                Answer::Good(json!(true))
            }
        },
        "editmessagetext" => edit(&mut held, params),
        "answercallbackquery" => match params["callback_query_id"].as_str() {
            Some(id) if id.starts_with("old") => {
                bad("query is too old and response timeout expired or query ID is invalid")
            }
            _ => Answer::Good(json!(true)),
        },
        "getfile" => file(&held, params),
        "setmycommands" | "setmydescription" | "setmyshortdescription" => {
            let lang = params["language_code"].as_str().unwrap_or("");
            let key = format!("{method} {lang}");
            held.settings.insert(key, params.clone());
            Answer::Good(json!(true))
        }
        _ => Answer::Bad(404, "Not Found".into(), Value::Null),
    }
}

fn me() -> Value {
    json!({
        "id": 123_456, "is_bot": true, "first_name": "Waymark", "username": "waymark_test_bot",
        "can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": false,
        "can_connect_to_business": false, "has_main_web_app": false, "has_topics_enabled": false,
    })
}

async fn updates(shared: &Arc<Shared>, params: &Value) -> Answer {
    let turn = {
        let mut held = shared.lock();
        if held.webhook.is_some() {
            let why = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
            return Answer::Bad(409, why.into(), Value::Null);
        }
        held.poll += 1;
        // What comes before the offset was received: it is forgotten.
        if let Some(offset) = params["offset"].as_i64() {
            held.updates.retain(|(id, _)| *id >= offset);
        }
        held.poll
    };
    shared.tell();
    let limit = usize::try_from(params["limit"].as_u64().unwrap_or(100)).unwrap();
    let timeout = Duration::from_secs(params["timeout"].as_u64().unwrap_or(0));
    let over = tokio::time::sleep(timeout);
    tokio::pin!(over);
    loop {
        let news = shared.news.notified();
        tokio::pin!(news);
        news.as_mut().enable();
        {
            let mut held = shared.lock();
            if held.poll != turn {
                held.refused_pollers += 1;
                let why = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
                return Answer::Bad(409, why.into(), Value::Null);
            }
            if !held.updates.is_empty() && !held.held_up {
                let some = held.updates.iter().take(limit);
                return Answer::Good(some.map(|(_, update)| update.clone()).collect());
            }
        }
        tokio::select! {
            () = news => {}
            () = &mut over => return Answer::Good(json!([])),
        }
    }
}

fn set_webhook(held: &mut Held, params: &Value) -> Answer {
    let url = params["url"].as_str().unwrap_or_default();
    let secret = params["secret_token"].as_str().unwrap_or_default();
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if secret.len() > 256 || !secret.chars().all(good) {
        return bad("secret token contains unallowed characters");
    }
    held.webhook = (!url.is_empty()).then(|| (url.to_owned(), secret.to_owned()));
    held.settings.insert("setwebhook".into(), params.clone());
    Answer::Good(json!(true))
}

/// Why nothing goes to this chat.
fn refused(held: &Held, params: &Value) -> Option<Answer> {
    let Some(chat) = params["chat_id"].as_i64() else {
        return Some(bad("chat_id is empty"));
    };
    let forbidden = |why: &str| Some(Answer::Bad(403, format!("Forbidden: {why}"), Value::Null));
    if held.blocked.contains(&chat) {
        return forbidden("bot was blocked by the user");
    }
    if held.deactivated.contains(&chat) {
        return forbidden("user is deactivated");
    }
    (!held.next_message.contains_key(&chat)).then(|| bad("chat not found"))
}

/// Length of text after parsing, its entities, its buttons: as Telegram's server checks them.
fn wrong_text(params: &Value) -> Option<Answer> {
    let text = params["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Some(bad("message text is empty"));
    }
    // Unicode characters, not UTF-16 units: only entities count in those.
    if text.chars().count() > 4096 {
        return Some(bad("message is too long"));
    }
    let units = text.encode_utf16().count();
    let empty = Vec::new();
    let entities = params["entities"].as_array().unwrap_or(&empty);
    if entities.len() > 100 {
        return Some(bad("can't parse entities: too many"));
    }
    for entity in entities {
        let offset = usize::try_from(entity["offset"].as_u64().unwrap_or(u64::MAX)).unwrap();
        let length = usize::try_from(entity["length"].as_u64().unwrap_or(0)).unwrap();
        if length == 0 || offset.checked_add(length).is_none_or(|end| end > units) {
            return Some(bad(
                "can't parse entities: entity beyond the end of the message text",
            ));
        }
    }
    let rows = params["reply_markup"]["inline_keyboard"].as_array();
    for button in rows
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
    {
        let data = button["callback_data"].as_str().unwrap_or_default();
        if data.is_empty() || data.len() > 64 {
            return Some(bad("BUTTON_DATA_INVALID"));
        }
    }
    None
}

fn send(held: &mut Held, params: &Value) -> Answer {
    if let Some(refused) = refused(held, params).or_else(|| wrong_text(params)) {
        return refused;
    }
    let text = params["text"].as_str().unwrap_or_default();
    let message = keep(held, params, text);
    Answer::Good(message)
}

fn send_file(held: &mut Held, params: &Value, what: &str) -> Answer {
    if let Some(refused) = refused(held, params) {
        return refused;
    }
    let inside = params[what].as_str().unwrap_or(what);
    let name = inside.strip_prefix("attach://").unwrap_or(what);
    let bytes: Option<Vec<u8>> = serde_json::from_value(params[name]["bytes"].clone()).ok();
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
        return bad("there is no file in the request");
    };
    if bytes.len() > 50 * 1024 * 1024 {
        return Answer::Bad(413, "Request Entity Too Large".into(), Value::Null);
    }
    let mut file = json!({"file_id": "up1", "file_unique_id": "u1", "file_size": bytes.len()});
    if what == "voice" {
        // What is no OGG with Opus in it would be shown as a piece of music.
        let opus = bytes.starts_with(b"OggS") && bytes.windows(8).any(|at| at == b"OpusHead");
        let seconds = params["duration"]
            .as_str()
            .and_then(|s| s.parse::<u64>().ok());
        let Some(seconds) = seconds.filter(|s| opus && *s > 0) else {
            held.violations
                .push(format!("sendVoice: opus {opus}, {seconds:?} seconds"));
            return bad("VOICE_INVALID");
        };
        file["duration"] = json!(seconds);
    }
    let text = match what {
        "document" => String::from_utf8_lossy(&bytes).into_owned(),
        _ => String::new(),
    };
    let mut message = keep(held, params, &text);
    if let Some(sent) = held.sent.last_mut() {
        // Small enough to be shown when a test fails.
        sent.params[name] = json!(what);
        sent.bytes = bytes;
    }
    message.as_object_mut().unwrap().remove("text");
    message[what] = file;
    Answer::Good(message)
}

/// A message in its chat, and on our list.
fn keep(held: &mut Held, params: &Value, text: &str) -> Value {
    let chat = params["chat_id"].as_i64().unwrap();
    let id = held.next_message.entry(chat).or_insert(1);
    *id += 1;
    let id = *id;
    held.sent.push(Sent {
        id,
        chat,
        text: text.to_owned(),
        params: params.clone(),
        bytes: Vec::new(),
        unanswered: false,
        at: held
            .watch
            .as_ref()
            .map_or(0.0, |w| w.elapsed().as_secs_f64()),
    });
    json!({
        "message_id": id, "date": 1_795_000_000, "text": text,
        "from": {"id": 123_456, "is_bot": true, "first_name": "Waymark", "username": "waymark_test_bot"},
        "chat": {"id": chat, "type": "private", "first_name": "P"},
    })
}

fn edit(held: &mut Held, params: &Value) -> Answer {
    let (chat, id) = (params["chat_id"].as_i64(), params["message_id"].as_i64());
    let text = params["text"].as_str().unwrap_or_default().to_owned();
    let found = held
        .sent
        .iter_mut()
        .find(|s| Some(s.chat) == chat && Some(s.id) == id);
    match found {
        None => bad("message to edit not found"),
        Some(sent) if sent.text == text => bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
        ),
        Some(sent) => {
            sent.text = text;
            Answer::Good(json!(true))
        }
    }
}

fn file(held: &Held, params: &Value) -> Answer {
    let id = params["file_id"].as_str().unwrap_or_default();
    match held.files.get(id) {
        Some(bytes) if bytes.len() > 20 * 1024 * 1024 => bad("file is too big"),
        Some(bytes) => Answer::Good(json!({
            "file_id": id, "file_unique_id": format!("u{id}"), "file_size": bytes.len(),
            "file_path": format!("voice/{id}.oga"),
        })),
        None => bad("wrong file_id or the file is temporarily unavailable"),
    }
}

pub(crate) fn download(shared: &Arc<Shared>, path: &str) -> Answer {
    let id = path.trim_start_matches("voice/").trim_end_matches(".oga");
    let mut held = shared.lock();
    match held.files.get(id) {
        Some(bytes) => {
            let bytes = bytes.clone();
            *held.calls.entry("download".into()).or_default() += 1;
            Answer::File(bytes)
        }
        None => Answer::Bad(404, "Not Found".into(), Value::Null),
    }
}
