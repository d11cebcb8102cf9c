//! An article's markdown: cut into heading blocks with their attributes, and turned into plain text.
//! What never lives here: what attributes mean (load.rs), HTML for pages (bots/web).

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// One heading block as cut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Heading text.
    pub(super) heading: String,
    /// `{#anchor}`.
    pub(super) anchor: Option<String>,
    /// `key=value` pairs.
    pub(super) attributes: Vec<(String, String)>,
    /// Where the heading begins, in bytes of the body.
    pub(super) at: usize,
    /// Its markdown without the heading.
    pub(super) body: String,
}

/// What the cutting found.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// Blocks by `##` heading.
    pub(super) blocks: Vec<Block>,
    /// Sentences about what may not be there, with byte offsets.
    pub(super) wrong: Vec<(usize, String)>,
}

/// Cuts a body at its `##` headings.
pub(super) fn cut(body: &str) -> Cut {
    let mut cut = Cut::default();
    let mut heading: Option<(Block, Range<usize>)> = None;
    let mut ends: Vec<usize> = Vec::new();
    for (event, range) in
        Parser::new_ext(body, Options::ENABLE_HEADING_ATTRIBUTES).into_offset_iter()
    {
        match event {
            Event::Start(Tag::Heading {
                level, id, attrs, ..
            }) => {
                if level != HeadingLevel::H2 {
                    cut.wrong.push((
                        range.start,
                        "only '##' headings cut an article into sections".into(),
                    ));
                    continue;
                }
                let attributes = attrs
                    .iter()
                    .map(|(k, v)| (k.to_string(), v.as_deref().unwrap_or("").to_owned()))
                    .collect();
                let block = Block {
                    heading: String::new(),
                    anchor: id.map(|i| i.to_string()),
                    attributes,
                    at: range.start,
                    body: String::new(),
                };
                heading = Some((block, range));
            }
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
                if let Some((block, range)) = heading.take() {
                    ends.push(range.end);
                    cut.blocks.push(block);
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some((block, _)) = heading.as_mut() {
                    block.heading.push_str(&text);
                }
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                cut.wrong
                    .push((range.start, "HTML is not allowed; use markdown".into()));
            }
            Event::Start(Tag::Image { .. }) => {
                cut.wrong
                    .push((range.start, "images are not allowed".into()));
            }
            _ => {}
        }
    }
    let starts: Vec<usize> = cut
        .blocks
        .iter()
        .map(|b| b.at)
        .skip(1)
        .chain([body.len()])
        .collect();
    for ((block, end), next) in cut.blocks.iter_mut().zip(ends).zip(starts) {
        block.body = body.get(end..next).unwrap_or("").trim().to_owned();
        block.heading = block.heading.trim().to_owned();
    }
    let first = cut.blocks.first().map_or(body.len(), |b| b.at);
    let before = body[..first].trim_start();
    if !before.is_empty() {
        cut.wrong.push((
            first - before.len(),
            "text before the first '##' heading belongs to no section".into(),
        ));
    }
    cut
}

/// Markdown as plain text: paragraphs and list items on lines of their own, links as their words.
pub(super) fn plain(markdown: &str) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak => out.push(' '),
            Event::HardBreak => out.push('\n'),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Item
                | TagEnd::Heading(_)
                | TagEnd::TableRow
                | TagEnd::TableHead,
            ) if !out.ends_with('\n') => out.push('\n'),
            Event::End(TagEnd::TableCell) => out.push(' '),
            _ => {}
        }
    }
    out.trim().to_owned()
}
