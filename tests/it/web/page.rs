//! The chat page without JavaScript, and what its script asks for.
//! What never lives here: who is let in (door.rs), templates with sample data (paper.rs).

use axum::http::StatusCode;
use serde_json::Value;

use super::{Browser, Settings, router, run, web};

fn count(page: &str, what: &str) -> usize {
    page.matches(what).count()
}

/// The value of the first hidden field or button of this name.
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let start = page.find(&format!("name=\"{name}\" value=\"")).unwrap();
    let value = &page[start..].split("value=\"").nth(1).unwrap();
    value.split('"').next().unwrap()
}

#[test]
fn the_start_says_what_it_is_before_the_first_word() {
    run(async {
        let mut browser = Browser::new(router());
        let page = browser.get("/").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            browser.cookie.is_empty(),
            "no cookie before the first message"
        );
        let body = page.body;
        for needed in [
            "not a person",
            "href=\"tel:999\"",
            "href=\"tel:116123\"",
            "href=\"/leave\"",
            "Before you write",
            "<option value=\"kent\">Kent</option>",
            "action=\"/chat\"",
            "value=\"human\">Talk to a person<",
            "<html lang=\"en\" class=",
            "href=\"#main\"",
        ] {
            assert!(body.contains(needed), "{needed}");
        }
        assert_eq!(count(&body, "<h1"), 1);
        assert!(
            !body.contains("http://") && !body.contains("https://"),
            "nothing from elsewhere"
        );
        assert!(
            !body.contains("<script>") && !body.contains("style="),
            "nothing inline"
        );
    });
}

#[test]
fn a_question_is_answered_without_javascript() {
    run(async {
        let mut browser = Browser::new(router());
        let form = [
            (
                "text",
                "My PA is off sick <script>alert(1)</script> & do I pay her?",
            ),
            ("area", "kent"),
        ];
        let sent = browser.post("/chat", &form).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        assert_eq!(sent.header("location"), "/#latest");
        let cookie = sent.header("set-cookie").to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Secure"));
        let page = browser.get("/").await.body;
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(
            page.contains("&#60;script&#62;alert(1)") || page.contains("&lt;script&gt;alert(1)")
        );
        for needed in [
            "Do this next",
            "More detail</span></summary>",
            "Where this comes from",
            "Last checked",
            "Did this help?",
            "value=\"human\"",
            "id=\"latest\"",
            "Correct as of 23 November 2026",
            "role=\"log\"",
        ] {
            assert!(page.contains(needed), "{needed}");
        }

        let form = [("receipt", field(&page, "receipt")), ("helpful", "yes")];
        let thanked = browser.post("/chat/feedback", &form).await;
        assert_eq!(thanked.header("location"), "/?done=helped#notice");
        assert!(
            browser
                .get("/?done=helped")
                .await
                .body
                .contains("Thank you")
        );

        browser
            .post("/chat", &[("action", "human"), ("after", "2")])
            .await;
        let page = browser.get("/").await.body;
        assert!(page.contains("class=\"reference\">WM-"));
        assert_eq!(count(&page, "id=\"latest\""), 1);
        assert!(
            count(&page, "class=\"ways\"") <= 1,
            "only the newest reply has buttons"
        );
    });
}

#[test]
fn the_same_words_from_the_same_page_are_one_message() {
    run(async {
        let mut browser = Browser::new(router());
        browser
            .post("/chat", &[("text", "what is a direct payment?")])
            .await;
        let page = browser.get("/").await.body;
        let after = field(&page, "after").to_owned();
        let form = [("text", "how much holiday?"), ("after", after.as_str())];
        for _ in 0..3 {
            browser.post("/chat", &form).await;
        }
        let page = browser.get("/").await.body;
        assert_eq!(
            count(&page, "class=\"msg person\""),
            2,
            "pressed three times, sent once"
        );
        let other = [("text", "how much sick pay?"), ("after", after.as_str())];
        browser.post("/chat", &other).await;
        let page = browser.get("/").await.body;
        assert_eq!(
            count(&page, "class=\"msg person\""),
            3,
            "other words are another message"
        );
        let later = field(&page, "after").to_owned();
        assert_ne!(later, after);
        let form = [("text", "how much holiday?"), ("after", later.as_str())];
        browser.post("/chat", &form).await;
        let page = browser.get("/").await.body;
        assert_eq!(
            count(&page, "class=\"msg person\""),
            4,
            "asked again later is asked again"
        );
    });
}

