//! Keeping accounts in the console and on the terminal, and one's own.
//! What never lives here: coming in (doors.rs).

use axum::http::StatusCode;
use waymark::{
    base::{Chance, Clock, SealKey, is_sealed},
    store::Store,
};
use waymark_web::{ConsoleSettings, SealError, seal_second_factors};

use super::{
    Office, PASSWORD,
    doors::{SECRET, code},
    run,
};
use crate::world::sunday_noon;

#[test]
fn an_admin_invites_changes_resets_and_disables() {
    run(async {
        let office = Office::new();
        office.employ("boss", &["admin"]).await;
        let mut boss = office.signed_in("boss").await;
        boss.get("/console/accounts").await;
        for (name, display, grant, about) in [
            ("kim", "Kim", "", "at least one role"),
            ("Kim Marsh", "Kim", "adviser", "lower-case"),
            ("boss", "Kim", "adviser", "is taken"),
            ("kim", "", "adviser", "people are to see"),
        ] {
            let mut form = vec![("name", name), ("display", display)];
            if !grant.is_empty() {
                form.push(("grant", grant));
            }
            let answer = boss.post("/console/accounts", &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{about}");
            assert!(answer.body.contains(about), "{about}");
        }
        let form = [
            ("name", "kim"),
            ("display", "Kim"),
            ("grant", "adviser@kent"),
            ("grant", "editor"),
        ];
        let invited = boss.post("/console/accounts", &form).await;
        let link = invited.body.split_once("/console/invitation/").unwrap().1;
        let link = format!("/console/invitation/{}", link.split('<').next().unwrap());
        assert!(
            !boss.get("/console/accounts").await.body.contains(&link),
            "shown once"
        );
        let mut kim = office.browser();
        kim.get(&link).await;
        let form = [
            ("display", "Kim M"),
            ("password", PASSWORD),
            ("again", PASSWORD),
            ("code", ""),
        ];
        assert_eq!(kim.post(&link, &form).await.status, StatusCode::SEE_OTHER);
        kim.sign_in("kim", PASSWORD, "").await;
        let own = kim.get("/console/account").await;
        assert!(own.body.contains("Adviser in Kent") && own.body.contains("Editor, all areas"));
        assert_eq!(
            kim.get("/console/accounts").await.status,
            StatusCode::FORBIDDEN
        );

        boss.get("/console/accounts/kim").await;
        boss.post("/console/accounts/kim", &[("grant", "senior@kent")])
            .await;
        assert_eq!(
            kim.get("/console/account").await.status,
            StatusCode::SEE_OTHER,
            "other roles end the session"
        );
        kim.sign_in("kim", PASSWORD, "").await;
        assert!(
            kim.get("/console/account")
                .await
                .body
                .contains("Senior in Kent")
        );
        let none = boss.post("/console/accounts/kim", &[]).await;
        assert!(none.body.contains("at least one role"));
        let own = boss
            .post("/console/accounts/boss", &[("grant", "adviser")])
            .await;
        assert!(
            own.body
                .contains("cannot take the admin role from yourself")
        );
        let own = boss.post("/console/accounts/boss/disable", &[]).await;
        assert!(own.body.contains("cannot disable your own"));

        boss.post("/console/accounts/kim/disable", &[]).await;
        assert_eq!(
            kim.get("/console/account").await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            kim.sign_in("kim", PASSWORD, "").await.status,
            StatusCode::FORBIDDEN
        );
        let kinds: Vec<String> = office
            .store
            .staff_events(Some("kim"), 50)
            .await
            .unwrap()
            .into_iter()
            .map(|e| e.kind)
            .collect();
        for kind in ["added", "granted", "credentials", "signed_in", "disabled"] {
            assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
        }
    });
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    run(async {
        let office = Office::new();
        office.employ("sam", &["adviser"]).await;
        let mut here = office.signed_in("sam").await;
        let mut there = office.signed_in("sam").await;
        here.get("/console/account/password").await;
        let form = [
            ("password", "four quiet otters"),
            ("again", "four quiet otters"),
        ];
        let before = here.session().to_owned();
        assert_eq!(
            here.post("/console/account/password", &form).await.to,
            "/console/account?done=password"
        );
        assert_ne!(here.session(), before);
        assert_eq!(here.get("/console/account").await.status, StatusCode::OK);
        assert_eq!(
            there.get("/console/account").await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            there.sign_in("sam", PASSWORD, "").await.status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            there.sign_in("sam", "four quiet otters", "").await.status,
            StatusCode::SEE_OTHER
        );
    });
}

#[test]
fn second_factors_are_sealed_where_there_is_a_key() {
    run(async {
        let store = Store::open_in_memory().unwrap();
        let (chance, key) = (
            Chance::seeded(1),
            "0a".repeat(32).parse::<SealKey>().unwrap(),
        );
        let office = |seal: Option<&SealKey>| {
            let settings = ConsoleSettings {
                seal: seal.cloned(),
                ..ConsoleSettings::default()
            };
            Office::with(store.clone(), settings, Clock::Fixed(sunday_noon()))
        };
        let before = office(None);
        before.employ_with("kim", &["adviser"], Some(SECRET)).await;
        let made = seal_second_factors(&store, Some(&key), &chance)
            .await
            .unwrap();
        assert_eq!(made, 1);
        let kept = store
            .credentials("kim")
            .await
            .unwrap()
            .unwrap()
            .totp
            .unwrap();
        assert!(is_sealed(&kept) && !kept.reveal().contains(SECRET));
        assert_eq!(
            seal_second_factors(&store, Some(&key), &chance)
                .await
                .unwrap(),
            0
        );
        let sealed = office(Some(&key));
        let mut kim = sealed.browser();
        let answer = kim.sign_in("kim", PASSWORD, &code(SECRET, 0)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        // A new one is sealed as it comes.
        let page = kim.get("/console/account/second-factor").await.body;
        let secret = page.split_once("wm-secret\">").unwrap().1;
        let secret = secret.split('<').next().unwrap().to_owned();
        let form = [("secret", secret.as_str()), ("code", &code(&secret, 0))];
        let changed = kim.post("/console/account/second-factor", &form).await;
        assert_eq!(
            changed.to, "/console/account?done=factor",
            "{}",
            changed.body
        );
        let now = store
            .credentials("kim")
            .await
            .unwrap()
            .unwrap()
            .totp
            .unwrap();
        assert!(is_sealed(&now) && now != kept && !now.reveal().contains(&secret));
        let none = seal_second_factors(&store, None, &chance).await;
        assert!(matches!(none, Err(SealError::NoKey)));
        let other = "0b".repeat(32).parse::<SealKey>().unwrap();
        let other = seal_second_factors(&store, Some(&other), &chance).await;
        assert!(matches!(other, Err(SealError::OtherKey)));
    });
}
