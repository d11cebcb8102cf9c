//! One search: the legs (sections and questions by words, both by meaning), ranking, confidence. A question in another
//! language goes by the meaning of the many-language model alone.
//! What never lives here: the conversation; deciding.

use std::collections::HashMap;

use super::{
    confidence::Features,
    index::{Index, RetrievalError},
    learnt::{Bands, Learnt},
    meaning::Meaning,
    query::{Query, Token, tokens},
    rank::{Leads, Scored, rank},
    topical::Topical,
    vocabulary::is_little,
};
use crate::{
    base::Lang,
    knowledge::{Library, SectionRef},
};

/// Each leg is asked for this many; the sets are small.
const DEPTH: usize = 80;

/// One ranked section.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Where.
    pub place: SectionRef,
    /// Relative to the best of this question, which is 1.
    pub score: f64,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Best first.
    pub candidates: Vec<Candidate>,
    /// Probability that the first one answers.
    pub confidence: f64,
    /// From where on it is enough.
    pub bands: Bands,
    /// What the probability rests on.
    pub features: Features,
    /// The question as searched, when a word was corrected.
    pub corrected: Option<String>,
    /// The signals of every candidate, in their order: what weights are learnt from.
    pub scored: Vec<Scored>,
}

impl Ranking {
    /// Nothing found.
    pub fn nothing() -> Self {
        Self {
            candidates: Vec::new(),
            confidence: 0.0,
            bands: Bands {
                answer: 1.0,
                ask: 1.0,
            },
            features: Features::default(),
            corrected: None,
            scored: Vec::new(),
        }
    }
}

impl Index {
    /// Whether a question in this language can be found: English always, others with the many-language model or when questions are
    /// held in them.
    pub fn reads(&self, lang: &Lang) -> bool {
        lang.is_english() || self.tongues.is_some() || self.grams.contains_key(lang)
    }

    /// The leg by meaning for a language, with what was learnt for it.
    pub fn meaning_in(&self, lang: &Lang) -> Option<(&Meaning, &Learnt)> {
        if lang.is_english() {
            Some((self.meaning.as_ref()?, &self.learnt.meaning))
        } else {
            Some((self.tongues.as_ref()?, &self.learnt.tongues))
        }
    }

    /// Ranked sections for a question. Nothing for a question without words, or in a language that this index does not read.
    ///
    /// # Errors
    /// When the index itself fails.
    pub fn search(&self, library: &Library, query: &Query<'_>) -> Result<Ranking, RetrievalError> {
        if query.lang.is_english() {
            self.in_english(library, query)
        } else {
            Ok(self.in_other_language(library, query))
        }
    }

    fn in_english(&self, library: &Library, query: &Query<'_>) -> Result<Ranking, RetrievalError> {
        let mut analyzer = self.analyzer.clone();
        let (tokens, corrected) = tokens(
            query,
            &mut analyzer,
            &self.expansions,
            &self.corrector,
            &self.vocabulary,
        );
        if tokens.is_empty() {
            return Ok(Ranking::nothing());
        }
        let (mut leads, asked_of) = self.by_words(&tokens)?;
        let vector = self.meaning.as_ref().and_then(|meaning| {
            let text = corrected.as_deref().unwrap_or(query.text);
            let topical = tokens.iter().any(|t| t.typed && !is_little(&t.stem));
            Some((meaning, question_vector(meaning, query, text, topical)?))
        });
        let mut best = None;
        if let Some((meaning, vector)) = &vector {
            best = by_meaning(meaning, vector, None, &mut leads);
        }
        let learnt = if vector.is_some() {
            &self.learnt.meaning
        } else {
            &self.learnt.words
        };
        let question = Topical::new(self, &tokens, query.context.is_some());
        let ranked = rank(self, library, query, &question, leads, learnt);
        let features = Features {
            length: length(query),
            ..self.features(asked_of, best, &question, &ranked)
        };
        Ok(self.ranking(query, ranked, features, learnt, corrected))
    }

