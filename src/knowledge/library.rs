//! The snapshot: everything curated, immutable once loaded, swapped whole. How placeholders are filled for a day.
//! What never lives here: reading files (load.rs), searching (retrieval).

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::LazyLock,
};

use jiff::civil::Date;
use regex::{Captures, Regex};

use super::{
    article::{Article, Section, SectionRef, Standing, Summary},
    asked::Asked,
    feeds::Feeds,
    markdown,
    messages::Messages,
    phrases::matchable,
    place::{Area, find_area},
    registers::{Certainty, Registers, Service, Source},
    rules::Rules,
    speakable::speakable,
    translation::Translations,
};
use crate::base::{Lang, Languages, long_date};

/// `{{ rate.nlw_21 }}`, `{{ rate.nlw_21 @ 2025-06-01 }}`, `{{ fact.x }}`, `{{ phone.acas }}`.
pub(super) static PLACEHOLDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\{\{\s*(rate|fact|phone)\.([a-z0-9_]+)\s*(?:@\s*(\d{4}-\d{2}-\d{2})\s*)?\}\}").ok()
});
/// `[words](source:id)`, `[words](service:id)`, `[words](article:folder/slug#anchor)`.
pub(super) static LINK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\[([^\]]*)\]\((source|service|article):([^)\s]+)\)").ok());

/// A text with its placeholders filled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendered {
    /// Markdown, ready to be shown.
    pub text: String,
    /// Rates shown, as `id=value`.
    pub rates: Vec<String>,
}

/// Everything curated.
#[derive(Debug, Clone)]
pub struct Library {
    /// Articles by file name.
    pub articles: Vec<Article>,
    /// Sources, rates, facts, services, terms.
    pub registers: Registers,
    /// Councils.
    pub areas: BTreeMap<String, Area>,
    /// Word lists.
    pub rules: Rules,
    /// Sentences.
    pub messages: Messages,
    /// Short answers in other languages, by article id.
    pub summaries: Translations,
    /// What people ask in other languages.
    pub asked: Asked,
    /// Ordinary English words (`words/*.txt`): known, hence never corrected.
    pub common_words: HashSet<String>,
    /// Tells languages apart by what is held in each.
    pub languages: Languages,
    /// Local services as directories list them; empty until whoever opens the library puts them in.
    pub feeds: Feeds,
    /// SHA-256 over all files (the feeds apart), hexadecimal: names a snapshot.
    pub hash: String,
    pub(super) by_id: HashMap<String, usize>,
}

impl Library {
    /// Where each article stands, by its id.
    pub(super) fn places(articles: &[Article]) -> HashMap<String, usize> {
        let ids = articles.iter().map(|a| a.id.clone());
        ids.enumerate().map(|(place, id)| (id, place)).collect()
    }

    /// An article by id.
    pub fn article(&self, id: &str) -> Option<&Article> {
        self.by_id.get(id).map(|i| &self.articles[*i])
    }

    /// An article's index by id.
    pub fn article_index(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Every section with its place.
    pub fn sections(&self) -> impl Iterator<Item = (SectionRef, &Article, &Section)> {
        self.articles.iter().enumerate().flat_map(|(article, a)| {
            a.sections
                .iter()
                .enumerate()
                .map(move |(section, s)| (SectionRef { article, section }, a, s))
        })
    }

    /// The article and section at a place. `None` for a place of another snapshot.
    pub fn at(&self, place: SectionRef) -> Option<(&Article, &Section)> {
        let article = self.articles.get(place.article)?;
        article
            .sections
            .get(place.section)
            .map(|section| (article, section))
    }

    /// A source by id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.registers.sources.get(id)
    }

    /// Whether a message looks for local services; naming a place we know is saying "nearby".
    pub fn asks_for_services(&self, text: &str) -> bool {
        let here = find_area(&self.areas, text).map_or("", |_| " nearby");
        self.rules.signpost.asks(&(matchable(text) + here))
    }

    /// How binding a source is for what rests on it, in everyday words: what is law may be shown by a guide, and then the
    /// guide is named as one.
    pub fn standing_words(&self, source: &Source, standing: Standing, lang: &Lang) -> String {
        let id = match source.kind.as_str() {
            "official-guidance" => "kind_official_guidance".to_owned(),
            "organisation" => "kind_organisation".to_owned(),
            "ombudsman" => "kind_ombudsman".to_owned(),
            "council" => "kind_council".to_owned(),
            "paper" => "kind_paper".to_owned(),
            _ => format!("standing_{}", standing.as_str().replace('-', "_")),
        };
        self.messages.say(lang, &id, &[])
    }

