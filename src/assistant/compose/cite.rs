//! Citations: what an answer rests on, as shown and as recorded.
//! What never lives here: choosing what to cite.

use super::super::{reply::Citation, snapshot::Snapshot, step::Draft};
use crate::{
    base::{Lang, long_date},
    casework::Cited,
    knowledge::{Article, Certainty, Messages, Section},
};

/// Adds one citation a source of the section; a source already there for the same section is not repeated.
pub(super) fn cite(
    citations: &mut Vec<Citation>,
    article: &Article,
    section: &Section,
    rates: &[String],
    draft: &Draft,
    snapshot: &Snapshot,
) {
    let library = &snapshot.library;
    let mut ids: Vec<String> = rates
        .iter()
        .filter_map(|r| r.split_once('=').map(|(id, _)| id.to_owned()))
        .collect();
    ids.dedup();
    for id in &section.sources {
        let Some(source) = library.source(id) else {
            continue;
        };
        let same = |c: &Citation| {
            c.article == article.id
                && c.section == section.anchor
                && c.source == source.title
                && c.provision == source.provision
        };
        if citations.iter().any(same) {
            continue;
        }
        citations.push(Citation {
            article: article.id.clone(),
            section: section.anchor.clone(),
            title: section.heading.clone(),
            standing: section.standing.as_str().to_owned(),
            standing_words: library.standing_words(source, section.standing, &draft.lang),
            source: source.title.clone(),
            provision: source.provision.clone(),
            url: source.url.clone(),
            confirmed: source.status == Certainty::Confirmed,
            checked: source.checked,
            valid_from: section.span.from,
            valid_to: section.span.to,
            review_by: article.review_by,
            rates: ids.clone(),
        });
    }
}

/// The record of one section as it stood.
pub(super) fn cited(article: &Article, section: &Section, rates: &[String]) -> Cited {
    Cited {
        article: article.id.clone(),
        section: section.anchor.clone(),
        content_hash: section.hash.clone(),
        rates: rates.to_vec(),
    }
}

/// `**Sources**` and a line a source.
pub(in super::super) fn sources_block(
    citations: &[Citation],
    lang: &Lang,
    messages: &Messages,
) -> String {
    let say = |id: &str, holes: &[(&str, &str)]| messages.say(lang, id, holes);
    let mut lines = vec![format!("**{}**", say("sources_heading", &[]))];
    let mut seen: Vec<String> = Vec::new();
    for citation in citations {
        let mut name = citation.source.clone();
        if let Some(provision) = &citation.provision {
            name = format!("{name}, {provision}");
        }
        if seen.contains(&name) {
            continue;
        }
        let shown = citation
            .url
            .as_ref()
            .map_or_else(|| name.clone(), |url| format!("[{name}]({url})"));
        let checked = say("source_checked", &[("date", &long_date(citation.checked))]);
        let mut line = format!("- {shown} ({}). {checked}", citation.standing_words);
        if !citation.confirmed {
            line.push_str(&format!(" {}", say("source_unconfirmed", &[])));
        }
        seen.push(name);
        lines.push(line);
    }
    lines.join("\n")
}
