//! One search: tokens, two legs (sections, questions), what fits the day and the place, ranking, confidence.
//! What never lives here: the conversation; deciding.

use std::collections::HashMap;

use jiff::ToSpan;

use super::{
    confidence::{Calibration, Features},
    index::{Entry, Index, RetrievalError, StemSet},
    query::{Query, Token, tokens},
    vocabulary::is_little,
};
use crate::knowledge::{Article, Library, Section, SectionRef};

/// A background article is preferred only when it fits this much better.
const BACKGROUND: f64 = 0.88;

/// One ranked section.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Where.
    pub place: SectionRef,
    /// Relative to the best of this question, which is 1.
    pub score: f64,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranking {
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// Probability that the first one answers.
    pub confidence: f64,
    /// What the probability rests on.
    pub features: Features,
    /// The question as searched, when a word was corrected.
    pub corrected: Option<String>,
}

/// Days after its review date in which an article is still quoted.
const GRACE_DAYS: i64 = 60;
/// Both legs are asked for this many; the sets are small.
const DEPTH: usize = 80;

/// A section fits plainly better than its article's short answer by this much.
const PLAINLY: f64 = 0.2;
/// What nobody has confirmed is said only when it fits this much better.
const UNCONFIRMED: f64 = 0.9;
/// How much the article under discussion is preferred.
const NEAR: f64 = 0.2;
/// How much those related to it are.
const RELATED: f64 = 0.1;

/// Weights of the ranking. Learnt on one half of six of the project's question sets they held on the other (success@1 0.79 to 0.85
/// and 0.82 to 0.86); these are a rounded blend of both, so no question of those sets is unseen to them.
mod weight {
    /// BM25 over title, questions and body, relative to the best section.
    pub(super) const SECTION: f64 = 0.2;
    /// BM25 over single questions, relative to the best question.
    pub(super) const QUESTION: f64 = 0.35;
    /// Likeness to the section's nearest question, absolute.
    pub(super) const NEAREST: f64 = 0.6;
    /// Share of the question's topical words that the section holds.
    pub(super) const COVERAGE: f64 = 0.5;
    /// Share of them that the article's title holds.
    pub(super) const TITLE: f64 = 0.3;
    /// The article's short answer is what most people want.
    pub(super) const SUMMARY: f64 = 0.35;
    /// Mean of the article's three best sections by BM25.
    pub(super) const ARTICLE: f64 = 0.6;
    /// Mean of the article's three nearest questions.
    pub(super) const ARTICLE_NEAREST: f64 = 0.5;
}