    /// A service by id.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.registers.services.get(id)
    }

    /// Fills placeholders with the values valid on `day` and turns register links into real ones. A rate without a value
    /// for that day says so; a link whose target has no address becomes its words.
    pub fn render(&self, markdown: &str, day: Date, lang: &Lang) -> Rendered {
        let mut rates = Vec::new();
        let Some(placeholder) = PLACEHOLDER.as_ref() else {
            return Rendered {
                text: markdown.to_owned(),
                rates,
            };
        };
        let text = placeholder.replace_all(markdown, |found: &Captures<'_>| {
            let fixed = found.get(3).and_then(|d| d.as_str().parse().ok());
            self.value(&found[1], &found[2], fixed.unwrap_or(day), lang, &mut rates)
        });
        let text = match LINK.as_ref() {
            Some(link) => link
                .replace_all(&text, |found: &Captures<'_>| self.link(found))
                .into_owned(),
            None => text.into_owned(),
        };
        Rendered { text, rates }
    }

    /// Like [`Library::render`], but without markdown.
    pub fn render_plain(&self, markdown: &str, day: Date, lang: &Lang) -> Rendered {
        let rendered = self.render(markdown, day, lang);
        Rendered {
            text: markdown::plain(&rendered.text),
            rates: rendered.rates,
        }
    }

    /// Like [`Library::render`], but as a voice should read it: figures, money, dates, phone numbers and short forms in words, lists
    /// and tables as sentences, links as their words. Other languages than English are only freed of markdown.
    pub fn speak(&self, markdown: &str, day: Date, lang: &Lang) -> String {
        if !lang.is_english() {
            return self.render_plain(markdown, day, lang).text;
        }
        let rendered = self.render(markdown, day, lang);
        speakable(&rendered.text, &self.registers.spoken)
    }

    /// A short answer in another language, its placeholders filled for `day`. `None` in English, where nobody has translated it,
    /// and where the translation was made from other words than `english` holds now: one that is out of date is never shown.
    pub fn summary_in(
        &self,
        article: &Article,
        english: &Summary,
        lang: &Lang,
        day: Date,
    ) -> Option<Rendered> {
        let translated = self.summaries.get(lang, &article.id)?;
        let current = translated.en.trim() == english.text && english.span.holds(day);
        current.then(|| self.render(translated.text.trim(), day, lang))
    }

    /// A text with its placeholders blanked out: what the index and the linters read.
    pub fn without_placeholders(text: &str) -> String {
        let text = PLACEHOLDER
            .as_ref()
            .map_or_else(|| text.into(), |p| p.replace_all(text, " "));
        let linked = LINK
            .as_ref()
            .map_or_else(|| text.clone(), |l| l.replace_all(&text, "$1"));
        linked.into_owned()
    }

    fn value(
        &self,
        kind: &str,
        id: &str,
        day: Date,
        lang: &Lang,
        rates: &mut Vec<String>,
    ) -> String {
        match kind {
            "rate" => self.rate(id, day, lang, rates),
            "fact" => self
                .registers
                .facts
                .get(id)
                .and_then(|f| f.show().ok())
                .unwrap_or_else(|| self.messages.say(lang, "figure_missing", &[])),
            _ => self
                .service(id)
                .filter(|s| s.status == Certainty::Confirmed)
                .and_then(|s| s.phone.clone().or_else(|| s.text.clone()))
                .unwrap_or_else(|| self.messages.say(lang, "phone_missing", &[])),
        }
    }

    fn rate(&self, id: &str, day: Date, lang: &Lang, rates: &mut Vec<String>) -> String {
        let Some(rate) = self.registers.rates.get(id) else {
            return self.messages.say(lang, "figure_missing", &[]);
        };
        if let Some(value) = rate.on(day) {
            rates.push(format!("{id}={}", value.value));
            return rate.show(&value.value);
        }
        let known = rate.known();
        let last = rate.values.iter().max_by_key(|v| v.valid_to);
        match (last, known.to) {
            (Some(last), Some(to)) if to < day => {
                rates.push(format!("{id}={}", last.value));
                let (value, until) = (rate.show(&last.value), long_date(to));
                self.messages.say(
                    lang,
                    "rate_not_announced",
                    &[("value", &value), ("until", &until)],
                )
            }
            _ => self.messages.say(lang, "rate_not_held", &[]),
        }
    }

    fn link(&self, found: &Captures<'_>) -> String {
        let words = &found[1];
        let url = match &found[2] {
            "source" => self.source(&found[3]).and_then(|s| s.url.as_deref()),
            "service" => self.service(&found[3]).and_then(|s| s.url.as_deref()),
            _ => None,
        };
        url.map_or_else(|| words.to_owned(), |url| format!("[{words}]({url})"))
    }
}