#[test]
fn the_script_gets_drawn_messages() {
    run(async {
        let mut browser = Browser::new(router());
        let json = [("accept", "application/json")];
        let first = browser
            .send("/chat", &[("example", "What is a direct payment?")], &json)
            .await;
        assert_eq!(first.json()["reload"], true, "{}", first.body);
        let form = [("text", "<i>sick</i> pay?"), ("after", "0")];
        let second = browser.send("/chat", &form, &json).await.json();
        let messages = second["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 4);
        let html = |at: usize| messages[at]["html"].as_str().unwrap();
        assert!(!html(2).contains("<i>sick") && html(2).contains("sick"));
        assert!(html(3).contains("id=\"latest\"") && !html(1).contains("id=\"latest\""));
        let seq = |m: &Value| m["seq"].as_u64().unwrap();
        assert!(messages.windows(2).all(|w| seq(&w[0]) < seq(&w[1])));
    });
}

#[test]
fn ten_pages_of_text_are_read_as_far_as_they_can_be() {
    run(async {
        let mut browser = Browser::new(router());
        let text = format!(
            "I want to kill myself. {}",
            "and then he said ".repeat(10_000)
        );
        assert!(text.len() > 150_000);
        let sent = browser.post("/chat", &[("text", &text)]).await;
        assert_eq!(
            sent.header("location"),
            "/?done=cut#notice",
            "{}",
            sent.body
        );
        let page = browser.get("/?done=cut").await.body;
        assert!(page.contains("Your message was very long"));
        assert!(
            page.contains("class=\"msg assistant urgent\""),
            "triage saw the beginning"
        );
        let said = &page[page.find("msg assistant urgent").unwrap()..];
        assert!(
            said.contains("<a href=\"tel:116123\">"),
            "numbers can be tapped"
        );
    });
}

#[test]
fn strange_forms_do_no_harm() {
    run(async {
        let mut browser = Browser::new(router());
        for text in ["", "\u{0}", "\u{202E}\u{0}<b>", "😀", "%zz%", "a=b&c=d"] {
            let sent = browser.post("/chat", &[("text", text)]).await;
            assert_eq!(
                sent.status,
                StatusCode::SEE_OTHER,
                "{text:?}: {}",
                sent.body
            );
        }
        let bad = [
            ("action", "no:such/action"),
            ("area", "atlantis"),
            ("after", "-1"),
        ];
        assert_eq!(
            browser.post("/chat", &bad).await.status,
            StatusCode::SEE_OTHER
        );
        let page = browser.get("/?done=%3Cscript%3E&after=x").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains('\0') && !page.body.contains("<b>"));
        for (form, status) in [
            (vec![("receipt", "x"), ("helpful", "yes")], 400),
            (vec![], 400),
        ] {
            let answer = browser.post("/chat/feedback", &form).await;
            assert_eq!(answer.status.as_u16(), status);
            assert!(answer.header("content-type").starts_with("text/html"));
        }
    });
}

#[test]
fn a_return_link_opens_one_conversation_until_it_is_taken_back() {
    run(async {
        let router = router();
        let mut first = Browser::new(router.clone());
        first
            .post("/chat", &[("text", "what is a direct payment?")])
            .await;
        let made = first.post("/chat/link", &[]).await.body;
        let start = made.find("/return/").unwrap();
        let link = made[start..].split('"').next().unwrap();
        let token = link.trim_start_matches("/return/");
        assert_eq!(token.len(), 52, "256 bits");

        let mut second = Browser::new(router.clone());
        let asked = second.get(link).await;
        assert!(asked.body.contains("Open it") && second.cookie.is_empty());
        assert!(!asked.body.contains("msg person"), "looking opens nothing");
        second.post("/return", &[("link", token)]).await;
        assert_eq!(
            count(&second.get("/").await.body, "class=\"msg person\""),
            1
        );
        for forged in ["", "x", &token[1..], &format!("{token}0")] {
            let answer = second.post("/return", &[("link", forged)]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{forged}");
        }
        // The token of one conversation does not open another.
        let mut third = Browser::new(router.clone());
        third.post("/chat", &[("text", "holiday pay?")]).await;
        let other = third.cookie.split(['=', '.']).nth(1).unwrap().to_owned();
        third.cookie = format!("waymark={other}.{token}");
        assert_eq!(count(&third.get("/").await.body, "class=\"msg person\""), 0);

        first.post("/chat/link/revoke", &[]).await;
        assert_eq!(
            count(&second.get("/").await.body, "class=\"msg person\""),
            0
        );
        assert_eq!(second.get(link).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            count(&first.get("/").await.body, "class=\"msg person\""),
            1,
            "the device it began on is still in"
        );
    });
}

#[test]
fn who_wants_an_e_mail_says_that_it_is_safe() {
    run(async {
        let mut without = Browser::new(router());
        without.post("/chat", &[("text", "hello")]).await;
        assert!(!without.get("/chat/keep").await.body.contains("/chat/mail"));
        let refused = without.post("/chat/mail", &[("off", "yes")]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);

        let settings = Settings {
            reply_mail: true,
            ..Settings::default()
        };
        let mut browser = Browser::new(web(settings).router());
        browser.post("/chat", &[("text", "hello")]).await;
        assert!(browser.get("/chat/keep").await.body.contains("/chat/mail"));
        for (email, safe, told) in [
            ("kim", "yes", "Enter an e-mail address"),
            ("kim@example.org", "", "only if you say that it is safe"),
        ] {
            let form = [("email", email), ("safe", safe)];
            let answer = browser.post("/chat/mail", &form).await;
            assert!(answer.body.contains(told), "{}", answer.body);
        }
        let form = [("email", " kim@example.org "), ("safe", "yes")];
        let answer = browser.post("/chat/mail", &form).await;
        assert_eq!(answer.header("location"), "/?done=mailed#notice");
        let page = browser.get("/chat/keep").await.body;
        assert!(page.contains("Stop e-mailing me") && !page.contains("kim@example"));
        browser.post("/chat/mail", &[("off", "yes")]).await;
        let page = browser.get("/chat/keep").await.body;
        assert!(!page.contains("Stop e-mailing me"));
    });
}

#[test]
fn another_sites_link_makes_nobody_forget() {
    run(async {
        let router = router();
        let mut browser = Browser::new(router);
        browser.post("/chat", &[("text", "hello")]).await;
        let away = browser.get("/leave").await;
        assert_eq!(away.header("location"), "https://www.bbc.co.uk/weather");
        assert!(away.header("set-cookie").contains("Max-Age=0"));
        let request = axum::http::Request::get("/leave").header("sec-fetch-site", "cross-site");
        let request = request.body(axum::body::Body::empty()).unwrap();
        let led = super::ask(&browser.router, request).await;
        assert_eq!(led.header("set-cookie"), "");
        assert_eq!(led.status, StatusCode::SEE_OTHER);
    });
}
