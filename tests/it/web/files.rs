//! What is served as it lies: style, script, icon, security.txt.
//! What never lives here: pages.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use tower::ServiceExt as _;
use waymark_web::Settings;

use super::{Browser, get, router, run, web};

#[test]
fn files_are_named_by_their_content() {
    run(async {
        let router = router();
        let page = get(&router, "/").await.body;
        for name in ["site.css", "page.js", "chat.js", "icon.svg"] {
            let end = page.find(name).unwrap() + name.len();
            let start = page[..end].rfind("/static/").unwrap();
            let url = &page[start..end];
            let file = get(&router, url).await;
            assert_eq!(file.status, StatusCode::OK);
            assert!(file.header("cache-control").contains("immutable"));
            let older = get(&router, &format!("/static/0123456789ab/{name}")).await;
            assert_eq!(
                (older.status, older.header("cache-control")),
                (StatusCode::OK, "no-cache")
            );
            assert!(!name.ends_with(".js") || file.body.len() <= 12 * 1024);
        }
        for path in [
            "/static/x/none.css",
            "/static/x/..%2Fopenapi.json",
            "/static/%FF/site.css",
        ] {
            assert_eq!(
                get(&router, path).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    });
}

#[test]
fn security_txt_names_the_contact_or_is_not_there() {
    run(async {
        let path = "/.well-known/security.txt";
        assert_eq!(get(&router(), path).await.status, StatusCode::NOT_FOUND);
        let settings = Settings {
            security_contact: "mailto:security@example.org".to_owned(),
            ..Settings::default()
        };
        let text = get(&web(settings).router(), path).await.body;
        assert!(
            text.contains("Contact: mailto:security@example.org\n"),
            "{text}"
        );
        assert!(text.contains("Expires: 2027-11-23T12:00:00Z\n"), "{text}");
        let forged = Settings {
            security_contact: "mailto:a@b\nContact: mailto:evil@example.org".to_owned(),
            ..Settings::default()
        };
        assert_eq!(
            get(&web(forged).router(), path).await.status,
            StatusCode::NOT_FOUND
        );
    });
}

/// A page, and how it is packed for a browser that takes gzip.
async fn packed(router: &Router, path: &str, cookie: &str) -> (StatusCode, String, String) {
    let request = Request::get(path)
        .header(header::ACCEPT_ENCODING, "gzip, deflate, br")
        .header(header::COOKIE, cookie);
    let request = request.body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let said = |name: header::HeaderName| {
        let value = response.headers().get(name);
        value.map_or("", |v| v.to_str().unwrap()).to_lowercase()
    };
    let (encoding, vary) = (said(header::CONTENT_ENCODING), said(header::VARY));
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    assert_eq!(encoding == "gzip", bytes.starts_with(&[0x1f, 0x8b]));
    (status, encoding, vary)
}

#[test]
fn what_everybody_may_read_is_packed_and_nothing_else() {
    run(async {
        let router = router();
        for path in [
            "/",
            "/guides",
            "/guides/employment/sick-pay",
            "/search?q=holiday",
            "/privacy",
            "/sitemap.xml",
            "/api/openapi.json",
            "/widget.js",
        ] {
            let (status, encoding, vary) = packed(&router, path, "").await;
            assert_eq!(
                (status, encoding.as_str(), vary.as_str()),
                (StatusCode::OK, "gzip", "accept-encoding"),
                "{path}"
            );
            let plain = get(&router, path).await;
            assert_eq!(plain.header("content-encoding"), "", "{path}");
            assert_eq!(plain.header("vary"), "accept-encoding", "{path}");
        }
        // How short it becomes would tell what stands in it.
        let mut browser = Browser::new(router.clone());
        browser
            .post("/chat", &[("text", "My PA is off sick.")])
            .await;
        for path in [
            "/",
            "/chat/keep",
            "/chat/print",
            "/chat/text",
            "/console/sign-in",
            "/no-such-page",
        ] {
            let (_, encoding, _) = packed(&router, path, &browser.cookie).await;
            assert_eq!(encoding, "", "{path}");
        }
        let conversation = browser.get("/").await.body;
        assert!(conversation.contains("My PA is off sick."));
    });
}
