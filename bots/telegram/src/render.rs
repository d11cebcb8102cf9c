//! Markdown -> plain text with marks as Telegram wants them, in pieces that fit. Nothing is escaped, for nothing is parsed
//! again; raw HTML is shown as it stands; links lead to the web only, for Telegram itself makes addresses and numbers taps.
//! What never lives here: what is said.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use teloxide_core::types::{MessageEntity, MessageEntityKind};
use url::Url;

use crate::split::{Mark, Rich, Style, split, units};

/// Longest piece, in UTF-16 units; Telegram's own limit is 4096 characters.
pub(crate) const LONGEST: usize = 4000;

/// A text with its entities.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// Plain.
    pub text: String,
    /// Ranges in UTF-16 units.
    pub entities: Vec<MessageEntity>,
}

/// Markdown as pieces of at most `most` UTF-16 units, in order. None for a text without anything to show.
pub fn render(markdown: &str, most: usize) -> Vec<Rendered> {
    pieces(markdown, most).iter().map(entities).collect()
}

/// The same before it is put into Telegram's own terms.
pub(crate) fn pieces(markdown: &str, most: usize) -> Vec<Rich> {
    let visible: String = markdown
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    let mut writer = Writer::default();
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for event in Parser::new_ext(&visible, options) {
        writer.take(event);
    }
    writer.close_all();
    split(&writer.rich, most)
}

fn entities(piece: &Rich) -> Rendered {
    let at = |byte: usize| units(&piece.text[..byte]);
    let entities = piece.marks.iter().map(|mark| {
        let (offset, end) = (at(mark.from), at(mark.to));
        let kind = match &mark.style {
            Style::Bold => MessageEntityKind::Bold,
            Style::Italic => MessageEntityKind::Italic,
            Style::Strike => MessageEntityKind::Strikethrough,
            Style::Quote => MessageEntityKind::Blockquote,
            Style::Code => MessageEntityKind::Code,
            Style::Block(language) => MessageEntityKind::Pre {
                language: language.clone(),
            },
            Style::Link(url) => MessageEntityKind::TextLink { url: url.clone() },
        };
        MessageEntity {
            kind,
            offset,
            length: end - offset,
        }
    });
    Rendered {
        text: piece.text.clone(),
        entities: entities.collect(),
    }
}

/// A table under way: its heads, the cell's number, whether this row is the heads.
#[derive(Default)]
struct Table {
    heads: Vec<String>,
    cell: usize,
    in_head: bool,
    started: usize,
}

#[derive(Default)]
struct Writer {
    rich: Rich,
    /// Styles that have begun: where, and which; `None` for a link that leads nowhere we go.
    open: Vec<(usize, Option<Style>)>,
    /// Lists under way: the next number, or none for bullets.
    lists: Vec<Option<u64>>,
    quotes: usize,
    table: Option<Table>,
    /// Line breaks owed before the next words.
    owed: usize,
}

