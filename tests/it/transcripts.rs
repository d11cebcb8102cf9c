//! Whole conversations as files (tests/transcripts/*.txt), run through the desk and through the HTTP API alike. Run one
//! with `TRANSCRIPT=sick-pay cargo test ...`; those known to fail stand in tests/transcripts/failing.list.
//! What never lives here: the conversations; the form of the files (read.rs), judging (judge.rs).

mod drive;
mod judge;
mod read;

use std::collections::BTreeMap;

use serde_json::Value;
use waymark::assistant::{Desk, Said};

use self::{
    drive::Driver,
    read::{Deed, Transcript},
};
use crate::world;

#[test]
fn conversations_through_the_desk() {
    run("desk", Driver::Desk, |_| true);
}

/// The API has no field for who asks: those that state it run through the desk alone.
#[test]
fn conversations_through_the_api() {
    run("api", Driver::api, |t| t.audience.is_none());
}

#[test]
fn a_transcript_that_cannot_be_read_says_where() {
    let line = |text: &str| read::parse("x", text).err().unwrap();
    assert!(line("# t\n> hello\nsays [").starts_with("3: "));
    assert!(line("# t\n> hello\nshouts yes").contains("'shouts' is not an expectation"));
    assert!(line("# t\nsays early").starts_with("2: an expectation before"));
    assert!(line("# t\n@moon full\n> hi\nurgent no").contains("is not a setting"));
    assert!(line("# t\n> hi\n").contains("at least one expectation"));
}

/// Runs every transcript; desks are shared by those of the same instant and staffing, because building one takes long.
fn run(way: &str, driver: impl Fn(Desk) -> Driver, takes: impl Fn(&Transcript) -> bool) {
    let wanted = std::env::var("TRANSCRIPT").unwrap_or_default();
    let all = read::all();
    let mut drivers: BTreeMap<String, Driver> = BTreeMap::new();
    let mut failed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let chosen: Vec<&Transcript> = all
        .iter()
        .filter(|t| t.name.contains(&wanted) && takes(t))
        .collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    assert!(
        !chosen.is_empty() || !wanted.is_empty(),
        "there are no transcripts"
    );
    for transcript in &chosen {
        let (on, staffing) = (transcript.on, &transcript.staffing);
        let key = format!("{on} {staffing:?} {}", transcript.services);
        let library = || match transcript.services {
            true => world::with_services(),
            false => world::knowledge().library.clone(),
        };
        let driver = drivers
            .entry(key)
            .or_insert_with(|| driver(world::desk(library(), on, staffing.clone())));
        let wrong = runtime.block_on(play(driver, transcript));
        if !wrong.is_empty() {
            failed.insert(transcript.name.clone(), wrong);
        }
    }
    settle(way, &chosen, &failed, !wanted.is_empty());
}

/// Fails for whatever failed and is not known to, and for whatever is known to fail and does not.
fn settle(way: &str, all: &[&Transcript], failed: &BTreeMap<String, Vec<String>>, some: bool) {
    let list = world::root().join("tests/transcripts/failing.list");
    let list = std::fs::read_to_string(list).unwrap();
    let known: Vec<&str> = list
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    for name in &known {
        let file = world::root().join(format!("tests/transcripts/{name}.txt"));
        assert!(file.exists(), "failing.list: no transcript '{name}'");
    }
    let mut report = Vec::new();
    for (name, wrong) in failed
        .iter()
        .filter(|(n, _)| some || !known.contains(&n.as_str()))
    {
        report.push(format!("{name}\n    {}", wrong.join("\n    ")));
    }
    let ran = |name: &str| all.iter().any(|t| t.name == name);
    let better = known
        .iter()
        .filter(|n| !some && ran(n) && !failed.contains_key(**n));
    for name in better {
        report.push(format!(
            "{name}: does not fail any more; take it out of failing.list"
        ));
    }
    assert!(
        report.is_empty(),
        "{way}: {} of {} transcripts\n{}",
        report.len(),
        all.len(),
        report.join("\n")
    );
}

/// Plays one; what is wrong, with file and line.
async fn play(driver: &Driver, transcript: &Transcript) -> Vec<String> {
    let mut talk = driver.start(transcript).await;
    let mut wrong = Vec::new();
    let mut said = Said::Text(String::new());
    let mut reply = Value::Null;
    for act in &transcript.acts {
        let at = |line: usize| format!("{}.txt:{line}", transcript.name);
        let done = match &act.deed {
            Deed::Types(text) => {
                said = Said::Text(text.clone());
                reply = talk.say(&said).await;
                Ok(())
            }
            Deed::Presses(button) => {
                said = Said::Action(pressed(&reply, button));
                reply = talk.say(&said).await;
                Ok(())
            }
            Deed::Again => {
                reply = talk.again(&said).await;
                Ok(())
            }
            Deed::Adviser(text) => talk.adviser(text).await,
            Deed::Close(outcome) => talk.close(outcome).await,
            Deed::Helpful(helpful) => {
                let receipt = reply["receipt"].as_str().unwrap_or("");
                talk.helpful(receipt, *helpful).await
            }
        };
        if let Err(why) = done {
            wrong.push(format!("{}: {:?}: {why}", at(act.line), act.deed));
        }
        let kept = talk.kept().await;
        if matches!(act.deed, Deed::Types(_) | Deed::Presses(_)) {
            let always = judge::always(&reply);
            wrong.extend(
                always
                    .into_iter()
                    .map(|what| format!("{}: {what}", at(act.line))),
            );
        }
        for (line, want) in &act.wants {
            if let Some(got) = judge::miss(want, &reply, &kept) {
                wrong.push(format!("{}: wanted {want:?}, got {got}", at(*line)));
            }
        }
    }
    wrong
}

/// The action behind a button of the last reply; the words themselves when no button says so.
fn pressed(reply: &Value, button: &str) -> String {
    let options = reply["options"].as_array().into_iter().flatten();
    let found = options
        .filter(|o| o["label"] == button)
        .find_map(|o| o["value"].as_str());
    found.unwrap_or(button).to_owned()
}
