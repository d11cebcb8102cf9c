//! Ranking: every section found gets the same row of signals, and one learnt sum of them; what holds on the day, in the place and
//! for the person is preferred or left out.
//! What never lives here: finding (search.rs), the weights themselves (learnt.rs).

use std::collections::HashMap;

use super::{index::Index, learnt::Learnt, query::Query, topical::Topical};
use crate::knowledge::{Article, Library, Section};

/// A background article is preferred only when it fits this much better.
const BACKGROUND: f64 = 0.88;
/// A section fits plainly better than its article's short answer by this much.
const PLAINLY: f64 = 0.2;
/// What nobody has confirmed is said only when it fits this much better.
const UNCONFIRMED: f64 = 0.9;
/// How much the article under discussion is preferred.
const NEAR: f64 = 0.2;
/// How much those related to it are.
const RELATED: f64 = 0.1;

/// How many signals a section has.
pub const SIGNALS: usize = 11;

/// What each signal is, in the order of `Scored::signals`; the names stand in the learnt weights too.
pub const SIGNAL_NAMES: [&str; SIGNALS] = [
    // BM25 over title, questions and body, relative to the best section.
    "section",
    // BM25 over single questions, relative to the best question.
    "question",
    // Likeness to the section's nearest question by its words, absolute.
    "nearest",
    // Share of the question's topical words that the section holds.
    "coverage",
    // Share of them that the article's title holds.
    "title",
    // 1 for the article's short answer, which is what most people want.
    "summary",
    // Mean of the article's three best sections by BM25.
    "article",
    // Mean of the article's three nearest questions by words.
    "article_nearest",
    // Likeness by meaning to the section.
    "meaning",
    // Likeness by meaning to its nearest question.
    "meaning_nearest",
    // Mean of the article's three nearest by meaning.
    "article_meaning",
];
const SUMMARY: usize = 5;

/// What the legs found out about one section.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Leads {
    /// BM25 relative to the best section.
    pub(super) section: f64,
    /// BM25 of its best question relative to the best question.
    pub(super) asked: f64,
    /// Likeness by pieces of words to its nearest question in the language asked in.
    pub(super) nearest: f64,
    /// Cosine to the section.
    pub(super) meaning: f64,
    /// Cosine to its nearest question.
    pub(super) meaning_nearest: f64,
}

/// One section with its score and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Which entry of the index, in the order of `Library::sections`.
    pub number: usize,
    /// Its article.
    pub article: usize,
    /// How well it fits the day, the place and the person: factor.
    pub fit: f64,
    /// The signals.
    pub signals: [f64; SIGNALS],
    /// `fit` times the weighted sum of them.
    pub score: f64,
}

/// Every section found that holds, best first.
pub(super) fn rank(
    index: &Index,
    library: &Library,
    query: &Query<'_>,
    question: &Topical<'_>,
    leads: HashMap<usize, Leads>,
    learnt: &Learnt,
) -> Vec<Scored> {
    let mut found: Vec<Scored> = leads
        .into_iter()
        .filter_map(|(number, leads)| {
            let entry = index.entries.get(number)?;
            let (article, held) = library.at(entry.place)?;
            let fit = fit(query, article, held, entry.doubtful)?
                * near(query, library, entry.place.article);
            let title = index
                .titles
                .get(&entry.place.article)
                .map_or(0.0, |t| question.share(t));
            let summary = f64::from(u8::from(entry.place.section == 0));
            let signals = [
                leads.section,
                leads.asked,
                question.nearest(index, entry).0.max(leads.nearest),
                question.share(&entry.stems),
                title,
                summary,
                0.0,
                0.0,
                leads.meaning,
                leads.meaning_nearest,
                0.0,
            ];
            Some(Scored {
                number,
                article: entry.place.article,
                fit,
                signals,
                score: 0.0,
            })
        })
        .collect();
    // In a fixed order, so that sums of floating-point numbers are the same every time.
    found.sort_by_key(|f| f.number);
    lift(&mut found);
    for one in &mut found {
        one.score = one.fit * learnt.sum(&one.signals);
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.number.cmp(&b.number)));
    plainer(&mut found, learnt);
    let held = index
        .verbatim
        .section(query.text, &mut index.analyzer.clone());
    verbatim(&mut found, held);
    found
}

/// The section that holds this very question stands first, by so much above the best of the others.
const VERBATIM: f64 = 1.2;

