//! The adviser console, driven in process: what its tests share. An office with accounts over a store in memory, a browser
//! that keeps cookies and sends the hidden code of the page it is on.
//! What never lives here: the tests, which stand in the folder beside this file.

mod accounts;
mod cases;
mod doors;
mod forged;
mod live;
mod matrix;
mod provider;
mod reports;
mod requests;
mod writing;

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use jiff::Timestamp;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use waymark::{
    assistant::{Desk, Snapshot},
    base::{Chance, Clock, Ids, Secret},
    casework::Grant,
    knowledge::{Library, load},
    store::{Credentials, Invitation, NewAccount, Store},
};
use waymark_web::{ChatApp, ConsoleSettings, Settings, Web};

use crate::world;

fn run<T>(story: impl Future<Output = T>) -> T {
    Runtime::new().unwrap().block_on(story)
}

/// A word that is nobody's account name and long enough.
const PASSWORD: &str = "three quiet otters";
/// Its hash (argon2id, 19 MiB, two passes) as another implementation works it out (argon2-cffi 25).
const PASSWORD_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$Hr1OUO02S5Ha1GRkIm6DzA$oVE4FmJmiIjEeNdWOYTX22slqG/t6xpB0H7iH3xYJEI";

/// The knowledge with one article only: an index of all takes a second each time.
fn little() -> Library {
    let mut files = world::knowledge().files.clone();
    files.retain(|path, _| {
        !path.starts_with("articles/") || path == "articles/employment/sick-pay.md"
    });
    load(&files).0
}

/// A store with accounts, and a console over it.
struct Office {
    store: Store,
    desk: Desk,
    console: ConsoleSettings,
    router: Router,
}

impl Office {
    /// No second factor, nobody yet, Sunday noon.
    fn new() -> Self {
        let settings = ConsoleSettings {
            second_factor: false,
            ..ConsoleSettings::default()
        };
        Self::with(
            Store::open_in_memory().unwrap(),
            settings,
            Clock::Fixed(world::sunday_noon()),
        )
    }

    fn with(store: Store, console: ConsoleSettings, clock: Clock) -> Self {
        let snapshot = Snapshot::new(little(), world::staffed()).unwrap();
        let desk = Desk::new(store.clone(), clock, Chance::System, snapshot);
        let settings = Settings {
            console: console.clone(),
            chat_app: Some(ChatApp {
                name: "Telegram".to_owned(),
                account: "123456".to_owned(),
                link: waymark_telegram::CARRY_LINK.to_owned(),
                drawn: waymark_telegram::drawn,
            }),
            ..Settings::default()
        };
        let router = Web::new(desk.clone(), settings).router();
        Self {
            store,
            desk,
            console,
            router,
        }
    }

    /// The same office some time later.
    fn later(&self, by: Duration) -> Self {
        let at = world::sunday_noon().checked_add(by).unwrap();
        Self::with(self.store.clone(), self.console.clone(), Clock::Fixed(at))
    }

    /// An account in use, without a second factor, with the password of the tests.
    async fn employ(&self, name: &str, roles: &[&str]) {
        self.employ_with(name, roles, None).await;
    }

    async fn employ_with(&self, name: &str, roles: &[&str], totp: Option<&str>) {
        let at = world::sunday_noon();
        let link = Ids::new(name_seed(name), at).token();
        let new = NewAccount {
            name: name.to_owned(),
            display: format!("{name} the tester"),
            grants: roles.iter().map(|r| r.parse::<Grant>().unwrap()).collect(),
        };
        let invitation = Invitation {
            hash: link.hash(),
            expires: Timestamp::MAX,
        };
        let credentials = Credentials {
            password: Secret::new(PASSWORD_HASH.to_owned()),
            totp: totp.map(|t| Secret::new(t.to_owned())),
        };
        self.store
            .add_account(new, invitation, "terminal", at)
            .await
            .unwrap();
        let display = format!("{name} the tester");
        let store = &self.store;
        let taken = store
            .take_up_invitation(&link.hash(), credentials, &display, at)
            .await;
        assert!(taken.unwrap().is_some());
    }

    fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            csrf: String::new(),
        }
    }

    /// A browser that is signed in.
    async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(name, PASSWORD, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser.get("/console/account").await;
        browser
    }
}

fn name_seed(name: &str) -> [u8; 32] {
    let mut seed = [0; 32];
    let length = name.len().min(32);
    seed[..length].copy_from_slice(&name.as_bytes()[..length]);
    seed
}

/// A response, read whole.
struct Answer {
    status: StatusCode,
    /// Where a redirect leads.
    to: String,
    /// The cookies it set, as they were sent.
    set: Vec<String>,
    body: String,
}

/// A browser without JavaScript.
struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    /// Of the last page that had one.
    csrf: String,
}

impl Browser {
    async fn get(&mut self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let mut form = form.to_vec();
        form.push(("csrf", csrf.as_str()));
        self.send(path, &form, &[("sec-fetch-site", "same-origin")])
            .await
    }

    /// A form exactly as given: no hidden code, no headers of a browser.
    async fn send(
        &mut self,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let fields: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let mut request = Request::post(path)
            .header(header::HOST, "office.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::from(fields.join("&"))).unwrap())
            .await
    }

    async fn ask(&mut self, mut request: Request<Body>) -> Answer {
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        request
            .headers_mut()
            .insert(header::COOKIE, cookies.parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let set = parts.headers.get_all(header::SET_COOKIE).iter();
        let set: Vec<String> = set.map(|s| s.to_str().unwrap().to_owned()).collect();
        for cookie in &set {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match cookie.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let to = parts.headers.get(header::LOCATION);
        // A stream never ends: that it began is all there is to see.
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let body = match kind.is_some_and(|k| k == "text/event-stream") {
            true => Default::default(),
            false => to_bytes(body, 1 << 24).await.unwrap(),
        };
        // A workbook is no text: its bytes are not looked at here.
        let body = String::from_utf8_lossy(&body).into_owned();
        if let Some((_, rest)) = body.split_once("name=\"csrf\" value=\"") {
            self.csrf = rest.split('"').next().unwrap().to_owned();
        }
        Answer {
            status: parts.status,
            to: to.map_or(String::new(), |l| l.to_str().unwrap().to_owned()),
            set,
            body,
        }
    }

    async fn sign_in(&mut self, name: &str, password: &str, code: &str) -> Answer {
        let form = [("name", name), ("password", password), ("code", code)];
        self.post("/console/sign-in", &form).await
    }

    fn session(&self) -> &str {
        self.cookies.get("waymark-staff").map_or("", String::as_str)
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            b' ' => "+".to_owned(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