impl Writer {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.words(&text),
            Event::Code(text) => {
                self.words("");
                let from = self.rich.text.len();
                self.words(&text);
                self.mark(from, Style::Code);
            }
            Event::SoftBreak => self.words(" "),
            Event::HardBreak => self.words("\n"),
            Event::Rule => {
                self.block();
                self.words("———");
                self.block();
            }
            Event::TaskListMarker(done) => self.words(if done { "☑ " } else { "☐ " }),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.words(&text);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock if self.lists.is_empty() => self.block(),
            Tag::Heading { .. } => {
                self.block();
                self.begin(Some(Style::Bold));
            }
            Tag::BlockQuote(_) => {
                self.block();
                self.quotes += 1;
                // Telegram knows no quote within a quote.
                self.begin((self.quotes == 1).then_some(Style::Quote));
            }
            Tag::CodeBlock(kind) => {
                self.block();
                let language = match kind {
                    CodeBlockKind::Fenced(name) => {
                        let first = name.split_whitespace().next().map(str::to_owned);
                        first.filter(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '+'))
                    }
                    CodeBlockKind::Indented => None,
                };
                self.begin(Some(Style::Block(language)));
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Emphasis => self.begin(Some(Style::Italic)),
            Tag::Strong => self.begin(Some(Style::Bold)),
            Tag::Strikethrough => self.begin(Some(Style::Strike)),
            Tag::Link { dest_url, .. } => self.begin(link(&dest_url)),
            Tag::Table(_) => {
                self.block();
                self.table = Some(Table::default());
            }
            Tag::TableHead => {
                if let Some(table) = &mut self.table {
                    table.in_head = true;
                }
            }
            Tag::TableRow => self.row(),
            Tag::TableCell => self.cell(),
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Paragraph | TagEnd::HtmlBlock if self.lists.is_empty() => self.block(),
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.line(),
            TagEnd::Heading(_) => {
                self.finish();
                self.block();
            }
            TagEnd::BlockQuote(_) => {
                self.quotes = self.quotes.saturating_sub(1);
                self.finish();
                self.block();
            }
            TagEnd::CodeBlock => {
                self.finish();
                self.block();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.block();
                } else {
                    self.line();
                }
            }
            TagEnd::Item => self.line(),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => {
                self.finish();
            }
            TagEnd::Table => {
                self.table = None;
                self.block();
            }
            TagEnd::TableHead => self.heads_done(),
            TagEnd::TableRow => self.block(),
            TagEnd::TableCell => self.cell_done(),
            _ => {}
        }
    }

    /// The next words begin a new line.
    fn line(&mut self) {
        self.owed = self.owed.max(1);
    }

    /// The next words begin a new paragraph.
    fn block(&mut self) {
        self.owed = 2;
    }

    fn words(&mut self, text: &str) {
        if self.owed > 0 && !self.rich.text.is_empty() {
            let there = self
                .rich
                .text
                .chars()
                .rev()
                .take_while(|c| *c == '\n')
                .count();
            for _ in there..self.owed {
                self.rich.text.push('\n');
            }
        }
        self.owed = 0;
        self.rich.text.push_str(text);
    }

    fn begin(&mut self, style: Option<Style>) {
        self.words("");
        self.open.push((self.rich.text.len(), style));
    }

    fn finish(&mut self) {
        if let Some((from, Some(style))) = self.open.pop() {
            self.mark(from, style);
        }
    }

    fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.finish();
        }
        self.rich.marks = apart(std::mem::take(&mut self.rich.marks));
        self.rich
            .marks
            .sort_by_key(|m| (m.from, std::cmp::Reverse(m.to)));
    }

    /// A style within the same style is one.
    fn mark(&mut self, from: usize, style: Style) {
        let to = self.rich.text.len();
        if self.rich.text[from..to].trim().is_empty() {
            return;
        }
        self.rich
            .marks
            .retain(|m| m.from < from || m.style != style);
        self.rich.marks.push(Mark { from, to, style });
    }

    fn item(&mut self) {
        self.line();
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let bullet = match self.lists.last_mut() {
            Some(Some(number)) => {
                let shown = format!("{number}. ");
                *number = number.saturating_add(1);
                shown
            }
            _ => "• ".to_owned(),
        };
        self.words(&format!("{indent}{bullet}"));
    }

    fn row(&mut self) {
        self.block();
        if let Some(table) = &mut self.table {
            table.cell = 0;
        }
    }

    /// A row is its first cell in bold and a line `Head: cell` for each other.
    fn cell(&mut self) {
        let Some(table) = &mut self.table else { return };
        let (in_head, cell) = (table.in_head, table.cell);
        let head = table.heads.get(cell).cloned().unwrap_or_default();
        if in_head {
            self.words("");
        } else if cell == 0 {
            self.begin(Some(Style::Bold));
        } else {
            self.line();
            if !head.is_empty() {
                self.words(&format!("{head}: "));
            }
        }
        if let Some(table) = &mut self.table {
            table.started = self.rich.text.len();
        }
    }

    fn cell_done(&mut self) {
        let Some(table) = &mut self.table else { return };
        if table.in_head {
            let from = table.started.min(self.rich.text.len());
            let head = self.rich.text.split_off(from);
            self.rich.marks.retain(|m| m.from < from);
            table.heads.push(head.trim().to_owned());
        } else if table.cell == 0 {
            table.cell = 1;
            self.finish();
            return;
        }
        table.cell += 1;
    }

    fn heads_done(&mut self) {
        if let Some(table) = &mut self.table {
            table.in_head = false;
        }
    }
}

/// Telegram wants code by itself: a link drops the code in it, all other styles (but a quote) leave it out.
fn apart(marks: Vec<Mark>) -> Vec<Mark> {
    let (code, others): (Vec<Mark>, Vec<Mark>) = marks
        .into_iter()
        .partition(|m| matches!(m.style, Style::Code | Style::Block(_)));
    let meet = |a: &Mark, b: &Mark| a.from < b.to && b.from < a.to;
    let linked = |c: &Mark| {
        let mut links = others.iter().filter(|m| matches!(m.style, Style::Link(_)));
        links.any(|link| meet(link, c))
    };
    let mut code: Vec<Mark> = code.into_iter().filter(|c| !linked(c)).collect();
    code.sort_by_key(|c| c.from);
    let mut out = Vec::new();
    for mut mark in others {
        if !matches!(mark.style, Style::Quote) {
            for hole in code.iter().filter(|c| c.from < mark.to) {
                if !meet(&mark, hole) {
                    continue;
                }
                if mark.from < hole.from {
                    out.push(Mark {
                        to: hole.from,
                        ..mark.clone()
                    });
                }
                mark.from = hole.to.min(mark.to);
            }
        }
        if mark.from < mark.to {
            out.push(mark);
        }
    }
    out.extend(code);
    out
}

/// Only the web is a link of ours: Telegram refuses other schemes, and turns mail addresses and numbers into taps itself.
fn link(to: &str) -> Option<Style> {
    let url = Url::parse(to.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(Style::Link(url))
}
