//! Text as a voice reads it: a table of cases, and every text of the repository without a figure or a sign left in it.
//! What never lives here: sound.

use waymark::{base::Lang, knowledge::speakable};

use super::today;
use crate::world;

fn said(text: &str) -> String {
    speakable(text, &world::knowledge().library.registers.spoken)
}

#[test]
fn figures_are_said_as_people_say_them() {
    let cases = [
        (
            "Pay £12.71 an hour.",
            "Pay twelve pounds seventy-one pence an hour.",
        ),
        ("Up to £45,000.", "Up to forty-five thousand pounds."),
        ("It costs £1.", "It costs one pound."),
        (
            "About £0.45 a mile, or 45p.",
            "About forty-five pence a mile, or forty-five pence.",
        ),
        (
            "Cover of £5 million, fined £2,500 a day.",
            "Cover of five million pounds, fined two thousand five hundred pounds a day.",
        ),
        (
            "Holiday is 12.07% of hours, 5.6 weeks.",
            "Holiday is twelve point zero seven per cent of hours, five point six weeks.",
        ),
        (
            "In 2026/27, from 6 April 2026.",
            "In twenty twenty-six to twenty twenty-seven, from the sixth of April twenty twenty-six.",
        ),
        (
            "The tax year 1999/00",
            "The tax year nineteen ninety-nine to two thousand.",
        ),
        (
            "SI 2014/2871 and decision 24/00051.",
            "S I twenty fourteen, number two eight seven one and decision twenty-four, number zero zero zero five one.",
        ),
        (
            "The Children Act 1989, the Act of 2005 and 1 October 2030.",
            "The Children Act nineteen eighty-nine, the Act of two thousand and five and the first of October twenty thirty.",
        ),
        ("Ring 999 now.", "Ring nine nine nine now."),
        (
            "Ring Acas on 0300 123 1100.",
            "Ring Acas on zero three zero zero, one two three, one one zero zero.",
        ),
        (
            "Samaritans: 116 123. Text 85258.",
            "Samaritans: one one six, one two three. Text eight five two five eight.",
        ),
        (
            "Open 9am to 5.30pm, ages 18-20, on the 21st.",
            "Open nine A M to five thirty P M, ages eighteen to twenty, on the twenty-first.",
        ),
        (
            "1,250 and 1,005 and 40",
            "One thousand two hundred and fifty and one thousand and five and forty.",
        ),
    ];
    for (written, wanted) in cases {
        let said = said(written);
        assert_eq!(said.to_lowercase(), wanted.to_lowercase(), "{written}");
    }
}

#[test]
fn short_forms_and_references_are_spelt() {
    let cases = [
        (
            "Tell HMRC, and give your PA's P45.",
            "Tell H M R C, and give your P A's P forty-five.",
        ),
        ("Two PAs and the NHS", "Two P A's and the N H S."),
        (
            "See s. 17A, e.g. for SEND (Kent).",
            "See section seventeen A, for example for send (Kent).",
        ),
        ("Ask GOV.UK. Or A&E.", "Ask gov dot U K. Or A and E."),
        (
            "Your reference is WM-7Q4K2D.",
            "Your reference is W M seven Q four K two D.",
        ),
        (
            "Gas and/or light, him/her, 2 x 2 + 2 = 6",
            "Gas and or light, him or her, two times two plus two equals six.",
        ),
    ];
    for (written, wanted) in cases {
        assert_eq!(said(written), wanted, "{written}");
    }
}

#[test]
fn markdown_becomes_sentences() {
    let cases = [
        ("See [the *Act*](https://example.org/a/1).", "See the Act."),
        (
            "You need:\n\n- **a form**\n- two letters;\n1. a stamp",
            "You need:\na form.\ntwo letters;\na stamp.",
        ),
        (
            "| Age | Rate |\n|---|---|\n| 21 or over | £12.71 |\n| 16 or 17 | £8 |",
            "Age: twenty-one or over, Rate: twelve pounds seventy-one pence.\nAge: sixteen or seventeen, Rate: eight pounds.",
        ),
        (
            "Dear [your name],\n\nPay: £[ ]",
            "Dear your name,\nPay: pounds blank.",
        ),
        ("", ""),
    ];
    for (written, wanted) in cases {
        assert_eq!(said(written), wanted, "{written}");
    }
}

/// Placeholders are filled for the day first, and another language keeps its own figures.
#[test]
fn the_library_speaks_for_a_day() {
    let library = &world::knowledge().library;
    let text = "Pay {{ rate.nlw_21 }}. See [Acas](service:acas), {{ phone.acas }}.";
    assert_eq!(
        library.speak(text, today(), &Lang::english()),
        "Pay twelve pounds seventy-one pence. See Acas, zero three zero zero, one two three, one one zero zero."
    );
    let polish = library.speak(
        "**Płać** {{ rate.nlw_21 }}.",
        today(),
        &"pl".parse().unwrap(),
    );
    assert_eq!(polish, "Płać £12.71.");
}

/// Whatever an article says, nothing is left that a voice would stumble over.
#[test]
fn every_text_of_the_repository_can_be_said() {
    let library = &world::knowledge().library;
    let mut left = Vec::new();
    let mut count = 0;
    for article in &library.articles {
        let sections = article.sections.iter().map(|s| &s.body);
        let summaries = article.summaries.iter().map(|s| &s.text);
        let texts = sections
            .chain(summaries)
            .chain(&article.next)
            .chain(&article.easy_read);
        for text in texts {
            count += 1;
            let said = library.speak(text, today(), &Lang::english());
            let written = |c: char| c.is_numeric() || "£%/&+=×@*_[]{}|#<>".contains(c);
            let capitals = said
                .split(|c: char| !c.is_alphabetic())
                .find(|w| w.len() > 1 && w.chars().all(char::is_uppercase));
            if let Some(strange) = said
                .find(written)
                .map(|at| said[at..].chars().take(30).collect::<String>())
            {
                left.push(format!("{}: {strange}", article.id));
            }
            left.extend(capitals.map(|word| format!("{}: {word}", article.id)));
        }
    }
    assert!(count > 1_000, "{count} texts");
    assert!(left.is_empty(), "{}", left.join("\n"));
}
