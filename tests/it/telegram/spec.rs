//! The machine-readable Bot API, as an oracle: every request, response and update of the emulator is held against it.
//! It stays where it lies, beside the project; without it the emulator works unchecked, and the tests here show as ignored.

use std::path::PathBuf;

use serde_json::Value;

use crate::world;

/// Where the description lies.
pub(crate) fn path() -> PathBuf {
    world::root().join("../shared/telegram-bot-api/api.json")
}

/// The Bot API's methods and types.
pub(crate) struct Spec(Value);

impl Spec {
    /// `None` when it is not there.
    pub(crate) fn read() -> Option<Self> {
        let text = std::fs::read_to_string(path()).ok()?;
        Some(Self(serde_json::from_str(&text).unwrap()))
    }

    /// The method's name as Telegram spells it.
    pub(crate) fn method(&self, name: &str) -> Option<&Value> {
        let methods = self.0["methods"].as_object()?;
        methods
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, method)| method)
    }

    /// Complaints about a request. In a form every value is text, so that only names can be looked at.
    pub(crate) fn request(&self, method: &str, params: &Value, form: bool) -> Vec<String> {
        let Some(known) = self.method(method) else {
            return vec![format!("{method}: no such method")];
        };
        let mut found = Vec::new();
        self.fields(&known["fields"], params, method, form, &mut found);
        found
    }

    /// Complaints about the result of a method.
    pub(crate) fn result(&self, method: &str, result: &Value) -> Vec<String> {
        let Some(known) = self.method(method) else {
            return vec![format!("{method}: no such method")];
        };
        let mut found = Vec::new();
        self.one_of(
            &known["returns"],
            result,
            &format!("{method} result"),
            &mut found,
        );
        found
    }

    /// Complaints about something of a type.
    pub(crate) fn object(&self, kind: &str, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.kind(kind, value, kind, &mut found);
        found
    }

    fn fields(&self, fields: &Value, held: &Value, at: &str, form: bool, found: &mut Vec<String>) {
        let Some(held) = held.as_object() else {
            found.push(format!("{at}: no object"));
            return;
        };
        let empty = Vec::new();
        let fields = fields.as_array().unwrap_or(&empty);
        for field in fields {
            let name = field["name"].as_str().unwrap();
            match held.get(name).filter(|v| !v.is_null()) {
                None if field["required"] == true => found.push(format!("{at}.{name}: missing")),
                Some(value) if !form => {
                    self.one_of(&field["types"], value, &format!("{at}.{name}"), found);
                }
                _ => {}
            }
        }
        for name in held.keys() {
            let known = fields.iter().any(|f| f["name"] == name.as_str());
            // What a value points to: a file that comes with the form.
            let attached = format!("attach://{name}");
            let upload = form && held.values().any(|v| v.as_str() == Some(attached.as_str()));
            if !known && !upload {
                found.push(format!("{at}.{name}: unknown"));
            }
        }
    }

    fn one_of(&self, kinds: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let mut all = Vec::new();
        for kind in kinds.as_array().into_iter().flatten() {
            let mut mine = Vec::new();
            self.kind(kind.as_str().unwrap(), value, at, &mut mine);
            if mine.is_empty() {
                return;
            }
            all.extend(mine);
        }
        found.extend(all);
    }

    fn kind(&self, kind: &str, value: &Value, at: &str, found: &mut Vec<String>) {
        if let Some(inner) = kind.strip_prefix("Array of ") {
            match value.as_array() {
                Some(items) => {
                    for (number, item) in items.iter().enumerate() {
                        self.kind(inner, item, &format!("{at}[{number}]"), found);
                    }
                }
                None => found.push(format!("{at}: no array")),
            }
            return;
        }
        let good = match kind {
            "Integer" => value.is_i64() || value.is_u64(),
            "String" => value.is_string(),
            "Boolean" => value.is_boolean(),
            "True" => *value == Value::Bool(true),
            "Float" => value.is_number(),
            "InputFile" => value.is_string(),
            _ => {
                self.typed(kind, value, at, found);
                return;
            }
        };
        if !good {
            found.push(format!("{at}: no {kind}"));
        }
    }

    fn typed(&self, kind: &str, value: &Value, at: &str, found: &mut Vec<String>) {
        let known = &self.0["types"][kind];
        if known.is_null() {
            found.push(format!("{at}: no type {kind}"));
        } else if known["subtypes"].is_array() {
            self.one_of(&known["subtypes"], value, at, found);
        } else {
            self.fields(&known["fields"], value, at, false, found);
        }
    }
}

#[test]
#[cfg_attr(not(bot_api), ignore = "needs ../shared/telegram-bot-api/api.json")]
fn the_oracle_is_there_and_bites() {
    use serde_json::json;
    let spec = Spec::read().unwrap_or_else(|| panic!("{} is not there", path().display()));
    let chat = json!({"id": 7, "type": "private"});
    let update =
        json!({"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": chat, "text": "x"}});
    assert_eq!(spec.object("Update", &update), Vec::<String>::new());
    let breaks: [(&str, Value); 4] = [
        ("/message/chat/id", json!("seven")),
        ("/message/date", json!(null)),
        ("/update_id", json!(1.5)),
        ("/message/text", json!({"words": "x"})),
    ];
    for (place, bad) in breaks {
        let mut broken = update.clone();
        *broken.pointer_mut(place).unwrap() = bad;
        assert_eq!(spec.object("Update", &broken).len(), 1, "{place}");
    }
    let request = |params: Value| spec.request("SENDMESSAGE", &params, false);
    assert!(request(json!({"chat_id": 7, "text": "x"})).is_empty());
    for bad in [
        json!({"chat_id": 7}),
        json!({"chat_id": 7, "text": 7}),
        json!({"chat_id": 7, "text": "x", "colour": "red"}),
        json!({"chat_id": 7, "text": "x", "entities": [{"type": "bold", "offset": 0}]}),
    ] {
        assert_eq!(request(bad.clone()).len(), 1, "{bad}");
    }
    assert_eq!(spec.request("sendThoughts", &json!({}), false).len(), 1);
    assert_eq!(spec.result("getMe", &json!(true)).len(), 1);
}
