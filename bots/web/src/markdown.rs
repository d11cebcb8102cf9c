//! Markdown of replies and advisers -> HTML that is safe to print: raw HTML shown as text, links only where they may lead.
//! What never lives here: what a reply says.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A whole text, as blocks. Headings start at level 4, below a message's own.
pub(crate) fn blocks(markdown: &str) -> String {
    let markdown = visible(markdown);
    let parser = Parser::new_ext(&markdown, Options::ENABLE_TABLES);
    let mut depth = Vec::new();
    let events = parser.filter_map(|event| safe(event, &mut depth));
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, events);
    out
}

/// As `blocks`, but every line break is kept: what advisers type is laid out as they typed it.
pub(crate) fn letter(markdown: &str) -> String {
    let lines: Vec<&str> = markdown.lines().map(str::trim_end).collect();
    blocks(&lines.join("  \n"))
}

/// One line, without the paragraph around it.
pub(crate) fn line(markdown: &str) -> String {
    let html = blocks(markdown);
    let inner = html.trim().strip_prefix("<p>");
    let inner = inner.and_then(|h| h.strip_suffix("</p>"));
    match inner {
        Some(inner) if !inner.contains("<p>") => inner.to_owned(),
        _ => html,
    }
}

/// The text without control characters, which no page may hold; line breaks and tabs stay.
pub(crate) fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// `depth` remembers for each open link whether it was printed.
fn safe<'a>(event: Event<'a>, depth: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Link { dest_url, .. }) => {
            let good = may_lead_to(&dest_url);
            depth.push(good);
            good.then(|| open_link(&dest_url))
        }
        Event::End(TagEnd::Link) => {
            let printed = depth.pop().unwrap_or(false);
            printed.then_some(Event::InlineHtml(CowStr::Borrowed("</a>")))
        }
        // A picture becomes its words: nothing is fetched from elsewhere.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: below(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
        other => Some(other),
    }
}

/// Whether a link may be printed: the web, mail, a phone.
pub(crate) fn may_lead_to(url: &str) -> bool {
    let lower = url.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
}

fn open_link(url: &str) -> Event<'static> {
    let mut href = String::with_capacity(url.len());
    for c in url.trim().chars() {
        match c {
            '&' => href.push_str("&amp;"),
            '"' => href.push_str("&quot;"),
            '\'' => href.push_str("&#39;"),
            '<' => href.push_str("&lt;"),
            '>' => href.push_str("&gt;"),
            c => href.push(c),
        }
    }
    Event::InlineHtml(format!("<a href=\"{href}\" rel=\"noopener\">").into())
}

fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 | HeadingLevel::H3 => HeadingLevel::H4,
        _ => HeadingLevel::H5,
    }
}
