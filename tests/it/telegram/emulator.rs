//! A Bot API of our own, in this process: what Telegram does as far as its documentation and its server's source tell.
//! Method names in any case, JSON and forms, long polling, webhooks with retries, faults on demand.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{methods, spec::Spec};

/// The bot's token; its id is the part before the colon.
pub(crate) const TOKEN: &str = "123456:AAtest-token_for-the-emulator";
/// Nothing takes that long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// Holds what no version of the Bot API has: let pass by its description on purpose.
pub(crate) const UNHEARD_OF: &str = "telepathy";

/// What goes wrong with a call, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429, and come back in so many seconds.
    SlowDown(u32),
    /// An HTML page with 502; nothing was done.
    BadGateway,
    /// The connection breaks; nothing was done.
    ResetBefore,
    /// The connection breaks; it was done.
    ResetAfter,
    /// 400: the entities cannot be read.
    BadEntities,
    /// 400: whoever it is for takes no voice messages.
    NoVoice,
}

/// A message of ours as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// Its number in its chat.
    pub(crate) id: i64,
    pub(crate) chat: i64,
    pub(crate) text: String,
    /// As it came.
    pub(crate) params: Value,
    /// The file in it.
    pub(crate) bytes: Vec<u8>,
    /// Whether our answer to it never arrived.
    pub(crate) unanswered: bool,
    /// Seconds since the emulator's start.
    pub(crate) at: f64,
}

impl Sent {
    /// (label, opaque id) of its buttons.
    pub(crate) fn buttons(&self) -> Vec<(String, String)> {
        let rows = self.params["reply_markup"]["inline_keyboard"].as_array();
        let buttons = rows
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten();
        buttons
            .map(|b| {
                let part = |key: &str| b[key].as_str().unwrap().to_owned();
                (part("text"), part("callback_data"))
            })
            .collect()
    }
}

#[derive(Default)]
pub(crate) struct Held {
    pub(crate) watch: Option<waymark::base::Stopwatch>,
    pub(crate) updates: VecDeque<(i64, Value)>,
    pub(crate) next_update: i64,
    /// Rises with each getUpdates: an older one that still waits is turned away.
    pub(crate) poll: u64,
    /// Most getUpdates that ever waited at once without one being turned away.
    pub(crate) refused_pollers: usize,
    pub(crate) webhook: Option<(String, String)>,
    /// What stands behind the webhook's address: nodes, to which events go in turn, and how many each has taken.
    pub(crate) behind: Vec<(String, usize)>,
    pub(crate) delivered: HashSet<i64>,
    /// Statuses that our webhook answered with.
    pub(crate) statuses: BTreeMap<u16, usize>,
    pub(crate) next_message: HashMap<i64, i64>,
    pub(crate) sent: Vec<Sent>,
    pub(crate) calls: BTreeMap<String, usize>,
    pub(crate) settings: BTreeMap<String, Value>,
    pub(crate) blocked: HashSet<i64>,
    pub(crate) deactivated: HashSet<i64>,
    pub(crate) files: HashMap<String, Vec<u8>>,
    pub(crate) chat_faults: HashMap<i64, VecDeque<Fault>>,
    /// What goes wrong with voice messages alone.
    pub(crate) voice_faults: HashMap<i64, VecDeque<Fault>>,
    pub(crate) bad_token: bool,
    /// Events wait with us: the network is down for a moment.
    pub(crate) held_up: bool,
    pub(crate) violations: Vec<String>,
    /// Deliveries begun.
    posts: usize,
}

impl Held {
    /// The next node behind the webhook's address.
    fn next_behind(&mut self) -> Option<String> {
        self.posts += 1;
        let next = self.posts % self.behind.len().max(1);
        self.behind.get(next).map(|(url, _)| url.clone())
    }
}

pub(crate) struct Shared {
    held: Mutex<Held>,
    changed: Condvar,
    pub(crate) news: Notify,
    pub(crate) spec: Option<Spec>,
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self) {
        self.changed.notify_all();
        self.news.notify_waiters();
    }
}

