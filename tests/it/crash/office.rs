//! Advisers at the console of a server that is killed again and again: each works some cases, keeps count of what was acknowledged,
//! and sends again what was not.
//! What never lives here: the killing, people (crash.rs).

use std::{process::Command, sync::mpsc::Sender};

use serde_json::Value;

use super::Server;
use crate::world::Folder;

const PASSWORD: &str = "three quiet otters";

/// A form as it was sent, so that it can be sent again.
#[derive(Clone, Debug)]
struct Sent {
    path: String,
    fields: Vec<(&'static str, String)>,
}

impl Sent {
    fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(n, _)| *n == name);
        found.map_or("", |(_, value)| value)
    }
}

/// Somebody at the console with cases of their own.
pub(super) struct Adviser {
    name: String,
    cookie: String,
    cases: Vec<String>,
    /// Forms that were answered with what was done.
    acknowledged: Vec<Sent>,
    /// The one that was not.
    unknown: Option<Sent>,
    looked: usize,
    turn: usize,
}

/// Runs the executable beside the server.
pub(super) fn waymark(folder: &Folder, words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_waymark"))
        .args(words)
        .current_dir(&folder.0)
        .output()
        .unwrap();
    let warned = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {warned}");
    String::from_utf8(output.stdout).unwrap()
}

/// Follows nothing and takes every status for an answer.
fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false);
    config.build().into()
}

/// What stands between two marks.
pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

/// The hidden id of the form that is sent to `address`.
fn hidden(page: &str, address: &str) -> Option<String> {
    let form = page
        .split("<form ")
        .find(|form| form.contains(address) && form.contains("name=\"id\""))?;
    between(form, "name=\"id\" value=\"", "\"").map(str::to_owned)
}

impl Adviser {
    /// Sets up an account, signs in, and takes some cases to work on.
    pub(super) fn begin(folder: &Folder, server: &Server, name: &str, cases: Vec<String>) -> Self {
        let said = waymark(
            folder,
            &["adviser", "add", name, "--name", name, "--role", "adviser"],
        );
        let token = between(&said, "/console/invitation/", "\n").unwrap().trim();
        let mut adviser = Self {
            name: name.to_owned(),
            cookie: String::new(),
            cases,
            acknowledged: Vec::new(),
            unknown: None,
            looked: 0,
            turn: 0,
        };
        let form = |fields: &[(&'static str, &str)]| {
            let fields = fields.iter().map(|(n, v)| (*n, (*v).to_owned()));
            fields.collect::<Vec<_>>()
        };
        let set_up = Sent {
            path: format!("/console/invitation/{token}"),
            fields: form(&[
                ("display", name),
                ("password", PASSWORD),
                ("again", PASSWORD),
            ]),
        };
        assert!(adviser.send(&server.url, &set_up).is_some());
        let sign_in = Sent {
            path: "/console/sign-in".to_owned(),
            fields: form(&[("name", name), ("password", PASSWORD)]),
        };
        let (_, cookie) = adviser.send(&server.url, &sign_in).unwrap();
        adviser.cookie = cookie;
        assert!(!adviser.cookie.is_empty());
        adviser
    }

    /// Where the answer leads and the cookie it sets; `None` when the server did not answer that it was done.
    fn send(&self, url: &str, form: &Sent) -> Option<(String, String)> {
        let request = agent().post(format!("{url}{}", form.path));
        let fields = form.fields.iter().map(|(n, v)| (*n, v.as_str()));
        let answer = request
            .header("sec-fetch-site", "same-origin")
            .header("cookie", &self.cookie)
            .send_form(fields);
        let answer = answer.ok()?;
        // A server that is going down may say that it is busy: not acknowledged either.
        if answer.status().is_server_error() {
            return None;
        }
        assert_eq!(answer.status(), 303, "{form:?}");
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value.map_or("", |v| v.to_str().unwrap()).to_owned()
        };
        let cookie = header("set-cookie");
        let cookie = cookie.split(';').next().unwrap_or("").to_owned();
        Some((header("location"), cookie))
    }

    /// The page of a case; `None` when it did not come.
    pub(super) fn look(&mut self, url: &str, case: &str) -> Option<String> {
        let request = agent().get(format!("{url}/console/cases/{case}"));
        let answer = request.header("cookie", &self.cookie).call();
        let mut answer = answer.ok()?;
        if answer.status().is_server_error() {
            return None;
        }
        assert_eq!(answer.status(), 200, "{case}");
        let page = answer.body_mut().read_to_string().ok()?;
        self.looked += 1;
        Some(page)
    }

    /// The next thing to do on a page: a reply, a note, to give the case back, or to take it again.
    fn next(&self, case: &str, page: &str) -> Sent {
        let csrf = between(page, "name=\"csrf\" value=\"", "\"").unwrap();
        let words = format!("{}-{} writes", self.name, self.turn);
        let mut form = Sent {
            path: format!("/console/cases/{case}/act"),
            fields: vec![("csrf", csrf.to_owned())],
        };
        let mut add = |name, value: &str| form.fields.push((name, value.to_owned()));
        match self.turn % 4 {
            0 if page.contains("value=\"release\"") => add("act", "release"),
            0 => add("act", "claim"),
            1 => {
                add("id", &hidden(page, "/act\"").unwrap());
                add("act", "note");
                add("note", &words);
            }
            _ => {
                add("id", &hidden(page, "/reply\"").unwrap());
                add("what", "send");
                add("text", &words);
                form.path = format!("/console/cases/{case}/reply");
            }
        }
        form
    }

