//! The index over local services as directories list them: what is looked for, for whom, and where -> the nearest that fit.
//! What never lives here: whether a question asks for services (assistant), what is said of them, articles (index.rs).

mod sought;
mod whereabouts;

use std::collections::HashMap;

use jiff::civil::Date;
use tantivy::{
    Index as Tantivy, IndexReader, ReloadPolicy, TantivyDocument, Term,
    collector::TopDocs,
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query, TermQuery,
    },
    schema::{
        Field, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing, TextOptions,
    },
    tokenizer::TextAnalyzer,
};

use self::{
    sought::{Sought, stands_in},
    whereabouts::{Whereabouts, kilometres, towns},
};
use super::{
    index::RetrievalError,
    vocabulary::{analyzer, stems},
};
use crate::{
    base::words,
    knowledge::{Library, Listing, ListingRef},
};

const TOKENIZER: &str = "waymark_en";
const NUMBER: &str = "number";
/// The whole of England: whoever serves it serves every area.
const EVERYWHERE: &str = "england";
/// So many are weighed by place and age.
const WEIGHED: usize = 200;
/// What fits less than this, beside the best one, is not shown.
const FITS: f64 = 0.2;
/// So many of the things a question names are enough, half of them where it names fewer.
const ENOUGH: usize = 2;
/// Of a service in a neighbouring area, of one for all of England, and of one whose distance nobody knows.
const NEIGHBOUR: f64 = 0.6;
const NATIONAL: f64 = 0.8;
const UNKNOWN_DISTANCE: f64 = 0.3;
/// At this distance a service counts half.
const HALF_KM: f64 = 10.0;

/// What to look for.
#[derive(Debug, Clone)]
pub struct ServiceQuery<'a> {
    /// The question.
    pub text: &'a str,
    /// Services that do not hold on this day are left out.
    pub day: Date,
    /// Council, if known: its own services, its neighbours' and those for all of England.
    pub area: Option<&'a str>,
    /// How many at most.
    pub limit: usize,
}

/// One that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundService {
    /// Which.
    pub place: ListingRef,
    /// Relative to the others of the same question.
    pub score: f64,
    /// The areas it is in or serves; empty where nobody knows.
    pub areas: Vec<String>,
}

/// What weighing needs to know beside the postings.
#[derive(Debug)]
struct Entry {
    place: ListingRef,
    areas: Vec<String>,
    ages: (u8, u8),
    /// Towns and outward postcodes, folded.
    near: Vec<String>,
    point: Option<(f64, f64)>,
}

#[derive(Debug, Clone, Copy)]
struct Fields {
    texts: [(Field, f32); 5],
    area: Field,
    number: Field,
}

/// Names of one thing or of a group of people, as stems.
type Names = Vec<Vec<String>>;

