//! The web face, driven in process: what its tests share. A desk over the real knowledge, a browser, a program.
//! What never lives here: the tests, which stand in the folder beside this file; a socket.

mod api;
mod door;
mod events;
mod files;
mod page;
mod paper;

use std::{path::Path, sync::OnceLock};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use jiff::civil::date;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use waymark::{
    assistant::{Desk, Snapshot, Staffing},
    base::{Chance, Clock},
    knowledge::{load, read_folder},
    store::Store,
};
use waymark_web::{Settings, Web};

fn run<T>(story: impl Future<Output = T>) -> T {
    Runtime::new().unwrap().block_on(story)
}

/// One desk for all: reading the knowledge takes a second, and conversations do not see each other.
fn desk() -> Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(own_desk).clone()
}

/// A desk that nobody else talks to.
fn own_desk() -> Desk {
    desk_over(Store::open_in_memory().unwrap())
}

/// The same over this store.
fn desk_over(store: Store) -> Desk {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../knowledge");
    let (library, _) = load(&read_folder(&folder).unwrap());
    let staffing = Staffing {
        advisers: true,
        ..Staffing::default()
    };
    let snapshot = Snapshot::new(library, staffing).unwrap();
    let clock = Clock::fixed_on(date(2026, 11, 23));
    Desk::new(store, clock, Chance::seeded(5), snapshot)
}

fn web(settings: Settings) -> Web {
    Web::new(desk(), settings)
}

fn router() -> Router {
    web(Settings::default()).router()
}

/// A response, read whole.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Is a problem document of this status, in whole sentences.
    fn is_problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail"] {
            assert!(
                problem[member].as_str().unwrap().len() > 5,
                "{member}: {problem}"
            );
        }
        assert!(problem["detail"].as_str().unwrap().ends_with('.'));
        problem
    }
}

async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 24).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

async fn get(router: &Router, path: &str) -> Answer {
    ask(router, Request::get(path).body(Body::empty()).unwrap()).await
}

/// A program with one conversation.
struct Program {
    router: Router,
    base: String,
    token: String,
}

impl Program {
    async fn start(router: Router) -> Self {
        let request = Request::post("/api/v1/conversations")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(r#"{"area":"kent","lang":"en"}"#))
            .unwrap();
        let answer = ask(&router, request).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let base = answer.header("location").to_owned();
        let started = answer.json();
        assert!(base.ends_with(started["id"].as_str().unwrap()));
        let token = started["token"].as_str().unwrap().to_owned();
        Self {
            router,
            base,
            token,
        }
    }

    fn request(&self, method: &str, rest: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{rest}", self.base))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
    }

    async fn get(&self, rest: &str) -> Answer {
        let request = self.request("GET", rest).body(Body::empty()).unwrap();
        ask(&self.router, request).await
    }

    async fn post(&self, rest: &str, body: &Value) -> Answer {
        let request = self
            .request("POST", rest)
            .header(header::CONTENT_TYPE, "application/json");
        ask(
            &self.router,
            request.body(Body::from(body.to_string())).unwrap(),
        )
        .await
    }

    async fn says(&self, text: &str) -> Value {
        let answer = self.post("/messages", &json!({"text": text})).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }
}

/// A browser with one cookie and no JavaScript.
struct Browser {
    router: Router,
    cookie: String,
}

impl Browser {
    fn new(router: Router) -> Self {
        Self {
            router,
            cookie: String::new(),
        }
    }

    fn keep(&mut self, answer: &Answer) {
        if let Some(set) = answer.headers.get(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            self.cookie = pair.to_owned();
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        let answer = ask(&self.router, request.body(Body::empty()).unwrap()).await;
        self.keep(&answer);
        answer
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(path, form, &[]).await
    }

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
            .header(header::COOKIE, &self.cookie)
            .header(header::HOST, "chat.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(fields.join("&"))).unwrap();
        let answer = ask(&self.router, request).await;
        self.keep(&answer);
        answer
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
