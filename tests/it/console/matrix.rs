//! Who comes in where: every route of the console, walked with every role and with none, against a table written down here.
//! What never lives here: what the pages say.

use axum::http::StatusCode;
use waymark::casework::Role;
use waymark_web::console_routes;

use super::{Browser, Office, run};

/// Path, and the roles that may; `*` is whoever is signed in, `open` is anybody. GET and POST of a path are alike.
const MATRIX: &[(&str, &str)] = &[
    ("/console", "*"),
    ("/console/account", "*"),
    ("/console/account/password", "*"),
    ("/console/account/second-factor", "*"),
    ("/console/account/sessions/end", "*"),
    ("/console/account/sessions/end-others", "*"),
    ("/console/accounts", "admin"),
    ("/console/accounts/{name}", "admin"),
    ("/console/accounts/{name}/disable", "admin"),
    ("/console/accounts/{name}/reset", "admin"),
    ("/console/cases/new", "adviser senior"),
    ("/console/cases/{reference}", "adviser senior auditor"),
    ("/console/cases/{reference}/act", "adviser senior"),
    ("/console/cases/{reference}/draft", "adviser senior"),
    ("/console/cases/{reference}/live", "adviser senior auditor"),
    ("/console/cases/{reference}/reject", "adviser senior"),
    ("/console/cases/{reference}/reply", "adviser senior"),
    ("/console/gaps", "adviser senior editor"),
    ("/console/gaps/export", "adviser senior editor"),
    ("/console/gaps/{id}/done", "adviser senior editor"),
    ("/console/invitation/{token}", "open"),
    ("/console/log", "auditor"),
    ("/console/prove", "*"),
    ("/console/queue", "adviser senior auditor"),
    ("/console/queue/live", "adviser senior auditor"),
    ("/console/replies", "senior editor"),
    ("/console/replies/{id}/delete", "senior editor"),
    ("/console/reports", "senior manager"),
    ("/console/reports/dictionary", "senior manager"),
    ("/console/reports/file", "senior manager"),
    ("/console/requests", "senior"),
    ("/console/requests/{reference}", "senior"),
    ("/console/requests/{reference}/copy/{form}", "senior"),
    ("/console/sign-in", "open"),
    ("/console/sign-in/back", "open"),
    ("/console/sign-in/elsewhere", "open"),
    ("/console/sign-out", "*"),
    ("/console/standing", "senior manager"),
];

fn allowed(path: &str) -> &'static str {
    let found = MATRIX.iter().find(|(p, _)| *p == path);
    found
        .unwrap_or_else(|| panic!("{path} is a new route: say in MATRIX who may"))
        .1
}

fn filled(path: &str) -> String {
    path.replace("{token}", "nothing")
        .replace("{name}", "nobody")
        .replace("{form}", "read")
        .replace("{reference}", "WM-222222")
        .replace("{id}", "01kb00000000000000000000aa")
}

async fn ask(browser: &mut Browser, method: &str, path: &str) -> super::Answer {
    match method {
        "get" => browser.get(&filled(path)).await,
        _ => browser.post(&filled(path), &[]).await,
    }
}

#[test]
fn every_route_stands_in_the_table_and_none_else() {
    let routes = console_routes();
    assert!(routes.len() > 20);
    for (path, _) in MATRIX {
        assert!(routes.iter().any(|(_, p, _)| p == path), "{path} is gone");
    }
    for (_, path, _) in routes {
        allowed(path);
    }
}

#[test]
fn nobody_comes_in_without_signing_in() {
    run(async {
        let office = Office::new();
        for (method, path, _) in console_routes() {
            let mut stranger = office.browser();
            let answer = ask(&mut stranger, method, path).await;
            let to_door = answer.to.starts_with("/console/sign-in?onward=/console");
            assert_eq!(
                to_door,
                allowed(path) != "open",
                "{method} {path}: {} {}",
                answer.status,
                answer.to
            );
            if to_door {
                assert_eq!(answer.status, StatusCode::SEE_OTHER);
                assert_eq!(answer.body, "", "{method} {path}");
            }
        }
    });
}

#[test]
fn every_role_comes_in_where_the_table_says_and_nowhere_else() {
    run(async {
        let office = Office::new();
        let areas = ["", "@kent"];
        for (role, area) in Role::ALL.iter().flat_map(|r| areas.map(|a| (r, a))) {
            let name = format!("{}{}", role.as_str(), area.replace('@', "-"));
            let held = format!("{}{area}", role.as_str());
            office.employ(&name, &[&held]).await;
            let mut browser = office.signed_in(&name).await;
            for (method, path, _) in console_routes() {
                // What ends the session is tried where sessions are (doors.rs).
                if path == "/console/sign-out" {
                    continue;
                }
                let answer = ask(&mut browser, method, path).await;
                let may = match allowed(path) {
                    "*" | "open" => true,
                    roles => roles.split(' ').any(|r| r == role.as_str()),
                };
                let refused = answer.body.contains("Your role does not allow this");
                assert_eq!(!refused, may, "{held} {method} {path}: {}", answer.status);
                assert_eq!(refused, answer.status == StatusCode::FORBIDDEN && !may);
                assert!(
                    !answer.to.contains("sign-in?onward") && !answer.to.contains("prove"),
                    "{held} {method} {path}"
                );
                assert!(
                    answer.status.as_u16() < 500,
                    "{held} {method} {path}: {}",
                    answer.status
                );
            }
        }
    });
}

#[test]
fn no_form_counts_without_its_code_or_from_elsewhere() {
    run(async {
        let office = Office::new();
        office
            .employ(
                "all",
                &["adviser", "senior", "manager", "editor", "auditor", "admin"],
            )
            .await;
        let mut browser = office.signed_in("all").await;
        let ours = [("sec-fetch-site", "same-origin")];
        let code = browser.csrf.clone();
        let mut other = office.signed_in("all").await;
        other.get("/console/account").await;
        let foreign = other.csrf.clone();
        assert_ne!(code, foreign);
        for (method, path, access) in console_routes() {
            if method != "post" {
                continue;
            }
            let path = filled(path);
            let elsewhere: [&[(&str, &str)]; 5] = [
                &[],
                &[("sec-fetch-site", "cross-site")],
                &[("sec-fetch-site", "same-site")],
                &[("origin", "https://evil.example")],
                &[("origin", "null")],
            ];
            for headers in elsewhere {
                let answer = browser.send(&path, &[("csrf", &code)], headers).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
                assert!(
                    answer.body.contains("another website"),
                    "{path} {headers:?}"
                );
            }
            if access == waymark_web::Access::Anyone {
                continue;
            }
            for wrong in ["", "x", foreign.as_str()] {
                let answer = browser.send(&path, &[("csrf", wrong)], &ours).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {wrong}");
                assert!(answer.body.contains("another website"), "{path}");
            }
        }
        assert_eq!(browser.get("/console/account").await.status, StatusCode::OK);
    });
}
