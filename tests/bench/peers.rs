//! Waymark's rows of tests/peers/: its retrieval over any corpus given as JSON, and the project's own sections and questions
//! written as one. The folder is named by PEERS, that of the models (optional) by MODELS.
//! What never lives here: other engines, judging (tests/peers/report.py).

use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use serde_json::json;
use waymark::{
    base::{Lang, Stopwatch},
    knowledge::{Files, Library, load, read_folder},
    retrieval::{Index, Query},
};

use crate::meaning;

/// Sections and questions with what is right, as every engine of tests/peers/ reads them.
#[derive(Serialize, Deserialize)]
struct Corpus {
    name: String,
    documents: Vec<Document>,
    queries: Vec<Asked>,
}

/// One section. Several may share an id: whatever of them is found counts as that id.
#[derive(Serialize, Deserialize)]
struct Document {
    id: String,
    title: String,
    body: String,
    questions: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Asked {
    q: String,
    right: Vec<String>,
}

/// The name of the project's own corpus.
const OWN: &str = "Waymark's own";
/// More than are judged, because several sections may share an id.
const CANDIDATES: usize = 60;
const TODAY: Date = date(2026, 11, 22);

/// Every corpus of the folder; nothing without PEERS, for this part is not of the others' kind.
pub(crate) fn run() {
    let Some(folder) = std::env::var_os("PEERS").map(PathBuf::from) else {
        println!("  skipped: `make bench-peers` runs it");
        return;
    };
    let own = folder.join("corpora/own.json");
    std::fs::write(&own, serde_json::to_vec(&own_corpus()).unwrap()).unwrap();
    let mut corpora: Vec<PathBuf> = std::fs::read_dir(folder.join("corpora"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    corpora.sort();
    let models = std::env::var_os("MODELS").map(PathBuf::from);
    row(&folder, &corpora, "words", None);
    match models.filter(|m| meaning::there(m)) {
        Some(models) => row(&folder, &corpora, "words and meaning", Some(&models)),
        None => println!("  skipped: Waymark with meaning; MODELS names no folder with the model"),
    }
}

/// One row of the table: every corpus, with what was found for each question and how long it took.
fn row(folder: &Path, corpora: &[PathBuf], kind: &str, models: Option<&Path>) {
    let embedder = models.map(meaning::embedder);
    let mut sets = serde_json::Map::new();
    for path in corpora {
        let corpus: Corpus = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let library = library(&corpus);
        let watch = Stopwatch::start();
        let mut index = Index::build(&library).unwrap();
        if let Some(embedder) = &embedder {
            index = meaning::add(index, &library, embedder);
        }
        let build_ms = watch.millis();
        let (mut found, mut ms) = (Vec::new(), Vec::new());
        for asked in &corpus.queries {
            let watch = Stopwatch::start();
            let ids = search(&index, &library, &asked.q);
            ms.push(watch.millis());
            found.push(ids);
        }
        println!("  {kind}: {} ({} questions)", corpus.name, found.len());
        sets.insert(
            corpus.name,
            json!({"found": found, "ms": ms, "build_ms": build_ms}),
        );
    }
    let version = env!("CARGO_PKG_VERSION");
    let row = json!({"peer": format!("Waymark ({kind})"), "version": version, "sets": sets});
    let name = format!("results/waymark-{}.json", kind.replace(' ', "-"));
    std::fs::write(folder.join(name), row.to_string()).unwrap();
}

/// The ids found, best first, each once.
fn search(index: &Index, library: &Library, text: &str) -> Vec<String> {
    let query = Query {
        text,
        lang: &Lang::english(),
        context: None,
        near: None,
        day: TODAY,
        today: TODAY,
        area: None,
        regime: None,
        audience: None,
        limit: CANDIDATES,
    };
    let mut ids: Vec<String> = Vec::new();
    for candidate in index.search(library, &query).unwrap().candidates {
        let (article, _) = library.at(candidate.place).unwrap();
        // Of the public sets an article is one document, and its id ends in a number of its own.
        let id = article
            .id
            .rsplit_once('~')
            .map_or(&*article.id, |(id, _)| id);
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids.truncate(10);
    ids
}

/// The project's own knowledge as it is, or an article for each document with the document as its short answer.
fn library(corpus: &Corpus) -> Library {
    if corpus.name == OWN {
        return crate::library();
    }
    let words = read_folder(&crate::root().join("knowledge")).unwrap();
    let mut files: Files = words
        .into_iter()
        .filter(|(name, _)| name.starts_with("words/"))
        .collect();
    for (number, document) in corpus.documents.iter().enumerate() {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        // An article says something: an intent that is known by its questions alone says its title.
        let says = if document.body.is_empty() {
            &document.title
        } else {
            &document.body
        };
        let questions: Vec<String> = document.questions.iter().map(|q| quoted(q)).collect();
        let text = format!(
            "+++\ntitle = {}\nsummary = {}\naudience = [\"adult\"]\nregime = [\"adults\"]\narea = [\"england\"]\n\
             standing = \"law\"\nreview_by = 2027-10-31\nsources = []\n\n[questions]\nsummary = [{}]\n+++\n",
            quoted(&document.title),
            quoted(says),
            questions.join(", ")
        );
        files.insert(format!("articles/{}~{number}.md", document.id), text);
    }
    let (library, complaints) = load(&files);
    let (held, given) = (library.articles.len(), corpus.documents.len());
    let why = complaints.iter().find(|c| c.file.starts_with("articles/"));
    assert_eq!(held, given, "{}: {why:?}", corpus.name);
    library
}

/// The project's sections, and the questions of its sets that name the articles that are right.
fn own_corpus() -> Corpus {
    let library = crate::library();
    let shown = |text: &str| library.render_plain(text, TODAY, &Lang::english()).text;
    let documents = library
        .sections()
        .map(|(_, article, section)| Document {
            id: article.id.clone(),
            title: match section.anchor.as_str() {
                "summary" => article.title.clone(),
                _ => format!("{} {}", article.title, section.heading),
            },
            body: shown(&section.body),
            questions: section.questions.clone(),
        })
        .collect();
    let queries = crate::items()
        .iter()
        .filter(|item| item["expect"] == "answer" && item["lang"].is_null())
        .filter_map(|item| {
            let right = serde_json::from_value::<Vec<String>>(item["articles"].clone()).ok()?;
            let q = item["q"].as_str()?.to_owned();
            (!right.is_empty()).then_some(Asked { q, right })
        })
        .collect();
    Corpus {
        name: OWN.into(),
        documents,
        queries,
    }
}
