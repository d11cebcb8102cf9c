//! Tokens that are wrong on purpose, from a provider of the tests: none of them lets anybody in.
//! What never lives here: a provider that is right (provider.rs).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::http::StatusCode;
use axum::{
    Json, Router,
    routing::{get, post},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey as _,
    core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Value, json};
use waymark::{
    base::{Clock, Secret},
    store::Store,
};
use waymark_web::{ConsoleSettings, SingleSignOnSettings};

use super::{Browser, Office, run};
use crate::world::sunday_noon;

/// A signing key made of 32 bytes.
fn key(seed: u8, id: &str) -> CoreEdDsaPrivateSigningKey {
    // PKCS 8 of Ed25519 (RFC 8410): a fixed head before the seed.
    let mut der = vec![
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    der.extend([seed; 32]);
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    );
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(id.to_owned())))
        .unwrap()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed(header: &Value, claims: &Value, by: &CoreEdDsaPrivateSigningKey) -> String {
    let body = format!("{}.{}", part(header), part(claims));
    let signature = by
        .sign(&CoreJwsSigningAlgorithm::EdDsa, body.as_bytes())
        .unwrap();
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// What the provider gives for the next code.
type Next = Arc<Mutex<String>>;

/// Serves discovery, keys and tokens; its issuer.
async fn provider(next: Next) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let about = json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        // It claims to sign with anything, none included.
        "id_token_signing_alg_values_supported": ["EdDSA", "RS256", "HS256", "none"],
    });
    let keys = json!({ "keys": [serde_json::to_value(openidconnect::PrivateSigningKey::as_verification_key(&key(1, "real"))).unwrap()] });
    let router = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(async move || Json(about.clone())),
        )
        .route("/keys", get(async move || Json(keys.clone())))
        .route(
            "/token",
            post(async move || {
                let token = next.lock().unwrap().clone();
                Json(json!({"access_token": "x", "token_type": "Bearer", "id_token": token}))
            }),
        );
    tokio::spawn(async move { axum::serve(listener, router).await });
    issuer
}

/// Goes to the provider and comes back; what the console said.
async fn visit(
    office: &Office,
    browser: &mut Browser,
    next: &Next,
    token: impl Fn(&str) -> String,
) -> super::Answer {
    let begun = browser
        .get("/console/sign-in/elsewhere?onward=/console/account")
        .await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let url = url::Url::parse(&begun.to).unwrap();
    let asked: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(
        asked["redirect_uri"],
        "https://office.example/console/sign-in/back"
    );
    *next.lock().unwrap() = token(&asked["nonce"]);
    let _ = office;
    browser
        .get(&format!(
            "/console/sign-in/back?code=c&state={}",
            asked["state"]
        ))
        .await
}

/// Makes a wrong token for a nonce.
type Forgery<'a> = Box<dyn Fn(&str) -> String + 'a>;

