//! What may go wrong with personal data and with answers, and what this installation does about it.
//! What never lives here: how likely or how bad it is, which officers judge.

use waymark::config::Config;

/// What may go wrong, and what is done about it.
pub(super) struct Risk {
    pub(super) what: &'static str,
    pub(super) control: String,
}

/// The same for every installation.
const ALWAYS: [(&str, &str); 7] = [
    (
        "A wrong or outdated answer is relied upon",
        "Only written sections with source, date and standing are shown; none outside its dates or too long unreviewed; unconfirmed sources are named; below a threshold it asks or hands over; \"information, not legal advice\"",
    ),
    (
        "The answer of another council or of another law is given",
        "Council and law are named with each answer, or asked for; they are never blended",
    ),
    (
        "Somebody at home reads along",
        "\"Leave page\" takes the conversation off the device; it can be deleted at any time; replies go to the page unless the person chose another way",
    ),
    (
        "People write more than is needed, or about others",
        "They are asked not to give names, bank or card numbers; retention is set here; erasure overwrites",
    ),
    (
        "People cannot use it (disability, language, old devices)",
        "WCAG 2.2 AA in intent, works without JavaScript, easy read, other languages with the English beside; a person from every page",
    ),
    (
        "People take it for a human",
        "It says that it is a computer program before the first message and above each conversation; advisers are named as people",
    ),
    (
        "It fails or is switched off",
        "Kept messages survive a crash; error pages name emergency numbers; switching off is described",
    ),
];

/// Those of this installation.
pub(super) fn risks(config: &Config, hears: bool, telegram: bool) -> Vec<Risk> {
    let duty = match config.advisers.duty_adviser {
        true => "a duty adviser is told at once",
        false => {
            "nobody is told at once in this configuration, and the person is not told otherwise"
        }
    };
    let factors = match (
        config.console.second_factor,
        config.single_sign_on.issuer.is_empty(),
    ) {
        (_, false) => "the organisation's own sign-in",
        (true, true) => "a password and a second factor",
        (false, true) => "a password alone (`console.second_factor` is off)",
    };
    let mut all = vec![
        Risk {
            what: "Somebody in danger is not recognised",
            control: format!(
                "Urgent help is looked for first, in every message and without limits; emergency numbers on every page; in doubt the person is asked; {duty}"
            ),
        },
        Risk {
            what: "Words reach somebody who should not see them",
            control: format!(
                "Roles and councils for staff, {factors}, each look logged in a chained log; conversations open by an unguessable secret that can be taken back; no words in logs, metrics or alerts"
            ),
        },
    ];
    let risk = |(what, control): (&'static str, &str)| Risk {
        what,
        control: control.to_owned(),
    };
    all.extend(ALWAYS.map(risk));
    if hears {
        all.push(risk((
            "A recording is misheard, or kept",
            "What was heard is told and can be put right; figures are never guessed; recordings are dropped as soon as they are heard, never written to disk, and no voice is told from another",
        )));
    }
    if telegram {
        all.push(risk((
            "Telegram reads or keeps what people write there",
            "People are told; the web chat does without; /delete removes our copy",
        )));
    }
    all
}
