//! Who is let in and how often: other sites, cookies, limits, headers.
//! What never lives here: what the answers say.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use waymark::store::Store;
use waymark_web::{Settings, Web};

use crate::world::Folder;

use super::{Answer, Browser, Program, ask, desk_over, get, router, run, web};

#[test]
fn every_response_is_dressed() {
    run(async {
        let router = router();
        for path in [
            "/",
            "/privacy",
            "/nowhere",
            "/api/nowhere",
            "/healthz",
            "/static/x/no.css",
        ] {
            let answer = get(&router, path).await;
            let csp = answer.header("content-security-policy");
            assert!(
                csp.starts_with("default-src 'none'") && !csp.contains("unsafe"),
                "{path}"
            );
            assert!(csp.ends_with("frame-ancestors 'self'") && csp.contains("base-uri 'none'"));
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("referrer-policy"), "same-origin");
            assert!(
                answer
                    .header("permissions-policy")
                    .contains("microphone=()")
            );
            assert_eq!(
                answer.header("strict-transport-security"),
                "",
                "only over TLS"
            );
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
        let page = get(&router, "/nowhere").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.body.contains(">There is nothing here</h1>") && page.body.contains("tel:999"));
    });
}

#[test]
fn over_tls_cookies_are_secure() {
    run(async {
        let settings = Settings {
            secure_cookies: true,
            ..Settings::default()
        };
        let mut browser = Browser::new(web(settings).router());
        let sent = browser.post("/chat", &[("text", "hello")]).await;
        let cookie = sent.header("set-cookie").to_owned();
        assert!(
            cookie.starts_with("__Host-waymark=") && cookie.contains("; Secure"),
            "{cookie}"
        );
        assert!(sent.header("strict-transport-security").contains("max-age"));
        assert!(browser.get("/").await.body.contains("Your conversation"));
    });
}

#[test]
fn only_named_websites_may_frame_the_chat_and_none_the_console() {
    run(async {
        let settings = Settings {
            secure_cookies: true,
            widget_origins: vec!["https://www.council.example".to_owned()],
            ..Settings::default()
        };
        let mut browser = Browser::new(web(settings).router());
        let page = browser.get("/").await;
        let csp = page.header("content-security-policy");
        assert!(
            csp.ends_with("frame-ancestors 'self' https://www.council.example"),
            "{csp}"
        );
        let console = browser.get("/console").await;
        let csp = console.header("content-security-policy");
        assert!(csp.ends_with("frame-ancestors 'none'"), "{csp}");
        let sent = browser.post("/chat", &[("text", "hello")]).await;
        let cookie = sent.header("set-cookie");
        assert!(
            cookie.ends_with("SameSite=None; Secure; Partitioned"),
            "each website has its own: {cookie}"
        );
        let script = browser.get("/widget.js").await;
        assert_eq!(
            script.header("cross-origin-resource-policy"),
            "cross-origin"
        );
        assert!(script.body.len() < 5_000, "{} bytes", script.body.len());
        assert!(script.body.contains("name = \"Waymark\""));
        let other = browser.get("/about").await;
        assert_eq!(other.header("cross-origin-resource-policy"), "same-origin");
    });
}

#[test]
fn forms_of_other_sites_are_refused() {
    run(async {
        let mut browser = Browser::new(router());
        browser.post("/chat", &[("text", "hello")]).await;
        let refused: [&[(&str, &str)]; 4] = [
            &[("sec-fetch-site", "cross-site")],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "https://chat.example"),
            ],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
        ];
        for path in ["/chat", "/chat/delete", "/chat/again", "/chat/feedback"] {
            for headers in refused {
                let answer = browser.send(path, &[("text", "x")], headers).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            }
        }
        let ours: [&[(&str, &str)]; 2] = [
            &[("sec-fetch-site", "same-origin")],
            &[("origin", "https://chat.example")],
        ];
        for headers in ours {
            let answer = browser.send("/chat", &[("text", "x")], headers).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
        }
    });
}

