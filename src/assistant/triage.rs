//! First stage: does somebody need help now? Two halves, either of which raises it alone: the word list
//! (knowledge/triage.toml) and the learnt one (knowledge/triage-model.txt). Nothing can stop this stage.
//! What never lives here: what is said then (compose/urgent.rs), the words themselves (knowledge).

use super::{
    snapshot::Snapshot,
    state::State,
    step::{Draft, Plan, Worry, Yields},
};
use crate::base::words;
use crate::knowledge::{Alarm, Heard, SectionRef, TriageLevel, TriageRule, find_area, matchable};

/// What was spoken is looked at in every way in which it may be read: a cry in one of them is a cry, and a clear one wins.
pub(super) fn look(snapshot: &Snapshot, state: &State, draft: &mut Draft) -> Option<Plan> {
    let mut found = one(snapshot, state, draft);
    let heard = draft.heard.clone();
    for other in heard.into_iter().flat_map(|heard| heard.alternatives) {
        let mut read = Draft {
            folded: matchable(&other),
            text: other,
            ..draft.clone()
        };
        let plan = one(snapshot, state, &mut read);
        let clear = |plan: &Option<Plan>| matches!(plan, Some(Plan::Urgent { check: false, .. }));
        if plan.is_some() && (found.is_none() || clear(&plan) && !clear(&found)) {
            draft.area = read.area;
            found = plan;
        }
    }
    found
}

/// Looks at the whole message and at each sentence, as typed and spelt towards the alarm words. A clear cry wins over a
/// doubtful one; an ordinary question beside a cry does not hide it.
fn one(snapshot: &Snapshot, _: &State, draft: &mut Draft) -> Option<Plan> {
    let texts = texts(snapshot, draft);
    let rules = &snapshot.library.rules;
    // A piece too short to mean anything alone counts only when it is a clear cry.
    let length = draft.folded.split(' ').count();
    let part = |text: &str| text.split(' ').count() < length;
    let telling = |text: &&String| !part(text) || text.split(' ').count() >= LEAST_WORDS;
    for level in [TriageLevel::Clear, TriageLevel::Check] {
        let check = level == TriageLevel::Check;
        let of_level = || rules.triage.iter().filter(move |r| r.level == level);
        let mut heard = texts.iter().filter(|text| !check || telling(text));
        // "Can you help?" below a question is how people ask; alone it may be a cry.
        let heard = heard.find_map(|text| of_level().find(|r| fires(r, text, check && part(text))));
        let Some(rule) = heard else {
            continue;
        };
        let calm = calm(snapshot, draft, &texts);
        let weighed = calm || check && written(draft);
        if !weighed {
            return settle(snapshot, draft, rule.kind.clone(), check);
        }
        draft.worry = Some(Worry {
            kind: rule.kind.clone(),
            clear: false,
            yields: if calm { Yields::Any } else { Yields::Plain },
            first: !(calm && check),
        });
        draft.worry.take_if(|_| check && draft.reassured);
        return None;
    }
    let heard = learnt(snapshot, draft, &texts)?;
    if heard.clear && !written(draft) {
        return settle(snapshot, draft, heard.kind, false);
    }
    draft.worry = Some(Worry {
        kind: heard.kind,
        clear: heard.clear,
        yields: if heard.clear {
            Yields::Plain
        } else {
            Yields::Any
        },
        first: heard.clear,
    });
    draft.worry.take_if(|worry| !worry.clear && draft.reassured);
    None
}

/// Whether it is written, in English: only there are confidence and meaning measured well enough for an answer beside a doubt.
fn written(draft: &Draft) -> bool {
    draft.heard.is_none() && draft.spoken.is_english()
}

/// Whether a story is written in which nothing sounds like a cry by its meaning: a phrase in it is then told in passing more often than
/// not, and who asks something gets the answer with the numbers, not the numbers alone. Of 139 long posts of real people, none a cry,
/// phrases alone had raised 11; of 155 clear cries 10.
fn calm(snapshot: &Snapshot, draft: &Draft, texts: &[String]) -> bool {
    let story = draft.text.split(' ').count() > LONG;
    story && written(draft) && by_meaning(snapshot, draft, texts) == Some(None)
}

/// What no phrase foresaw: the learnt half listens, by meaning where a model is there, else to the words of each text.
fn learnt(snapshot: &Snapshot, draft: &Draft, texts: &[String]) -> Option<Alarm> {
    if let Some(heard) = by_meaning(snapshot, draft, texts) {
        return heard;
    }
    let alarm = &snapshot.library.rules.alarm;
    let telling = texts.iter().enumerate();
    telling
        .filter(|(at, text)| *at == 0 || text.split(' ').count() >= LEAST_WORDS)
        .filter_map(|(_, text)| alarm.hear(text))
        .max_by_key(|a| a.clear)
}

/// A worry is asked about, or answered as the cry that it is, unless the message is a question that we answer: then the answer comes with
/// the numbers, below it where it is plainly such a question (`plainly`) and only doubted, before it elsewhere. An answer about harm
/// itself is no such thing. Of what is only doubted a bare greeting or farewell is one, and so is what is far from anybody's care.
pub(super) fn weigh(plan: Plan, draft: &mut Draft, snapshot: &Snapshot) -> Plan {
    let Some(worry) = draft.worry.clone() else {
        return plan;
    };
    let library = &snapshot.library;
    let alone = |kind| {
        let kinds = &library.rules.triage_kinds;
        kinds.get(kind).is_some_and(|kind| kind.alone)
    };
    let stands = match worry.yields {
        Yields::Any => true,
        Yields::Plain => plainly(draft) && !alone(&worry.kind),
    };
    let harm = |place: &SectionRef| {
        let article = library.articles.get(place.article);
        article.is_none_or(|a| library.rules.about_harm.contains(&a.id))
    };
    match plan {
        Plan::Answer(places) if stands && !places.iter().any(harm) => Plan::Answer(places),
        _ if worry.yields == Yields::Plain => urgent(snapshot, draft, worry.kind, !worry.clear),
        Plan::Say { .. } | Plan::PassOn if bare(draft, snapshot) => plan,
        Plan::Scope(at) if library.rules.scope.get(at).is_some_and(|rule| rule.far) => plan,
        _ => urgent(snapshot, draft, worry.kind, !worry.clear),
    }
}

