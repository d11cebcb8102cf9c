//! Coming in: passwords, codes, sessions, proofs, limits, cookies.
//! What never lives here: roles (matrix.rs), the identity provider (provider.rs, forged.rs).

use std::time::Duration;

use axum::http::StatusCode;
use totp_rs::{Builder, Secret as Shared};
use waymark::{
    base::{Clock, Ids},
    store::{Invitation, NewAccount, Store},
};
use waymark_web::ConsoleSettings;

use super::{Office, PASSWORD, run};
use crate::world::sunday_noon;

pub(super) const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// What an authenticator app shows at that moment.
pub(super) fn code(secret: &str, after: u64) -> String {
    let shared = Shared::try_from_base32(secret).unwrap();
    let app = Builder::new().with_secret(shared).build().unwrap();
    let at = u64::try_from(sunday_noon().as_second()).unwrap() + after;
    app.generate(at).to_string()
}

fn strict() -> Office {
    let store = Store::open_in_memory().unwrap();
    Office::with(
        store,
        ConsoleSettings::default(),
        Clock::Fixed(sunday_noon()),
    )
}

#[test]
fn every_refusal_reads_the_same() {
    run(async {
        let office = strict();
        office.employ_with("sam", &["adviser"], Some(SECRET)).await;
        office.employ("bare", &["adviser"]).await;
        let right = code(SECRET, 0);
        let mut texts = Vec::new();
        for (name, password, code) in [
            ("sam", "wrong wrong wrong", right.as_str()),
            ("sam", PASSWORD, "000000"),
            ("sam", PASSWORD, ""),
            ("sam", "", ""),
            ("bare", PASSWORD, ""),
            ("nobody", PASSWORD, right.as_str()),
            ("' or 1=1 --", PASSWORD, ""),
        ] {
            let mut browser = office.browser();
            let answer = browser.sign_in(name, password, code).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
            assert!(answer.set.is_empty());
            assert!(!answer.body.contains(PASSWORD) && !answer.body.contains(&right));
            let shown = name.replace('\'', "&#39;");
            texts.push(
                answer
                    .body
                    .replace(&format!("value=\"{shown}\""), "value=\"\""),
            );
        }
        texts.dedup();
        assert_eq!(texts.len(), 1, "a refusal tells what was right");
        let events = office.store.staff_events(Some("sam"), 10).await.unwrap();
        assert_eq!(events.iter().filter(|e| e.kind == "refused").count(), 4);
    });
}

