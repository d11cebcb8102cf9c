//! News of open pages: what happened between a page's drawing and its stream is told, and a broken stream goes on where it stopped.
//! What never lives here: what the page's script makes of it (tests/browser).

use std::{future::poll_fn, pin::Pin, time::Duration};

use axum::{
    body::{Body, HttpBody as _},
    http::{Request, header},
};
use tower::ServiceExt as _;

use super::{Browser, Office, cases::person, run};

/// The next news of a stream: its number and its words.
async fn news(browser: &Browser, path: &str, last: Option<u64>) -> (u64, String) {
    let cookies = browser.cookies.iter().map(|(n, v)| format!("{n}={v}"));
    let mut request =
        Request::get(path).header(header::COOKIE, cookies.collect::<Vec<_>>().join("; "));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = browser.router.clone().oneshot(request).await.unwrap();
    let (mut body, mut text) = (response.into_body(), String::new());
    loop {
        let field = |name: &str| text.lines().find_map(|l| l.strip_prefix(name));
        if let Some((id, data)) = field("id: ").zip(field("data: ")) {
            return (id.parse().unwrap(), data.to_owned());
        }
        let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx));
        let frame = tokio::time::timeout(Duration::from_secs(60), frame).await;
        let bytes = frame.unwrap().unwrap().unwrap().into_data().unwrap();
        text.push_str(std::str::from_utf8(&bytes).unwrap());
    }
}

/// Where a page says that its news are.
fn stream(page: &str) -> String {
    let (_, rest) = page.split_once("data-live=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn what_a_colleague_does_before_the_stream_begins_is_told() {
    run(async {
        let office = Office::new();
        office.employ("sam", &["adviser"]).await;
        office.employ("kim", &["adviser"]).await;
        let case = person(&office, Some("kent"), &["I want to talk to a person"]).await;
        let mut sam = office.signed_in("sam").await;
        let mut kim = office.signed_in("kim").await;
        let queue = stream(&sam.get("/console/queue").await.body);
        let path = format!("/console/cases/{case}");
        let page = stream(&sam.get(&path).await.body);
        kim.get(&path).await;
        let (seen, told) = news(&sam, &page, None).await;
        assert_eq!(told, "kim is looking at this case too.");
        let (queue_seen, told) = news(&sam, &queue, None).await;
        assert_eq!(told, "queue");
        assert!(queue_seen >= seen);
        // What the stream told before it broke is not told again.
        kim.post(&format!("{path}/act"), &[("act", "claim")]).await;
        let (next, told) = news(&sam, &page, Some(seen)).await;
        assert_eq!(told, "kim has claimed this case.");
        assert!(next > seen);
    });
}