/// Questions -> services. Immutable.
pub struct Services {
    reader: IndexReader,
    fields: Fields,
    analyzer: TextAnalyzer,
    entries: Vec<Entry>,
    /// Where each town or outward postcode lies: the mean of the services there.
    towns: HashMap<String, Option<(f64, f64)>>,
    same: Vec<Names>,
    people: Vec<(Names, (u8, u8))>,
    /// Stems of names of areas' places: they tell where, not what.
    places: Names,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services")
            .field("services", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl Services {
    /// Builds the index of a library's feeds.
    ///
    /// # Errors
    /// When tantivy cannot build it (no memory).
    pub fn build(library: &Library) -> Result<Self, RetrievalError> {
        let (schema, fields) = schema();
        let tantivy = Tantivy::create_in_ram(schema);
        tantivy.tokenizers().register(TOKENIZER, analyzer());
        let mut analyzer = analyzer();
        let signpost = &library.rules.signpost;
        let mut named = |names: &[Vec<String>]| -> Names {
            names
                .iter()
                .map(|n| stems(&mut analyzer, &n.join(" ")))
                .collect()
        };
        let same = signpost.same.iter().map(|group| named(group)).collect();
        let people: Vec<(Names, (u8, u8))> = signpost
            .people
            .iter()
            .map(|p| (named(&p.words), (p.from, p.to)))
            .collect();
        let places = library.areas.values().flat_map(|a| &a.places);
        let places: Vec<Vec<String>> = places.map(|p| words(p)).collect();
        let places = named(&places);
        let mut services = Self {
            reader: tantivy
                .reader_builder()
                .reload_policy(ReloadPolicy::Manual)
                .try_into()?,
            fields,
            analyzer,
            entries: Vec::with_capacity(library.feeds.len()),
            towns: HashMap::new(),
            same,
            people,
            places,
        };
        if library.feeds.is_empty() {
            return Ok(services);
        }
        let mut writer = tantivy.writer_with_num_threads::<TantivyDocument>(1, 50_000_000)?;
        let mut known = Whereabouts::new(&library.areas);
        for (place, head, listing) in library.feeds.listings() {
            let entry = services.entry(place, listing, known.areas(listing, head.area.as_deref()));
            let number = u64::try_from(services.entries.len()).unwrap_or(u64::MAX);
            writer.add_document(fields.document(listing, &entry, number))?;
            services.entries.push(entry);
        }
        writer.commit()?;
        services.reader.reload()?;
        services.towns = towns(&services.entries);
        Ok(services)
    }

    fn entry(&mut self, place: ListingRef, listing: &Listing, areas: Vec<String>) -> Entry {
        let outward = listing.postcodes.iter().filter_map(|p| p.split(' ').next());
        let towns = listing.towns.iter().map(|t| words(t).join(" "));
        let mut near: Vec<String> = towns.chain(outward.map(str::to_ascii_lowercase)).collect();
        near.dedup();
        let ages = match (listing.from_age, listing.to_age) {
            (None, None) => self.ages_told(listing),
            (from, to) => (from.unwrap_or(0), to.unwrap_or(u8::MAX)),
        };
        Entry {
            place,
            areas,
            ages,
            near,
            point: listing.point,
        }
    }

    /// The ages that a listing's words tell where it gives no numbers: `Autism youth club`.
    fn ages_told(&mut self, listing: &Listing) -> (u8, u8) {
        let text = [
            &listing.name,
            listing.who.as_deref().unwrap_or(""),
            &listing.tags.join(" "),
        ]
        .join(" ");
        let told = stems(&mut self.analyzer, &text);
        let groups = self
            .people
            .iter()
            .filter(|(names, _)| names.iter().any(|n| stands_in(n, &told).is_some()));
        let ages = groups
            .map(|(_, ages)| *ages)
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        ages.unwrap_or((0, u8::MAX))
    }

    /// How many services.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The services that fit, best first. Nothing where the question names no thing to look for.
    ///
    /// # Errors
    /// When tantivy fails.
    pub fn find(
        &self,
        library: &Library,
        query: &ServiceQuery<'_>,
    ) -> Result<Vec<FoundService>, RetrievalError> {
        let sought = self.sought(query.text, &library.rules.signpost);
        if sought.topics.is_empty() || self.is_empty() {
            return Ok(Vec::new());
        }
        let area = query.area.filter(|a| *a != EVERYWHERE);
        let neighbours: &[String] = area
            .and_then(|a| library.areas.get(a))
            .map_or(&[], |a| a.neighbours.as_slice());
        let searcher = self.reader.searcher();
        let question = self.question(&sought, area, neighbours);
        let hits = searcher.search(&question, &TopDocs::with_limit(WEIGHED).order_by_score())?;
        let mut found: Vec<FoundService> = Vec::new();
        for (score, address) in hits {
            let column = searcher
                .segment_reader(address.segment_ord)
                .fast_fields()
                .u64(NUMBER)?;
            let number = column
                .first(address.doc_id)
                .and_then(|n| usize::try_from(n).ok());
            let Some(entry) = number.and_then(|n| self.entries.get(n)) else {
                continue;
            };
            let holds = library
                .feeds
                .at(entry.place)
                .is_some_and(|(_, l)| l.holds(query.day));
            let overlap = entry.ages.0 <= sought.ages.1 && sought.ages.0 <= entry.ages.1;
            if holds && overlap {
                let score = f64::from(score) * self.nearness(entry, &sought, area);
                let (place, areas) = (entry.place, entry.areas.clone());
                found.push(FoundService {
                    place,
                    score,
                    areas,
                });
            }
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.place.cmp(&b.place)));
        let least = found.first().map_or(0.0, |best| best.score * FITS);
        found.retain(|f| f.score >= least);
        found.truncate(query.limit);
        Ok(found)
    }

    /// Whether a question names a town or the first half of a postcode that services are in.
    pub fn names_a_town(&self, text: &str) -> bool {
        self.town(&words(text)).is_some()
    }

    /// How much its place speaks for it, 0 to 1.
    fn nearness(&self, entry: &Entry, sought: &Sought, area: Option<&str>) -> f64 {
        if let Some(town) = &sought.town {
            if entry.near.contains(town) {
                return 1.0;
            }
            let here = self.towns.get(town).copied().flatten();
            return match (here, entry.point) {
                (Some(here), Some(there)) => 1.0 / (1.0 + kilometres(here, there) / HALF_KM),
                _ => UNKNOWN_DISTANCE,
            };
        }
        let inside = |wanted: &str| entry.areas.iter().any(|a| a == wanted);
        match area {
            None => 1.0,
            Some(area) if inside(area) => 1.0,
            Some(_) if inside(EVERYWHERE) => NATIONAL,
            Some(_) => NEIGHBOUR,
        }
    }

    fn question(&self, sought: &Sought, area: Option<&str>, neighbours: &[String]) -> BooleanQuery {
        let topics: Vec<(Occur, Box<dyn Query>)> = sought
            .topics
            .iter()
            .map(|names| (Occur::Should, self.any_of(names)))
            .collect();
        // People name a thing in more words than a directory does, and tell of more than the thing.
        let least = topics.len().div_ceil(2).min(ENOUGH);
        let what = BooleanQuery::with_minimum_required_clauses(topics, least);
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(what))];
        if !sought.people.is_empty() {
            let people = BoostQuery::new(self.any_of(&sought.people), 0.5);
            clauses.push((Occur::Should, Box::new(people)));
        }
        if let Some(area) = area {
            let inside = [area, EVERYWHERE]
                .into_iter()
                .chain(neighbours.iter().map(String::as_str));
            let terms = inside
                .map(|a| Term::from_field_text(self.fields.area, a))
                .collect();
            let filter = BooleanQuery::new_multiterms_query(terms);
            clauses.push((
                Occur::Must,
                Box::new(ConstScoreQuery::new(Box::new(filter), 0.0)),
            ));
        }
        BooleanQuery::new(clauses)
    }

    /// Any of several names, in any field, all words of a name together.
    fn any_of(&self, names: &[Vec<String>]) -> Box<dyn Query> {
        let of_stem = |stem: &String| -> Box<dyn Query> {
            let fields = self.fields.texts.iter().map(|(field, boost)| {
                let term = Term::from_field_text(*field, stem);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                let boosted: Box<dyn Query> = Box::new(BoostQuery::new(Box::new(query), *boost));
                (Occur::Should, boosted)
            });
            Box::new(BooleanQuery::new(fields.collect()))
        };
        let of_name = |name: &Vec<String>| -> Box<dyn Query> {
            let stems = name.iter().map(|stem| (Occur::Must, of_stem(stem)));
            Box::new(BooleanQuery::new(stems.collect()))
        };
        // The best name counts: a service is not better for being called by three.
        Box::new(DisjunctionMaxQuery::new(
            names.iter().map(of_name).collect(),
        ))
    }
}

impl Fields {
    fn document(&self, listing: &Listing, entry: &Entry, number: u64) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let who = [listing.who.as_deref(), listing.organisation.as_deref()];
        let who = who.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let place = [listing.towns.join(" "), listing.serves.join(" ")].join(" ");
        let texts = [
            &listing.name,
            &listing.tags.join(" "),
            &who,
            &listing.what,
            &place,
        ];
        for ((field, _), text) in self.texts.iter().zip(texts) {
            document.add_text(*field, words(text).join(" "));
        }
        for area in &entry.areas {
            document.add_text(self.area, area);
        }
        document.add_u64(self.number, number);
        document
    }
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    let text = TextOptions::default().set_indexing_options(indexing);
    let mut field = |name| builder.add_text_field(name, text.clone());
    let texts = [
        (field("name"), 2.0),
        (field("tags"), 1.6),
        (field("who"), 1.0),
        (field("what"), 1.0),
        (field("place"), 0.3),
    ];
    let fields = Fields {
        texts,
        area: builder.add_text_field("area", STRING),
        number: builder.add_u64_field(NUMBER, NumericOptions::default().set_fast()),
    };
    (builder.build(), fields)
}
