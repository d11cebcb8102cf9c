//! The texts by which languages are told apart: what people ask in English, what is translated, a few sentences of others.
//! What never lives here: telling them apart (base).

use std::collections::BTreeMap;

use super::{
    article::Article, complaint::Complaint, files::Files, library::Library, messages::Messages,
    translation::Translations,
};
use crate::base::{Lang, Languages, clip};

/// More of a language's texts than this (bytes) tell nothing new.
const SAMPLE: usize = 40_000;

/// What tells languages apart: what people ask in English, what is translated, and a few sentences of others.
pub(super) fn languages(
    files: &Files,
    articles: &[Article],
    messages: &Messages,
    summaries: &Translations,
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
    for code in messages.translations.languages() {
        let Ok(lang) = code.parse::<Lang>() else {
            continue;
        };
        let texts = messages.translations.of(&lang).chain(summaries.of(&lang));
        let texts: Vec<String> = texts.map(Library::without_placeholders).collect();
        let sample = clip(&texts.join(" "), SAMPLE);
        samples.push((lang, sample));
    }
    let file = "words/other-languages.toml";
    let others = files
        .get(file)
        .map(|text| toml::from_str::<BTreeMap<String, String>>(text));
    match others {
        Some(Ok(others)) => samples.extend(
            others
                .into_iter()
                .filter_map(|(code, text)| Some((code.parse::<Lang>().ok()?, text)))
                .filter(|(lang, _)| messages.translations.mark(lang).is_none()),
        ),
        Some(Err(e)) => complaints.push(Complaint::error(file, 1, e.message().to_owned())),
        None => {}
    }
    Languages::learn(&samples)
}