#[test]
fn only_a_token_that_holds_lets_somebody_in() {
    run(async {
        let next = Next::default();
        let issuer = provider(next.clone()).await;
        let roles = [("Waymark.Kent", "adviser@kent"), ("Waymark.Admin", "admin")];
        let settings = ConsoleSettings {
            address: "https://office.example".to_owned(),
            single_sign_on: Some(SingleSignOnSettings {
                issuer: issuer.clone(),
                client_id: "waymark".to_owned(),
                client_secret: Some(Secret::new("shared".to_owned())),
                roles: roles
                    .iter()
                    .map(|(a, b)| ((*a).to_owned(), b.parse().unwrap()))
                    .collect(),
            }),
            ..ConsoleSettings::default()
        };
        let office = Office::with(
            Store::open_in_memory().unwrap(),
            settings,
            Clock::Fixed(sunday_noon()),
        );
        let now = sunday_noon().as_second();
        let (real, other) = (key(1, "real"), key(2, "real"));
        let head = json!({"alg": "EdDSA", "kid": "real", "typ": "JWT"});
        let good = |nonce: &str| {
            json!({
                "iss": issuer, "aud": "waymark", "sub": "s1", "nonce": nonce, "iat": now - 5, "exp": now + 300,
                "oid": "object", "tid": "tenant", "roles": ["Waymark.Kent", "Other.Thing"],
                "name": "Kim Marsh", "preferred_username": "Kim.Marsh@council.example", "email": "kim@council.example",
            })
        };
        let with = |nonce: &str, name: &str, value: Value| {
            let mut claims = good(nonce);
            claims[name] = value;
            claims
        };
        let unsigned = json!({"alg": "none", "typ": "JWT"});
        let shared = json!({"alg": "HS256", "kid": "real"});
        let forgeries: Vec<(&str, Forgery<'_>)> = vec![
            (
                "expired",
                Box::new(|n| signed(&head, &with(n, "exp", json!(now - 1)), &real)),
            ),
            (
                "another's audience",
                Box::new(|n| signed(&head, &with(n, "aud", json!("other")), &real)),
            ),
            (
                "two audiences",
                Box::new(|n| signed(&head, &with(n, "aud", json!(["waymark", "other"])), &real)),
            ),
            (
                "another issuer",
                Box::new(|n| signed(&head, &with(n, "iss", json!("http://127.0.0.1:1")), &real)),
            ),
            (
                "another nonce",
                Box::new(|_| signed(&head, &good("other"), &real)),
            ),
            (
                "no nonce",
                Box::new(|n| signed(&head, &with(n, "nonce", Value::Null), &real)),
            ),
            ("another key", Box::new(|n| signed(&head, &good(n), &other))),
            (
                "alg none",
                Box::new(|n| format!("{}.{}.", part(&unsigned), part(&good(n)))),
            ),
            (
                "alg none, signed",
                Box::new(|n| signed(&unsigned, &good(n), &real)),
            ),
            (
                "the shared secret",
                Box::new(|n| signed(&shared, &good(n), &real)),
            ),
            (
                "changed afterwards",
                Box::new(|n| {
                    let token = signed(&head, &good(n), &real);
                    let parts: Vec<&str> = token.split('.').collect();
                    format!(
                        "{}.{}.{}",
                        parts[0],
                        part(&with(n, "roles", json!(["Waymark.Admin"]))),
                        parts[2]
                    )
                }),
            ),
            (
                "no role of ours",
                Box::new(|n| signed(&head, &with(n, "roles", json!(["Other.Thing"])), &real)),
            ),
            ("not a token", Box::new(|_| "x.y.z".to_owned())),
        ];
        for (what, token) in forgeries {
            let mut browser = office.browser();
            let answer = visit(&office, &mut browser, &next, token).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
            assert!(answer.body.contains("Signing in did not work"), "{what}");
            assert_eq!(browser.session(), "", "{what}");
        }
        assert!(
            office.store.accounts().await.unwrap().is_empty(),
            "nobody was made of a forgery"
        );

        let mut kim = office.browser();
        let answer = visit(&office, &mut kim, &next, |n| signed(&head, &good(n), &real)).await;
        assert_eq!(answer.to, "/console/account");
        let own = kim.get("/console/account").await;
        assert!(
            own.body.contains("Kim Marsh")
                && own.body.contains("Adviser in Kent")
                && own.body.contains("kim.marsh")
        );

        // Somebody else with the same e-mail address and user name is somebody else.
        let mut twin = office.browser();
        visit(&office, &mut twin, &next, |n| {
            signed(&head, &with(n, "oid", json!("another")), &real)
        })
        .await;
        assert!(
            twin.get("/console/account")
                .await
                .body
                .contains("kim.marsh-2")
        );
        // A renamed person is the same person.
        let mut renamed = office.browser();
        visit(&office, &mut renamed, &next, |n| {
            let mut claims = with(n, "preferred_username", json!("new.name@council.example"));
            claims["sub"] = json!("s2");
            signed(&head, &claims, &real)
        })
        .await;
        assert!(
            renamed
                .get("/console/account")
                .await
                .body
                .contains(">kim.marsh<")
        );
        // Roles are as they are there now; losing all of them there is being out here.
        let mut less = office.browser();
        visit(&office, &mut less, &next, |n| {
            signed(&head, &with(n, "roles", json!(["Waymark.Admin"])), &real)
        })
        .await;
        assert_eq!(
            renamed.get("/console/account").await.status,
            StatusCode::SEE_OTHER,
            "a change of roles ends sessions"
        );
        // Without `auth_time` there is no proof: a sensitive page sends back to the provider, which is asked to ask anew.
        let asked = less.get("/console/accounts").await;
        assert_eq!(asked.to, "/console/prove?onward=/console/accounts");
        assert!(
            less.get(&asked.to)
                .await
                .body
                .contains("Go on with your work account")
        );
        let again = less
            .get("/console/sign-in/elsewhere?onward=/console/accounts")
            .await;
        assert!(
            again.to.contains("prompt=login") && again.to.contains("max_age=0"),
            "{}",
            again.to
        );
        visit(&office, &mut less, &next, |n| {
            let mut claims = with(n, "auth_time", json!(now - 2));
            claims["roles"] = json!(["Waymark.Admin"]);
            signed(&head, &claims, &real)
        })
        .await;
        assert_eq!(less.get("/console/accounts").await.status, StatusCode::OK);
        // An account that signs in elsewhere has no password here.
        assert_eq!(
            less.get("/console/account/password").await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            office.browser().sign_in("kim.marsh", "", "").await.status,
            StatusCode::FORBIDDEN
        );
    });
}

#[test]
fn what_comes_back_must_have_been_begun_here() {
    run(async {
        let next = Next::default();
        let issuer = provider(next.clone()).await;
        let settings = ConsoleSettings {
            address: "https://office.example".to_owned(),
            single_sign_on: Some(SingleSignOnSettings {
                issuer,
                client_id: "waymark".to_owned(),
                client_secret: None,
                roles: BTreeMap::new(),
            }),
            ..ConsoleSettings::default()
        };
        let office = Office::with(
            Store::open_in_memory().unwrap(),
            settings,
            Clock::Fixed(sunday_noon()),
        );
        for path in [
            "/console/sign-in/back",
            "/console/sign-in/back?code=x&state=y",
            "/console/sign-in/back?error=access_denied",
        ] {
            let answer = office.browser().get(path).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
        let mut mine = office.browser();
        let begun = mine.get("/console/sign-in/elsewhere").await;
        let url = url::Url::parse(&begun.to).unwrap();
        let state = url
            .query_pairs()
            .find(|(k, _)| k == "state")
            .unwrap()
            .1
            .into_owned();
        let elsewhere = office
            .browser()
            .get(&format!("/console/sign-in/back?code=x&state={state}"))
            .await;
        assert_eq!(
            elsewhere.status,
            StatusCode::FORBIDDEN,
            "another browser's state"
        );
        let without = Office::new();
        assert_eq!(
            without
                .browser()
                .get("/console/sign-in/elsewhere")
                .await
                .status,
            StatusCode::NOT_FOUND
        );
    });
}
