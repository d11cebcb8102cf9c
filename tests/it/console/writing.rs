//! Writing to people: replies, saved replies, who is not safe to write to, rejected suggestions and gaps.
//! What never lives here: who sees which case (cases.rs).

use axum::http::StatusCode;
use waymark::{
    assistant::{Input, Said, Stated},
    base::CaseReference,
    casework::{CaseState, Channel},
};

use super::{
    Office,
    cases::{person, person_on},
    run,
};

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
fn a_preview_shows_what_the_chat_will_show() {
    run(async {
        let office = Office::new();
        office.employ("kim", &["adviser"]).await;
        let asked = ["I want to talk to a person"];
        let case = person_on(Channel::Telegram, &office, Some("kent"), &asked).await;
        let mut kim = office.signed_in("kim").await;
        let reply = format!("/console/cases/{case}/reply");
        let table = "| Day | Hours |\n|---|---|\n| Monday | 4 |";
        let text = format!(
            "<b>Hello</b>,\nsee **this** and [our page](https://example.org/a) or [x](javascript:alert(1)).\n\n{table}"
        );
        let shown = kim
            .post(&reply, &[("what", "preview"), ("text", &text)])
            .await;
        let (_, shown) = shown.body.split_once("wm-preview").unwrap();
        let (shown, _) = shown.split_once("<form").unwrap();
        assert!(shown.contains("In Telegram, as one message"), "{shown}");
        // The name above, as it is sent; what is no mark there stands as it was typed; a table as lines.
        for part in [
            "<strong>kim the tester",
            "&#60;b&#62;Hello&#60;/b&#62;,\nsee <strong>this</strong> and ",
            "href=\"https://example.org/a\" rel=\"noreferrer\">our page</a> or x.",
            "<strong>Monday</strong>\nHours: 4",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(!shown.contains("javascript:") && !shown.contains("<table"));
        let long = "A sentence of some length about hours. ".repeat(150);
        let shown = kim
            .post(&reply, &[("what", "preview"), ("text", &long)])
            .await;
        assert!(shown.body.contains("In Telegram, as 2 messages"));
        // On the page it is a table, in one piece.
        let case = person(&office, Some("kent"), &asked).await;
        let reply = format!("/console/cases/{case}/reply");
        let shown = kim
            .post(&reply, &[("what", "preview"), ("text", &text)])
            .await;
        assert!(!shown.body.contains("In Telegram"));
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
        let hole = [("what", "send"), ("text", "We ring on {day}.")];
        let address = format!("/console/cases/{case}/reply");
        let hole = kim.post(&address, &hole).await;
        assert_eq!(hole.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(hole.body.contains("Fill in first, or take out: day."));
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
        let gaps_kept = json.as_array().unwrap();
        assert!(gaps_kept.iter().any(|g| g["rejected"] == 1), "{json}");
        let id = gaps.split("action=\"/console/gaps/").nth(1);
        let id = id.unwrap().split('/').next().unwrap();
        let done = format!("/console/gaps/{id}/done");
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
fn a_form_sent_twice_counts_once_and_one_gone_back_to_counts_again() {
    run(async {
        let office = Office::new();
        office.employ("kim", &["adviser"]).await;
        let case = person(&office, Some("kent"), &["I want to talk to a person"]).await;
        let page = format!("/console/cases/{case}");
        let mut kim = office.signed_in("kim").await;
        let shown = kim.get(&page).await.body;
        let ids: Vec<&str> = shown
            .split("name=\"id\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert_eq!(ids.len(), 2, "of the reply and of the note");
        for text in ["Hello.", "Hello.", "Hello again."] {
            let form = [("what", "send"), ("id", ids[0]), ("text", text)];
            let sent = kim.post(&format!("{page}/reply"), &form).await;
            assert_eq!(sent.to, format!("{page}?done=sent"));
            let form = [("act", "note"), ("id", ids[1]), ("note", text)];
            let noted = kim.post(&format!("{page}/act"), &form).await;
            assert_eq!(noted.to, format!("{page}?done=note"));
        }
        let events = office.store.case_events(&case).await.unwrap();
        let count = |kind: &str| {
            let of_kind = events.iter().filter(|e| e.event.kind.as_str() == kind);
            of_kind.count()
        };
        assert_eq!((count("replied"), count("noted")), (2, 2));
        let shown = kim.get(&page).await.body;
        assert_eq!(shown.matches("<p>Hello.</p>").count(), 1, "{shown}");
        assert_eq!(shown.matches("<p>Hello again.</p>").count(), 1);
    });
}
