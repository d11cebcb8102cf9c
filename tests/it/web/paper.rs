//! What is written down: openapi.json against routes and real replies, every template against sample data.
//! What never lives here: conversations (api.rs, page.rs).

use std::collections::BTreeSet;

use serde_json::Value;
use waymark_web::{machine_routes, specimens};

use super::{Program, get, router, run};

async fn described() -> Value {
    get(&router(), "/api/openapi.json").await.json()
}

fn names(list: &Value) -> BTreeSet<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|v| v.as_str().unwrap().to_owned()).collect()
}

fn keys(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_route_is_described_and_no_other() {
    run(async {
        let document = described().await;
        assert_eq!(document["openapi"], "3.1.0");
        let routes = machine_routes().into_iter();
        let routes: BTreeSet<_> = routes.map(|(m, p)| (m.to_owned(), p.to_owned())).collect();
        let paths = document["paths"].as_object().unwrap().iter();
        let written: BTreeSet<_> = paths
            .flat_map(|(path, item)| keys(item).into_iter().map(move |m| (m, path.clone())))
            .collect();
        assert_eq!(written, routes);
    });
}

#[test]
fn every_reference_leads_somewhere() {
    fn follow(document: &Value, value: &Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(to)) = map.get("$ref") {
                    let found = document.pointer(to.trim_start_matches('#'));
                    assert!(found.is_some(), "{to}");
                }
                map.values().for_each(|v| follow(document, v));
            }
            Value::Array(list) => list.iter().for_each(|v| follow(document, v)),
            _ => {}
        }
    }
    run(async {
        let document = described().await;
        follow(&document, &document);
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for (name, schema) in schemas {
            let written = keys(&schema["properties"]);
            assert!(names(&schema["required"]).is_subset(&written), "{name}");
        }
    });
}

#[test]
fn real_replies_have_exactly_the_described_fields() {
    run(async {
        let document = described().await;
        let required = |name: &str| names(&document["components"]["schemas"][name]["required"]);
        let program = Program::start(router()).await;
        let reply = program.says("My PA is off sick, do I pay her?").await;
        assert_eq!(keys(&reply), required("Reply"));
        assert_eq!(keys(&reply["citations"][0]), required("Citation"));
        assert_eq!(keys(&reply["candidates"][0]), required("Candidate"));
        assert_eq!(keys(&reply["options"][0]), required("Option"));
        let outcomes = &document["components"]["schemas"]["Reply"]["properties"]["outcome"]["enum"];
        let all = waymark::casework::Outcome::ALL.iter();
        let all: BTreeSet<String> = all.map(|o| o.as_str().to_owned()).collect();
        assert_eq!(names(outcomes), all);
        let handed = program.says("Let me talk to a person please").await;
        assert_eq!(keys(&handed["case"]), required("Case"));
        let history = program.get("/messages").await.json();
        assert_eq!(keys(&history), required("Messages"));
        assert_eq!(keys(&history["messages"][1]), required("Message"));
        let health = get(&program.router, "/readyz").await.json();
        assert_eq!(keys(&health), required("Health"));
        let problem = program.get("/nowhere").await.json();
        assert_eq!(keys(&problem), required("Problem"));
    });
}

#[test]
fn every_template_draws_its_sample() {
    let drawn = specimens().unwrap();
    assert_eq!(drawn.len(), 19);
    for (name, html) in &drawn {
        assert!(
            !html.contains("<script>") && !html.contains("style="),
            "{name}"
        );
        assert!(
            !html.contains("javascript:") && !html.contains("<img"),
            "{name}"
        );
        for tag in [
            "form", "section", "article", "details", "ul", "ol", "div", "main", "fieldset",
        ] {
            let opened = html.matches(&format!("<{tag} ")).count()
                + html.matches(&format!("<{tag}>")).count();
            assert_eq!(
                opened,
                html.matches(&format!("</{tag}>")).count(),
                "{name}: <{tag}>"
            );
        }
        if *name != "message.html" {
            assert!(
                html.starts_with("<!DOCTYPE html>") && html.contains("tel:999"),
                "{name}"
            );
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
        }
    }
    let of = |wanted: &str| {
        drawn
            .iter()
            .find(|(name, _)| *name == wanted)
            .unwrap()
            .1
            .as_str()
    };
    let chat = of("chat.html");
    for needed in [
        "dir=\"rtl\"",
        "lang=\"ar\"",
        "class=\"msg adviser\"",
        "class=\"msg assistant urgent\"",
        "WM-7Q4K2D",
        "12pm on Monday 23 November",
        "We have not been able to confirm this",
        "rel=\"noopener\"",
        "<table>",
        "href=\"https://www.legislation.gov.uk/sample?a=1&#38;b=2\"",
    ] {
        assert!(chat.contains(needed), "{needed}");
    }
    let tap = "<a href=\"tel:03001231100\">0300 123 1100</a>.";
    assert_eq!(
        chat.matches(tap).count(),
        1,
        "numbers of the register are taps"
    );
    assert!(
        chat.contains("£999 or 999 hours, 0300 123 11001."),
        "and nothing else is"
    );
    assert_eq!(chat.matches("id=\"latest\"").count(), 1);
    let ways = chat.matches("class=\"ways\"").count();
    assert_eq!(ways, 1, "only the newest reply has buttons");
    assert!(!of("trouble.html").contains("</textarea><b>"));
}
