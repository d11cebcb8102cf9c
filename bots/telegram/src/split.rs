//! Rich text (plain text with marks over it) -> pieces that fit: cut at a paragraph, a line, a sentence, a word; never inside
//! what a person sees as one character. Marks are clipped to their piece.
//! What never lives here: markdown (render.rs), Telegram's own types beyond the kinds of marks.

use unicode_segmentation::UnicodeSegmentation;

/// What a mark does to its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Style {
    Bold,
    Italic,
    Strike,
    Quote,
    Code,
    /// A block of code with its language.
    Block(Option<String>),
    Link(url::Url),
}

/// A style over a range of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) style: Style,
}

/// Plain text with marks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rich {
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
}

/// Marks that one message may hold.
pub(crate) const MARKS: usize = 100;

/// Length as Telegram's offsets count it.
pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Pieces of at most `most` UTF-16 units and `MARKS` marks; none is empty, none begins or ends with white space.
pub(crate) fn split(rich: &Rich, most: usize) -> Vec<Rich> {
    let mut pieces = Vec::new();
    let mut from = skip(&rich.text, 0);
    while from < rich.text.len() {
        let to = end(rich, from, most);
        let kept = rich.text[from..to].trim_end().len();
        if kept > 0 {
            pieces.push(clip(rich, from, from + kept));
        }
        from = skip(&rich.text, to);
    }
    pieces
}

/// The next place that is not white space.
fn skip(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    text.len() - rest.trim_start().len()
}

/// Where a piece that begins at `from` ends.
fn end(rich: &Rich, from: usize, most: usize) -> usize {
    let rest = &rich.text[from..];
    let limit = by_marks(rich, from).min(rest.len());
    let mut fits = 0;
    let mut used = 0;
    for (at, grapheme) in rest.grapheme_indices(true) {
        used += units(grapheme);
        if used > most || at >= limit {
            break;
        }
        fits = at + grapheme.len();
    }
    if fits == rest.len() {
        return from + fits;
    }
    if fits == 0 {
        return from + one_too_long(rest, most);
    }
    let window = &rest[..fits];
    let second_half = |at: &usize| *at > fits / 2;
    let after = |mark: &str| {
        window
            .rfind(mark)
            .map(|at| at + mark.len())
            .filter(second_half)
    };
    let sentence = [". ", "! ", "? "].iter().filter_map(|m| after(m)).max();
    let best = after("\n\n")
        .or_else(|| after("\n"))
        .or(sentence)
        .or_else(|| after(" "));
    from + best.unwrap_or(fits)
}

/// How far a piece may reach before it would hold too many marks.
fn by_marks(rich: &Rich, from: usize) -> usize {
    let mut starts: Vec<usize> = rich
        .marks
        .iter()
        .filter(|m| m.to > from)
        .map(|m| m.from.max(from))
        .collect();
    starts.sort_unstable();
    starts.get(MARKS).map_or(usize::MAX, |at| at - from)
}

/// A single character longer than a message (a hostile heap of accents, or more marks than fit on it) is cut between its code
/// points; the first always goes.
fn one_too_long(rest: &str, most: usize) -> usize {
    let mut used = 0;
    let mut to = 0;
    for (at, c) in rest.char_indices() {
        used += c.len_utf16();
        if used > most && at > 0 {
            break;
        }
        to = at + c.len_utf8();
    }
    let grapheme = rest.graphemes(true).next().map_or(to, str::len);
    to.min(grapheme)
}

fn clip(rich: &Rich, from: usize, to: usize) -> Rich {
    let text = &rich.text[from..to];
    let marks = rich.marks.iter().filter_map(|mark| {
        let (start, end) = (mark.from.max(from), mark.to.min(to));
        let inside = rich.text.get(start..end)?;
        // A mark over nothing, or over its own margin, is none.
        let start = start + (inside.len() - inside.trim_start().len());
        let end = start + inside.trim().len();
        (start < end).then(|| Mark {
            from: start - from,
            to: end - from,
            style: mark.style.clone(),
        })
    });
    let mut marks: Vec<Mark> = marks.collect();
    marks.truncate(MARKS);
    Rich {
        text: text.to_owned(),
        marks,
    }
}
