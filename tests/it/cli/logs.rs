//! Personal data goes in through every face of a running service: none of it is in a line of its log, nor in its metrics.
//! What never lives here: Telegram's own face, whose words take the same way through the desk (telegram/).

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use serde_json::{Value, json};

use super::Machine;
use crate::world::free_port;

/// What must be nowhere: a name, a phone number, a National Insurance number, words, a password.
const PLANTED: [&str; 6] = [
    "Xanthippe",
    "Featherstonehaugh",
    "07700900123",
    "QQ123456C",
    "zanzibar",
    "three-quiet-otters",
];

/// A service with its metrics' address and every line of its log.
struct Watched {
    child: Child,
    url: String,
    metrics: String,
    lines: std::thread::JoinHandle<Vec<String>>,
}

fn watched(machine: &Machine, form: &str) -> Watched {
    let (listen, metrics) = (free_port(), free_port());
    let mut configured = fs::read_to_string(machine.0.0.join("waymark.toml")).unwrap();
    configured.push_str(&format!(
        "[server]\nlisten = \"127.0.0.1:{listen}\"\nmetrics_listen = \"127.0.0.1:{metrics}\"\n[advisers]\nenabled = true\n"
    ));
    machine.0.put("waymark.toml", configured);
    let mut child = machine
        .command(&["serve"])
        .env(
            "RUST_LOG",
            "debug,tantivy=warn,waymark=trace,waymark_web=trace",
        )
        .env("WAYMARK_LOG", form)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (ready, told) = std::sync::mpsc::channel();
    let from = BufReader::new(child.stderr.take().unwrap());
    let lines = std::thread::spawn(move || {
        let mut kept = Vec::new();
        for line in from.lines().map_while(Result::ok) {
            if line.contains("ready on http://") {
                let _ = ready.send(());
            }
            kept.push(line);
        }
        kept
    });
    told.recv().expect("it ended before it was ready");
    Watched {
        child,
        url: format!("http://127.0.0.1:{listen}"),
        metrics: format!("http://127.0.0.1:{metrics}/metrics"),
        lines,
    }
}

/// Whatever comes back, a refusal too; the body as far as it is text.
fn post(agent: &ureq::Agent, url: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut request = agent.post(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.send(body).unwrap();
    answer.body_mut().read_to_string().unwrap_or_default()
}

fn get(agent: &ureq::Agent, url: &str, bearer: &str) -> String {
    let request = agent
        .get(url)
        .header("authorization", format!("Bearer {bearer}"));
    let mut answer = request.call().unwrap();
    answer.body_mut().read_to_string().unwrap_or_default()
}

/// Through the API, the pages and the console, well-formed and not. Returns the secrets that were handed out.
fn plant(service: &Watched) -> Vec<String> {
    // A connection of its own for each request: the service may close one when it refuses a request whose body it did not read.
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_idle_connections(0)
        .max_redirects(0)
        .build()
        .into();
    let api = format!("{}/api/v1/conversations", service.url);
    let json_type = ("content-type", "application/json");
    let form_type = ("content-type", "application/x-www-form-urlencoded");
    let ours = ("sec-fetch-site", "same-origin");
    let begun: Value = serde_json::from_str(&post(&agent, &api, &[json_type], "{}")).unwrap();
    let (id, token) = (
        begun["id"].as_str().unwrap(),
        begun["token"].as_str().unwrap(),
    );
    let bearer = format!("Bearer {token}");
    let all = PLANTED.join(" ");
    let said = [
        format!("I am {all}, do I pay my PA for bank holidays"),
        format!("{all} I want to talk to a person"),
        format!("{all} he hits me and I am scared"),
        format!("{all} {}", "very long ".repeat(3000)),
    ];
    let headers = [json_type, ("authorization", bearer.as_str())];
    for (n, text) in said.iter().enumerate() {
        let body = json!({"text": text, "client_id": format!("{}-{n}", PLANTED[0])}).to_string();
        let reply = post(&agent, &format!("{api}/{id}/messages"), &headers, &body);
        if let Ok(reply) = serde_json::from_str::<Value>(&reply) {
            let body =
                json!({"receipt": reply["receipt"], "helpful": false, "comment": all}).to_string();
            post(&agent, &format!("{api}/{id}/feedback"), &headers, &body);
        }
    }
    // Broken, and with somebody else's secret.
    for body in [
        all.as_str(),
        "{\"text\": \"Xanthippe",
        "{\"action\": \"zanzibar:QQ123456C\"}",
    ] {
        post(&agent, &format!("{api}/{id}/messages"), &headers, body);
        post(&agent, &format!("{api}/{id}/voice"), &headers, body);
    }
    let wrong = [json_type, ("authorization", "Bearer QQ123456C-zanzibar")];
    post(
        &agent,
        &format!("{api}/{id}/messages"),
        &wrong,
        "{\"text\": \"zanzibar\"}",
    );
    get(
        &agent,
        &format!("{api}/{id}/messages?after=zanzibar"),
        token,
    );
    get(&agent, &format!("{api}/{id}/export"), token);
    get(&agent, &format!("{api}/Xanthippe/messages"), token);
    // Pages.
    for path in [
        "/search?q=Xanthippe+QQ123456C",
        "/guides/zanzibar/QQ123456C",
        "/Featherstonehaugh?phone=07700900123",
        "/console/cases/QQ123456C",
    ] {
        get(&agent, &format!("{}{path}", service.url), "Xanthippe");
    }
    let form = "text=Xanthippe+QQ123456C+07700900123+zanzibar&name=Featherstonehaugh&password=three-quiet-otters&code=zanzibar";
    for path in [
        "/",
        "/message",
        "/console/sign-in",
        "/console/invitation/zanzibar",
        "/hooks/telegram/zanzibar",
        "/r/QQ123456C",
    ] {
        post(
            &agent,
            &format!("{}{path}", service.url),
            &[form_type, ours],
            form,
        );
    }
    vec![id.to_owned(), token.to_owned()]
}

fn nothing_told(form: &str) {
    let machine = Machine::new();
    let mut service = watched(&machine, form);
    let secrets = plant(&service);
    let agent = ureq::agent();
    let wanted = [
        "waymark_turns_total",
        "waymark_waiting{what=\"inbox\"} 0",
        "waymark_turns_today{channel=\"web\"",
    ];
    // A store that is busy just then leaves the counts as they were: asked again, as Prometheus would.
    let metrics = (0..60).find_map(|_| {
        let page = agent.get(&service.metrics).call().unwrap();
        let page = page.into_body().read_to_string().unwrap();
        let whole = wanted.iter().all(|w| page.contains(w));
        if !whole {
            std::thread::park_timeout(std::time::Duration::from_secs(1));
        }
        whole.then_some(page)
    });
    let metrics = metrics.expect("every count is on the page");
    service.child.kill().unwrap();
    service.child.wait().unwrap();
    let lines = service.lines.join().unwrap();
    assert!(lines.len() > 3, "{lines:?}");
    if form == "json" {
        let ready = lines.iter().find(|l| l.contains("ready on")).unwrap();
        assert!(serde_json::from_str::<Value>(ready).is_ok(), "{ready}");
    }
    let planted = PLANTED.iter().map(|p| (*p).to_owned());
    for private in planted.chain(secrets) {
        let small = private.to_lowercase();
        for line in lines.iter().chain([&metrics]) {
            assert!(!line.to_lowercase().contains(&small), "{private}: {line}");
        }
    }
}

#[test]
fn no_line_of_the_log_and_no_metric_tells_who_wrote_what() {
    nothing_told("text");
    nothing_told("json");
}
