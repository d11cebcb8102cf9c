//! Event streams: what came before, what comes later, where a broken connection goes on, how many at once.
//! What never lives here: the rest of the API (api.rs).

use std::{future::poll_fn, pin::Pin, time::Duration};

use axum::{
    body::{Body, HttpBody as _},
    http::{Request, StatusCode, header},
};
use serde_json::Value;
use tower::ServiceExt as _;
use waymark::{
    base::{CaseReference, Lang},
    casework::Caller,
    store::AdviserReply,
};
use waymark_web::Settings;

use super::{Browser, Program, desk, router, run, web};

/// An open stream.
struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    async fn open(program: &Program, rest: &str, last: Option<u64>) -> Self {
        let mut request = program.request("GET", rest);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = program.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers();
        assert_eq!(headers[header::CONTENT_TYPE], "text/event-stream");
        assert_eq!(headers["x-accel-buffering"], "no");
        Self {
            body: response.into_body(),
            text: String::new(),
        }
    }

    /// The next message's number and data.
    async fn next(&mut self) -> (u64, Value) {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name));
                let found = field("id: ").zip(field("data: "));
                let found = found
                    .map(|(id, data)| (id.parse().unwrap(), serde_json::from_str(data).unwrap()));
                self.text = rest.to_owned();
                if let Some(found) = found {
                    return found;
                }
                continue;
            }
            let frame = poll_fn(|cx| Pin::new(&mut self.body).poll_frame(cx));
            let frame = tokio::time::timeout(Duration::from_secs(20), frame).await;
            let bytes = frame.unwrap().unwrap().unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

#[test]
fn a_stream_tells_what_was_what_comes_and_goes_on_where_it_broke() {
    run(async {
        let program = Program::start(router()).await;
        program.says("what is a direct payment?").await;
        let mut stream = Stream::open(&program, "/events", None).await;
        let (first, said) = stream.next().await;
        let (second, answered) = stream.next().await;
        assert!(first < second);
        assert_eq!(said["author"], "person");
        assert_eq!(answered["author"], "assistant");
        assert_eq!(answered["seq"], second);
        assert!(answered["reply"]["summary"].is_string());

        program.says("and sick pay?").await;
        let (third, later) = stream.next().await;
        assert_eq!(later["text"], "and sick pay?");

        let mut resumed = Stream::open(&program, "/events?after=1", Some(second)).await;
        assert_eq!(resumed.next().await.0, third, "Last-Event-ID wins");
        let mut asked = Stream::open(&program, &format!("/events?after={third}"), None).await;
        assert_eq!(asked.next().await.1["author"], "assistant");
    });
}

#[test]
fn an_advisers_reply_reaches_stream_and_page() {
    run(async {
        let router = router();
        let program = Program::start(router.clone()).await;
        let handed = program.says("I want to talk to a person please").await;
        let reference = handed["case"]["reference"].as_str().unwrap();
        let case: CaseReference = reference.parse().unwrap();
        let mut stream = Stream::open(&program, "/events", None).await;
        let (_, _) = (stream.next().await, stream.next().await);

        let desk = desk();
        let reply = AdviserReply {
            case,
            name: "Priya <b>P</b>".to_owned(),
            text: "I will ring you.\nIs **ten** good? <img src=x>".to_owned(),
            lang: Lang::english(),
            message: desk.ids().unwrap().message(),
            asks: false,
        };
        let at = desk.clock().now().instant;
        desk.store()
            .reply_to_case(&Caller::everywhere("priya"), reply, at)
            .await
            .unwrap();
        let (_, shown) = stream.next().await;
        assert_eq!(
            (&shown["author"], &shown["case"]),
            (&"adviser".into(), &reference.into())
        );

        let mut browser = Browser::new(router);
        let id = program.base.rsplit('/').next().unwrap();
        browser.cookie = format!("waymark={id}.{}", program.token);
        let page = browser.get("/").await.body;
        assert!(page.contains("adviser, a person"));
        let (latest, adviser) = (page.find("id=\"latest\""), page.find("msg adviser"));
        assert!(latest > adviser, "the page scrolls to the adviser");
        assert!(page.contains("I will ring you.<br") && page.contains("<strong>ten</strong>"));
        assert!(!page.contains("<b>P</b>") && !page.contains("<img"));
        let drawn = Stream::open_page(&browser).await.next().await.1;
        assert!(drawn["html"].as_str().unwrap().starts_with("<article"));
    });
}

impl Stream {
    async fn open_page(browser: &Browser) -> Self {
        let request = Request::get("/chat/events?after=0").header(header::COOKIE, &browser.cookie);
        let request = request.body(Body::empty()).unwrap();
        let response = browser.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Self {
            body: response.into_body(),
            text: String::new(),
        }
    }
}

#[test]
fn a_conversation_has_so_many_streams_and_no_more() {
    run(async {
        let settings = Settings {
            streams_per_conversation: 2,
            ..Settings::default()
        };
        let program = Program::start(web(settings).router()).await;
        let first = Stream::open(&program, "/events", None).await;
        let _second = Stream::open(&program, "/events", None).await;
        program.get("/events").await.is_problem(429);
        drop(first);
        let _third = Stream::open(&program, "/events", None).await;
    });
}
