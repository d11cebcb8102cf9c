//! What a message will look like in the chat, for an adviser to see before it goes: the very pieces that are sent, in neutral terms.
//! What never lives here: how markdown becomes pieces (render.rs), pages.

use waymark::{
    casework::Outgoing,
    delivery::{Look, Stretch},
};

use crate::{
    render::{LONGEST, pieces},
    split::{Rich, Style},
};

/// One list of stretches for each message that the chat will get.
pub fn drawn(outgoing: &Outgoing) -> Vec<Vec<Stretch>> {
    let pieces = pieces(&outgoing.markdown, LONGEST);
    pieces.iter().map(stretches).collect()
}

/// A stretch ends wherever a mark begins or ends.
fn stretches(piece: &Rich) -> Vec<Stretch> {
    let mut bounds: Vec<usize> = piece.marks.iter().flat_map(|m| [m.from, m.to]).collect();
    bounds.extend([0, piece.text.len()]);
    bounds.sort_unstable();
    bounds.dedup();
    let between = bounds.iter().zip(bounds.iter().skip(1));
    let stretch = |(&from, &to): (&usize, &usize)| Stretch {
        text: piece.text[from..to].to_owned(),
        looks: (piece.marks.iter())
            .filter(|m| m.from <= from && to <= m.to)
            .map(|m| look(&m.style))
            .collect(),
    };
    between.map(stretch).collect()
}

fn look(style: &Style) -> Look {
    match style {
        Style::Bold => Look::Bold,
        Style::Italic => Look::Italic,
        Style::Strike => Look::Strike,
        Style::Quote => Look::Quote,
        Style::Code | Style::Block(_) => Look::Code,
        Style::Link(url) => Look::Link(url.to_string()),
    }
}
