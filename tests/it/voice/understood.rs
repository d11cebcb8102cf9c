//! What is believed of what engines say: our words, figures, doubts. From texts alone, so it needs no weights.

use proptest::prelude::*;
use waymark::voice::{
    Doubt, Engine, Heard, HeardWord, Lexicon, Nothing, Transcript, reading, written,
};

use crate::world;

fn lexicon() -> Lexicon {
    Lexicon::of(&world::knowledge().library)
}

/// A transcript whose words are all as sure as told.
fn said(text: &str, confidence: f32) -> Transcript {
    let word = |text: &str| HeardWord {
        text: text.to_owned(),
        confidence,
    };
    Transcript {
        words: text.split_whitespace().map(word).collect(),
        confidence,
    }
}

fn whisper(text: &str, confidence: f32) -> Heard {
    reading(
        &lexicon(),
        &[(Engine::Whisper, said(text, confidence))],
        3.0,
    )
}

fn both(careful: &str, sure: f32, quick: &str, as_sure: f32) -> Heard {
    let heard = [
        (Engine::Whisper, said(careful, sure)),
        (Engine::Moonshine, said(quick, as_sure)),
    ];
    reading(&lexicon(), &heard, 3.0)
}

#[test]
fn our_words_are_put_right() {
    for (heard, right) in [
        ("Do I need to tell H. M. R. C.?", "Do I need to tell HMRC?"),
        ("do i need to tell h m r c", "do i need to tell HMRC"),
        ("what is an E.H.C.P. for", "what is an EHCP for"),
        (
            "She wants her pay slip today.",
            "She wants her payslip today.",
        ),
        (
            "What do I pay for a sleep in?",
            "What do I pay for a sleep-in?",
        ),
        ("Auto enrollment, please.", "Auto-enrolment, please."),
        ("Is I. R. thirty five about me?", "Is IR35 about me?"),
        ("give her the P forty five", "give her the P45"),
        ("my PA's wages", "my PA's wages"),
        ("I pay my PA90 pounds a week", "I pay my PA £90 a week"),
        (
            "Is IR35, or P45, about PA3?",
            "Is IR35, or P45, about PA 3?",
        ),
        ("Is my par off sick?", "Is my PA off sick?"),
        ("I use the peril firm", "I use the payroll firm"),
        ("he is in peril", "he is in peril"),
        (
            "Can I charge my living PA rent?",
            "Can I charge my live-in PA rent?",
        ),
        ("The school want let her in", "The school won't let her in"),
        ("Can I take a day off?", "Can I take a day off?"),
        ("um do I do I have to er pay her", "do I have to pay her"),
    ] {
        assert_eq!(whisper(heard, 0.95).text, right);
    }
}

#[test]
fn figures_are_written_where_there_is_one_way_to_read_them() {
    for (heard, right) in [
        ("twelve pounds twenty one an hour", "£12.21 an hour"),
        ("twelve pounds and twenty one pence", "£12.21"),
        (
            "one hundred and sixteen pounds seventy five pence a week",
            "£116.75 a week",
        ),
        ("four hundred and fifty pounds", "£450"),
        ("ten pounds, twelve hours", "£10, 12 hours"),
        ("ten pounds twelve hours", "£10 12 hours"),
        ("five per cent", "5%"),
        ("three days a week", "3 days a week"),
        ("twelve point three five, please", "12.35, please"),
        ("in twenty twenty six", "in 2026"),
        ("in nineteen eighty-nine.", "in 1989."),
        ("two thousand and five", "2005"),
        ("one of my two PAs", "one of my 2 PAs"),
        ("sixteen hours a week", "16 hours a week"),
        ("fifty pence a mile", "50p a mile"),
        ("twenty one or twenty two", "21 or 22"),
        ("£12.21", "£12.21"),
        ("from 1,000 pounds", "from £1,000"),
        ("one hundred and he left", "100 and he left"),
        ("a hundred and twenty quid a week", "£120 a week"),
        ("a thousand pounds.", "£1000."),
        ("half a thousand", "half a thousand"),
        ("a hundred", "100"),
        (
            "four grand sat in the account",
            "4 grand sat in the account",
        ),
        ("thirty k, or 30 k", "30k, or 30k"),
        ("a grand piano", "a grand piano"),
        (
            "I gave her a tenner, not a fiver.",
            "I gave her £10, not £5.",
        ),
        ("two fivers", "£10"),
        ("two and a half hours a day", "2.5 hours a day"),
        ("four and a half grand?", "4.5 grand?"),
        ("twelve and a half pounds an hour", "£12.50 an hour"),
        ("two and a half of them", "two and a half of them"),
        (
            "nine hour shifts, twelve shifts",
            "9 hour shifts, 12 shifts",
        ),
    ] {
        assert_eq!(written(heard), right, "{heard}");
    }
}

