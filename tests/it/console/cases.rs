//! The queue and its cases as advisers work them: who sees which, what is shown, what is refused.
//! What never lives here: the life of a case (store/casework.rs), how the pages look (tests/browser).

use axum::http::StatusCode;
use waymark::{
    assistant::{Input, Said, Stated},
    base::CaseReference,
    casework::{CaseState, Channel},
};

use super::{Office, PASSWORD, run};

/// A person of an area says these things; the case that comes of it.
async fn person(office: &Office, area: Option<&str>, words: &[&str]) -> CaseReference {
    let desk = &office.desk;
    let stated = Stated {
        area: area.map(str::to_owned),
        ..Stated::default()
    };
    let (id, _) = desk.start(Channel::Web, stated).await.unwrap();
    let mut case = None;
    for text in words {
        let input = Input {
            what: match text.strip_prefix('!') {
                Some(action) => Said::Action(action.to_owned()),
                None => Said::Text((*text).to_owned()),
            },
            channel: Channel::Web,
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
fn a_reply_is_drafted_previewed_and_sent_and_nothing_typed_is_lost() {
    run(async {
        let office = Office::new();
        office.employ("kim", &["adviser", "editor"]).await;
        let case = person(
            &office,
            Some("kent"),
            &[
                "my PA is ill, do I have to pay her",
                "I want to talk to a person",
            ],
        )
        .await;
        let (page, reply) = (
            format!("/console/cases/{case}"),
            format!("/console/cases/{case}/reply"),
        );
        let mut kim = office.signed_in("kim").await;
        let shown = kim.get(&page).await.body;
        assert!(shown.contains("Suggested reply") && shown.contains("source"));
        let used = kim
            .post(&reply, &[("what", "suggestion"), ("text", "Hello,")])
            .await
            .body;
        let text = used
            .split_once("dir=\"auto\" spellcheck=\"true\">")
            .unwrap()
            .1
            .split("</textarea>")
            .next()
            .unwrap();
        assert!(
            text.trim_start().starts_with("Hello,") && text.len() > 100,
            "{text}"
        );
        let nasty = "<script>alert(1)</script>\n\n**bold** [x](javascript:alert(1))";
        let preview = kim
            .post(&reply, &[("what", "preview"), ("text", nasty)])
            .await
            .body;
        assert!(
            preview.contains("This is how they will see it")
                && preview.contains("<strong>bold</strong>")
        );
        assert!(!preview.contains("<script>alert") && !preview.contains("href=\"javascript:"));
        assert_eq!(
            kim.post(
                &format!("/console/cases/{case}/draft"),
                &[("text", "half a word")]
            )
            .await
            .status,
            StatusCode::NO_CONTENT
        );
        assert!(kim.get(&page).await.body.contains("half a word"));
        let empty = kim.post(&reply, &[("what", "send"), ("text", "  ")]).await;
        assert!(
            empty.body.contains("Write the reply first.") && empty.body.contains("<title>Error: ")
        );
        let sent = kim
            .post(
                &reply,
                &[
                    ("what", "ask"),
                    ("text", "When did she fall ill?"),
                    ("lang", "en"),
                ],
            )
            .await;
        assert!(sent.to.ends_with("done=sent"));
        let kept = office.store.case(&case).await.unwrap().unwrap();
        assert_eq!(
            (kept.state, kept.adviser.as_deref()),
            (CaseState::WaitingForPerson, Some("kim"))
        );
        let messages = office
            .store
            .messages_after(&kept.opened.conversation, 0, 100)
            .await
            .unwrap();
        let last = &messages.last().unwrap().message;
        assert_eq!(
            (last.text.as_str(), last.name.as_deref()),
            ("When did she fall ill?", Some("kim the tester"))
        );
        assert!(
            !kim.get(&page).await.body.contains("half a word"),
            "what is sent is no draft any more"
        );
    });
}

#[test]
fn saved_replies_fill_their_fields_and_belong_to_areas() {
    run(async {
        let office = Office::new();
        office.employ("kim", &["senior@kent"]).await;
        office.employ("ed", &["editor"]).await;
        let case = person(&office, Some("kent"), &["I want to talk to a person"]).await;
        let mut kim = office.signed_in("kim").await;
        let all = kim
            .post(
                "/console/replies",
                &[("title", "For all"), ("text", "x"), ("area", "")],
            )
            .await;
        assert!(
            all.body.contains("Choose an area of yours."),
            "a Kent senior writes for Kent"
        );
        let none = kim
            .post(
                "/console/replies",
                &[("title", ""), ("text", "x"), ("area", "kent")],
            )
            .await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = "Your reference is {reference}, {council}. We ring on {day}. {adviser}";
        kim.post(
            "/console/replies",
            &[("title", "Ring"), ("text", text), ("area", "kent")],
        )
        .await;
        let mut ed = office.signed_in("ed").await;
        ed.post(
            "/console/replies",
            &[("title", "Everywhere"), ("text", "y"), ("area", "")],
        )
        .await;
        let list = kim.get("/console/replies").await.body;
        let ids: Vec<&str> = list
            .split("edit=")
            .skip(1)
            .map(|r| r.split('#').next().unwrap())
            .collect();
        assert_eq!(ids.len(), 2, "sorted by title: Everywhere, Ring");
        let taken = kim
            .post(
                "/console/replies",
                &[
                    ("id", ids[0]),
                    ("title", "Mine"),
                    ("text", "z"),
                    ("area", "kent"),
                ],
            )
            .await;
        assert!(
            taken.body.contains("Choose an area of yours."),
            "one for all is not hers to change"
        );
        assert_eq!(
            kim.post(&format!("/console/replies/{}/delete", ids[0]), &[])
                .await
                .status,
            StatusCode::FORBIDDEN
        );
        let used = kim
            .post(
                &format!("/console/cases/{case}/reply"),
                &[("what", "saved"), ("saved", ids[1]), ("text", "")],
            )
            .await
            .body;
        assert!(
            used.contains(&format!(
                "Your reference is {case}, Kent. We ring on {{day}}. kim the tester"
            )),
            "{used}"
        );
        assert!(used.contains("Fill in by hand: day"));
        assert!(
            kim.post(&format!("/console/replies/{}/delete", ids[1]), &[])
                .await
                .to
                .ends_with("deleted")
        );
    });
}

#[test]
fn who_is_not_safe_to_write_to_is_written_to_only_after_a_check() {
    run(async {
        let office = Office::new();
        office.employ("kim", &["adviser"]).await;
        let case = person(&office, Some("kent"), &["my carer hits me"]).await;
        let page = format!("/console/cases/{case}");
        let mut kim = office.signed_in("kim").await;
        let shown = kim.get(&page).await.body;
        assert!(
            shown.contains("! Urgent") && shown.contains("They have not said whether it is safe")
        );
        let told = person_says(&office, &case, "safe:no").await;
        assert!(told, "the person says so");
        assert!(
            kim.get("/console/queue")
                .await
                .body
                .contains("Not safe to write")
        );
        let form = [("what", "send"), ("text", "How are you?")];
        let refused = kim.post(&format!("{page}/reply"), &form).await;
        assert!(
            refused.body.contains("Tick that you have checked")
                && refused.body.contains("How are you?")
        );
        let checked = [
            ("what", "send"),
            ("text", "How are you?"),
            ("checked", "yes"),
        ];
        assert!(
            kim.post(&format!("{page}/reply"), &checked)
                .await
                .to
                .ends_with("done=sent")
        );
    });
}

/// The person of a case presses a button.
async fn person_says(office: &Office, case: &CaseReference, action: &str) -> bool {
    let kept = office.store.case(case).await.unwrap().unwrap();
    let desk = &office.desk;
    let input = Input {
        what: Said::Action(action.to_owned()),
        channel: Channel::Web,
        stated: Stated::default(),
    };
    desk.turn(&kept.opened.conversation, None, input)
        .await
        .unwrap();
    let kept = office.store.case(case).await.unwrap().unwrap();
    kept.opened.packet.safe_to_contact.is_some()
}

#[test]
fn gaps_and_rejections_are_listed_masked_and_taken_away() {
    run(async {
        let office = Office::new();
        office.employ("kim", &["adviser"]).await;
        office.employ("ed", &["editor"]).await;
        let asked = [
            "my PA is ill, do I have to pay her",
            "I want to talk to a person",
        ];
        let case = person(&office, Some("kent"), &asked).await;
        let mut kim = office.signed_in("kim").await;
        let page = kim.get(&format!("/console/cases/{case}")).await.body;
        assert!(page.contains("Suggested reply"));
        let field = |name: &str| {
            let start = format!("name=\"{name}\" value=\"");
            page.split_once(&start)
                .unwrap()
                .1
                .split('"')
                .next()
                .unwrap()
                .to_owned()
        };
        let (article, section) = (field("article"), field("section"));
        let reject = format!("/console/cases/{case}/reject");
        let without = kim.post(&reject, &[("reason", "because")]).await;
        assert!(
            without
                .body
                .contains("Choose why the suggestion is of no use.")
        );
        let question = "=1+1 ring me on 07700 900123";
        let form = [
            ("reason", "too_hard"),
            ("comment", "say it shorter"),
            ("article", &article),
            ("section", &section),
            ("question", question),
        ];
        assert!(kim.post(&reject, &form).await.to.ends_with("done=rejected"));
        assert!(
            !kim.get(&format!("/console/cases/{case}"))
                .await
                .body
                .contains("id=\"suggestion\""),
            "not suggested again"
        );
        let mut ed = office.signed_in("ed").await;
        let gaps = ed.get("/console/gaps").await.body;
        assert!(gaps.contains("It is too hard to read") && gaps.contains("say it shorter"));
        assert!(
            gaps.contains("1 rejected") && !gaps.contains("900123"),
            "numbers are masked"
        );
        let csv = ed.get("/console/gaps/export?format=csv").await.body;
        assert!(
            csv.starts_with('\u{feff}') && csv.contains("employment/sick-pay"),
            "{csv}"
        );
        assert!(
            csv.contains("'=1+1") && !csv.contains("900123"),
            "no formula, no number: {csv}"
        );
        let json = ed.get("/console/gaps/export?format=json").await.body;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json[0]["rejected"], 1);
        let id = gaps.split_once("/console/gaps/").map(|_| {
            gaps.split("action=\"/console/gaps/")
                .nth(1)
                .unwrap()
                .split('/')
                .next()
                .unwrap()
        });
        let done = format!("/console/gaps/{}/done", id.unwrap());
        assert!(ed.post(&done, &[]).await.to.ends_with("ticked"));
        assert!(
            !ed.get("/console/gaps")
                .await
                .body
                .contains("say it shorter")
        );
        assert_eq!(
            ed.get(&format!("/console/cases/{case}")).await.status,
            StatusCode::FORBIDDEN,
            "editors open no case"
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
                .contains("Signposted to another service")
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