    /// Works until the server is gone.
    pub(super) fn work_on(mut self, url: String, tell: Sender<()>) -> Self {
        loop {
            let case = self.cases[self.turn % self.cases.len()].clone();
            self.turn += 1;
            let Some(page) = self.look(&url, &case) else {
                return self;
            };
            let form = self.next(&case, &page);
            if self.send(&url, &form).is_none() {
                self.unknown = Some(form);
                return self;
            }
            self.acknowledged.push(form);
            // Nobody listens any more once enough were acknowledged.
            let _ = tell.send(());
        }
    }

    /// What lets them in.
    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }

    /// How often something was acknowledged.
    pub(super) fn done(&self) -> usize {
        self.acknowledged.len()
    }

    /// Sends again, twice, what nobody answered, and compares every case with what was acknowledged.
    pub(super) fn account(&mut self, folder: &Folder, server: &Server) {
        let mut doubtful = 0;
        if let Some(form) = self.unknown.take() {
            match form.field("id") {
                // Claiming and giving back are known by nothing: they were done or they were not.
                "" => doubtful = 1,
                _ => {
                    assert!(self.send(&server.url, &form).is_some(), "{form:?}");
                    assert!(self.send(&server.url, &form).is_some(), "{form:?}");
                    self.acknowledged.push(form);
                }
            }
        }
        let (mut gave_back, mut looked) = (0, 0);
        for case in self.cases.clone() {
            let export = waymark(folder, &["person", "export", &case, "--json"]);
            let export: Value = serde_json::from_str(&export).unwrap();
            let kept = Kept::of(&export, &self.name);
            self.compare(&case, "text", &kept.replies);
            self.compare(&case, "note", &kept.notes);
            assert_eq!(
                kept.logged("replied", "message="),
                kept.ids("replies"),
                "{case}"
            );
            assert_eq!(kept.logged("noted", "note="), kept.ids("notes"), "{case}");
            gave_back += kept.count("released");
            looked += kept.count("read");
        }
        let back = self.acknowledged.iter();
        let back = back.filter(|f| f.field("act") == "release").count();
        assert!(
            (back..=back + doubtful).contains(&gave_back),
            "{}: {gave_back} given back, {back} acknowledged",
            self.name
        );
        // A look whose page did not arrive was a look.
        assert!(
            looked >= self.looked,
            "{looked} looks, {} pages",
            self.looked
        );
        // What was in doubt is settled by what the log says.
        let settled = gave_back - back;
        let given = Sent {
            path: String::new(),
            fields: vec![("act", "release".to_owned())],
        };
        self.acknowledged
            .extend(std::iter::repeat_n(given, settled));
    }

    /// Everything acknowledged on this case stands there once, and nothing else does.
    fn compare(&self, case: &str, field: &str, kept: &[(String, String)]) {
        let of_case = |f: &&Sent| f.path.contains(case) && !f.field(field).is_empty();
        let mut sent: Vec<&str> = self
            .acknowledged
            .iter()
            .filter(of_case)
            .map(|f| f.field(field))
            .collect();
        let mut found: Vec<&str> = kept.iter().map(|(_, text)| text.as_str()).collect();
        sent.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, sent, "{case} {field}");
    }
}

/// What stands of one adviser's work on one case.
struct Kept {
    /// Id and words.
    replies: Vec<(String, String)>,
    notes: Vec<(String, String)>,
    /// Kind and detail of each event.
    events: Vec<(String, String)>,
}

impl Kept {
    fn of(export: &Value, name: &str) -> Self {
        let text = |v: &Value, key: &str| v[key].as_str().unwrap_or_default().to_owned();
        let each = |list: &Value, who: &str, keys: [&str; 2]| {
            let mine = |v: &&Value| v[who] == name;
            let list = list.as_array().unwrap().iter().filter(mine);
            list.map(|v| (text(v, keys[0]), text(v, keys[1])))
                .collect::<Vec<_>>()
        };
        let conversation = &export["conversations"][0];
        Self {
            replies: each(&conversation["messages"], "name", ["id", "text"]),
            notes: each(&export["cases"][0]["notes"], "adviser", ["id", "text"]),
            events: each(&conversation["case_events"], "actor", ["kind", "detail"]),
        }
    }

    fn count(&self, kind: &str) -> usize {
        self.events.iter().filter(|(k, _)| k == kind).count()
    }

    /// The ids that the log names, sorted.
    fn logged(&self, kind: &str, key: &str) -> Vec<&str> {
        let of_kind = self.events.iter().filter(|(k, _)| k == kind);
        let mut ids: Vec<&str> = of_kind.map(|(_, d)| d.strip_prefix(key).unwrap()).collect();
        ids.sort_unstable();
        ids
    }

    /// The ids of what is kept, sorted.
    fn ids(&self, what: &str) -> Vec<&str> {
        let list = if what == "notes" {
            &self.notes
        } else {
            &self.replies
        };
        let mut ids: Vec<&str> = list.iter().map(|(id, _)| id.as_str()).collect();
        ids.sort_unstable();
        ids
    }
}