#[test]
fn what_only_sounds_like_ours_is_asked() {
    let heard = whisper("Do I have to pay SSB to my PA?", 0.95);
    assert_eq!(
        heard.text, "Do I have to pay SSB to my PA?",
        "nothing is guessed"
    );
    assert_eq!(heard.doubt, Some(Doubt::NearTerm));
    assert_eq!(heard.alternatives, ["Do I have to pay SSP to my PA?"]);
    let career = whisper("Who pays my career when she is ill?", 0.95);
    assert_eq!(career.doubt, Some(Doubt::NearTerm));
    assert_eq!(career.alternatives, ["Who pays my carer when she is ill?"]);
    assert_eq!(
        whisper("Does the NHS pay?", 0.95).doubt,
        None,
        "our articles know it"
    );
}

#[test]
fn figures_are_never_guessed() {
    let heard = both(
        "Can I pay her fifteen pounds?",
        0.95,
        "Can I pay her 50 pounds?",
        0.93,
    );
    assert_eq!(heard.doubt, Some(Doubt::Figure));
    assert_eq!(heard.alternatives, ["Can I pay her £50?"]);
    let same = both(
        "Can I pay her fifteen pounds?",
        0.95,
        "can i pay her 15 pounds",
        0.93,
    );
    assert_eq!(
        (same.doubt, same.text.as_str()),
        (None, "Can I pay her £15?")
    );
    let in_words = both(
        "It is under section 3 and one of 117?",
        0.95,
        "It is under section three and won of 117?",
        0.93,
    );
    assert_eq!(in_words.doubt, None, "a word and a digit are one figure");
    let turned = both(
        "From 3 to 16 hours",
        0.95,
        "From sixteen to three ours",
        0.93,
    );
    assert_eq!(turned.doubt, Some(Doubt::Figure), "their order counts");
    let faint = whisper("Can I pay her 15 pounds?", 0.6);
    assert_eq!(
        faint.doubt,
        Some(Doubt::Figure),
        "hardly heard, and nobody confirms it"
    );
}

#[test]
fn two_engines_that_agree_are_believed() {
    assert_eq!(whisper("Who pays her?", 0.7).doubt, Some(Doubt::Unsure));
    assert_eq!(both("Who pays her?", 0.7, "who pays her", 0.8).doubt, None);
    let differ = both("Who pays her?", 0.7, "who pace her", 0.8);
    assert_eq!(
        (differ.doubt, differ.alternatives),
        (Some(Doubt::Unsure), vec!["who pace her".to_owned()])
    );
    let term = both(
        "Can the SEND tribunal decide?",
        0.8,
        "can the seine tribunal decide",
        0.8,
    );
    assert_eq!(term.doubt, None, "only the first was told of our terms");
    let both_right = both(
        "The head teacher wont of let our PA in.",
        0.8,
        "The headteacher will not let up hey in?",
        0.8,
    );
    assert_eq!(
        both_right.alternatives,
        [
            "The headteacher will not let our PA in.",
            "The headteacher will not let up hey in?"
        ],
        "our terms from one, all else from the other"
    );
    let sure = both("Who pays her?", 0.95, "who pace her", 0.8);
    assert_eq!(
        (sure.doubt, sure.alternatives.len()),
        (None, 1),
        "kept for triage"
    );
}

#[test]
fn nothing_is_made_up() {
    assert_eq!(
        whisper("Thank you for watching.", 0.4).nothing,
        Some(Nothing::Unclear)
    );
    assert_eq!(whisper("", 1.0).nothing, Some(Nothing::Unclear));
    let siren = both("Oh, wow, wow, wow.", 0.7, "Thank you.", 0.6);
    assert_eq!(
        siren.nothing,
        Some(Nothing::Unclear),
        "they have no word in common"
    );
    assert_eq!(
        siren.alternatives.len(),
        2,
        "triage reads them all the same"
    );
    let other = both("", 1.0, "Who pays her?", 0.9);
    assert_eq!(
        (other.text.as_str(), other.engine),
        ("Who pays her?", Some(Engine::Moonshine))
    );
    let looped = whisper(
        "Who pays her when ill? Who pays her when ill? Who pays her when ill?",
        0.9,
    );
    assert_eq!(looped.text, "Who pays her when ill?");
}

proptest! {
    #[test]
    fn any_words_are_taken(first in ".{0,80}", second in ".{0,80}", sure in 0.0_f32..=1.0) {
        static LEXICON: std::sync::OnceLock<Lexicon> = std::sync::OnceLock::new();
        let lexicon = LEXICON.get_or_init(lexicon);
        let heard = [(Engine::Whisper, said(&first, sure)), (Engine::Moonshine, said(&second, sure))];
        let heard = reading(lexicon, &heard, 1.0);
        prop_assert_eq!(heard.text.trim().is_empty(), heard.nothing.is_some());
        prop_assert!(heard.alternatives.len() <= 3 && !heard.alternatives.contains(&heard.text));
    }

    #[test]
    fn written_figures_stay(number in 0_u64..1_000_000) {
        let text = format!("it is {number} then");
        prop_assert_eq!(written(&text), text);
    }
}
