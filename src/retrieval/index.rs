//! The index over sections: tantivy in memory with three fields a section and one document a question asked.
//! What never lives here: ranking (search.rs).

use std::collections::HashMap;

use serde::Serialize;
use tantivy::{
    DocAddress, DocId, Index as Tantivy, IndexReader, ReloadPolicy, SegmentReader, TantivyDocument,
    Term,
    collector::{Collector, SegmentCollector},
    query::{BooleanQuery, BoostQuery, Occur, Query as TantivyQuery, TermQuery},
    schema::{Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions},
    tokenizer::TextAnalyzer,
};

use super::{
    grams::Grams,
    learnt::{AllLearnt, Learnt, LearntError, learnt},
    meaning::{Meaning, spoken_questions, titled},
    query::{Expansions, Token},
    spelling::Corrector,
    verbatim::Verbatim,
    vocabulary::{Vocabulary, analyzer, is_little, stems},
};
use crate::{
    base::{Lang, words},
    knowledge::{Certainty, Library, SectionRef},
};

const TOKENIZER: &str = "waymark_en";
/// Which entry a document belongs to.
const PLACE: &str = "place";

/// The index could not be built or asked: a fault of ours, never of the question.
#[derive(Debug, thiserror::Error)]
pub enum RetrievalError {
    /// tantivy failed.
    #[error("search index: {0}")]
    Search(#[from] tantivy::TantivyError),
    /// The engine and what was learnt for it do not fit.
    #[error(transparent)]
    Learnt(#[from] LearntError),
}

/// Figures about an index.
#[derive(Debug, Clone, Serialize)]
pub struct IndexInfo {
    /// Sections held.
    pub sections: usize,
    /// Questions held.
    pub questions: usize,
    /// Distinct words.
    pub words: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) title: Field,
    pub(super) questions: Field,
    pub(super) body: Field,
    pub(super) asked: Field,
    place: Field,
}

/// Numbers of stems, sorted: the sets are small and asked thousands of times a question, where hashing would cost most.
#[derive(Debug, Default)]
pub(super) struct StemSet(Vec<u32>);

impl StemSet {
    fn new(mut ids: Vec<u32>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        Self(ids)
    }

    pub(super) fn contains(&self, id: u32) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().copied()
    }
}

/// What scoring needs to know about a section beside the postings.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) place: SectionRef,
    pub(super) stems: StemSet,
    /// Whether it rests on a source that nobody has confirmed.
    pub(super) doubtful: bool,
    /// Each question's stems with the sum of what they tell (filled in last).
    pub(super) asked: Vec<(StemSet, f64)>,
}

