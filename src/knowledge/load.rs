//! Files -> library. Never fails on bad content: what cannot be read is left out and complained about.
//! What never lives here: rules of style across articles (check), the disk (files.rs).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{
    article::{Article, Audience, HandOverWhen, Regime, Section, SectionRef, Standing, Summary},
    asked::Asked,
    complaint::Complaint,
    feeds::Feeds,
    files::Files,
    library::Library,
    markdown,
    messages::Messages,
    readability::PlainWords,
    registers::{Registers, Term},
    rules::read_rules,
    samples::languages,
    span::{Span, date, maybe_date},
    translation::Translations,
};

/// Reads everything. The library holds whatever could be read.
pub fn load(files: &Files) -> (Library, Vec<Complaint>) {
    let mut complaints = Vec::new();
    let terms = terms(files, &mut complaints);
    let registers = Registers {
        sources: register(files, "sources", &mut complaints),
        rates: register(files, "rates", &mut complaints),
        facts: register(files, "facts", &mut complaints),
        services: register(files, "services", &mut complaints),
        spoken: register(files, "spoken", &mut complaints),
        heard: register(files, "heard", &mut complaints),
        plain_words: PlainWords::read(files, &terms, &mut complaints),
        terms,
    };
    let areas = register(files, "areas", &mut complaints);
    let rules = read_rules(files, &mut complaints);
    let messages = Messages::read(files, &mut complaints);
    let summaries = Translations::read(files, "summaries/", &mut complaints);
    let mut articles = Vec::new();
    for (file, text) in files
        .iter()
        .filter(|(f, _)| f.starts_with("articles/") && f.ends_with(".md"))
    {
        if text.contains('\u{FFFD}') {
            complaints.push(Complaint::error(file, 1, "the file is not UTF-8 text"));
        }
        match article(file, text, &mut complaints) {
            Ok(article) => articles.push(article),
            Err(complaint) => complaints.push(complaint),
        }
    }
    let common_words = files
        .iter()
        .filter(|(f, _)| f.starts_with("words/") && f.ends_with(".txt"))
        .flat_map(|(_, text)| text.lines().map(|w| w.trim().to_owned()))
        .collect();
    let by_id = Library::places(&articles);
    let place = |article: &str, anchor: &str| {
        let article = *by_id.get(article)?;
        let sections = &articles.get(article)?.sections;
        let section = sections.iter().position(|s| s.anchor == anchor)?;
        Some(SectionRef { article, section })
    };
    let asked = Asked::read(files, place, &mut complaints);
    let told = (&messages, &summaries, &asked);
    let languages = languages(files, &articles, told, &mut complaints);
    let library = Library {
        languages,
        feeds: Feeds::default(),
        by_id,
        asked,
        articles,
        registers,
        areas,
        rules,
        messages,
        summaries,
        common_words,
        hash: files_hash(files),
    };
    (library, complaints)
}

/// SHA-256 over all files, hexadecimal: names a snapshot.
pub fn files_hash(files: &Files) -> String {
    let mut digest = Sha256::new();
    for (file, text) in files {
        digest.update(file.as_bytes());
        digest.update([0]);
        digest.update(text.as_bytes());
        digest.update([0]);
    }
    hex(&digest.finalize())
}

/// Line of a byte offset, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

