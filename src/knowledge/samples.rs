//! The texts by which languages are told apart: what people ask in English, what is translated, a few sentences of others.
//! What never lives here: telling them apart (base).

use std::collections::BTreeMap;

use super::{
    article::Article, asked::Asked, complaint::Complaint, files::Files, library::Library,
    messages::Messages, translation::Translations,
};
use crate::base::{Lang, Languages, clip};

/// More of a language's texts than this (bytes) tell nothing new.
const SAMPLE: usize = 40_000;

/// What tells languages apart: what people ask in English, what is translated, and a few sentences of others.
pub(super) fn languages(
    files: &Files,
    articles: &[Article],
    (messages, summaries, questions): (&Messages, &Translations, &Asked),
    complaints: &mut Vec<Complaint>,
) -> Languages {
    let asked = articles
        .iter()
        .flat_map(|a| &a.sections)
        .flat_map(|s| &s.questions)
        .step_by(3)
        .map(String::as_str);
    let mut samples = vec![(
        Lang::english(),
        clip(&asked.collect::<Vec<_>>().join(" "), SAMPLE),
    )];
    let mut held: BTreeMap<Lang, String> = BTreeMap::new();
    for lang in questions.languages() {
        let asked: Vec<&str> = questions.of(lang).iter().map(|(_, q)| q.as_str()).collect();
        held.insert(lang.clone(), clip(&asked.join(" "), SAMPLE / 2));
    }
    for code in messages.translations.languages() {
        let Ok(lang) = code.parse::<Lang>() else {
            continue;
        };
        let texts = messages.translations.of(&lang).chain(summaries.of(&lang));
        let texts: Vec<String> = texts.map(Library::without_placeholders).collect();
        let sample = held.entry(lang).or_default();
        *sample = clip(&format!("{sample} {}", texts.join(" ")), SAMPLE);
    }
    let file = "words/other-languages.toml";
    let others = files
        .get(file)
        .map(|text| toml::from_str::<BTreeMap<String, String>>(text));
    match others {
        Some(Ok(others)) => {
            for (code, text) in others {
                if let Ok(lang) = code.parse::<Lang>()
                    && messages.translations.mark(&lang).is_none()
                {
                    let sample = held.entry(lang).or_default();
                    *sample = format!("{sample} {text}");
                }
            }
        }
        Some(Err(e)) => complaints.push(Complaint::error(file, 1, e.message().to_owned())),
        None => {}
    }
    samples.extend(held);
    Languages::learn(&samples)
}
