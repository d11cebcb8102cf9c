//! Requests about personal data in the console: recorded, clocked, decided, given out; nothing beyond one's areas.
//! What never lives here: the clocks themselves (store/age.rs, casework), how the pages look (tests/browser).

use std::time::Duration;

use axum::http::StatusCode;
use waymark::casework::{Decision, Reach, RequestKind};

use super::{Office, cases::person, run};

const DAY: u64 = 86_400;

async fn asked(office: &Office, words: &str) -> (String, String) {
    let case = person(office, Some("kent"), &[words]).await;
    let page = format!("/console/requests/{case}");
    (case.to_string(), page)
}

#[test]
fn a_complaint_is_recorded_acknowledged_and_refused_with_a_reason() {
    run(async {
        let office = Office::new();
        office.employ("lee", &["senior@kent"]).await;
        let words = "i want you to delete everything you hold about me";
        let (case, page) = asked(&office, words).await;
        let mut lee = office.signed_in("lee").await;
        let list = lee.get("/console/requests").await.body;
        assert!(list.contains("no request yet") && list.contains(&case));
        let nothing = lee.post(&page, &[("act", "record")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.body.contains("Choose what is asked."));
        let future = [
            ("act", "record"),
            ("kind", "complaint"),
            ("received", "2026-11-23"),
        ];
        let future = lee.post(&page, &future).await;
        assert!(future.body.contains("not later than today"));
        let form = [
            ("act", "record"),
            ("kind", "complaint"),
            ("received", "2026-11-20"),
        ];
        let recorded = lee.post(&page, &form).await;
        assert_eq!(recorded.to, format!("{page}?done=recorded"));
        let shown = lee.get(&page).await.body;
        assert!(shown.contains("Data protection complaint"), "{shown}");
        assert!(
            shown.contains("Acknowledge <strong>in 28 days</strong>"),
            "{shown}"
        );
        lee.post(&page, &[("act", "stop")]).await;
        let twice = lee.post(&page, &[("act", "stop")]).await;
        assert!(twice.body.contains("The clock is stopped already."));
        let list = lee.get("/console/requests").await.body;
        assert!(list.contains("Clock stopped") && list.contains("Acknowledge in 28 days"));
        lee.post(&page, &[("act", "acknowledge")]).await;
        let shown = lee.get(&page).await.body;
        assert!(!shown.contains("Acknowledge <strong>"), "it is done");
        assert!(shown.contains("The person was told that the request came in"));
        let silent = [("act", "decide"), ("decision", "refused")];
        let silent = lee.post(&page, &silent).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(silent.body.contains("Write why."));
        let refused = [
            ("act", "decide"),
            ("decision", "refused"),
            ("reason", "we hold nothing zanzibar"),
        ];
        let refused = lee.post(&page, &refused).await;
        assert_eq!(refused.to, format!("{page}?done=decided"));
        let all = office
            .store
            .requests(&Reach::Everywhere, true)
            .await
            .unwrap();
        assert_eq!(all[0].decision, Some(Decision::Refused));
        let open = lee.get(&format!("/console/cases/{case}")).await.body;
        assert!(open.contains("Refused: we hold nothing zanzibar"), "a note");
        assert!(open.contains("Data protection complaint: refused"));
        let again = [("act", "decide"), ("decision", "granted")];
        let again = lee.post(&page, &again).await;
        assert!(again.body.contains("This request has been decided."));
        let list = lee.get("/console/requests").await.body;
        assert!(!list.contains(&case));
        let list = lee.get("/console/requests?view=decided").await.body;
        assert!(list.contains(&case) && list.contains("Refused, "));
    });
}

#[test]
fn what_is_late_is_said_and_stands_first() {
    run(async {
        let office = Office::new();
        office.employ("lee", &["senior"]).await;
        let (old, page) = asked(
            &office,
            "i want a copy of my data, i want to talk to a person",
        )
        .await;
        let mut lee = office.signed_in("lee").await;
        lee.get("/console/requests").await;
        let form = [("act", "record"), ("kind", "access"), ("received", "")];
        lee.post(&page, &form).await;
        let (new, page) = asked(&office, "i want to talk to a person").await;
        let form = [("act", "record"), ("kind", "erasure")];
        lee.post(&page, &form).await;
        lee.post(&page, &[("act", "extend")]).await;
        let later = office.later(Duration::from_secs(40 * DAY));
        let mut lee = later.signed_in("lee").await;
        let list = lee.get("/console/requests").await.body;
        let place = |case: &str| {
            list.find(&format!("id=\"{case}\""))
                .or(list.find(case))
                .unwrap()
        };
        assert!(place(&old) < place(&new));
        assert_eq!(list.matches(">Late<").count(), 1);
        assert!(list.contains("Extended"));
    });
}

#[test]
fn a_granted_erasure_takes_the_words_once_the_person_was_told() {
    run(async {
        let office = Office::new();
        office.employ("lee", &["senior@kent"]).await;
        office.employ("kim", &["adviser@kent"]).await;
        let (case, page) = asked(&office, "zanzibar, i want to talk to a person").await;
        let mut kim = office.signed_in("kim").await;
        kim.get(&format!("/console/cases/{case}")).await;
        let note = [("act", "note"), ("note", "rang about zanzibar")];
        kim.post(&format!("/console/cases/{case}/act"), &note).await;
        let mut lee = office.signed_in("lee").await;
        lee.get("/console/requests").await;
        lee.post(&page, &[("act", "record"), ("kind", "erasure")])
            .await;
        let copy = lee.get(&format!("{page}/copy/read")).await;
        assert!(
            copy.body.contains("zanzibar, i want to talk"),
            "{}",
            copy.body
        );
        assert!(copy.body.contains("rang about zanzibar"));
        let json = lee.get(&format!("{page}/copy/json")).await;
        let json: serde_json::Value = serde_json::from_str(&json.body).unwrap();
        assert_eq!(json["cases"][0]["case"], case.as_str());
        let granted = [("act", "decide"), ("decision", "granted")];
        let untold = lee.post(&page, &granted).await;
        assert!(untold.body.contains("Tick that the person has been told."));
        let told = [
            granted[0],
            granted[1],
            ("sure", "yes"),
            ("reason", "zanzibar"),
        ];
        let told = lee.post(&page, &told).await;
        assert_eq!(told.to, format!("{page}?done=erased"));
        let shown = lee.get(&page).await.body;
        assert!(shown.contains("nothing left to give out"));
        assert!(shown.contains("Content given out") && shown.contains("words were erased"));
        let open = lee.get(&format!("/console/cases/{case}")).await.body;
        assert!(!open.contains("zanzibar") && open.contains("Erasure: done as asked"));
        let all = office
            .store
            .requests(&Reach::Everywhere, true)
            .await
            .unwrap();
        assert_eq!(
            (all[0].kind, all[0].decision),
            (RequestKind::Erasure, Some(Decision::Granted))
        );
    });
}

#[test]
fn nothing_of_another_area_is_seen_given_out_or_erased() {
    run(async {
        let office = Office::new();
        office
            .employ("lee", &["senior@cambridgeshire", "adviser@kent"])
            .await;
        office.employ("pat", &["senior"]).await;
        let (case, page) = asked(&office, "i want to talk to a person").await;
        let fens = person(
            &office,
            Some("cambridgeshire"),
            &["I want to talk to a person"],
        )
        .await;
        let mut pat = office.signed_in("pat").await;
        pat.get("/console/requests").await;
        pat.post(&page, &[("act", "record"), ("kind", "erasure")])
            .await;
        let theirs = format!("/console/requests/{fens}");
        pat.post(&theirs, &[("act", "record"), ("kind", "erasure")])
            .await;
        let link = [
            ("act", "link"),
            ("with", case.as_str()),
            ("how", "same_person"),
        ];
        pat.post(&format!("/console/cases/{fens}/act"), &link).await;
        let mut lee = office.signed_in("lee").await;
        assert!(!lee.get("/console/requests").await.body.contains(&case));
        let open = lee.get(&format!("/console/cases/{case}")).await.body;
        assert!(
            !open.contains(&page),
            "may open the case, may not decide on it"
        );
        for path in [page.clone(), format!("{page}/copy/read")] {
            assert_eq!(lee.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let form = [("act", "decide"), ("decision", "granted"), ("sure", "yes")];
        assert_eq!(lee.post(&page, &form).await.status, StatusCode::NOT_FOUND);
        // Their own case hangs together with one out of reach: neither is given out or erased by them.
        let copy = lee.get(&format!("{theirs}/copy/json")).await;
        assert_eq!(copy.status, StatusCode::NOT_FOUND);
        assert_eq!(lee.post(&theirs, &form).await.status, StatusCode::NOT_FOUND);
        let kept = office.store.case_events(&fens).await.unwrap();
        assert!(kept.iter().all(|e| e.event.kind.as_str() != "erased"));
    });
}

#[test]
fn an_old_proof_is_asked_for_anew() {
    run(async {
        let office = Office::new();
        office.employ("lee", &["senior"]).await;
        let (_, page) = asked(&office, "i want to talk to a person").await;
        let lee = office.signed_in("lee").await;
        let later = office.later(Duration::from_secs(20 * 60));
        let mut browser = later.browser();
        browser.cookies = lee.cookies;
        for path in [page.clone(), format!("{page}/copy/json")] {
            let answer = browser.get(&path).await;
            assert_eq!(answer.to, format!("/console/prove?onward={path}"));
        }
        assert_eq!(
            browser.get("/console/requests").await.status,
            StatusCode::OK
        );
    });
}
