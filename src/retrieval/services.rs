//! The index over local services as directories list them: what is looked for, for whom, and where -> the nearest that fit.
//! What never lives here: whether a question asks for services (assistant), what is said of them, articles (index.rs).

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

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

use super::{
    index::RetrievalError,
    vocabulary::{analyzer, is_little, stems},
};
use crate::{
    base::words,
    knowledge::{Area, Library, Listing, ListingRef, Signpost, find_area},
};

const TOKENIZER: &str = "waymark_en";
const NUMBER: &str = "number";
/// The whole of England: whoever serves it serves every area.
const EVERYWHERE: &str = "england";
/// So many are weighed by place and age.
const WEIGHED: usize = 200;
/// What fits less than this, beside the best one, is not shown.
const FITS: f64 = 0.2;
/// Of a service in a neighbouring area, of one for all of England, and of one whose distance nobody knows.
const NEIGHBOUR: f64 = 0.6;
const NATIONAL: f64 = 0.8;
const UNKNOWN_DISTANCE: f64 = 0.3;
/// At this distance a service counts half.
const HALF_KM: f64 = 10.0;
/// Kilometres in a degree of latitude.
const DEGREE_KM: f64 = 111.2;

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

    /// What a question looks for, apart from the words that say where, for whom, or nothing.
    fn sought(&self, text: &str, signpost: &Signpost) -> Sought {
        let mut analyzer = self.analyzer.clone();
        let typed = words(text);
        let town = self.town(&typed);
        let told: Vec<String> = typed
            .iter()
            .map(|w| {
                stems(&mut analyzer, w)
                    .into_iter()
                    .next()
                    .unwrap_or_default()
            })
            .collect();
        let mut open: Vec<bool> = typed
            .iter()
            .zip(&told)
            .map(|(word, stem)| {
                !signpost.ignore.contains(word) && !is_little(stem) && !is_postcode(word)
            })
            .collect();
        let mut sought = Sought {
            town,
            ages: (0, u8::MAX),
            topics: Vec::new(),
            people: Vec::new(),
        };
        let mut ages: Option<(u8, u8)> = None;
        for (names, group) in &self.people {
            if take(names, &told, &mut open) {
                ages = Some(ages.map_or(*group, |a| (a.0.min(group.0), a.1.max(group.1))));
                sought.people.extend(names.iter().cloned());
            }
        }
        sought.ages = ages.unwrap_or(sought.ages);
        for names in &self.same {
            if take(names, &told, &mut open) {
                sought.topics.push(names.clone());
            }
        }
        take(&self.places, &told, &mut open);
        if let Some(town) = &sought.town {
            let town = vec![stems(&mut analyzer, town)];
            take(&town, &told, &mut open);
        }
        let left = told
            .iter()
            .zip(&open)
            .filter(|(_, open)| **open)
            .map(|(stem, _)| stem);
        for stem in left.collect::<BTreeSet<_>>() {
            sought.topics.push(vec![vec![stem.clone()]]);
        }
        sought
    }

    /// The town or outward postcode named after "near" or the like: the longest name wins.
    fn town(&self, typed: &[String]) -> Option<String> {
        let before = [
            "near", "nearby", "in", "around", "at", "to", "by", "from", "of", "outside",
        ];
        let starts = (0..typed.len()).filter(|at| {
            is_postcode(&typed[*at]) || *at > 0 && before.contains(&typed[*at - 1].as_str())
        });
        let names = starts.flat_map(|at| (1..=4).filter_map(move |n| typed.get(at..at + n)));
        let known = names
            .map(|n| n.join(" "))
            .filter(|n| self.towns.contains_key(n));
        known.max_by_key(String::len)
    }

    fn question(&self, sought: &Sought, area: Option<&str>, neighbours: &[String]) -> BooleanQuery {
        let topics: Vec<(Occur, Box<dyn Query>)> = sought
            .topics
            .iter()
            .map(|names| (Occur::Should, self.any_of(names)))
            .collect();
        // Half of what is looked for at least: people name a thing in more words than a directory does.
        let least = topics.len().div_ceil(2);
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

/// What a question looks for.
#[derive(Debug)]
struct Sought {
    town: Option<String>,
    ages: (u8, u8),
    /// Each thing by all its names.
    topics: Vec<Names>,
    people: Names,
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

/// Where each town and outward postcode lies: the mean of the services there that tell.
fn towns(entries: &[Entry]) -> HashMap<String, Option<(f64, f64)>> {
    let mut sums: HashMap<String, (f64, f64, f64)> = HashMap::new();
    for entry in entries {
        for name in &entry.near {
            let sum = sums.entry(name.clone()).or_default();
            if let Some((lat, lon)) = entry.point {
                *sum = (sum.0 + lat, sum.1 + lon, sum.2 + 1.0);
            }
        }
    }
    let mean = |(lat, lon, n): (f64, f64, f64)| (n > 0.0).then(|| (lat / n, lon / n));
    sums.into_iter()
        .map(|(name, sum)| (name, mean(sum)))
        .collect()
}

/// Flat-earth distance: good to a percent within a county.
fn kilometres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (north, east) = (a.0 - b.0, (a.1 - b.1) * a.0.to_radians().cos());
    north.hypot(east) * DEGREE_KM
}

/// Closes the places where any of the names stands, the longest names first; whether there was one.
fn take(names: &[Vec<String>], told: &[String], open: &mut [bool]) -> bool {
    let mut by_length: Vec<&Vec<String>> = names.iter().collect();
    by_length.sort_by_key(|n| Reverse(n.len()));
    let mut found = false;
    for name in by_length {
        if let Some(at) = stands_in(name, told)
            && let Some(covered) = open.get_mut(at..at + name.len())
        {
            covered.fill(false);
            found = true;
        }
    }
    found
}

fn stands_in(name: &[String], told: &[String]) -> Option<usize> {
    told.windows(name.len().max(1)).position(|w| w == name)
}

/// Whether a folded word is the first half of a postcode: `me14`.
fn is_postcode(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = word.get(letters..).unwrap_or("");
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest.starts_with(|c: char| c.is_ascii_digit())
}

/// Which areas a text names, remembered: a feed says the same few towns thousands of times.
struct Whereabouts<'a> {
    areas: &'a std::collections::BTreeMap<String, Area>,
    told: HashMap<String, Option<&'a str>>,
}

