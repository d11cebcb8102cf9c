//! The queue and its cases as advisers work them: who sees which, what is shown, what is refused.
//! What never lives here: the life of a case (store/casework.rs), how the pages look (tests/browser).

use axum::http::StatusCode;
use waymark::{
    assistant::{Input, Said, Stated},
    base::CaseReference,
    casework::Channel,
};

use super::{Office, PASSWORD, run};

/// A person of an area says these things; the case that comes of it.
pub(super) async fn person(office: &Office, area: Option<&str>, words: &[&str]) -> CaseReference {
    person_on(Channel::Web, office, area, words).await
}

pub(super) async fn person_on(
    channel: Channel,
    office: &Office,
    area: Option<&str>,
    words: &[&str],
) -> CaseReference {
    let desk = &office.desk;
    let stated = Stated {
        area: area.map(str::to_owned),
        ..Stated::default()
    };
    let (id, _) = desk.start(channel, stated).await.unwrap();
    let mut case = None;
    for text in words {
        let input = Input {
            what: match text.strip_prefix('!') {
                Some(action) => Said::Action(action.to_owned()),
                None => Said::Text((*text).to_owned()),
            },
            channel,
            stated: Stated::default(),
        };
        let reply = desk.turn(&id, None, input).await.unwrap();
        case = reply.case.map(|c| c.reference).or(case);
    }
    case.unwrap_or_else(|| panic!("no case came of {words:?}"))
}