#[test]
fn a_code_counts_once_and_the_session_is_kept_by_its_hash() {
    run(async {
        let office = strict();
        office.employ_with("sam", &["adviser"], Some(SECRET)).await;
        let mut browser = office.browser();
        let answer = browser.sign_in(" Sam ", PASSWORD, &code(SECRET, 0)).await;
        assert_eq!(
            (answer.status, answer.to.as_str()),
            (StatusCode::SEE_OTHER, "/console")
        );
        let cookie = &answer.set[0];
        assert!(
            cookie.starts_with("waymark-staff=")
                && cookie.contains("HttpOnly")
                && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
        assert!(!cookie.contains("Max-Age") && !cookie.contains("Secure"));
        let again = office
            .browser()
            .sign_in("sam", PASSWORD, &code(SECRET, 0))
            .await;
        assert_eq!(again.status, StatusCode::FORBIDDEN, "a replayed code");
        let earlier = office
            .browser()
            .sign_in("sam", PASSWORD, &code(SECRET, 0).clone())
            .await;
        assert_eq!(earlier.status, StatusCode::FORBIDDEN);
        let next = office
            .browser()
            .sign_in("sam", PASSWORD, &code(SECRET, 30))
            .await;
        assert_eq!(next.status, StatusCode::SEE_OTHER, "the next one");
        let page = browser.get("/console/account").await;
        assert!(
            !page.body.contains(browser.session()),
            "the id stands on no page"
        );
        let mut forged = office.browser();
        let hash = waymark::base::TokenHash::of(browser.session()).0;
        forged.cookies.insert("waymark-staff".to_owned(), hash);
        assert_eq!(
            forged.get("/console/account").await.status,
            StatusCode::SEE_OTHER,
            "the hash opens nothing"
        );
    });
}

#[test]
fn an_invitation_is_taken_up_once_and_weak_passwords_are_not() {
    run(async {
        let office = strict();
        let link = Ids::new([9; 32], sunday_noon()).token();
        let new = NewAccount {
            name: "kim".to_owned(),
            display: "Kim".to_owned(),
            grants: ["adviser@kent".parse().unwrap()].into_iter().collect(),
        };
        let expires = sunday_noon().checked_add(Duration::from_secs(60)).unwrap();
        let invitation = Invitation {
            hash: link.hash(),
            expires,
        };
        office
            .store
            .add_account(new, invitation, "terminal", sunday_noon())
            .await
            .unwrap();
        let path = format!("/console/invitation/{}", link.reveal());
        let mut browser = office.browser();
        let page = browser.get(&path).await;
        assert!(page.body.contains("<svg") && page.body.contains("Kim"));
        let secret = page
            .body
            .split_once("wm-secret\">")
            .unwrap()
            .1
            .split('<')
            .next()
            .unwrap()
            .to_owned();
        let good = code(&secret, 0);
        for (display, password, again, code, about) in [
            ("Kim", "short", "short", good.as_str(), "at least 12"),
            (
                "Kim",
                "a long password",
                "another password",
                &good,
                "same password twice",
            ),
            (
                "Kim",
                "kim is my own name",
                "kim is my own name",
                &good,
                "account name",
            ),
            (
                "Kim from Kent",
                PASSWORD,
                PASSWORD,
                "123456",
                "code is not right",
            ),
            ("Kim", PASSWORD, PASSWORD, "", "code is not right"),
            ("", PASSWORD, PASSWORD, &good, "your name"),
        ] {
            let form = [
                ("display", display),
                ("password", password),
                ("again", again),
                ("code", code),
            ];
            let answer = browser.post(&path, &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.body.contains(about), "{about}");
            assert!(answer.body.contains("<title>Error: "), "{about}");
            let typed = format!("name=\"display\" type=\"text\" value=\"{display}\"");
            assert!(
                answer.body.contains(&typed),
                "the typed name is lost: {about}"
            );
        }
        let form = [
            ("display", "Kim"),
            ("password", PASSWORD),
            ("again", PASSWORD),
            ("code", good.as_str()),
        ];
        assert_eq!(
            browser.post(&path, &form).await.to,
            "/console/sign-in?done=changed"
        );
        assert_eq!(
            browser.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "spent"
        );
        assert_eq!(
            browser.sign_in("kim", PASSWORD, &good).await.status,
            StatusCode::FORBIDDEN,
            "that code was spent on setting up"
        );
        assert_eq!(
            browser
                .sign_in("kim", PASSWORD, &code(&secret, 30))
                .await
                .status,
            StatusCode::SEE_OTHER
        );
        let late = office.later(Duration::from_secs(61));
        let link = Ids::new([8; 32], sunday_noon()).token();
        let invitation = Invitation {
            hash: link.hash(),
            expires,
        };
        office
            .store
            .reset_account("kim", invitation, "terminal", sunday_noon())
            .await
            .unwrap();
        let path = format!("/console/invitation/{}", link.reveal());
        assert_eq!(office.browser().get(&path).await.status, StatusCode::OK);
        assert_eq!(
            late.browser().get(&path).await.status,
            StatusCode::NOT_FOUND,
            "run out"
        );
        assert_eq!(
            browser.get("/console/account").await.status,
            StatusCode::SEE_OTHER,
            "a reset ends sessions"
        );
    });
}

#[test]
fn sessions_end_when_idle_when_old_and_when_told() {
    run(async {
        // Two hours in all, one without a request.
        let settings = ConsoleSettings {
            absolute: Duration::from_secs(2 * 60 * 60),
            second_factor: false,
            ..ConsoleSettings::default()
        };
        let clock = Clock::Fixed(sunday_noon());
        let office = Office::with(Store::open_in_memory().unwrap(), settings, clock);
        office.employ("sam", &["adviser"]).await;
        let idle = office.signed_in("sam").await;
        let mut busy = office.signed_in("sam").await;
        let minutes = |n: u64| office.later(Duration::from_secs(n * 60));
        for after in [50, 100] {
            busy.router = minutes(after).router;
            let answer = busy.get("/console/account").await;
            assert_eq!(
                answer.status,
                StatusCode::OK,
                "in use after {after} minutes"
            );
        }
        busy.router = minutes(121).router;
        let over = busy.get("/console/account").await;
        assert_eq!(over.status, StatusCode::SEE_OTHER, "two hours are all");
        let mut slept = super::Browser {
            router: minutes(61).router,
            ..idle
        };
        assert_eq!(
            slept.get("/console/account").await.status,
            StatusCode::SEE_OTHER,
            "idle for an hour"
        );

        let mut here = office.signed_in("sam").await;
        let mut there = office.signed_in("sam").await;
        let page = here.get("/console/account").await;
        let handles: Vec<&str> = page
            .body
            .split("name=\"session\" value=\"")
            .skip(1)
            .map(|r| r.split('"').next().unwrap())
            .collect();
        assert!(!handles.is_empty());
        office.employ("eve", &["adviser"]).await;
        let mut eve = office.signed_in("eve").await;
        eve.post("/console/account/sessions/end", &[("session", handles[0])])
            .await;
        assert_eq!(
            there.get("/console/account").await.status,
            StatusCode::OK,
            "only one's own can be ended"
        );
        here.post("/console/account/sessions/end-others", &[]).await;
        assert_eq!(
            there.get("/console/account").await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(here.get("/console/account").await.status, StatusCode::OK);
        let out = here.post("/console/sign-out", &[]).await;
        assert!(out.set[0].contains("Max-Age=0"));
        let mut kept = here;
        kept.cookies
            .insert("waymark-staff".to_owned(), "x".to_owned());
        assert_eq!(
            kept.get("/console/account").await.status,
            StatusCode::SEE_OTHER
        );
    });
}

#[test]
fn signing_in_and_proving_give_a_new_id_and_sensitive_acts_ask_once_more() {
    run(async {
        let office = Office::new();
        office.employ("boss", &["admin"]).await;
        let mut browser = office.signed_in("boss").await;
        let first = browser.session().to_owned();
        browser.sign_in("boss", PASSWORD, "").await;
        let second = browser.session().to_owned();
        assert_ne!(first, second);
        let mut old = office.browser();
        old.cookies.insert("waymark-staff".to_owned(), first);
        assert_eq!(
            old.get("/console/account").await.status,
            StatusCode::SEE_OTHER,
            "the old id is gone"
        );
        assert_eq!(
            browser.get("/console/accounts").await.status,
            StatusCode::OK
        );

        browser.router = office.later(Duration::from_secs(16 * 60)).router;
        assert_eq!(browser.get("/console/account").await.status, StatusCode::OK);
        let asked = browser.get("/console/accounts").await;
        assert_eq!(asked.to, "/console/prove?onward=/console/accounts");
        assert_eq!(
            browser.post("/console/accounts", &[]).await.to,
            "/console/prove?onward=/console"
        );
        browser.get(&asked.to).await;
        let wrong = browser
            .post("/console/prove", &[("password", "no no no no no")])
            .await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        let form = [("password", PASSWORD), ("onward", "/console/accounts")];
        assert_eq!(
            browser.post("/console/prove", &form).await.to,
            "/console/accounts"
        );
        assert_ne!(browser.session(), second, "a new id");
        assert_eq!(
            browser.get("/console/accounts").await.status,
            StatusCode::OK
        );
        let form = [
            ("password", PASSWORD),
            ("onward", "https://evil.example/console"),
        ];
        browser.get("/console/prove").await;
        assert_eq!(browser.post("/console/prove", &form).await.to, "/console");
    });
}

#[test]
fn guessing_is_slowed_down() {
    run(async {
        let office = Office::new();
        office.employ("sam", &["adviser"]).await;
        let mut browser = office.browser();
        let mut refused = 0;
        for _ in 0..14 {
            let answer = browser.sign_in("sam", "guess guess guess", "").await;
            refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(refused >= 3, "{refused}");
        assert_eq!(
            browser.sign_in("sam", PASSWORD, "").await.status,
            StatusCode::TOO_MANY_REQUESTS
        );
    });
}

#[test]
fn over_tls_the_cookie_belongs_to_this_host_alone() {
    run(async {
        let office = Office::new();
        office.employ("sam", &["adviser"]).await;
        let settings = waymark_web::Settings {
            secure_cookies: true,
            console: ConsoleSettings {
                second_factor: false,
                ..ConsoleSettings::default()
            },
            ..waymark_web::Settings::default()
        };
        let mut browser = office.browser();
        browser.router = waymark_web::Web::new(office.desk.clone(), settings).router();
        let answer = browser.sign_in("sam", PASSWORD, "").await;
        let cookie = &answer.set[0];
        assert!(
            cookie.starts_with("__Host-waymark-staff=")
                && cookie.contains("; Secure")
                && cookie.contains("Path=/;"),
            "{cookie}"
        );
        assert!(!cookie.contains("Domain"));
        assert_eq!(browser.get("/console/account").await.status, StatusCode::OK);
    });
}
