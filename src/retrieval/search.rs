//! One search: tokens, two legs (sections, questions), what fits the day and the place, ranking, confidence.
//! What never lives here: the conversation; deciding.

use std::collections::{HashMap, HashSet};

use jiff::ToSpan;

use super::{
    confidence::{Calibration, Features},
    index::{Entry, Index, RetrievalError},
    query::{Query, Token, tokens},
    vocabulary::is_little,
};
use crate::knowledge::{Article, Library, Section, SectionRef};

/// Weight of the article's three best sections together.
const ARTICLE_LEG: f64 = 0.5;
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
/// Weight of the leg over whole sections; the rest is the leg over single questions.
const SECTION_LEG: f64 = 0.55;

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
        let mut ranked: Vec<(usize, f64)> = scores
            .into_iter()
            .filter_map(|(entry, (section, question))| {
                let place = self.entries.get(entry)?.place;
                let (article, held) = library.at(place)?;
                let fit = fit(query, article, held)?;
                Some((
                    entry,
                    fit * (SECTION_LEG * section + (1.0 - SECTION_LEG) * question),
                ))
            })
            .collect();
        self.lift_by_article(&mut ranked);
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let features = self.features(&tokens, &ranked);
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

    /// An article of which several sections fit is likelier than one with a single lucky section.
    fn lift_by_article(&self, ranked: &mut [(usize, f64)]) {
        let mut by_article: HashMap<usize, Vec<f64>> = HashMap::new();
        for (entry, score) in ranked.iter() {
            if let Some(entry) = self.entries.get(*entry) {
                by_article.entry(entry.place.article).or_default().push(*score);
            }
        }
        let lift: HashMap<usize, f64> = by_article
            .into_iter()
            .map(|(article, mut scores)| {
                scores.sort_by(|a, b| b.total_cmp(a));
                (article, scores.iter().take(3).sum::<f64>() / 3.0)
            })
            .collect();
        for (entry, score) in ranked.iter_mut() {
            let article = self.entries.get(*entry).map(|e| e.place.article);
            let lift = article.and_then(|a| lift.get(&a)).copied().unwrap_or(0.0);
            *score += ARTICLE_LEG * lift;
        }
    }

    fn features(&self, tokens: &[Token], ranked: &[(usize, f64)]) -> Features {
        let topical: Vec<(&Token, Option<u32>, f64)> = tokens
            .iter()
            .filter(|t| !is_little(&t.stem))
            .map(|t| {
                (
                    t,
                    self.stem_ids.get(&t.stem).copied(),
                    self.vocabulary.idf(&t.stem) * t.weight,
                )
            })
            .collect();
        let typed = || topical.iter().filter(|(t, _, _)| t.weight >= 0.8);
        let total: f64 = typed().map(|(_, _, idf)| idf).sum();
        let Some(first) = ranked.first().and_then(|(e, _)| self.entries.get(*e)) else {
            return Features::default();
        };
        if total <= 0.0 {
            return Features::default();
        }
        let share = |held: &HashSet<u32>| -> f64 {
            typed()
                .filter(|(_, id, _)| id.is_some_and(|id| held.contains(&id)))
                .map(|(_, _, w)| w)
                .sum::<f64>()
                / total
        };
        let (nearest, nearest_coverage) = self.nearest(first, &topical, total);
        let next = ranked.iter().skip(1).find(|(e, _)| {
            self.entries
                .get(*e)
                .is_some_and(|e| e.place.article != first.place.article)
        });
        let top = ranked.first().map_or(0.0, |r| r.1);
        let count = typed().count();
        Features {
            coverage: share(&first.stems),
            nearest,
            nearest_coverage,
            known: typed()
                .filter(|(_, id, _)| id.is_some())
                .map(|(_, _, w)| w)
                .sum::<f64>()
                / total,
            agreement: f64::from(u8::from(self.agrees(tokens, first))),
            margin: if top > 0.0 {
                1.0 - next.map_or(0.0, |n| n.1) / top
            } else {
                0.0
            },
            substance: (f64::from(u32::try_from(count).unwrap_or(4)) / 4.0).min(1.0),
        }
    }

    /// Likeness to the section's nearest question: IDF-weighted Jaccard and coverage over topical stems.
    fn nearest(
        &self,
        entry: &Entry,
        topical: &[(&Token, Option<u32>, f64)],
        total: f64,
    ) -> (f64, f64) {
        let mut best = (0.0_f64, 0.0_f64);
        for asked in &entry.asked {
            let shared: f64 = topical
                .iter()
                .filter(|(_, id, _)| id.is_some_and(|id| asked.contains(&id)))
                .map(|(_, _, w)| w)
                .sum();
            let others: f64 = asked
                .iter()
                .filter(|id| !topical.iter().any(|(_, t, _)| *t == Some(**id)))
                .map(|id| self.idf_of(*id))
                .sum();
            let jaccard = shared / (total + others).max(f64::MIN_POSITIVE);
            best = (
                best.0.max(jaccard.min(1.0)),
                best.1.max((shared / total).min(1.0)),
            );
        }
        best
    }

    fn idf_of(&self, id: u32) -> f64 {
        // Little words have an IDF near nothing; a lookup by id would need a second table.
        self.idf_by_id
            .get(usize::try_from(id).unwrap_or(usize::MAX))
            .copied()
            .unwrap_or(0.0)
    }

    fn agrees(&self, tokens: &[Token], first: &Entry) -> bool {
        let best = self
            .by_question(tokens, 1)
            .ok()
            .and_then(|f| f.first().map(|(e, _)| *e));
        best.and_then(|e| self.entries.get(e))
            .is_some_and(|e| e.place.article == first.place.article)
    }
}

/// How well a section fits the day, the place, the law and the person: `None` leaves it out.
fn fit(query: &Query<'_>, article: &Article, section: &Section) -> Option<f64> {
    let overdue = article.review_by.saturating_add(GRACE_DAYS.days()) < query.today;
    if !section.span.holds(query.day) || overdue {
        return None;
    }
    let mut fit = if article.background { BACKGROUND } else { 1.0 };
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
