//! A person with Telegram on their phone: writes, presses, sends a sticker, changes their mind, blocks us.

use serde_json::{Value, json};

use super::emulator::{Emulator, Sent};

/// One person; their chat has the same number.
pub(crate) struct Person<'a> {
    pub(crate) on: &'a Emulator,
    pub(crate) id: i64,
}

impl<'a> Person<'a> {
    pub(crate) fn new(on: &'a Emulator, id: i64) -> Self {
        on.shared.lock().next_message.entry(id).or_insert(1);
        Self { on, id }
    }

    fn from(&self) -> Value {
        json!({"id": self.id, "is_bot": false, "first_name": "P", "language_code": "en"})
    }

    /// A message of theirs with whatever it holds; its number.
    pub(crate) fn send(&self, what: Value) -> i64 {
        let message = self.message(what);
        let id = message["message_id"].as_i64().unwrap();
        self.update("message", message);
        id
    }

    pub(crate) fn message(&self, what: Value) -> Value {
        let mut held = self.on.shared.lock();
        let id = held.next_message.entry(self.id).or_insert(1);
        *id += 1;
        let mut message = json!({
            "message_id": *id, "date": 1_795_000_000, "from": self.from(),
            "chat": {"id": self.id, "type": "private", "first_name": "P"},
        });
        for (key, value) in what.as_object().unwrap() {
            message[key] = value.clone();
        }
        message
    }

    /// An event about them, held against the Bot API.
    pub(crate) fn update(&self, kind: &str, what: Value) -> i64 {
        if let Some(spec) = &self.on.shared.spec {
            let wrong = spec.object("Update", &json!({"update_id": 1, kind: what}));
            assert!(wrong.is_empty(), "the emulator's own event: {wrong:#?}");
        }
        self.on.update(kind, what)
    }

    pub(crate) fn say(&self, text: &str) -> i64 {
        let mut what = json!({"text": text});
        if text.starts_with('/') {
            let length = text.split(' ').next().unwrap().len();
            what["entities"] = json!([{"type": "bot_command", "offset": 0, "length": length}]);
        }
        self.send(what)
    }

    /// Words in reply to a message of ours.
    pub(crate) fn reply(&self, to: &Sent, text: &str) -> i64 {
        let replied = json!({
            "message_id": to.id, "date": 1_795_000_000, "text": to.text,
            "chat": {"id": self.id, "type": "private", "first_name": "P"},
            "from": {"id": 123_456, "is_bot": true, "first_name": "Waymark"},
        });
        self.send(json!({"text": text, "reply_to_message": replied}))
    }

    /// Changes a message sent before.
    pub(crate) fn change(&self, message: i64, text: &str) {
        let changed = json!({
            "message_id": message, "date": 1_795_000_000, "edit_date": 1_795_000_001, "text": text,
            "from": self.from(), "chat": {"id": self.id, "type": "private", "first_name": "P"},
        });
        self.update("edited_message", changed);
    }

    /// Presses the button with this label on that message.
    pub(crate) fn press(&self, on: &Sent, label: &str) -> i64 {
        let buttons = on.buttons();
        let data = buttons.iter().find(|(text, _)| text == label);
        let data = data.unwrap_or_else(|| panic!("no button {label}: {buttons:?}"));
        self.press_id(on, &data.1)
    }

    pub(crate) fn press_id(&self, on: &Sent, data: &str) -> i64 {
        let message = json!({
            "message_id": on.id, "date": 1_795_000_000, "text": on.text,
            "chat": {"id": self.id, "type": "private", "first_name": "P"},
            "from": {"id": 123_456, "is_bot": true, "first_name": "Waymark"},
        });
        let press = json!({
            "id": format!("q{}-{}", self.id, on.id), "from": self.from(), "message": message,
            "chat_instance": "1", "data": data,
        });
        self.update("callback_query", press)
    }

    /// Blocks us, or takes us back.
    pub(crate) fn block(&self, blocked: bool) {
        let mut held = self.on.shared.lock();
        if blocked {
            held.blocked.insert(self.id);
        } else {
            held.blocked.remove(&self.id);
        }
        drop(held);
        let bot = json!({"id": 123_456, "is_bot": true, "first_name": "Waymark"});
        let member = json!({"status": "member", "user": bot});
        let kicked = json!({"status": "kicked", "user": bot, "until_date": 0});
        let (old, new) = if blocked {
            (member, kicked)
        } else {
            (kicked, member)
        };
        self.update(
            "my_chat_member",
            json!({
                "chat": {"id": self.id, "type": "private", "first_name": "P"}, "from": self.from(),
                "date": 1_795_000_000, "old_chat_member": old, "new_chat_member": new,
            }),
        );
    }

    /// What we have sent them so far.
    pub(crate) fn got(&self) -> Vec<Sent> {
        let held = self.on.shared.lock();
        held.sent
            .iter()
            .filter(|s| s.chat == self.id)
            .cloned()
            .collect()
    }

    /// The first message after the first `after` that has `part` in it.
    pub(crate) fn hears_after(&self, after: usize, part: &str) -> Sent {
        self.on.wait(part, |held| {
            let mine = held.sent.iter().filter(|s| s.chat == self.id).skip(after);
            mine.into_iter().find(|s| s.text.contains(part)).cloned()
        })
    }

    /// Says it and waits for an answer with `part` in it.
    pub(crate) fn asks(&self, text: &str, part: &str) -> Sent {
        let before = self.got().len();
        self.say(text);
        self.hears_after(before, part)
    }
}