/// Questions -> sections. Immutable.
pub struct Index {
    reader: IndexReader,
    fields: Fields,
    pub(super) analyzer: TextAnalyzer,
    pub(super) vocabulary: Vocabulary,
    pub(super) expansions: Expansions,
    pub(super) corrector: Corrector,
    pub(super) entries: Vec<Entry>,
    pub(super) stem_ids: HashMap<String, u32>,
    pub(super) idf_by_id: Vec<f64>,
    /// Stems of each article's title.
    pub(super) titles: HashMap<usize, StemSet>,
    pub(super) verbatim: Verbatim,
    questions: usize,
    pub(super) learnt: &'static AllLearnt,
    /// English by meaning, when its model is there.
    pub(super) meaning: Option<Meaning>,
    /// Other languages by meaning.
    pub(super) tongues: Option<Meaning>,
    /// Questions held in other languages.
    pub(super) grams: HashMap<Lang, Grams>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("sections", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl Index {
    /// Builds the index of a snapshot.
    ///
    /// # Errors
    /// When tantivy cannot build it (no memory).
    pub fn build(library: &Library) -> Result<Self, RetrievalError> {
        let (schema, fields) = schema();
        let tantivy = Tantivy::create_in_ram(schema);
        tantivy.tokenizers().register(TOKENIZER, analyzer());
        let mut writer = tantivy.writer_with_num_threads::<TantivyDocument>(1, 50_000_000)?;
        let mut index = Parts {
            analyzer: analyzer(),
            ..Parts::default()
        };
        for (number, (place, article, section)) in library.sections().enumerate() {
            let title = titled(&article.title, section);
            let body = Library::without_placeholders(&section.plain);
            let number = u64::try_from(number).unwrap_or(u64::MAX);
            let asked = section.questions.join(" ");
            let doubtful = section.sources.iter().any(|id| {
                library
                    .source(id)
                    .is_some_and(|s| s.status == Certainty::Unconfirmed)
            });
            index.take_in(
                place,
                &[&title, &asked, &body],
                &section.questions,
                doubtful,
            );
            let mut document = TantivyDocument::default();
            document.add_text(fields.title, prepared(&title));
            document.add_text(fields.questions, prepared(&asked));
            document.add_text(fields.body, prepared(&body));
            document.add_u64(fields.place, number);
            writer.add_document(document)?;
            for question in &section.questions {
                let mut document = TantivyDocument::default();
                document.add_text(fields.asked, prepared(question));
                document.add_u64(fields.place, number);
                writer.add_document(document)?;
            }
        }
        writer.commit()?;
        let reader = tantivy
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let mut idf_by_id = vec![0.0; index.stem_ids.len()];
        for (stem, id) in &index.stem_ids {
            if let Some(slot) = idf_by_id.get_mut(usize::try_from(*id).unwrap_or(usize::MAX)) {
                *slot = if is_little(stem) {
                    0.0
                } else {
                    index.vocabulary.idf(stem)
                };
            }
        }
        for asked in index.entries.iter_mut().flat_map(|e| &mut e.asked) {
            asked.1 = asked
                .0
                .iter()
                .filter_map(|id| idf_by_id.get(usize::try_from(id).ok()?))
                .sum();
        }
        let titles = library
            .articles
            .iter()
            .enumerate()
            .map(|(number, article)| {
                let found = stems(&mut index.analyzer, &article.title);
                (number, index.ids(&found))
            })
            .collect();
        let verbatim = Verbatim::new(library, &mut index.analyzer);
        let corrector = Corrector::new(index.vocabulary.words().iter(), &library.common_words);
        Ok(Self {
            reader,
            fields,
            analyzer: index.analyzer,
            corrector,
            expansions: Expansions::new(&library.registers.terms),
            verbatim,
            questions: index.entries.iter().map(|e| e.asked.len()).sum(),
            vocabulary: index.vocabulary,
            entries: index.entries,
            stem_ids: index.stem_ids,
            idf_by_id,
            titles,
            learnt: learnt()?,
            meaning: None,
            tongues: None,
            grams: grams(library),
        })
    }

    /// Adds the legs that go by meaning: of the English model, of the many-language one.
    ///
    /// # Errors
    /// When what was learnt belongs to another model.
    pub fn with_meaning(
        mut self,
        english: Option<Meaning>,
        tongues: Option<Meaning>,
    ) -> Result<Self, RetrievalError> {
        let fits = |leg, learnt: &Learnt, meaning: &Option<Meaning>| match meaning {
            Some(m)
                if learnt
                    .model
                    .as_deref()
                    .is_some_and(|l| l != m.fingerprint()) =>
            {
                Err(LearntError::OtherModel { leg })
            }
            _ => Ok(()),
        };
        fits("meaning", &self.learnt.meaning, &english)?;
        fits("tongues", &self.learnt.tongues, &tongues)?;
        self.meaning = english;
        self.tongues = tongues;
        Ok(self)
    }

    /// The English leg by meaning, when its model is there.
    pub fn meaning(&self) -> Option<&Meaning> {
        self.meaning.as_ref()
    }

    /// The many-language leg, when its model is there.
    pub fn tongues(&self) -> Option<&Meaning> {
        self.tongues.as_ref()
    }

    /// Whether a folded word stands anywhere in the knowledge.
    pub fn knows_word(&self, word: &str) -> bool {
        self.vocabulary.words().contains_key(word)
    }

    /// Figures about this index.
    pub fn info(&self) -> IndexInfo {
        IndexInfo {
            sections: self.entries.len(),
            questions: self.questions,
            words: self.vocabulary.words().len(),
        }
    }

    /// The best sections by title, questions and body together, as (entry, BM25).
    pub(super) fn by_section(
        &self,
        tokens: &[Token],
        limit: usize,
    ) -> Result<Vec<(usize, f64)>, RetrievalError> {
        let boosts = [
            (self.fields.title, 1.6),
            (self.fields.questions, 1.5),
            (self.fields.body, 1.0),
        ];
        self.ask(tokens, &boosts, limit)
    }

    /// The best single questions, as (entry, BM25); an entry may come more than once.
    pub(super) fn by_question(
        &self,
        tokens: &[Token],
        limit: usize,
    ) -> Result<Vec<(usize, f64)>, RetrievalError> {
        self.ask(tokens, &[(self.fields.asked, 1.0)], limit)
    }

    fn ask(
        &self,
        tokens: &[Token],
        boosts: &[(Field, f64)],
        limit: usize,
    ) -> Result<Vec<(usize, f64)>, RetrievalError> {
        let mut clauses: Vec<(Occur, Box<dyn TantivyQuery>)> = Vec::new();
        for token in tokens {
            for (field, boost) in boosts {
                let term = Term::from_field_text(*field, &token.stem);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                #[expect(clippy::cast_possible_truncation, reason = "a boost between 0 and 2")]
                let weight = (token.weight * boost) as f32;
                clauses.push((
                    Occur::Should,
                    Box::new(BoostQuery::new(Box::new(query), weight)),
                ));
            }
        }
        let searcher = self.reader.searcher();
        let found = searcher.search(&BooleanQuery::new(clauses), &Best { limit })?;
        let places = searcher
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().u64(PLACE))
            .collect::<Result<Vec<_>, _>>()?;
        let mut out = Vec::with_capacity(found.len());
        for (score, address) in found {
            let column = usize::try_from(address.segment_ord)
                .ok()
                .and_then(|s| places.get(s));
            let number = column.and_then(|c| c.first(address.doc_id));
            if let Some(entry) = number.and_then(|n| usize::try_from(n).ok()) {
                out.push((entry, f64::from(score)));
            }
        }
        Ok(out)
    }
}

fn grams(library: &Library) -> HashMap<Lang, Grams> {
    let languages = library.asked.languages();
    languages
        .map(|lang| (lang.clone(), Grams::new(&spoken_questions(library, lang))))
        .collect()
}

#[derive(Default)]
struct Parts {
    analyzer: TextAnalyzer,
    vocabulary: Vocabulary,
    entries: Vec<Entry>,
    stem_ids: HashMap<String, u32>,
}

impl Parts {
    fn take_in(&mut self, place: SectionRef, texts: &[&str], questions: &[String], doubtful: bool) {
        let whole = texts.join(" ");
        let all = stems(&mut self.analyzer, &whole);
        self.vocabulary.add(&all, &whole);
        let asked = questions
            .iter()
            .map(|q| {
                let found = stems(&mut self.analyzer, q);
                (self.ids(&found), 0.0)
            })
            .collect();
        let stems = self.ids(&all);
        self.entries.push(Entry {
            place,
            stems,
            doubtful,
            asked,
        });
    }