/// The emulator; ends with the test.
pub(crate) struct Emulator {
    pub(crate) shared: Arc<Shared>,
    pub(crate) url: String,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Emulator {
    pub(crate) fn start() -> Self {
        let shared = Arc::new(Shared {
            held: Mutex::new(Held {
                next_update: 1_000,
                watch: Some(waymark::base::Stopwatch::start()),
                ..Held::default()
            }),
            changed: Condvar::new(),
            news: Notify::new(),
            spec: Spec::read(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .fallback(call)
            .layer(DefaultBodyLimit::disable())
            .with_state(shared.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        runtime.spawn(deliver(shared.clone()));
        Self {
            shared,
            url,
            runtime: Some(runtime),
        }
    }

    /// Waits until `seen` finds what it looks for.
    pub(crate) fn wait<T>(&self, what: &str, seen: impl FnMut(&Held) -> Option<T>) -> T {
        self.wait_for(PATIENCE, what, seen)
    }

    /// The same, with more patience.
    pub(crate) fn wait_for<T>(
        &self,
        patience: Duration,
        what: &str,
        mut seen: impl FnMut(&Held) -> Option<T>,
    ) -> T {
        let mut held = self.shared.lock();
        let watch = waymark::base::Stopwatch::start();
        loop {
            if let Some(found) = seen(&held) {
                return found;
            }
            let texts: Vec<&str> = held
                .sent
                .iter()
                .rev()
                .take(5)
                .map(|s| s.text.as_str())
                .collect();
            assert!(
                watch.elapsed() < patience,
                "never came: {what}; last {texts:#?}"
            );
            let waited = self
                .shared
                .changed
                .wait_timeout(held, Duration::from_secs(1));
            held = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Puts an event in line, and returns its id.
    pub(crate) fn update(&self, kind: &str, what: Value) -> i64 {
        let mut held = self.shared.lock();
        let id = held.next_update;
        held.next_update += 1;
        let update = json!({"update_id": id, kind: what});
        held.updates.push_back((id, update));
        drop(held);
        self.shared.tell();
        id
    }

    /// Events are held up, or flow again: what came meanwhile comes at once.
    pub(crate) fn hold_up(&self, held_up: bool) {
        self.shared.lock().held_up = held_up;
        self.shared.tell();
    }

    /// The same event comes once more, under the same number.
    pub(crate) fn again(&self, id: i64, update: Value) {
        let mut held = self.shared.lock();
        held.updates.push_back((id, update));
        drop(held);
        self.shared.tell();
    }

    /// A balancer stands at the webhook's address: each event goes to the next of these nodes.
    pub(crate) fn behind(&self, nodes: impl IntoIterator<Item = String>) {
        self.shared.lock().behind = nodes.into_iter().map(|url| (url, 0)).collect();
    }

    /// The next message to this chat goes wrong.
    pub(crate) fn chat_fault(&self, chat: i64, fault: Fault) {
        let mut held = self.shared.lock();
        held.chat_faults.entry(chat).or_default().push_back(fault);
    }

    /// The next voice message to this chat goes wrong.
    pub(crate) fn voice_fault(&self, chat: i64, fault: Fault) {
        let mut held = self.shared.lock();
        held.voice_faults.entry(chat).or_default().push_back(fault);
    }

    /// Nothing that passed through here was against the Bot API.
    pub(crate) fn nothing_wrong(&self) {
        let held = self.shared.lock();
        assert!(held.violations.is_empty(), "{:#?}", held.violations);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What a method comes to.
pub(crate) enum Answer {
    Good(Value),
    /// Status, description, parameters.
    Bad(u16, String, Value),
    /// A file's bytes.
    File(Vec<u8>),
}

async fn call(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let kind = request.headers().get("content-type");
    let kind = kind.and_then(|k| k.to_str().ok()).unwrap_or("").to_owned();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await;
    let Ok(body) = body else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if let Some(file) = path.strip_prefix(&format!("/file/bot{TOKEN}/")) {
        let name = file.replace("%2F", "/");
        return answer(methods::download(&shared, &name));
    }
    let Some(method) = path.strip_prefix(&format!("/bot{TOKEN}/")) else {
        return answer(Answer::Bad(401, "Unauthorized".into(), Value::Null));
    };
    if shared.lock().bad_token {
        return answer(Answer::Bad(401, "Unauthorized".into(), Value::Null));
    }
    let (params, form) = read(&kind, &body);
    if let Some(spec) = &shared.spec {
        let wrong = spec.request(method, &params, form);
        shared.lock().violations.extend(wrong);
    }
    let method = method.to_ascii_lowercase();
    let chat = params["chat_id"].as_i64();
    let fault = {
        let mut held = shared.lock();
        *held.calls.entry(method.clone()).or_default() += 1;
        let of_voice = chat.filter(|_| method == "sendvoice");
        let of_voice = of_voice.and_then(|chat| held.voice_faults.get_mut(&chat)?.pop_front());
        of_voice.or_else(|| {
            chat.filter(|_| method.starts_with("send") && method != "sendchataction")
                .and_then(|chat| held.chat_faults.get_mut(&chat)?.pop_front())
        })
    };
    let spoiled = match fault {
        None => None,
        Some(Fault::SlowDown(seconds)) => Some(answer(Answer::Bad(
            429,
            format!("Too Many Requests: retry after {seconds}"),
            json!({"retry_after": seconds}),
        ))),
        Some(Fault::BadGateway) => {
            Some((StatusCode::BAD_GATEWAY, "<html>502 Bad Gateway</html>").into_response())
        }
        Some(Fault::BadEntities) => Some(answer(Answer::Bad(
            400,
            "Bad Request: can't parse entities: unsupported".into(),
            Value::Null,
        ))),
        Some(Fault::NoVoice) => Some(answer(Answer::Bad(
            400,
            "Bad Request: user restricted receiving of voice messages".into(),
            Value::Null,
        ))),
        Some(Fault::ResetBefore) => Some(broken()),
        Some(Fault::ResetAfter) => {
            methods::run(&shared, &method, &params).await;
            if let Some(sent) = shared.lock().sent.last_mut() {
                sent.unanswered = true;
            }
            Some(broken())
        }
    };
    let response = match spoiled {
        Some(response) => response,
        None => {
            let came = methods::run(&shared, &method, &params).await;
            if let (Some(spec), Answer::Good(result)) = (&shared.spec, &came) {
                let wrong = spec.result(&method, result).into_iter();
                let wrong = wrong.filter(|line| !line.contains(UNHEARD_OF));
                shared.lock().violations.extend(wrong);
            }
            answer(came)
        }
    };
    shared.tell();
    response
}

fn answer(answer: Answer) -> Response {
    let (status, body) = match answer {
        Answer::Good(result) => (200, json!({"ok": true, "result": result})),
        Answer::Bad(status, description, parameters) => {
            let mut body = json!({"ok": false, "error_code": status, "description": description});
            if !parameters.is_null() {
                body["parameters"] = parameters;
            }
            (status, body)
        }
        Answer::File(bytes) => return bytes.into_response(),
    };
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

/// Headers, and then the connection breaks.
fn broken() -> Response {
    let nothing = futures_util::stream::once(async {
        Err::<Bytes, _>(std::io::Error::other("the connection breaks"))
    });
    Response::new(Body::from_stream(nothing))
}

/// Parameters from JSON or from a form; a form's values are text, its files are `file` (their name) and `bytes`.
fn read(kind: &str, body: &[u8]) -> (Value, bool) {
    let Some(boundary) = kind.split("boundary=").nth(1) else {
        return (serde_json::from_slice(body).unwrap_or(json!({})), false);
    };
    // A byte a character: what comes back as bytes is what came.
    let text: String = body.iter().map(|b| char::from(*b)).collect();
    let mut params = json!({});
    for part in text.split(&format!("--{boundary}")) {
        let Some((head, value)) = part.split_once("\r\n\r\n") else {
            continue;
        };
        let quoted = |key: &str| head.split(key).nth(1).and_then(|n| n.split('"').next());
        let Some(name) = quoted("; name=\"") else {
            continue;
        };
        let value = value.strip_suffix("\r\n").unwrap_or(value);
        let bytes: Vec<u8> = value.chars().map(|c| u8::try_from(c).unwrap()).collect();
        params[name] = match (quoted("filename=\""), value.parse::<i64>()) {
            (Some(file), _) => json!({"file": file, "bytes": bytes}),
            (None, Ok(number)) if name == "chat_id" => json!(number),
            (None, _) => json!(String::from_utf8(bytes).unwrap()),
        };
    }
    (params, true)
}

/// What may be delivered now: the first of each line.
fn heads(held: &Held) -> Vec<(i64, Value, String, String)> {
    let Some((url, secret)) = held.webhook.as_ref().filter(|_| !held.held_up) else {
        return Vec::new();
    };
    let mut lines = HashSet::new();
    let line = |update: &Value| match update.get("callback_query") {
        Some(press) => format!("press {}", press["from"]["id"]),
        None => format!("chat {}", update["message"]["chat"]["id"]),
    };
    let heads = held.updates.iter();
    let heads = heads.filter(|(_, update)| lines.insert(line(update)));
    heads
        .take(40)
        .map(|(id, update)| (*id, update.clone(), url.clone(), secret.clone()))
        .collect()
}

/// Delivers to the webhook: one after the other in each chat, presses in a line of their own, again after a failure.
async fn deliver(shared: Arc<Shared>) {
    loop {
        let due = heads(&shared.lock());
        if due.is_empty() {
            tokio::select! {
                () = shared.news.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(50)) => {}
            }
            continue;
        }
        let mut posts = tokio::task::JoinSet::new();
        for (id, update, public, secret) in due {
            let behind = shared.lock().next_behind();
            posts.spawn_blocking(move || {
                let url = behind.unwrap_or(public);
                let status = post(&url, &secret, &update);
                (id, status, url)
            });
        }
        let mut failed = false;
        while let Some(Ok((id, status, url))) = posts.join_next().await {
            let mut held = shared.lock();
            *held.statuses.entry(status).or_default() += 1;
            if status == 200 {
                if let Some((_, taken)) = held.behind.iter_mut().find(|(at, _)| *at == url) {
                    *taken += 1;
                }
                let at = held.updates.iter().position(|(i, _)| *i == id);
                if let Some(at) = at {
                    held.updates.remove(at);
                }
                held.delivered.insert(id);
            } else {
                failed = true;
            }
            drop(held);
            shared.tell();
        }
        if failed {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// The status of a delivery; 0 when nobody answered.
pub(crate) fn post(url: &str, secret: &str, update: &Value) -> u16 {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let sent = agent
        .post(url)
        .header("x-telegram-bot-api-secret-token", secret)
        .send_json(update);
    sent.map_or(0, |response| response.status().as_u16())
}