/// Puts the section that holds the question word for word first, unless another council or regime is meant. That it is background or not
/// confirmed is no reason against it: it is what was asked for.
fn verbatim(found: &mut [Scored], held: Option<usize>) {
    let Some(best) = found.first().cloned() else {
        return;
    };
    let at = found.iter().position(|f| Some(f.number) == held);
    let Some(same) = at.and_then(|at| found.get_mut(..=at)) else {
        return;
    };
    same.rotate_right(1);
    if let Some(first) = same
        .first_mut()
        .filter(|f| f.fit >= best.fit * BACKGROUND * UNCONFIRMED)
    {
        first.score = best.score.max(0.0) * VERBATIM;
    } else {
        same.rotate_left(1);
    }
}

/// Fills in what an article's sections tell about each other.
fn lift(found: &mut [Scored]) {
    let mut by_article: HashMap<usize, [Vec<f64>; 3]> = HashMap::new();
    for one in found.iter() {
        let [section, asked, nearest, .., meaning, meaning_nearest, _] = one.signals;
        let lists = by_article.entry(one.article).or_default();
        lists[0].push(0.55 * section + 0.45 * asked);
        lists[1].push(nearest);
        lists[2].push(meaning.max(meaning_nearest));
    }
    let lifts: HashMap<usize, [f64; 3]> = by_article
        .into_iter()
        .map(|(article, lists)| (article, lists.map(best_three)))
        .collect();
    for one in found {
        if let Some([words, nearest, meaning]) = lifts.get(&one.article) {
            one.signals[6] = *words;
            one.signals[7] = *nearest;
            one.signals[10] = *meaning;
        }
    }
}

fn best_three(mut scores: Vec<f64>) -> f64 {
    scores.sort_by(|a, b| b.total_cmp(a));
    scores.iter().take(3).sum::<f64>() / 3.0
}

/// The article is chosen; its short answer gives way to the one of its sections that plainly fits the words better.
fn plainer(ranked: &mut Vec<Scored>, learnt: &Learnt) {
    let Some(summary) = ranked.first().filter(|f| f.signals[SUMMARY] > 0.0).cloned() else {
        return;
    };
    let bare = |f: &Scored| {
        let mut signals = f.signals;
        signals[SUMMARY] = 0.0;
        f.fit * learnt.sum(&signals)
    };
    let best = ranked
        .iter()
        .enumerate()
        .filter(|(_, f)| f.article == summary.article && f.number != summary.number)
        .max_by(|(_, a), (_, b)| bare(a).total_cmp(&bare(b)).then(b.number.cmp(&a.number)));
    let Some((at, best)) = best.filter(|(_, b)| bare(b) > bare(&summary) + PLAINLY) else {
        return;
    };
    let first = Scored {
        score: summary.score,
        ..best.clone()
    };
    ranked.remove(at);
    ranked.insert(0, first);
}

/// The article the conversation is about, and those related to it.
fn near(query: &Query<'_>, library: &Library, article: usize) -> f64 {
    let Some(last) = query.near else { return 1.0 };
    let related = library.articles.get(last).is_some_and(|l| {
        library
            .articles
            .get(article)
            .is_some_and(|a| l.related.contains(&a.id) || a.related.contains(&l.id))
    });
    let lift = match (last == article, related) {
        (true, _) => NEAR,
        (false, true) => RELATED,
        _ => 0.0,
    };
    // A follow-up leans on it more than a short new question does.
    1.0 + if query.context.is_some() {
        2.0 * lift
    } else {
        lift
    }
}

/// How well a section fits the day, the place, the law and the person: `None` leaves it out.
fn fit(query: &Query<'_>, article: &Article, section: &Section, doubtful: bool) -> Option<f64> {
    let overdue = article.is_overdue(query.today);
    if !section.span.holds(query.day) || overdue {
        return None;
    }
    let mut fit = if article.background { BACKGROUND } else { 1.0 };
    if doubtful {
        fit *= UNCONFIRMED;
    }
    let local = !section.areas.iter().any(|a| a == "england");
    if local {
        match query.area {
            Some("england") | None => fit *= 0.72,
            Some(area) if section.areas.iter().any(|a| a == area) => fit *= 1.15,
            Some(_) => return None,
        }
    }
    if let Some(regime) = query.regime {
        fit *= if section.regimes.contains(&regime) {
            1.08
        } else {
            0.82
        };
    }
    if let Some(audience) = query.audience {
        fit *= if section.audiences.contains(&audience) {
            1.04
        } else {
            0.93
        };
        let whole = article.audiences.contains(&audience);
        fit *= if whole { 1.0 } else { 0.95 };
    }
    Some(fit)
}
