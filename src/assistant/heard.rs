//! Second stage, for spoken turns: nothing was said, or it is not sure what. And the words that tell every spoken turn what
//! was heard, with a way to put it right at one press.
//! What never lives here: hearing (voice). Triage has looked before, at every way in which it may be read.

use super::{
    reply::{Choice, Reply},
    snapshot::Snapshot,
    speech,
    state::State,
    step::{Draft, Plan},
};
use crate::{
    base::{Lang, clip},
    voice::{Heard, Nothing},
};

/// "That is not what I said": the person is asked to say it again.
pub(super) const MISHEARD: &str = "misheard";
/// Characters of what was heard on a button.
const SHOWN: usize = 70;
/// At most this many buttons under a reply.
const BUTTONS: usize = 4;

/// Asks back where it was not heard well; a human who owns the thread gets the words as they are.
pub(super) fn look(snapshot: &Snapshot, state: &State, draft: &mut Draft) -> Option<Plan> {
    let heard = draft.heard.clone()?;
    if let Some(nothing) = heard.nothing {
        return Some(Plan::Say {
            message: nothing_message(snapshot, nothing, draft).into(),
            small_talk: true,
        });
    }
    let human_owns = state.case.as_ref().is_some_and(|case| case.human_owns);
    if heard.doubt.is_none() || human_owns {
        return None;
    }
    let say = |id: &str| snapshot.library.messages.say(&draft.lang, id, &[]);
    let readings = std::iter::once(&heard.text).chain(&heard.alternatives);
    let mut choices: Vec<(String, String)> = readings
        .take(BUTTONS - 1)
        .map(|text| (clip(text, SHOWN), format!("ask:{text}")))
        .collect();
    choices.push((say("voice_neither"), MISHEARD.to_owned()));
    Some(Plan::Clarify {
        message: "voice_did_you_say".into(),
        choices,
    })
}

/// What is said when there are no words; in the language that was heard, where its messages are held.
fn nothing_message(snapshot: &Snapshot, nothing: Nothing, draft: &mut Draft) -> &'static str {
    match nothing {
        Nothing::NoSpeech => "voice_no_speech",
        Nothing::Unclear => "voice_unclear",
        Nothing::OtherLanguage(letters) => {
            let lang = std::str::from_utf8(&letters)
                .ok()
                .and_then(|two| two.parse::<Lang>().ok());
            if let Some(lang) = lang {
                draft.lang = speech::held(snapshot, &lang);
            }
            "voice_other_language"
        }
    }
}

/// Tells with the reply what was heard: before an answer, behind urgent help; and offers to put it right.
pub(super) fn echo(reply: &mut Reply, heard: &Heard, draft: &Draft, snapshot: &Snapshot) {
    if heard.nothing.is_some() || heard.doubt.is_some() && !reply.urgent {
        return;
    }
    let messages = &snapshot.library.messages;
    let say = |id: &str, holes: &[(&str, &str)]| messages.say(&draft.lang, id, holes);
    let line = say("voice_heard", &[("words", &heard.text)]);
    reply.body_markdown = match reply.urgent {
        true => format!("{}\n\n{line}", reply.body_markdown),
        false => format!("{line}\n\n{}", reply.body_markdown),
    };
    reply.heard = Some(line);
    if reply.urgent {
        return;
    }
    let put_right = match heard.alternatives.first() {
        Some(other) => Choice {
            label: say("voice_i_said", &[("words", &clip(other, SHOWN))]),
            value: format!("ask:{other}"),
        },
        None => Choice {
            label: say("voice_not_that", &[]),
            value: MISHEARD.to_owned(),
        },
    };
    reply.options.truncate(BUTTONS - 1);
    reply.options.push(put_right);
}
