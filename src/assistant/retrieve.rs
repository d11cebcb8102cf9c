//! Fourth stage: finds sections for each question; a follow-up is searched with and without what it follows.
//! What never lives here: deciding whether what was found is good enough (decide.rs).

use super::{
    resolve,
    snapshot::Snapshot,
    state::State,
    step::{Draft, Plan},
};
use crate::{
    base::{Stopwatch, sentences, words},
    retrieval::{Query, Ranking},
};

/// A message of so many words may lean on the one before.
const LEANING: usize = 9;
/// A message that finds so likely an answer by itself, and no likelier one with what came before, changes the subject. Of 65 real
/// follow-ups none that needed what came before stood so high; of 19 new questions with a "she" or "it" in them 8 of the 9 that what
/// came before had drowned are found again by meaning, 5 by words.
const BY_ITSELF: f64 = 0.5;
/// A message of so many words tells a story, in which one sentence, or two neighbours, may ask plainly what the whole does not.
const STORY: usize = 25;
/// A sentence of a story counts from so sure on. Of 158 posts of real people that an article answers it brings 11 more to the right
/// one and 2 more to a wrong one; from 0.27 on, 15 and 20.
const PLAINLY: f64 = 0.6;
/// Fewer words than these are no sentence of a story.
const LEAST: usize = 3;
/// Sentences of a story that are looked at, from its end: what it asks mostly stands there.
const SENTENCES: usize = 8;
/// Shown in `candidates` and weighed in deciding.
const CANDIDATES: usize = 12;

/// Fills `found`, one ranking a question; never settles the turn.
pub(super) fn look(snapshot: &Snapshot, state: &State, draft: &mut Draft) -> Option<Plan> {
    let watch = Stopwatch::start();
    let near = near(snapshot, state, draft);
    let first = draft.questions.first().cloned().unwrap_or_default();
    let mut found: Vec<Ranking> = draft
        .questions
        .iter()
        .map(|q| search(snapshot, draft, q, draft.context.as_deref(), near))
        .collect();
    if let ([together], Some(_)) = (found.as_slice(), &draft.context) {
        let alone = search(snapshot, draft, &first, None, None);
        if alone.confidence >= together.confidence.max(BY_ITSELF) {
            draft.context = None;
            found = vec![alone];
        }
    }
    // Several questions only if each finds something of its own; otherwise it is one question with many words.
    let articles: Vec<Option<usize>> = found
        .iter()
        .map(|r| r.candidates.first().map(|c| c.place.article))
        .collect();
    let apart = articles
        .iter()
        .enumerate()
        .all(|(i, a)| a.is_some() && !articles[..i].contains(a));
    if found.len() > 1 && !(apart && found.iter().all(|r| r.confidence >= r.bands.answer)) {
        let whole = search(snapshot, draft, &draft.text, draft.context.as_deref(), near);
        let best = found
            .into_iter()
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence));
        let kept = best
            .filter(|b| b.confidence > whole.confidence + 0.1)
            .unwrap_or(whole);
        draft.questions = vec![draft.text.clone()];
        found = vec![kept];
    }
    if let [whole] = found.as_mut_slice()
        && whole.confidence < BY_ITSELF
        && draft.context.is_none()
        && let Some((plain, ranking)) = story(snapshot, draft, whole)
    {
        draft.questions = vec![plain];
        *whole = ranking;
    }
    if let (Some(topic), [alone], None) = (&state.last, found.as_slice(), &draft.context)
        && alone.confidence < BY_ITSELF
        && draft.questions.len() == 1
    {
        let carried = resolve::context(snapshot, &topic.article, &topic.question);
        let together = search(snapshot, draft, &first, Some(&carried), near);
        if together.confidence > alone.confidence {
            draft.context = Some(carried);
            found = vec![together];
        }
    }
    if let (Some(before), [so_far]) = (&state.unanswered, found.as_slice())
        && so_far.confidence < BY_ITSELF
    {
        // Two halves of one question, or a question after what it is about: whichever is understood better.
        let whole = format!("{before}. {}", draft.text);
        let joined = search(snapshot, draft, &whole, None, None);
        let after = search(snapshot, draft, &first, Some(before), None);
        let both = if after.confidence > joined.confidence {
            after
        } else {
            joined
        };
        if both.confidence > so_far.confidence {
            draft.questions = vec![whole];
            draft.context = Some(before.clone());
            found = vec![both];
        }
    }
    draft.found = found;
    draft.retrieve_ms = watch.millis();
    None
}

/// The sentence of a story, or two neighbours where no sentence does, that most plainly asks what we answer, with what it finds. Where
/// none does, the whole is as much about our subject as its most telling sentence.
fn story(snapshot: &Snapshot, draft: &Draft, whole: &mut Ranking) -> Option<(String, Ranking)> {
    if words(&draft.text).len() < STORY {
        return None;
    }
    let mut told: Vec<String> = sentences(&draft.text);
    told.retain(|s| words(s).len() >= LEAST);
    let told = told.split_off(told.len().saturating_sub(SENTENCES));
    if told.len() < 2 {
        return None;
    }
    let pairs = told.windows(2).map(|pair| pair.join(" ")).collect();
    plainest(snapshot, draft, told, whole).or_else(|| plainest(snapshot, draft, pairs, whole))
}

/// The part that most plainly asks what we answer, if one does.
fn plainest(
    snapshot: &Snapshot,
    draft: &Draft,
    parts: Vec<String>,
    whole: &mut Ranking,
) -> Option<(String, Ranking)> {
    if let Some((meaning, _)) = snapshot.index.meaning_in(&draft.spoken) {
        // Read at once they cost less; each search then finds its own remembered.
        meaning.of_all(&parts);
    }
    let found = parts.into_iter().map(|part| {
        let ranking = search(snapshot, draft, &part, None, None);
        (part, ranking)
    });
    let found: Vec<(String, Ranking)> = found.collect();
    for (_, part) in &found {
        let telling = &mut whole.features.meaning_best;
        *telling = telling.max(part.features.meaning_best);
    }
    found
        .into_iter()
        .filter(|(_, part)| part.confidence >= PLAINLY)
        .max_by(|a, b| a.1.confidence.total_cmp(&b.1.confidence))
}

/// The article under discussion, for a message short enough to lean on it.
fn near(snapshot: &Snapshot, state: &State, draft: &Draft) -> Option<usize> {
    let leans = draft.context.is_some() || draft.folded.split(' ').count() <= LEANING;
    let topic = state.last.as_ref().filter(|_| leans)?;
    snapshot.library.article_index(&topic.article)
}

fn search(
    snapshot: &Snapshot,
    draft: &Draft,
    question: &str,
    context: Option<&str>,
    near: Option<usize>,
) -> Ranking {
    let query = Query {
        text: question,
        lang: &draft.spoken,
        context,
        near,
        day: draft.day,
        today: draft.today,
        area: draft.area.as_deref(),
        regime: draft.regime,
        audience: draft.audience,
        limit: CANDIDATES,
    };
    snapshot
        .index
        .search(&snapshot.library, &query)
        .unwrap_or_else(|error| {
            tracing::error!(%error, "search failed; answering as if nothing was found");
            Ranking::nothing()
        })
}