    fn ids(&mut self, stems: &[String]) -> StemSet {
        let mut out = Vec::with_capacity(stems.len());
        for stem in stems {
            let next = u32::try_from(self.stem_ids.len()).unwrap_or(u32::MAX);
            out.push(*self.stem_ids.entry(stem.clone()).or_insert(next));
        }
        StemSet::new(out)
    }
}

/// The best documents by score. Every match is scored: skipping ahead (block-max WAND) costs more than it saves when a
/// question becomes some forty terms over a few thousand documents (measured: five times as many instructions).
struct Best {
    limit: usize,
}

struct BestOfSegment {
    limit: usize,
    segment: u32,
    found: Vec<(f32, DocAddress)>,
}

impl Collector for Best {
    type Fruit = Vec<(f32, DocAddress)>;
    type Child = BestOfSegment;

    fn for_segment(&self, segment: u32, _: &SegmentReader) -> tantivy::Result<BestOfSegment> {
        Ok(BestOfSegment {
            limit: self.limit,
            segment,
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(best(segments.into_iter().flatten().collect(), self.limit))
    }
}

impl SegmentCollector for BestOfSegment {
    type Fruit = Vec<(f32, DocAddress)>;

    fn collect(&mut self, document: DocId, score: f32) {
        self.found
            .push((score, DocAddress::new(self.segment, document)));
    }

    fn harvest(self) -> Self::Fruit {
        best(self.found, self.limit)
    }
}

/// The first `limit`, best first; of equal scores the earlier document.
fn best(mut found: Vec<(f32, DocAddress)>, limit: usize) -> Vec<(f32, DocAddress)> {
    let order =
        |a: &(f32, DocAddress), b: &(f32, DocAddress)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if found.len() > limit && limit > 0 {
        found.select_nth_unstable_by(limit - 1, order);
        found.truncate(limit);
    }
    found.sort_unstable_by(order);
    found
}

/// Apostrophes go before tantivy sees the text, so that `don't` is one word in the index and in the question.
fn prepared(text: &str) -> String {
    words(text).join(" ")
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    let text = TextOptions::default().set_indexing_options(indexing);
    let fields = Fields {
        title: builder.add_text_field("title", text.clone()),
        questions: builder.add_text_field("questions", text.clone()),
        body: builder.add_text_field("body", text.clone()),
        asked: builder.add_text_field("asked", text),
        place: builder.add_u64_field(PLACE, NumericOptions::default().set_fast()),
    };
    (builder.build(), fields)
}
