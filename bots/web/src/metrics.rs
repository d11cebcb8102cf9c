//! Counts and durations for operators: outcomes, routes, status codes.
//! What never lives here: words, ids or addresses of people; the labels are closed lists.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicI64, AtomicU64},
    time::Duration,
};

use axum::http::Method;
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};
use waymark::{assistant::Health, casework::Channel, store::Standing};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TurnLabels {
    outcome: &'static str,
    channel: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TimeLabels {
    channel: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CaseLabels {
    priority: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChannelLabels {
    channel: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WaitingLabels {
    what: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PartLabels {
    part: &'static str,
}

/// Everything counted here.
pub(crate) struct Metrics {
    registry: Registry,
    turns: Family<TurnLabels, Counter>,
    turn_seconds: Family<TimeLabels, Histogram, fn() -> Histogram>,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Histogram,
    streams: Gauge<i64, AtomicI64>,
    cases: Family<CaseLabels, Gauge<u64, AtomicU64>>,
    overdue: Gauge<u64, AtomicU64>,
    turns_today: Family<ChannelLabels, Gauge<u64, AtomicU64>>,
    waiting: Family<WaitingLabels, Gauge<u64, AtomicU64>>,
    works: Family<PartLabels, Gauge<u64, AtomicU64>>,
}

impl Metrics {
    /// All at nought.
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            turns: Family::default(),
            turn_seconds: Family::new_with_constructor(buckets),
            requests: Family::default(),
            request_seconds: buckets(),
            streams: Gauge::default(),
            cases: Family::default(),
            overdue: Gauge::default(),
            turns_today: Family::default(),
            waiting: Family::default(),
            works: Family::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let mut registry = Registry::with_prefix("waymark");
        let help = "Turns by outcome and channel";
        registry.register("turns", help, self.turns.clone());
        let help = "Time from a message to its durable reply, by channel";
        registry.register("turn_seconds", help, self.turn_seconds.clone());
        let help = "HTTP requests by method, route template and status";
        registry.register("http_requests", help, self.requests.clone());
        let help = "Time from a request to the start of its response";
        registry.register("http_request_seconds", help, self.request_seconds.clone());
        registry.register("event_streams", "Open event streams", self.streams.clone());
        let help = "Open cases by priority";
        registry.register("open_cases", help, self.cases.clone());
        let help = "Open cases past the time that the person was told";
        registry.register("overdue_cases", help, self.overdue.clone());
        let help = "Turns of today, of every channel and node, by outcome";
        registry.register("turns_today", help, self.turns_today.clone());
        let help = "Events not answered, messages not sent, alerts not sent";
        registry.register("waiting", help, self.waiting.clone());
        let help = "Whether a part works: 1 or 0";
        registry.register("works", help, self.works.clone());
        self.registry = registry;
        self
    }

    /// A turn ended.
    pub(crate) fn turn(&self, channel: Channel, outcome: &'static str, took: Duration) {
        let channel = word(channel);
        let time = TimeLabels {
            channel: channel.clone(),
        };
        let labels = TurnLabels { outcome, channel };
        self.turns.get_or_create(&labels).inc();
        let seconds = self.turn_seconds.get_or_create(&time);
        seconds.observe(took.as_secs_f64());
    }

    /// A request was answered.
    pub(crate) fn request(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let labels = RequestLabels {
            method: method_word(method).to_owned(),
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&labels).inc();
        self.request_seconds.observe(took.as_secs_f64());
    }

    /// An event stream opened (1) or closed (-1).
    pub(crate) fn streams(&self, change: i64) {
        self.streams.inc_by(change);
    }

    /// So many cases of a priority are open.
    pub(crate) fn open_cases(&self, priority: &'static str, count: u64) {
        self.cases
            .get_or_create(&CaseLabels { priority })
            .set(count);
    }

    /// So many of them are overdue.
    pub(crate) fn overdue(&self, count: u64) {
        self.overdue.set(count);
    }

    /// What waits, and the turns of today.
    pub(crate) fn standing(&self, standing: &Standing) {
        let waits = [
            ("inbox", standing.inbox),
            ("outbox", standing.outbox),
            ("alerts", standing.alerts),
        ];
        for (what, count) in waits {
            let labels = WaitingLabels { what };
            self.waiting.get_or_create(&labels).set(count);
        }
        // What was counted yesterday is over.
        self.turns_today.clear();
        for (channel, outcome, count) in &standing.turns {
            let labels = ChannelLabels {
                channel: word(*channel),
                outcome: outcome.as_str(),
            };
            self.turns_today.get_or_create(&labels).set(*count);
        }
    }

    /// Whether the store takes messages and the models are in use.
    pub(crate) fn health(&self, health: &Health) {
        let parts = [
            ("store", health.ready),
            ("semantic", health.semantic),
            ("voice", health.voice),
        ];
        for (part, works) in parts {
            let labels = PartLabels { part };
            self.works.get_or_create(&labels).set(u64::from(works));
        }
    }

    /// The page that Prometheus reads.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            // Writing into a string does not fail; should it, the scrape shows that it is not whole.
            let _ = writeln!(text, "# incomplete");
        }
        text
    }
}

fn buckets() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 14))
}

fn word(channel: Channel) -> String {
    format!("{channel:?}").to_lowercase()
}

/// The method, from a closed list: anybody may send any word as one.
pub(crate) fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
