//! Searching the guides: a page that works without a script, and suggestions while typing for one that has it.
//! What never lives here: ranking (the library's retrieval), answering; what is searched for is not kept.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use waymark::{
    base::Lang,
    retrieval::{Query as Question, RetrievalError},
};

use super::{
    frame::Frame,
    guides::{href, shown, summary},
    page_for_all,
    views::{FoundView, SearchPage},
};
use crate::{address::Client, app::App, trouble::Trouble};

/// Sections looked at, articles shown, suggestions given, characters read.
const SECTIONS: usize = 40;
const SHOWN: usize = 10;
const SUGGESTIONS: usize = 8;
const LONGEST: usize = 300;
/// Characters of a section's own words under its title.
const GIST: usize = 220;

/// What is looked for.
#[derive(Deserialize, Default)]
pub(crate) struct Sought {
    #[serde(default)]
    q: String,
}

fn words(sought: Result<Query<Sought>, QueryRejection>) -> String {
    let sought = sought.map(|Query(s)| s.q).unwrap_or_default();
    sought.trim().chars().take(LONGEST).collect()
}

/// `GET /search?q=`.
pub(crate) async fn results(
    State(app): State<App>,
    client: Client,
    sought: Result<Query<Sought>, QueryRejection>,
) -> Result<Response, Trouble> {
    if !app.files.allow(client.network()) {
        return Err(Trouble::TooMany);
    }
    let q = words(sought);
    let asked = q.clone();
    let worker = app.clone();
    let found = tokio::task::spawn_blocking(move || find(&worker, &asked)).await;
    let found = found.map_err(|_| Trouble::Fault)?.map_err(|error| {
        tracing::error!(%error, "the guides could not be searched");
        Trouble::Fault
    })?;
    page_for_all(&SearchPage {
        frame: Frame::new(&app).at("search"),
        q: crate::markdown::visible(&q),
        found,
    })
}

/// The best section of each article, best article first.
fn find(app: &App, q: &str) -> Result<Vec<FoundView>, RetrievalError> {
    let snapshot = app.desk.snapshot();
    let library = &snapshot.library;
    let today = app.desk.clock().now().today;
    let english = Lang::default();
    let ranking = snapshot.index.search(
        library,
        &Question {
            text: q,
            lang: &english,
            context: None,
            near: None,
            day: today,
            today,
            area: None,
            regime: None,
            audience: None,
            limit: SECTIONS,
        },
    )?;
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for place in ranking.candidates.iter().map(|c| c.place) {
        let Some((article, section)) = library.at(place) else {
            continue;
        };
        if seen.contains(&place.article) {
            continue;
        }
        seen.push(place.article);
        // The section `summary` holds the article's first short answer, which may be that of another day.
        let said = match section.anchor.as_str() {
            "summary" => summary(article, today).map_or("", |s| s.text.as_str()),
            _ => section.body.as_str(),
        };
        let gist = library.render_plain(said, today, &english).text;
        let (cut, dots) = cut(&gist);
        found.push(FoundView {
            href: href(&article.id, &section.anchor),
            title: article.title.clone(),
            section: (section.anchor != "summary").then(|| section.heading.clone()),
            gist: format!("{cut}{dots}"),
        });
        if found.len() == SHOWN {
            break;
        }
    }
    Ok(found)
}

/// The beginning of a text, to the end of a word, and the dots that stand for its rest.
fn cut(text: &str) -> (&str, &'static str) {
    let Some((end, _)) = text.char_indices().nth(GIST) else {
        return (text, "");
    };
    let begin = text.get(..end).unwrap_or(text);
    let whole = begin.rsplit_once(char::is_whitespace);
    let words = whole.map_or(begin, |(words, _)| words);
    (words.trim_end_matches([' ', '.', ',', ';', ':']), "…")
}

/// `GET /search/suggest?q=`: titles, headings and listed questions in which every word typed begins a word.
pub(crate) async fn suggest(
    State(app): State<App>,
    client: Client,
    sought: Result<Query<Sought>, QueryRejection>,
) -> Result<Response, Trouble> {
    if !app.files.allow(client.network()) {
        return Err(Trouble::TooMany);
    }
    let q = words(sought).to_lowercase();
    let typed: Vec<&str> = q.split_whitespace().collect();
    let library = app.desk.library();
    let today = app.desk.clock().now().today;
    let mut found: Vec<&str> = Vec::new();
    if q.chars().count() >= 2 {
        let titles = shown(&library, today).map(|a| a.title.as_str());
        let sections = || shown(&library, today).flat_map(|a| &a.sections);
        let headings = sections().map(|s| s.heading.as_str());
        let questions = sections().flat_map(|s| s.questions.iter().map(String::as_str));
        for line in titles.chain(headings).chain(questions) {
            if fits(line, &typed) && !found.contains(&line) {
                found.push(line);
            }
            if found.len() == SUGGESTIONS {
                break;
            }
        }
    }
    Ok(axum::Json(found).into_response())
}

fn fits(line: &str, typed: &[&str]) -> bool {
    let lower = line.to_lowercase();
    let begins = |word: &str| {
        let mut all = lower.split(|c: char| !c.is_alphanumeric());
        all.any(|w| w.starts_with(word))
    };
    typed.iter().all(|word| begins(word))
}

#[cfg(test)]
mod tests {
    use super::{GIST, cut, fits};

    #[test]
    fn a_text_is_cut_between_words() {
        assert_eq!(cut("short"), ("short", ""));
        let long = format!("{} end", "word ".repeat(GIST));
        let (begin, dots) = cut(&long);
        assert!(begin.ends_with("word") && begin.chars().count() <= GIST);
        assert_eq!(dots, "…");
        assert_eq!(cut(&"é".repeat(GIST + 1)).0.chars().count(), GIST);
    }

    #[test]
    fn every_word_typed_begins_a_word() {
        assert!(fits("Sick pay for a PA", &["si", "pa"]));
        assert!(!fits("Sick pay for a PA", &["ick"]));
        assert!(!fits("Sick pay for a PA", &["sick", "leave"]));
    }
}