impl Index {
    /// Ranked sections for a question. An empty ranking for a question without words.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn search(&self, library: &Library, query: &Query<'_>) -> Result<Ranking, RetrievalError> {
        let mut analyzer = self.analyzer.clone();
        let (tokens, corrected) = tokens(
            query,
            &mut analyzer,
            &self.expansions,
            &self.corrector,
            &self.vocabulary,
        );
        if tokens.is_empty() {
            return Ok(Ranking::default());
        }
        let by_section = self.by_section(&tokens, DEPTH)?;
        let by_question = self.by_question(&tokens, DEPTH)?;
        // The article of the single nearest question.
        let asked_of = by_question
            .first()
            .and_then(|(e, _)| self.entries.get(*e))
            .map(|e| e.place.article);
        let mut scores: HashMap<usize, (f64, f64)> = HashMap::new();
        let top_section = by_section
            .first()
            .map_or(1.0, |s| s.1)
            .max(f64::MIN_POSITIVE);
        let top_question = by_question
            .first()
            .map_or(1.0, |s| s.1)
            .max(f64::MIN_POSITIVE);
        for (entry, score) in by_section {
            scores.entry(entry).or_default().0 = score / top_section;
        }
        for (entry, score) in by_question {
            let slot = &mut scores.entry(entry).or_default().1;
            *slot = slot.max(score / top_question);
        }
        let question = Topical::new(self, &tokens, query.context.is_some());
        let ranked = self.rank(library, query, &question, scores);
        let features = self.features(asked_of, &question, &ranked);
        let best = ranked.first().map_or(1.0, |r| r.1).max(f64::MIN_POSITIVE);
        let candidates = ranked
            .iter()
            .take(query.limit)
            .filter_map(|(entry, score)| {
                let place = self.entries.get(*entry)?.place;
                Some(Candidate {
                    place,
                    score: score / best,
                })
            })
            .collect();
        let confidence = if ranked.is_empty() {
            0.0
        } else {
            Calibration::default().probability(&features)
        };
        Ok(Ranking {
            candidates,
            confidence,
            features,
            corrected,
        })
    }

    /// Every section found, best first.
    fn rank(
        &self,
        library: &Library,
        query: &Query<'_>,
        question: &Topical<'_>,
        scores: HashMap<usize, (f64, f64)>,
    ) -> Vec<(usize, f64)> {
        let mut found: Vec<Found> = scores
            .into_iter()
            .filter_map(|(number, (section, asked))| {
                let entry = self.entries.get(number)?;
                let (article, held) = library.at(entry.place)?;
                let fit = fit(query, article, held, entry.doubtful)?
                    * near(query, library, entry.place.article);
                let nearest = question.nearest(self, entry).0;
                let title = self
                    .titles
                    .get(&entry.place.article)
                    .map_or(0.0, |t| question.share(t));
                let own = weight::SECTION * section
                    + weight::QUESTION * asked
                    + weight::NEAREST * nearest
                    + weight::COVERAGE * question.share(&entry.stems)
                    + weight::TITLE * title
                    + if entry.place.section == 0 {
                        weight::SUMMARY
                    } else {
                        0.0
                    };
                let both = 0.55 * section + 0.45 * asked;
                Some(Found {
                    number,
                    article: entry.place.article,
                    fit,
                    own,
                    both,
                    nearest,
                })
            })
            .collect();
        // In a fixed order, so that sums of floating-point numbers are the same every time.
        found.sort_by_key(|f| f.number);
        let mut by_article: HashMap<usize, (Vec<f64>, Vec<f64>)> = HashMap::new();
        for one in &found {
            let lists = by_article.entry(one.article).or_default();
            lists.0.push(one.both);
            lists.1.push(one.nearest);
        }
        let lift: HashMap<usize, f64> = by_article
            .into_iter()
            .map(|(article, (both, nearest))| {
                let lift = weight::ARTICLE * best_three(both)
                    + weight::ARTICLE_NEAREST * best_three(nearest);
                (article, lift)
            })
            .collect();
        let mut ranked: Vec<(usize, f64)> = found
            .iter()
            .map(|f| {
                (
                    f.number,
                    f.fit * (f.own + lift.get(&f.article).copied().unwrap_or(0.0)),
                )
            })
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        self.plainer(&found, &mut ranked);
        ranked
    }

    /// The article is chosen; its short answer gives way to the one of its sections that plainly fits the words better.
    fn plainer(&self, found: &[Found], ranked: &mut Vec<(usize, f64)>) {
        let Some((top, score)) = ranked.first().copied() else {
            return;
        };
        let Some(summary) = found
            .iter()
            .find(|f| f.number == top && self.is_summary(f.number))
        else {
            return;
        };
        let bare = |f: &Found| {
            f.fit
                * (f.own
                    - if self.is_summary(f.number) {
                        weight::SUMMARY
                    } else {
                        0.0
                    })
        };
        let sections = found
            .iter()
            .filter(|f| f.article == summary.article && f.number != top);
        let best =
            sections.max_by(|a, b| bare(a).total_cmp(&bare(b)).then(b.number.cmp(&a.number)));
        if let Some(best) = best.filter(|b| bare(b) > bare(summary) + PLAINLY) {
            ranked.retain(|(number, _)| *number != best.number);
            ranked.insert(0, (best.number, score));
        }
    }

    fn is_summary(&self, number: usize) -> bool {
        self.entries
            .get(number)
            .is_some_and(|e| e.place.section == 0)
    }

    fn features(
        &self,
        asked_of: Option<usize>,
        question: &Topical<'_>,
        ranked: &[(usize, f64)],
    ) -> Features {
        let Some(first) = ranked.first().and_then(|(e, _)| self.entries.get(*e)) else {
            return Features::default();
        };
        if question.total <= 0.0 {
            return Features::default();
        }
        let (nearest, nearest_coverage) = question.nearest(self, first);
        let contained = question.contained(self, first);
        let next = ranked.iter().skip(1).find(|(e, _)| {
            self.entries
                .get(*e)
                .is_some_and(|e| e.place.article != first.place.article)
        });
        let top = ranked.first().map_or(0.0, |r| r.1);
        let count = question.typed().count();
        Features {
            coverage: question.share(&first.stems),
            nearest,
            nearest_coverage,
            contained,
            known: question
                .typed()
                .filter(|t| t.id.is_some())
                .map(|t| t.idf)
                .sum::<f64>()
                / question.total,
            agreement: f64::from(u8::from(asked_of == Some(first.place.article))),
            margin: if top > 0.0 {
                1.0 - next.map_or(0.0, |n| n.1) / top
            } else {
                0.0
            },
            substance: (f64::from(u32::try_from(count).unwrap_or(4)) / 4.0).min(1.0),
        }
    }

    fn idf_of(&self, id: u32) -> f64 {
        self.idf_by_id
            .get(usize::try_from(id).unwrap_or(usize::MAX))
            .copied()
            .unwrap_or(0.0)
    }
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

