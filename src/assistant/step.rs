//! One turn, pure: (State, Input, &Snapshot, Now, Ids) -> Turn. The stages stand below in one visible list; each may settle
//! what the turn will be (a `Plan`), and `compose` says it.
//! What never lives here: I/O, the clock, chance, wording.

use jiff::civil::Date;

use super::{
    actions::{self, Pressed},
    compose, decide, heard, intake,
    reply::{Reply, Timing},
    resolve, retrieve, signpost,
    snapshot::Snapshot,
    speech,
    state::{Input, Said, State, Stated},
    switched_off, triage,
};
use crate::{
    base::{CaseReference, Ids, Lang, Now, Stopwatch, normalise, without_fillers, words},
    casework::{
        CaseKind, Channel, Needs, NewCase, NewCaseEvent, Packet, Priority, Rating, Receipt,
    },
    knowledge::{Audience, ListingRef, Regime, SectionRef, matchable},
    retrieval::Ranking,
    voice::Heard,
};

/// The stages, in order. Triage is first on every turn, and nothing before it can stop it.
const STAGES: [Stage; 7] = [
    triage::look,
    heard::look,
    intake::look,
    resolve::look,
    retrieve::look,
    signpost::look,
    decide::look,
];

type Stage = fn(&Snapshot, &State, &mut Draft) -> Option<Plan>;

/// What a turn works with: what was said, and what the stages found out about it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// As it came, made safe: the person's own words.
    pub(super) said: String,
    /// The same without what is spoken and not meant: what is read.
    pub(super) text: String,
    /// Folded words with single spaces: what phrases are matched on.
    pub(super) folded: String,
    /// The instant and the day.
    pub(super) now: Now,
    /// The day it is (or `--on`).
    pub(super) today: Date,
    /// The day asked about.
    pub(super) day: Date,
    /// Whether the question itself named that day.
    pub(super) day_named: bool,
    /// The language the person writes in.
    pub(super) spoken: Lang,
    /// The language of the reply: the one spoken where its messages are held and nothing else was asked for, else English.
    pub(super) lang: Lang,
    /// The language the person has just asked us to reply in.
    pub(super) asked_for: Option<Lang>,
    /// Council.
    pub(super) area: Option<String>,
    /// Law.
    pub(super) regime: Option<Regime>,
    /// Who is asking.
    pub(super) audience: Option<Audience>,
    /// The questions in it; usually one.
    pub(super) questions: Vec<String>,
    /// What a follow-up follows.
    pub(super) context: Option<String>,
    /// How it was heard, if it was spoken.
    pub(super) heard: Option<Heard>,
    /// What each question found.
    pub(super) found: Vec<Ranking>,
    /// Whether the person has just said that nobody is in danger: only a clear cry is taken for one then.
    pub(super) reassured: bool,
    /// The help that the message perhaps asks for: weighed when the rest is known.
    pub(super) worry: Option<Worry>,
    /// How the person needs us to communicate, as far as this message says so.
    pub(super) needs: Needs,
    /// Why the assistant is switched off on this channel.
    pub(super) switched_off: Option<String>,
    /// Milliseconds spent finding.
    pub(super) retrieve_ms: f64,
}

/// Help that a message perhaps asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Worry {
    /// The kind of help.
    pub(super) kind: String,
    /// Whether it is answered as a clear cry where no answer stands.
    pub(super) clear: bool,
    /// The answer beside which it may stand.
    pub(super) yields: Yields,
    /// Whether it stands before an answer however sure that is: somebody's phrase raised it, or it sounds like a clear cry.
    pub(super) first: bool,
}

/// Which answer a worry lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Yields {
    /// Any that is sure enough to be given.
    Any,
    /// Only one to what is plainly a question of ours.
    Plain,
}