/// Whether the message is as surely a question of ours as that a doubt whether it is a cry may stand below its answer.
pub(super) fn plainly(draft: &Draft) -> bool {
    draft.found.iter().all(|r| r.confidence >= PLAINLY)
}

/// Whether words sound like a clear cry for help by the word list alone: quick, and only good for putting them before
/// others. What is answered is decided by the turn itself.
pub fn sounds_urgent(snapshot: &Snapshot, text: &str) -> bool {
    let folded = matchable(text);
    let looked = [snapshot.towards_alarm(&folded), folded];
    let near_miss = &snapshot.library.rules.near_miss;
    let texts = looked.map(|text| near_miss.mask(&text));
    let mut clear = snapshot.library.rules.triage.iter();
    clear.any(|r| r.level == TriageLevel::Clear && texts.iter().any(|text| fires(r, text, false)))
}

/// Surer than this that a question is one of ours.
const PLAINLY: f64 = 0.75;
/// A greeting of so few words carries no cry of its own.
const BARE: usize = 4;

/// Nothing but a greeting or farewell that the word list foresaw.
fn bare(draft: &Draft, snapshot: &Snapshot) -> bool {
    let mut known = snapshot.library.rules.intake.iter();
    words(&draft.text).len() <= BARE
        && known.any(|rule| rule.phrases.first_in(&draft.folded).is_some())
}

/// A longer message is listened to piece by piece: a cry in a long story would drown in the whole.
const LONG: usize = 40;
/// About so many words make a piece.
const PIECE: usize = 30;

/// What the message sounds like by its meaning; `None` where no model reads its language.
fn by_meaning(snapshot: &Snapshot, draft: &Draft, texts: &[String]) -> Option<Option<Alarm>> {
    let leg = if draft.spoken.is_english() {
        "english"
    } else {
        "tongues"
    };
    let alarm = &snapshot.library.rules.alarm;
    let listener = alarm.by_meaning(leg)?;
    let (meaning, _) = snapshot.index.meaning_in(&draft.spoken)?;
    let long = draft.text.split(' ').count() > LONG;
    let parts = if long {
        pieces(&draft.text)
    } else {
        vec![draft.text.clone()]
    };
    let vectors = meaning.of_all(&parts)?;
    let loudness = texts.iter().map(|text| alarm.loudness(text));
    Some(listener.hear(Heard {
        vectors: &vectors,
        long,
        words: loudness.fold(f64::MIN, f64::max),
    }))
}

/// Neighbouring sentences of about thirty words, as tests/triage/train_vectors.py cuts them.
fn pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .match_indices(['.', '!', '?', ';'])
            .map(|(at, mark)| at + mark.len())
            .find(|end| rest[*end..].starts_with(' '))
            .unwrap_or(rest.len());
        let (sentence, after) = rest.split_at(end);
        rest = after.trim_start();
        let count = |t: &str| t.split(' ').count();
        match out.last_mut() {
            Some(held) if count(held) + count(sentence) <= PIECE => {
                held.push(' ');
                held.push_str(sentence);
            }
            _ => out.push(sentence.to_owned()),
        }
    }
    out
}

/// A sentence of fewer words says nothing by itself.
const LEAST_WORDS: usize = 3;

fn fires(rule: &TriageRule, text: &str, part: bool) -> bool {
    let phrases = &rule.phrases;
    let occurs = match part {
        true => phrases.occurs_in_part(text),
        false => phrases.first_in(text).is_some(),
    };
    occurs && rule.unless.first_in(text).is_none()
}

/// The council named in the same breath brings its own line. A doubtful cry is asked about once: who has said that it was a
/// question gets the answer.
fn settle(snapshot: &Snapshot, draft: &mut Draft, kind: String, check: bool) -> Option<Plan> {
    if check && draft.reassured {
        return None;
    }
    Some(urgent(snapshot, draft, kind, check))
}

fn urgent(snapshot: &Snapshot, draft: &mut Draft, kind: String, check: bool) -> Plan {
    let named = find_area(&snapshot.library.areas, &draft.text).map(str::to_owned);
    draft.area = named.or(draft.area.take());
    Plan::Urgent { kind, check }
}

/// What is looked at, harmless words taken out: the message and its sentences, each as typed and as turned.
fn texts(snapshot: &Snapshot, draft: &Draft) -> Vec<String> {
    let near_miss = &snapshot.library.rules.near_miss;
    let pieces = draft
        .text
        .split(['.', '!', '?', ';'])
        .map(matchable)
        .filter(|p| !p.is_empty());
    let mut units: Vec<String> = vec![draft.folded.clone()];
    units.extend(pieces.filter(|p| *p != draft.folded));
    let mut texts: Vec<String> = Vec::new();
    for unit in units {
        let turned = snapshot.towards_alarm(&unit);
        if turned != unit {
            texts.push(near_miss.mask(&turned));
        }
        texts.push(near_miss.mask(&unit));
    }
    texts
}