struct Found {
    number: usize,
    article: usize,
    fit: f64,
    own: f64,
    both: f64,
    nearest: f64,
}

fn best_three(mut scores: Vec<f64>) -> f64 {
    scores.sort_by(|a, b| b.total_cmp(a));
    scores.iter().take(3).sum::<f64>() / 3.0
}

/// The topical words of a question with what each tells.
struct Topical<'a> {
    words: Vec<TopicalWord<'a>>,
    total: f64,
    least: f64,
}

struct TopicalWord<'a> {
    token: &'a Token,
    id: Option<u32>,
    idf: f64,
}

/// Expanded words weigh less than this and do not count in coverage.
const ASKED: f64 = 0.8;
/// In a follow-up the words carried from before count too: they are half of what is asked.
const ASKED_FURTHER: f64 = 0.5;

impl<'a> Topical<'a> {
    fn new(index: &Index, tokens: &'a [Token], follows: bool) -> Self {
        let least = if follows { ASKED_FURTHER } else { ASKED };
        let words: Vec<TopicalWord<'a>> = tokens
            .iter()
            .filter(|t| !is_little(&t.stem))
            .map(|token| TopicalWord {
                token,
                id: index.stem_ids.get(&token.stem).copied(),
                idf: index.vocabulary.idf(&token.stem) * token.weight,
            })
            .collect();
        let total = words
            .iter()
            .filter(|w| w.token.weight >= least)
            .map(|w| w.idf)
            .sum();
        Self {
            words,
            total,
            least,
        }
    }

    fn typed(&self) -> impl Iterator<Item = &TopicalWord<'a>> {
        self.words.iter().filter(|w| w.token.weight >= self.least)
    }

    /// IDF share of the question's own words that stand among `held`.
    fn share(&self, held: &StemSet) -> f64 {
        let got: f64 = self
            .typed()
            .filter(|w| w.id.is_some_and(|id| held.contains(id)))
            .map(|w| w.idf)
            .sum();
        got / self.total.max(f64::MIN_POSITIVE)
    }

    /// How much of one of the section's questions the message holds: a long story may hold all of a short question.
    fn contained(&self, index: &Index, entry: &Entry) -> f64 {
        let held = |id: &u32| {
            self.words
                .iter()
                .any(|w| w.id == Some(*id) && w.token.weight >= self.least)
        };
        let share = |(asked, whole): &(StemSet, f64)| {
            let ids: Vec<u32> = asked.iter().filter(held).collect();
            let topical = ids.iter().filter(|id| index.idf_of(**id) > 0.0).count();
            let sum: f64 = ids.iter().map(|id| index.idf_of(*id)).sum();
            if topical >= 2 {
                sum / whole.max(f64::MIN_POSITIVE)
            } else {
                0.0
            }
        };
        entry.asked.iter().map(share).fold(0.0, f64::max)
    }

    /// Likeness to the section's nearest question: IDF-weighted Jaccard, and coverage.
    fn nearest(&self, index: &Index, entry: &Entry) -> (f64, f64) {
        let total = self.total.max(f64::MIN_POSITIVE);
        let mut best = (0.0_f64, 0.0_f64);
        for asked in &entry.asked {
            let mut shared = 0.0;
            let mut shared_asked = 0.0;
            for word in &self.words {
                if let Some(id) = word.id.filter(|id| asked.0.contains(*id)) {
                    shared += word.idf;
                    shared_asked += index.idf_of(id);
                }
            }
            let others = (asked.1 - shared_asked).max(0.0);
            let jaccard = shared / (total + others).max(f64::MIN_POSITIVE);
            best = (
                best.0.max(jaccard.min(1.0)),
                best.1.max((shared / total).min(1.0)),
            );
        }
        best
    }
}

/// How well a section fits the day, the place, the law and the person: `None` leaves it out.
fn fit(query: &Query<'_>, article: &Article, section: &Section, doubtful: bool) -> Option<f64> {
    let overdue = article.review_by.saturating_add(GRACE_DAYS.days()) < query.today;
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
