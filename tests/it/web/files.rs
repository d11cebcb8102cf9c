//! What is served as it lies: style, script, icon, security.txt.
//! What never lives here: pages.

use axum::http::StatusCode;
use waymark_web::Settings;

use super::{get, router, run, web};

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
