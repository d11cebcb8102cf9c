//! Markdown of replies and advisers -> HTML that is safe to print: raw HTML shown as text, links only where they may lead,
//! known phone numbers as taps.
//! What never lives here: what a reply says.

use pulldown_cmark::{
    CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream, html,
};
use waymark::{base::CaseReference, knowledge::Library};

use crate::{app::phones, taps::Taps};

/// Bytes of a case's reference: `WM-7Q4K2D`.
const REFERENCE: usize = 9;

/// Draws markdown; knows which numbers are phones.
pub(crate) struct Drawer {
    taps: Taps,
    /// The level of the text's highest headings.
    level: u8,
}

impl Drawer {
    /// With the confirmed phone numbers of a library.
    pub(crate) fn new(library: &Library) -> Self {
        Self {
            taps: Taps::new(phones(library)),
            level: 4,
        }
    }

    /// With these phone numbers.
    pub(crate) fn with(phones: Vec<String>) -> Self {
        Self {
            taps: Taps::new(phones),
            level: 4,
        }
    }

    /// The same with headings from another level on.
    pub(crate) fn headed_from(self, level: u8) -> Self {
        Self { level, ..self }
    }

    /// A whole text, as blocks. Headings start at level 4, below a message's own, unless told otherwise.
    pub(crate) fn blocks(&self, markdown: &str) -> String {
        let markdown = visible(markdown);
        let parser = TextMergeStream::new(Parser::new_ext(&markdown, Options::ENABLE_TABLES));
        let mut links = Vec::new();
        let mut events = Vec::new();
        for event in parser {
            match safe(event, &mut links, self.level) {
                Some(Event::Text(text)) if links.is_empty() => self.tapped(&text, &mut events),
                Some(event) => events.push(event),
                None => {}
            }
        }
        let mut out = String::with_capacity(markdown.len() * 2);
        html::push_html(&mut out, events.into_iter());
        out
    }

    /// As `blocks`, but every line break is kept: what advisers type is laid out as they typed it.
    pub(crate) fn letter(&self, markdown: &str) -> String {
        let lines: Vec<&str> = markdown.lines().map(str::trim_end).collect();
        self.blocks(&lines.join("  \n"))
    }

    /// One line, without the paragraph around it.
    pub(crate) fn line(&self, markdown: &str) -> String {
        let html = self.blocks(markdown);
        let inner = html.trim().strip_prefix("<p>");
        let inner = inner.and_then(|h| h.strip_suffix("</p>"));
        match inner {
            Some(inner) if !inner.contains("<p>") => inner.to_owned(),
            _ => html,
        }
    }

    /// Plain text: nothing in it is markdown, but its phone numbers are taps.
    pub(crate) fn plain(&self, text: &str) -> String {
        let text = visible(text);
        let pieces = self.taps.split(&text);
        let drawn = pieces.map(|(piece, dial)| match dial {
            Some(dial) => format!("<a href=\"tel:{dial}\">{}</a>", escaped(piece)),
            None => escaped(piece),
        });
        drawn.collect()
    }

    fn tapped(&self, text: &str, events: &mut Vec<Event<'_>>) {
        for (piece, dial) in self.taps.split(text) {
            match dial {
                Some(dial) => {
                    let open = format!("<a href=\"tel:{dial}\">");
                    events.extend([Event::InlineHtml(open.into()), words(piece), close_link()]);
                }
                None => referred(piece, events),
            }
        }
    }
}

fn words(text: &str) -> Event<'static> {
    Event::Text(CowStr::from(text.to_owned()))
}

/// Words in which the reference of a case is not broken at the end of a line: it is read out and typed as one.
fn referred(text: &str, events: &mut Vec<Event<'_>>) {
    let mut rest = text;
    while let Some((at, reference)) = reference_in(rest) {
        let (open, close) = ("<span class=\"wm-whole\">", "</span>");
        events.extend([
            words(&rest[..at]),
            Event::InlineHtml(open.into()),
            words(reference),
            Event::InlineHtml(close.into()),
        ]);
        rest = &rest[at + reference.len()..];
    }
    events.push(words(rest));
}

/// The first reference in a text, and where it begins.
fn reference_in(text: &str) -> Option<(usize, &str)> {
    let mut found = text.match_indices("WM-");
    found.find_map(|(at, _)| {
        let reference = text.get(at..at + REFERENCE)?;
        reference.parse::<CaseReference>().ok()?;
        Some((at, reference))
    })
}

/// The text without control characters, which no page may hold; line breaks and tabs stay.
pub(crate) fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// `links` remembers for each open link whether it was printed.
fn safe<'a>(event: Event<'a>, links: &mut Vec<bool>, top: u8) -> Option<Event<'a>> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Link { dest_url, .. }) => {
            let good = may_lead_to(&dest_url);
            links.push(good);
            good.then(|| open_link(&dest_url))
        }
        Event::End(TagEnd::Link) => links.pop().unwrap_or(false).then(close_link),
        // A picture becomes its words: nothing is fetched from elsewhere.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: below(level, top),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level, top)))),
        other => Some(other),
    }
}

/// Whether a link may be printed: the web, mail, a phone, a guide of ours.
pub(crate) fn may_lead_to(url: &str) -> bool {
    let lower = url.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:", "tel:", "/guides/"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
}

fn open_link(url: &str) -> Event<'static> {
    let href = escaped(url.trim());
    Event::InlineHtml(format!("<a href=\"{href}\" rel=\"noopener\">").into())
}

fn close_link() -> Event<'static> {
    Event::InlineHtml(CowStr::Borrowed("</a>"))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

fn below(level: HeadingLevel, top: u8) -> HeadingLevel {
    use HeadingLevel as H;
    match (level, top) {
        (H::H1 | H::H2 | H::H3, 3) => H::H3,
        (H::H1 | H::H2 | H::H3, _) | (_, 3) => H::H4,
        _ => H::H5,
    }
}