    fn in_other_language(&self, library: &Library, query: &Query<'_>) -> Ranking {
        let text = with_context(query, query.text);
        let mut leads = self.by_grams(query.lang, &text);
        let vector = self
            .tongues
            .as_ref()
            .and_then(|meaning| Some((meaning, meaning.adapted(&meaning.of(&text)?, query.lang))));
        let best = vector.as_ref().and_then(|(meaning, vector)| {
            let nearest = meaning.nearest_in_any(vector);
            by_meaning(meaning, vector, Some(&nearest), &mut leads)
        });
        let learnt = match vector {
            Some(_) => &self.learnt.tongues,
            None => &self.learnt.spoken,
        };
        let question = Topical::new(self, &[], false);
        let ranked = rank(self, library, query, &question, leads, learnt);
        let features = Features {
            agreement: agreement(&ranked),
            length: length(query),
            ..self.features(None, best, &question, &ranked)
        };
        self.ranking(query, ranked, features, learnt, None)
    }

    /// The questions held in that language, by pieces of words.
    fn by_grams(&self, lang: &Lang, text: &str) -> HashMap<usize, Leads> {
        let found = self.grams.get(lang).map(|grams| grams.nearest(text));
        let found = nearest_of(found.into_iter().flatten().collect());
        let top = found
            .iter()
            .map(|(_, l)| *l)
            .fold(f64::MIN_POSITIVE, f64::max);
        found
            .into_iter()
            .map(|(entry, nearest)| {
                let asked = nearest / top;
                (
                    entry,
                    Leads {
                        asked,
                        nearest,
                        ..Leads::default()
                    },
                )
            })
            .collect()
    }

    /// Both word legs, and the article of the single nearest question.
    fn by_words(
        &self,
        tokens: &[Token],
    ) -> Result<(HashMap<usize, Leads>, Option<usize>), RetrievalError> {
        let by_section = self.by_section(tokens, DEPTH)?;
        let by_question = self.by_question(tokens, DEPTH)?;
        let asked_of = by_question
            .first()
            .and_then(|(e, _)| self.entries.get(*e))
            .map(|e| e.place.article);
        let top =
            |found: &[(usize, f64)]| found.first().map_or(1.0, |s| s.1).max(f64::MIN_POSITIVE);
        let (top_section, top_question) = (top(&by_section), top(&by_question));
        let mut leads: HashMap<usize, Leads> = HashMap::new();
        for (entry, score) in by_section {
            leads.entry(entry).or_default().section = score / top_section;
        }
        for (entry, score) in by_question {
            let asked = &mut leads.entry(entry).or_default().asked;
            *asked = asked.max(score / top_question);
        }
        Ok((leads, asked_of))
    }

    fn ranking(
        &self,
        query: &Query<'_>,
        mut ranked: Vec<Scored>,
        features: Features,
        learnt: &Learnt,
        corrected: Option<String>,
    ) -> Ranking {
        let best = ranked
            .first()
            .map_or(1.0, |r| r.score)
            .max(f64::MIN_POSITIVE);
        let confidence = if ranked.is_empty() {
            0.0
        } else {
            learnt.probability(&features)
        };
        ranked.truncate(query.limit);
        let candidates = ranked
            .iter()
            .filter_map(|one| {
                Some(Candidate {
                    place: self.entries.get(one.number)?.place,
                    score: one.score / best,
                })
            })
            .collect();
        Ranking {
            candidates,
            confidence,
            bands: learnt.bands,
            features,
            corrected,
            scored: ranked,
        }
    }

    fn features(
        &self,
        asked_of: Option<usize>,
        meant: Option<(usize, f64)>,
        question: &Topical<'_>,
        ranked: &[Scored],
    ) -> Features {
        let Some(best) = ranked.first() else {
            return Features::default();
        };
        let Some(first) = self.entries.get(best.number) else {
            return Features::default();
        };
        let next = ranked
            .iter()
            .find(|r| r.article != best.article)
            .map_or(0.0, |r| r.score);
        let article_of = |number: usize| self.entries.get(number).map(|e| e.place.article);
        let [.., meaning, meaning_nearest, _] = best.signals;
        let by_meaning = Features {
            margin: if best.score > 0.0 {
                1.0 - next / best.score
            } else {
                0.0
            },
            meaning: meaning.max(0.0),
            meaning_nearest: meaning_nearest.max(0.0),
            meaning_best: meant.map_or(0.0, |m| m.1.max(0.0)),
            meaning_agreement: f64::from(u8::from(
                meant.and_then(|m| article_of(m.0)) == Some(best.article),
            )),
            ..Features::default()
        };
        if question.total <= 0.0 {
            return by_meaning;
        }
        let (nearest, nearest_coverage) = question.nearest(self, first);
        let count = question.typed().count();
        Features {
            coverage: question.share(&first.stems),
            nearest,
            nearest_coverage,
            contained: question.contained(self, first),
            known: question
                .typed()
                .filter(|t| t.id.is_some())
                .map(|t| t.idf)
                .sum::<f64>()
                / question.total,
            agreement: f64::from(u8::from(asked_of == Some(first.place.article))),
            substance: (f64::from(u32::try_from(count).unwrap_or(4)) / 4.0).min(1.0),
            ..by_meaning
        }
    }
}