/// What the turn will be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plan {
    /// Help first.
    Urgent { kind: String, check: bool },
    /// A fixed message.
    Say { message: String, small_talk: bool },
    /// The last reply again.
    Repeat,
    /// The last answer in easy words.
    Simply,
    /// A council was chosen after urgent help: its numbers.
    CouncilNumbers,
    /// Whether it is safe to write: noted.
    Safety(String),
    /// Replies are read aloud from now on, or no more.
    Aloud(bool),
    /// A human owns the thread.
    PassOn,
    /// Back from the human to the assistant.
    Back,
    /// How the person needs us to communicate: noted for the adviser.
    NeedsNoted,
    /// A case was closed: did it help?
    AskRating(CaseReference),
    /// The answer to that.
    Rated(Rating),
    /// Not ours, or not lawful: index of the scope rule.
    Scope(usize),
    /// One question back.
    Clarify {
        message: String,
        choices: Vec<(String, String)>,
    },
    /// Sourced answers, one a question.
    Answer(Vec<SectionRef>),
    /// To an adviser.
    HandOver {
        reason: String,
        kind: CaseKind,
        priority: Priority,
        about: Option<SectionRef>,
    },
    /// Local services that directories list.
    Services(Vec<ListingRef>),
    /// Nothing to do with us, and nobody to name.
    NotOurs,
    /// The channel is switched off: why.
    SwitchedOff,
}

/// What a turn changes beside the state.
#[derive(Debug, Default)]
pub struct Records {
    /// The record of the answer.
    pub receipt: Option<Receipt>,
    /// Cases opened.
    pub opened: Vec<NewCase>,
    /// Events on cases.
    pub events: Vec<NewCaseEvent>,
    /// Packets brought up to date.
    pub packets: Vec<(crate::base::CaseReference, Packet)>,
}

/// One turn's outcome, as data.
#[derive(Debug)]
pub struct Turn {
    /// The new state.
    pub state: State,
    /// What is said.
    pub reply: Reply,
    /// What is recorded beside it.
    pub records: Records,
    /// The person's words as kept (a button's label for an action).
    pub said: String,
}

/// Takes one turn. `conversation` names it in receipts and cases; `ids` were drawn beforehand.
pub fn step(
    mut state: State,
    input: &Input,
    snapshot: &Snapshot,
    now: Now,
    mut ids: Ids,
    conversation: &crate::base::ConversationId,
) -> Turn {
    let watch = Stopwatch::start();
    let pressed = match &input.what {
        Said::Text(text) => Pressed {
            shown: text.clone(),
            text: text.clone(),
            plan: None,
            asked_for: None,
        },
        Said::Heard(heard) => Pressed {
            shown: match heard.nothing {
                Some(_) => snapshot
                    .library
                    .messages
                    .say(&state.lang, "voice_unheard", &[]),
                None => heard.text.clone(),
            },
            text: heard.text.clone(),
            plan: None,
            asked_for: None,
        },
        Said::Action(action) => actions::read(action, &state, snapshot),
    };
    let Pressed {
        shown: said,
        text,
        plan: pressed,
        asked_for,
    } = pressed;
    if let Some(about) = &input.stated.about {
        state.last = Some(about.clone());
    }
    let mut draft = Draft::new(&text, &state, input, snapshot, now);
    if let Some(wished) = asked_for {
        draft.lang = speech::held(snapshot, &wished);
        draft.asked_for = Some(wished);
    }
    let plan = pressed.unwrap_or_else(|| {
        STAGES
            .iter()
            .find_map(|stage| stage(snapshot, &state, &mut draft))
            .unwrap_or(Plan::NotOurs)
    });
    let plan = triage::weigh(plan, &mut draft, snapshot);
    let plan = switched_off::weigh(plan, &draft);
    let introduces = introduces(&draft, &state, &input.stated);
    let before = state.last.clone().filter(|_| introduces);
    let unanswered = if introduces {
        state.unanswered.take()
    } else {
        unanswered(&plan, &draft, state.unanswered.take())
    };
    state.turns += 1;
    state.lang = draft.spoken.clone();
    state.reply_in = draft.asked_for.clone().or(state.reply_in);
    state.area = draft.area.clone().or(state.area);
    state.audience = draft.audience.or(state.audience);
    state.needs.take_up(&draft.needs);
    state.awaits_contact = false;
    if !draft.text.is_empty() {
        state.own_words.push(crate::base::clip(&draft.said, 1000));
        let surplus = state.own_words.len().saturating_sub(6);
        state.own_words.drain(..surplus);
    }
    let mut records = Records::default();
    let mut reply = compose::say(
        &plan,
        &draft,
        &mut state,
        snapshot,
        &mut compose::Book {
            ids: &mut ids,
            records: &mut records,
            conversation,
        },
    );
    if let Said::Heard(heard) = &input.what {
        heard::echo(&mut reply, heard, &draft, snapshot);
    }
    if draft.found.is_empty() && !draft.text.is_empty() && plan != Plan::PassOn {
        // A rule settled it; what stands nearest in the knowledge is shown all the same.
        resolve::look(snapshot, &state, &mut draft);
        retrieve::look(snapshot, &state, &mut draft);
        reply.candidates = compose::candidates(&draft, snapshot);
    }
    reply.timing_ms = Timing {
        total: watch.millis(),
        retrieve: draft.retrieve_ms,
    };
    state.unanswered = unanswered;
    if introduces {
        state.last = before;
    }
    state.last_said = Some(reply.body_markdown.clone());
    Turn {
        state,
        reply,
        records,
        said,
    }
}

