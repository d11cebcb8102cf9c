//! How a spoken turn is answered: what was heard is told, what is not sure is asked, a cry in any reading brings help.

use waymark::{
    assistant::{Input, Reply, Said, State, Stated, Turn},
    casework::{Channel, Outcome},
    voice::{Doubt, HearError, Heard, Nothing},
};

use crate::world;

const ILL: &str = "Do I have to pay my PA when she is ill?";

fn heard(text: &str, alternatives: &[&str], doubt: Option<Doubt>) -> Heard {
    Heard {
        text: text.to_owned(),
        alternatives: alternatives.iter().map(|a| (*a).to_owned()).collect(),
        confidence: 0.9,
        doubt,
        ..Heard::default()
    }
}

fn turn(state: State, what: Said) -> Turn {
    let input = Input {
        what,
        channel: Channel::Terminal,
        stated: Stated::default(),
    };
    world::turn(state, &input, world::snapshot())
}

fn speak(heard: Heard) -> Turn {
    turn(State::default(), Said::Heard(Box::new(heard)))
}

fn values(reply: &Reply) -> Vec<&str> {
    reply.options.iter().map(|o| o.value.as_str()).collect()
}

#[test]
fn what_was_heard_is_told_and_can_be_put_right() {
    let typed = world::say(State::default(), ILL, world::snapshot()).reply;
    let spoken = speak(heard(ILL, &[], None));
    assert_eq!(spoken.reply.outcome, Outcome::Answered);
    assert_eq!(
        spoken.reply.citations, typed.citations,
        "the same answer as in writing"
    );
    assert!(
        spoken
            .reply
            .body_markdown
            .starts_with(&format!("I heard: “{ILL}”\n\n"))
    );
    assert!(spoken.reply.body_markdown.ends_with(&typed.body_markdown));
    assert_eq!(spoken.said, ILL);
    assert_eq!(values(&spoken.reply).last(), Some(&"misheard"));
    assert!(spoken.reply.options.len() <= 4);
    let again = turn(spoken.state, Said::Action("misheard".to_owned())).reply;
    assert!(
        again.body_markdown.contains("say it again"),
        "{}",
        again.body_markdown
    );

    let other = speak(heard(
        "Do I have to pay my pay when she is ill?",
        &[ILL],
        None,
    ));
    let put_right = format!("ask:{ILL}");
    assert_eq!(values(&other.reply).last(), Some(&put_right.as_str()));
    let right = turn(other.state, Said::Action(put_right)).reply;
    assert_eq!(right.citations, typed.citations, "one press answers anew");
}

#[test]
fn what_is_not_sure_is_asked() {
    let asked = speak(heard(
        "Do I pay SSB?",
        &["Do I pay SSP?"],
        Some(Doubt::NearTerm),
    ));
    assert_eq!(asked.reply.outcome, Outcome::Clarify);
    assert!(
        asked.reply.citations.is_empty(),
        "nothing is answered on a guess"
    );
    assert_eq!(
        values(&asked.reply),
        ["ask:Do I pay SSB?", "ask:Do I pay SSP?", "misheard"]
    );
    let answered = turn(asked.state, Said::Action("ask:Do I pay SSP?".to_owned())).reply;
    assert_eq!(answered.outcome, Outcome::Answered);
    assert!(
        answered
            .citations
            .iter()
            .any(|c| c.article == "employment/sick-pay")
    );
}

#[test]
fn a_cry_in_any_reading_brings_help() {
    let cry = "He has a knife and he says he will kill me";
    assert!(
        world::say(State::default(), cry, world::snapshot())
            .reply
            .urgent
    );
    let calm = "Does a PA with her own company send me a bill";
    assert!(!speak(heard(calm, &[], None)).reply.urgent);
    for doubt in [None, Some(Doubt::Unsure)] {
        let reply = speak(heard(calm, &[cry], doubt)).reply;
        assert!(
            reply.urgent && reply.body_markdown.contains("999"),
            "{doubt:?}"
        );
        let help = reply.body_markdown.find("999").unwrap();
        let told = reply.body_markdown.find("I heard").unwrap();
        assert!(help < told, "help comes first");
    }
    assert!(
        speak(heard(cry, &[calm], Some(Doubt::Unsure))).reply.urgent,
        "doubt stops no help"
    );
}

#[test]
fn no_words_are_told_kindly() {
    for (nothing, words) in [
        (Nothing::NoSpeech, "could not hear anybody"),
        (Nothing::Unclear, "could not make out the words"),
        (
            Nothing::OtherLanguage(*b"pl"),
            "type your question in your own language",
        ),
        (
            Nothing::OtherLanguage(*b"xx"),
            "type your question in your own language",
        ),
    ] {
        let turn = speak(Heard {
            nothing: Some(nothing),
            ..Heard::default()
        });
        assert!(
            turn.reply.body_markdown.contains(words),
            "{}",
            turn.reply.body_markdown
        );
        assert!(turn.reply.body_markdown.contains("999"));
        assert_eq!(turn.reply.heard, None);
        assert!(
            !turn.said.is_empty(),
            "the conversation shows that somebody spoke"
        );
    }
}

#[test]
fn read_aloud_is_the_answer_and_help_is_read_whole() {
    let spoken = speak(heard(ILL, &[], None)).reply;
    let aloud = spoken.aloud();
    assert!(aloud.starts_with(&spoken.summary));
    assert!(
        !aloud.contains("I heard") && !aloud.contains("http"),
        "{aloud}"
    );
    let help = world::say(State::default(), "I want to kill myself", world::snapshot()).reply;
    assert_eq!(help.aloud(), help.body_markdown);
}

#[test]
fn without_a_voice_the_desk_says_so() {
    let library = world::knowledge().library.clone();
    let desk = world::desk(library, world::sunday_noon(), world::staffed());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let error = runtime.block_on(desk.hear(vec![1, 2, 3])).unwrap_err();
    assert!(matches!(error, HearError::Absent(_)));
    let lang = waymark::base::Lang::english();
    for (error, words) in [
        (error, "cannot listen"),
        (HearError::TooLong(180), "less than 3 minutes"),
        (HearError::NotSound, "could not open"),
        (HearError::Busy, "in a minute"),
    ] {
        let told = desk.unheard(&error, &lang);
        assert!(told.contains(words) && told.contains("999"), "{told}");
    }
}