/// How many of the three likenesses by meaning (section, question, article) are highest for the article that came first: 0 to 1.
fn agreement(ranked: &[Scored]) -> f64 {
    let Some(first) = ranked.first() else {
        return 0.0;
    };
    let likest = |signal: usize| {
        let of = |s: &Scored| s.signals.get(signal).copied().unwrap_or(0.0);
        ranked
            .iter()
            .max_by(|a, b| of(a).total_cmp(&of(b)))
            .is_some_and(|s| s.article == first.article)
    };
    let agreeing = [8, 9, 10].into_iter().filter(|s| likest(*s)).count();
    f64::from(u8::try_from(agreeing).unwrap_or(0)) / 3.0
}

/// `Features::length`; of a follow-up with what it follows.
fn length(query: &Query<'_>) -> f64 {
    let words = with_context(query, query.text).split_whitespace().count();
    (f64::from(u32::try_from(words).unwrap_or(u32::MAX)) / 60.0).min(1.0)
}

/// A follow-up is embedded with what it follows.
fn with_context(query: &Query<'_>, text: &str) -> String {
    query
        .context
        .map_or_else(|| text.to_owned(), |context| format!("{context} {text}"))
}

/// The vector of what is asked. In a follow-up the question itself counts as much as the question with what it follows: "and pension?"
/// is about pensions, "who decides that" is about what came before. Without a topical word of its own ("ok and how long for") it does not
/// count.
fn question_vector(
    meaning: &Meaning,
    query: &Query<'_>,
    text: &str,
    topical: bool,
) -> Option<Vec<f32>> {
    let alone = meaning.of(text)?;
    if query.context.is_none() {
        return Some(meaning.adapted(&alone, query.lang));
    }
    let whole = meaning.of(&with_context(query, text))?;
    if !topical {
        return Some(meaning.adapted(&whole, query.lang));
    }
    let sum: Vec<f32> = alone.iter().zip(whole.iter()).map(|(a, b)| a + b).collect();
    Some(meaning.adapted(&sum, query.lang))
}

/// Adds the sections nearest in meaning to what the words found, and the likeness of all of them. `nearest` holds that of each
/// section's nearest question where all were compared beforehand. Returns the best and its likeness.
fn by_meaning(
    meaning: &Meaning,
    vector: &[f32],
    nearest: Option<&[f64]>,
    leads: &mut HashMap<usize, Leads>,
) -> Option<(usize, f64)> {
    let likeness = meaning.sections(vector);
    let order = likeness.iter().copied().enumerate().collect();
    let asked = nearest.unwrap_or_default().iter().copied().enumerate();
    for (number, _) in nearest_of(order)
        .into_iter()
        .chain(nearest_of(asked.collect()))
    {
        leads.entry(number).or_default();
    }
    let mut best: Option<(usize, f64)> = None;
    for (number, lead) in leads.iter_mut() {
        lead.meaning = likeness.get(*number).copied().unwrap_or(0.0);
        let nearest = match nearest {
            Some(nearest) => nearest.get(*number).copied().filter(|l| *l > f64::MIN),
            None => meaning.nearest(*number, vector),
        };
        lead.meaning_nearest = nearest.unwrap_or(lead.meaning);
        let likest = (*number, lead.meaning.max(lead.meaning_nearest));
        if best.is_none_or(|b| nearer(&likest, &b).is_lt()) {
            best = Some(likest);
        }
    }
    best
}

fn nearer(a: &(usize, f64), b: &(usize, f64)) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// The `DEPTH` likest, in no order.
fn nearest_of(mut found: Vec<(usize, f64)>) -> Vec<(usize, f64)> {
    if found.len() > DEPTH {
        found.select_nth_unstable_by(DEPTH - 1, nearer);
        found.truncate(DEPTH);
    }
    found
}