#[test]
fn a_lost_or_forged_cookie_starts_afresh_and_loses_no_word() {
    run(async {
        let mut browser = Browser::new(router());
        for forged in [
            "waymark=x",
            "waymark=01kb00000000000000000000aa.token",
            "waymark=..",
            "a=b",
        ] {
            browser.cookie = forged.to_owned();
            let start = browser.get("/").await;
            assert!(start.body.contains("Before you write"), "{forged}");
            browser.cookie = forged.to_owned();
            let sent = browser
                .post("/chat", &[("text", "what is a direct payment?")])
                .await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER);
            assert!(
                browser
                    .get("/")
                    .await
                    .body
                    .contains("what is a direct payment?")
            );
        }
        let streams = get(&browser.router, "/chat/events").await;
        assert_eq!(streams.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn people_can_start_again_take_a_copy_and_delete() {
    run(async {
        let mut browser = Browser::new(router());
        browser
            .post("/chat", &[("text", "my name is Xanthippe")])
            .await;
        let kept = browser.cookie.clone();
        let copy = browser.get("/chat/copy").await;
        assert!(
            copy.body.contains("Xanthippe")
                && copy.header("content-disposition").contains("attachment")
        );
        assert!(
            browser
                .post("/chat/again", &[])
                .await
                .header("set-cookie")
                .contains("Max-Age=0")
        );
        assert!(
            browser
                .get("/?done=again")
                .await
                .body
                .contains("Before you write")
        );

        browser.cookie = kept.clone();
        assert!(
            browser
                .get("/chat/delete")
                .await
                .body
                .contains("Yes, delete it")
        );
        let gone = browser.post("/chat/delete", &[]).await;
        assert_eq!(gone.header("location"), "/?done=deleted");
        browser.cookie = kept;
        let start = browser.get("/").await;
        assert!(!start.body.contains("Xanthippe") && start.body.contains("Before you write"));
        assert_eq!(
            browser.get("/chat/delete").await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            browser.get("/chat/copy").await.status,
            StatusCode::NOT_FOUND
        );
    });
}

async fn start_from(router: &Router, address: &str, forwarded: Option<&str>) -> Answer {
    let peer: SocketAddr = address.parse().unwrap();
    let mut request = Request::post("/api/v1/conversations")
        .header("content-type", "application/json")
        .extension(ConnectInfo(peer));
    if let Some(forwarded) = forwarded {
        request = request.header("x-forwarded-for", forwarded);
    }
    ask(router, request.body(Body::from("{}")).unwrap()).await
}

#[test]
fn limits_hold_for_everything_but_words() {
    run(async {
        let settings = Settings {
            requests_per_minute: 3,
            ..Settings::default()
        };
        let router = web(settings.clone()).router();
        for _ in 0..3 {
            assert_eq!(
                start_from(&router, "192.0.2.7:1", None).await.status,
                StatusCode::CREATED
            );
        }
        let refused = start_from(&router, "192.0.2.7:2", None).await;
        refused.is_problem(429);
        assert_eq!(refused.header("retry-after"), "60");
        assert_eq!(
            start_from(&router, "192.0.2.8:1", None).await.status,
            StatusCode::CREATED
        );
        assert_eq!(
            start_from(&router, "192.0.2.7:1", Some("203.0.113.9"))
                .await
                .status
                .as_u16(),
            429
        );
        for _ in 0..9 {
            let local = start_from(&router, "127.0.0.1:1", None).await;
            assert_eq!(
                local.status,
                StatusCode::CREATED,
                "a proxy on this machine is everybody"
            );
        }
        let program = Program::start(router).await;
        for _ in 0..9 {
            program.says("hello").await;
        }
        let copies = [program.get("/export").await, program.get("/export").await];
        assert!(copies.iter().all(|c| c.status == StatusCode::OK));
        program.get("/export").await;
        program.get("/export").await.is_problem(429);
        let proxied = Settings {
            client_address_header: "x-forwarded-for".to_owned(),
            ..settings
        };
        let router = web(proxied).router();
        for n in 0..4 {
            let claim = format!("198.51.100.{n}, 203.0.113.9");
            let answer = start_from(&router, "127.0.0.1:1", Some(&claim)).await;
            let limited = answer.status == StatusCode::TOO_MANY_REQUESTS;
            assert_eq!(limited, n == 3, "only what our proxy added counts");
        }
    });
}

#[test]
fn what_cannot_be_done_now_says_what_became_of_the_words() {
    run(async {
        let folder = Folder::new("held");
        let file = folder.0.join("waymark.db");
        let desk = desk_over(Store::open(&file).unwrap());
        let mut browser = Browser::new(Web::new(desk, Settings::default()).router());
        browser.post("/chat", &[("text", "hello")]).await;
        // The database is held by somebody else.
        let db = rusqlite::Connection::open(&file).unwrap();
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        let unanswered = browser.post("/chat", &[("text", "Xanthippe is ill")]).await;
        assert_eq!(unanswered.status, StatusCode::SERVICE_UNAVAILABLE);
        let page = unanswered.body;
        assert!(page.contains("Xanthippe is ill</textarea>") && page.contains("not been answered"));
        // Who sent no message is not told that one went unanswered.
        let link = browser.post("/chat/link", &[]).await;
        assert_eq!(link.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            !link.body.to_lowercase().contains("message"),
            "{}",
            link.body
        );
        assert!(link.body.contains("We cannot do that just now</h1>"));
    });
}

#[test]
fn a_recording_that_is_too_large_is_not_told_of_in_kilobytes() {
    run(async {
        let settings = Settings {
            max_recording_bytes: 5,
            ..Settings::default()
        };
        let mut browser = Browser::new(web(settings).router());
        browser.post("/chat", &[("text", "hello")]).await;
        let sent = browser.post("/chat/voice", &[("sound", "much")]).await;
        assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(sent.body.contains("too long to listen to") && !sent.body.contains("kilobytes"));
    });
}

#[test]
fn half_an_address_leads_on() {
    run(async {
        let mut browser = Browser::new(router());
        browser.post("/chat", &[("text", "hello")]).await;
        for half in ["/chat", "/chat/why", "/chat/why?receipt=zz"] {
            assert_eq!(browser.get(half).await.header("location"), "/", "{half}");
        }
        for half in ["/return", "/return/"] {
            let page = browser.get(half).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
            assert!(page.body.contains("part of the link is missing"), "{half}");
        }
    });
}