impl<'a> Whereabouts<'a> {
    fn new(areas: &'a std::collections::BTreeMap<String, Area>) -> Self {
        Self {
            areas,
            told: HashMap::new(),
        }
    }

    /// The areas of a listing: where it is, and whom it serves; else what holds for its whole feed.
    fn areas(&mut self, listing: &Listing, of_feed: Option<&str>) -> Vec<String> {
        let mut found: BTreeSet<String> = BTreeSet::new();
        // "in Deal": a town's name that is a word of its own counts only with something before it.
        let towns: Vec<String> = listing.towns.iter().map(|t| format!("in {t}")).collect();
        found.extend(towns.iter().filter_map(|t| self.area(t)).map(str::to_owned));
        if found.is_empty() {
            let outward = listing.postcodes.iter().filter_map(|p| p.split(' ').next());
            found.extend(outward.filter_map(|p| self.area(p)).map(str::to_owned));
        }
        for serves in &listing.serves {
            for piece in serves
                .split([',', ';', '&', '/'])
                .flat_map(|p| p.split(" and "))
            {
                found.extend(self.area(piece).map(str::to_owned));
            }
            let national = ["england", "national", "nationwide", "uk"];
            if words(serves).iter().any(|w| national.contains(&w.as_str())) {
                found.insert(EVERYWHERE.to_owned());
            }
        }
        if found.is_empty() {
            found.extend(of_feed.map(str::to_owned));
        }
        found.into_iter().collect()
    }

    fn area(&mut self, text: &str) -> Option<&'a str> {
        let areas = self.areas;
        *self
            .told
            .entry(text.to_owned())
            .or_insert_with(|| find_area(areas, text))
    }
}