#[test]
fn a_case_of_another_area_does_not_exist() {
    run(async {
        let office = Office::new();
        office.employ("kim", &["adviser@kent"]).await;
        office
            .employ("cam", &["auditor@cambridgeshire", "adviser@kent"])
            .await;
        let kent = person(&office, Some("kent"), &["I want to talk to a person"]).await;
        let fens = person(
            &office,
            Some("cambridgeshire"),
            &["I want to talk to a person"],
        )
        .await;
        let common = person(&office, None, &["I want to talk to a person"]).await;
        let mut kim = office.signed_in("kim").await;
        let queue = kim.get("/console/queue").await.body;
        assert!(queue.contains(kent.as_str()) && queue.contains(common.as_str()));
        assert!(!queue.contains(fens.as_str()));
        assert!(
            queue.contains("All open <strong>2</strong>"),
            "nor is it counted"
        );
        let never = CaseReference::try_from("WM-222222".to_owned()).unwrap();
        for rest in ["", "/live"] {
            let hidden = kim.get(&format!("/console/cases/{fens}{rest}")).await;
            let absent = kim.get(&format!("/console/cases/{never}{rest}")).await;
            assert_eq!(
                (hidden.status, absent.status),
                (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
            );
            assert_eq!(
                hidden.body, absent.body,
                "nobody can tell whether there is one"
            );
        }
        let forms: [(&str, &[(&str, &str)]); 9] = [
            ("act", &[("act", "claim")]),
            ("act", &[("act", "close"), ("outcome", "answered")]),
            ("act", &[("act", "note"), ("note", "x")]),
            ("act", &[("act", "needs")]),
            ("act", &[("act", "change"), ("area", "kent")]),
            ("reply", &[("what", "send"), ("text", "hello")]),
            ("reply", &[("what", "preview"), ("text", "hello")]),
            ("draft", &[("text", "hello")]),
            ("reject", &[("reason", "wrong")]),
        ];
        kim.get(&format!("/console/cases/{kent}")).await;
        for (rest, form) in forms {
            let answer = kim
                .post(&format!("/console/cases/{fens}/{rest}"), form)
                .await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{rest} {form:?}");
        }
        let link = [
            ("act", "link"),
            ("with", fens.as_str()),
            ("how", "duplicate"),
        ];
        let linked = kim.post(&format!("/console/cases/{kent}/act"), &link).await;
        assert!(linked.body.contains("There is no such case for you."));
        assert_eq!(
            office.store.case_events(&fens).await.unwrap().len(),
            1,
            "nothing was done to it, nor is a look logged"
        );
        // A role in one area lends nothing to a role in another: this one may read there and not work there.
        let mut cam = office.signed_in("cam").await;
        let page = cam.get(&format!("/console/cases/{fens}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("Claim this case") && !page.body.contains("name=\"note\""));
        let claim = cam
            .post(&format!("/console/cases/{fens}/act"), &[("act", "claim")])
            .await;
        assert_eq!(claim.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn an_auditor_reads_and_reading_is_logged() {
    run(async {
        let office = Office::new();
        office.employ("audrey", &["auditor"]).await;
        let case = person(
            &office,
            Some("kent"),
            &[
                "my PA is ill, do I have to pay her",
                "I want to talk to a person",
            ],
        )
        .await;
        let mut audrey = office.signed_in("audrey").await;
        let page = audrey.get(&format!("/console/cases/{case}")).await.body;
        assert!(
            page.contains("my PA is ill")
                && page.contains("What this rested on, as of 22 November 2026")
        );
        assert!(page.contains("Statutory sick pay") || page.contains("sick pay"));
        assert!(!page.contains("Your reply") && !page.contains("Claim this case"));
        let events = office.store.case_events(&case).await.unwrap();
        let read = events.last().unwrap();
        assert_eq!(
            (read.event.kind.as_str(), read.event.actor.as_str()),
            ("read", "audrey")
        );
        let answer = audrey
            .post(&format!("/console/cases/{case}/act"), &[("act", "claim")])
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn an_adviser_hands_on_their_own_case_and_a_senior_any() {
    run(async {
        let office = Office::new();
        office.employ("kim", &["adviser@kent"]).await;
        office.employ("lee", &["adviser"]).await;
        office.employ("fen", &["adviser@cambridgeshire"]).await;
        office.employ("sue", &["senior"]).await;
        let case = person(&office, Some("kent"), &["I want to talk to a person"]).await;
        let act = format!("/console/cases/{case}/act");
        let mut kim = office.signed_in("kim").await;
        let mut lee = office.signed_in("lee").await;
        let assign = |to| [("act", "assign"), ("to", to)];
        assert_eq!(
            lee.post(&act, &assign("kim")).await.status,
            StatusCode::FORBIDDEN,
            "nobody's case is not hers to give"
        );
        assert!(
            kim.post(&act, &[("act", "claim")])
                .await
                .to
                .ends_with("done=claimed")
        );
        assert_eq!(
            lee.post(&act, &assign("lee")).await.status,
            StatusCode::FORBIDDEN,
            "nor to take"
        );
        let refused = lee
            .post(
                &format!("/console/cases/{case}/reply"),
                &[("what", "send"), ("text", "Hello from Lee")],
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains("Kim has this case")
                || refused.body.contains("kim has this case"),
            "{}",
            refused.body
        );
        let wrong = kim.post(&act, &assign("fen")).await;
        assert!(
            wrong
                .body
                .contains("Choose a colleague who works cases of this area")
        );
        let page = kim.get(&format!("/console/cases/{case}")).await.body;
        assert!(
            page.contains("value=\"lee\"") && !page.contains("value=\"fen\""),
            "only who may work it is offered"
        );
        assert!(
            page.contains("lee was here") && page.contains("lee began a reply"),
            "nobody answers twice"
        );
        assert!(
            kim.post(&act, &assign("lee"))
                .await
                .to
                .ends_with("done=assigned")
        );
        let kept = office.store.case(&case).await.unwrap().unwrap();
        assert_eq!(kept.adviser.as_deref(), Some("lee"));
        let mut sue = office.signed_in("sue").await;
        assert!(
            sue.post(&act, &assign("sue"))
                .await
                .to
                .ends_with("done=assigned"),
            "a senior takes over"
        );
    });
}

#[test]
fn a_call_is_logged_put_aside_and_closed() {
    run(async {
        let office = Office::new();
        office.employ("kim", &["adviser@kent"]).await;
        let mut kim = office.signed_in("kim").await;
        let mut form = vec![
            ("channel", "phone"),
            ("kind", "money"),
            ("priority", "high"),
            ("area", "kent"),
            ("format", "large_print"),
            ("reach_at", "01622 000000"),
            ("keep", "yes"),
        ];
        let empty = kim.post("/console/cases/new", &form).await;
        assert!(
            empty.body.contains("Write what was asked.") && empty.body.contains("01622 000000"),
            "what was typed stays"
        );
        form.push(("text", "Her card does not work"));
        let elsewhere: Vec<_> = form
            .iter()
            .map(|(n, v)| (*n, if *n == "area" { "cambridgeshire" } else { v }))
            .collect();
        assert_eq!(
            kim.post("/console/cases/new", &elsewhere).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let logged = kim.post("/console/cases/new", &form).await;
        let page = logged.to.split('?').next().unwrap().to_owned();
        let shown = kim.get(&page).await.body;
        assert!(
            shown.contains("Her card does not work")
                && shown.contains("Large print")
                && shown.contains("ring the person")
        );
        assert!(!shown.contains("Your reply"));
        let act = format!("{page}/act");
        assert!(
            kim.post(
                &act,
                &[("act", "snooze"), ("until", "day"), ("day", "2020-01-01")]
            )
            .await
            .body
            .contains("lies ahead")
        );
        assert!(
            kim.post(&act, &[("act", "snooze"), ("until", "monday")])
                .await
                .to
                .ends_with("snoozed")
        );
        assert!(
            kim.get("/console/queue?view=aside")
                .await
                .body
                .contains("Back 9am on Monday 23 November")
        );
        assert!(
            kim.post(&act, &[("act", "close")])
                .await
                .body
                .contains("Choose how it ended.")
        );
        assert!(
            kim.post(&act, &[("act", "close"), ("outcome", "signposted")])
                .await
                .to
                .ends_with("closed")
        );
        assert!(
            kim.get("/console/queue?view=closed")
                .await
                .body
                .contains("Signposted elsewhere")
        );
        assert!(
            kim.post(&act, &[("act", "reopen")])
                .await
                .to
                .ends_with("reopened")
        );
        assert_eq!(
            kim.post(&act, &[("act", "explode")]).await.status,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            kim.sign_in("kim", PASSWORD, "").await.status,
            StatusCode::SEE_OTHER
        );
    });
}