/// Line of the first occurrence of a needle; 1 when it is not there.
pub(super) fn line_of(text: &str, needle: &str) -> usize {
    text.find(needle).map_or(1, |at| line_at(text, at))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Every record of `name.toml` and `name/*.toml`; a record that cannot be read is left out.
fn register<T: DeserializeOwned>(
    files: &Files,
    name: &str,
    complaints: &mut Vec<Complaint>,
) -> BTreeMap<String, T> {
    let (single, folder) = (format!("{name}.toml"), format!("{name}/"));
    let mut records = BTreeMap::new();
    let mine = files
        .iter()
        .filter(|(f, _)| **f == single || (f.starts_with(&folder) && f.ends_with(".toml")));
    for (file, text) in mine {
        let table: toml::Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(e) => {
                let line = e.span().map_or(1, |s| line_at(text, s.start));
                complaints.push(Complaint::error(file, line, e.message().to_owned()));
                continue;
            }
        };
        for (id, value) in table {
            let line = line_of(text, &format!("[{id}]"));
            match T::deserialize(value) {
                Ok(record) => {
                    if records.insert(id.clone(), record).is_some() {
                        complaints.push(Complaint::error(
                            file,
                            line,
                            format!("'{id}' stands twice in {name}"),
                        ));
                    }
                }
                Err(e) => complaints.push(Complaint::error(
                    file,
                    line,
                    format!("[{id}]: {}", e.message()),
                )),
            }
        }
    }
    records
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermFile {
    #[serde(default)]
    term: Vec<Term>,
}

fn terms(files: &Files, complaints: &mut Vec<Complaint>) -> Vec<Term> {
    let Some(text) = files.get("terms.toml") else {
        return Vec::new();
    };
    toml::from_str::<TermFile>(text)
        .map(|f| f.term)
        .unwrap_or_else(|e| {
            let line = e.span().map_or(1, |s| line_at(text, s.start));
            complaints.push(Complaint::error("terms.toml", line, e.message().to_owned()));
            Vec::new()
        })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    title: String,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    summaries: Vec<SummaryEntry>,
    audience: Vec<Audience>,
    regime: Vec<Regime>,
    area: Vec<String>,
    standing: Standing,
    #[serde(default, deserialize_with = "maybe_date")]
    valid_from: Option<Date>,
    #[serde(default, deserialize_with = "maybe_date")]
    valid_to: Option<Date>,
    #[serde(deserialize_with = "date")]
    review_by: Date,
    sources: Vec<String>,
    #[serde(default)]
    next: Vec<String>,
    #[serde(default)]
    related: Vec<String>,
    #[serde(default)]
    background: bool,
    #[serde(default)]
    handover: Option<HandOverEntry>,
    #[serde(default)]
    questions: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    easy_read: Option<EasyRead>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SummaryEntry {
    text: String,
    #[serde(default, deserialize_with = "maybe_date")]
    valid_from: Option<Date>,
    #[serde(default, deserialize_with = "maybe_date")]
    valid_to: Option<Date>,
    audience: Option<Audience>,
    regime: Option<Regime>,
    area: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandOverEntry {
    when: HandOverWhen,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EasyRead {
    text: String,
}

fn article(file: &str, text: &str, complaints: &mut Vec<Complaint>) -> Result<Article, Complaint> {
    let text_lf = text.replace("\r\n", "\n");
    let text = text_lf.as_str();
    let inside = text.strip_prefix("+++\n").ok_or_else(|| {
        Complaint::error(
            file,
            1,
            "the file must begin with a line '+++' and its front matter",
        )
    })?;
    let (front, body) = inside
        .split_once("\n+++\n")
        .or_else(|| inside.strip_suffix("\n+++").map(|front| (front, "")))
        .ok_or_else(|| Complaint::error(file, 1, "the front matter has no closing line '+++'"))?;
    let front_matter: FrontMatter = toml::from_str(front).map_err(|e| {
        let line = e.span().map_or(1, |s| line_at(front, s.start)) + 1;
        Complaint::error(file, line, e.message().to_owned())
    })?;
    let body_at = text.len() - body.len();
    let id = file
        .trim_start_matches("articles/")
        .trim_end_matches(".md")
        .to_owned();
    let mut article = from_front_matter(id, file, front_matter, complaints, text)?;
    let questions = std::mem::take(&mut article.1);
    let mut article = article.0;
    let cut = markdown::cut(body);
    for (at, sentence) in cut.wrong {
        complaints.push(Complaint::error(
            file,
            line_at(text, body_at + at),
            sentence,
        ));
    }
    for block in cut.blocks {
        let line = line_at(text, body_at + block.at);
        match section(&article, block, line) {
            Ok(section) if article.sections.iter().any(|s| s.anchor == section.anchor) => {
                let text = format!("anchor '#{}' stands twice in this article", section.anchor);
                complaints.push(Complaint::error(file, line, text));
            }
            Ok(section) => article.sections.push(section),
            Err(sentence) => complaints.push(Complaint::error(file, line, sentence)),
        }
    }
    for (anchor, asked) in questions {
        match article.sections.iter_mut().find(|s| s.anchor == anchor) {
            Some(section) => section.questions = asked,
            None => {
                let line = line_of(text, &format!("{anchor} ="));
                let text = format!(
                    "[questions] names the anchor '{anchor}', which this article does not have"
                );
                complaints.push(Complaint::error(file, line, text));
            }
        }
    }
    Ok(article)
}

type Questions = BTreeMap<String, Vec<String>>;

fn from_front_matter(
    id: String,
    file: &str,
    front: FrontMatter,
    complaints: &mut Vec<Complaint>,
    text: &str,
) -> Result<(Article, Questions), Complaint> {
    let mut summaries: Vec<Summary> = front
        .summaries
        .into_iter()
        .map(|s| Summary {
            text: s.text.trim().to_owned(),
            span: Span {
                from: s.valid_from,
                to: s.valid_to,
            },
            audience: s.audience,
            regime: s.regime,
            area: s.area,
        })
        .collect();
    if let Some(plain) = front.summary {
        let text = plain.trim().to_owned();
        summaries.push(Summary {
            text,
            span: Span::default(),
            audience: None,
            regime: None,
            area: None,
        });
    }
    let Some(first) = summaries.iter().find(|s| !s.text.is_empty()) else {
        return Err(Complaint::error(
            file,
            1,
            "the article needs a summary (the short answer)",
        ));
    };
    for (empty, key) in [
        (front.audience.is_empty(), "audience"),
        (front.regime.is_empty(), "regime"),
        (front.area.is_empty(), "area"),
        (front.sources.is_empty(), "sources"),
    ] {
        if empty {
            complaints.push(Complaint::error(
                file,
                line_of(text, key),
                format!("{key} must name at least one"),
            ));
        }
    }
    let span = Span {
        from: front.valid_from,
        to: front.valid_to,
    };
    let lead = Section {
        anchor: "summary".into(),
        heading: front.title.clone(),
        plain: markdown::plain(&first.text),
        hash: hash(
            &front.title,
            &summaries
                .iter()
                .map(|s| s.text.as_str())
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        body: first.text.clone(),
        questions: Vec::new(),
        regimes: front.regime.clone(),
        areas: front.area.clone(),
        audiences: front.audience.clone(),
        standing: front.standing,
        sources: front.sources.clone(),
        span,
        line: line_of(text, "summar"),
    };
    let (handover, handover_note) = front
        .handover
        .map_or((HandOverWhen::Offer, None), |h| (h.when, h.note));
    let article = Article {
        id,
        file: file.to_owned(),
        title: front.title,
        summaries,
        audiences: front.audience,
        regimes: front.regime,
        areas: front.area,
        standing: front.standing,
        span,
        review_by: front.review_by,
        sources: front.sources,
        next: front.next,
        related: front.related,
        handover,
        handover_note,
        background: front.background,
        easy_read: front.easy_read.map(|e| e.text.trim().to_owned()),
        sections: vec![lead],
    };
    Ok((article, front.questions))
}

fn section(article: &Article, block: markdown::Block, line: usize) -> Result<Section, String> {
    let anchor = block.anchor.ok_or_else(|| {
        format!(
            "heading '{}' needs an anchor: {{#like-this}}",
            block.heading
        )
    })?;
    let good = !anchor.is_empty()
        && anchor
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !good || anchor == "summary" {
        return Err(format!(
            "anchor '#{anchor}' must be lower case letters, digits and hyphens, and not 'summary'"
        ));
    }
    let mut section = Section {
        hash: hash(&block.heading, &block.body),
        plain: markdown::plain(&block.body),
        anchor,
        heading: block.heading,
        body: block.body,
        questions: Vec::new(),
        regimes: article.regimes.clone(),
        areas: article.areas.clone(),
        audiences: article.audiences.clone(),
        standing: article.standing,
        sources: article.sources.clone(),
        span: Span::default(),
        line,
    };
    if section.body.is_empty() {
        return Err(format!("section '#{}' is empty", section.anchor));
    }
    for (key, value) in block.attributes {
        attribute(&mut section, &key, value.trim_matches('"'))?;
    }
    section.span = section.span.within(article.span);
    Ok(section)
}

fn attribute(section: &mut Section, key: &str, value: &str) -> Result<(), String> {
    let list = || value.split(',').map(str::trim).filter(|v| !v.is_empty());
    let unknown = |what: &str, word: &str| format!("'{word}' is not a known {what}");
    let day = || {
        value
            .parse::<Date>()
            .map_err(|_| format!("{key}={value} is not a day; write {key}=2027-01-01"))
    };
    match key {
        "valid_from" => section.span.from = Some(day()?),
        "valid_to" => section.span.to = Some(day()?),
        "regime" => {
            section.regimes = list()
                .map(|w| Regime::parse(w).ok_or_else(|| unknown("regime", w)))
                .collect::<Result<_, _>>()?;
        }
        "audience" => {
            section.audiences = list()
                .map(|w| Audience::parse(w).ok_or_else(|| unknown("audience", w)))
                .collect::<Result<_, _>>()?;
        }
        "area" => section.areas = list().map(str::to_owned).collect(),
        "standing" => {
            section.standing = Standing::parse(value).ok_or_else(|| unknown("standing", value))?
        }
        "sources" | "source" => section.sources = list().map(str::to_owned).collect(),
        other => {
            return Err(format!(
                "'{other}' is not a heading attribute; see knowledge/README.md"
            ));
        }
    }
    Ok(())
}

fn hash(heading: &str, body: &str) -> String {
    hex(&Sha256::new()
        .chain_update(heading)
        .chain_update([0])
        .chain_update(body)
        .finalize())
}