/// Who says in so few words who or where they are has asked nothing yet.
const INTRODUCTION: usize = 5;

/// Whether it tells who or where somebody is and no more: no topic for what follows.
fn introduces(draft: &Draft, state: &State, stated: &Stated) -> bool {
    let area = stated.area.as_ref().or(state.area.as_ref());
    let audience = stated.audience.or(state.audience);
    let tells = draft.area.as_ref() != area || draft.audience != audience;
    let said = words(&draft.text);
    let of_themselves = matches!(
        said.first().map(String::as_str),
        Some("i" | "im" | "we" | "were")
    );
    tells && of_themselves && said.len() <= INTRODUCTION
}

/// At most so many letters of what came to no answer are kept.
const UNANSWERED: usize = 400;

/// What has come to no answer after this turn: its words with those before them, until something is answered.
fn unanswered(plan: &Plan, draft: &Draft, before: Option<String>) -> Option<String> {
    match plan {
        Plan::Answer(_) | Plan::Services(_) | Plan::Urgent { check: false, .. } => None,
        Plan::Clarify { .. }
        | Plan::NotOurs
        | Plan::Scope(_)
        | Plan::HandOver { .. }
        | Plan::Urgent { .. } => {
            let said = match before {
                Some(before) => format!("{before}. {}", draft.text),
                None => draft.text.clone(),
            };
            let from = said.len().saturating_sub(UNANSWERED);
            let from = (from..said.len()).find(|at| said.is_char_boundary(*at));
            from.and_then(|from| said.get(from..)).map(str::to_owned)
        }
        _ => before,
    }
}

/// What is said when an adviser closes a case: no turn of the person's, so nothing else comes of it.
pub(super) fn closing(
    reference: &CaseReference,
    mut state: State,
    snapshot: &Snapshot,
    now: Now,
    mut ids: Ids,
    conversation: &crate::base::ConversationId,
) -> Reply {
    let input = Input {
        what: Said::Text(String::new()),
        channel: Channel::Web,
        stated: Stated {
            lang: Some(state.lang.clone()),
            ..Stated::default()
        },
    };
    let draft = Draft::new("", &state, &input, snapshot, now);
    let plan = Plan::AskRating(reference.clone());
    let mut book = compose::Book {
        ids: &mut ids,
        records: &mut Records::default(),
        conversation,
    };
    compose::say(&plan, &draft, &mut state, snapshot, &mut book)
}

impl Draft {
    fn new(said: &str, state: &State, input: &Input, snapshot: &Snapshot, now: Now) -> Self {
        let said = normalise(said);
        let text = without_fillers(&said);
        let stated = &input.stated;
        let spoken = speech::spoken(snapshot, state, &text);
        let wished = stated.lang.as_ref().or(state.reply_in.as_ref());
        let lang = speech::held(snapshot, wished.unwrap_or(&spoken));
        Self {
            folded: matchable(&text),
            now,
            today: stated.on.unwrap_or(now.today),
            day: stated.on.unwrap_or(now.today),
            day_named: false,
            spoken,
            lang,
            asked_for: None,
            area: stated.area.clone().or_else(|| state.area.clone()),
            regime: stated.regime,
            audience: stated.audience.or(state.audience),
            questions: Vec::new(),
            context: None,
            heard: match &input.what {
                Said::Heard(heard) => Some(Heard::clone(heard)),
                Said::Text(_) | Said::Action(_) => None,
            },
            found: Vec::new(),
            reassured: matches!(&input.what, Said::Action(action) if action == actions::ANSWER),
            worry: None,
            needs: Needs::default(),
            switched_off: stated.switched_off.clone(),
            retrieve_ms: 0.0,
            said,
            text,
        }
    }
}
