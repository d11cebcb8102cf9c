//! The tokenizer of multilingual-e5-small: SentencePiece's unigram, the likeliest way to cut a text into known pieces.
//! What never lives here: the file it is read from (e5.rs).

use std::collections::HashMap;

/// SentencePiece writes a space so.
const SPACE: char = '\u{2581}';
/// How much less likely than the least likely piece a letter is that no piece holds.
const UNKNOWN_PENALTY: f32 = 10.0;

/// Pieces with their likelihoods, and how letters are made alike before they are looked up.
pub(super) struct Unigram {
    /// The pieces in order of their bytes, each with its token number. Sorted, so that all that begin alike stand together.
    pieces: Vec<(Box<str>, u32)>,
    /// Logarithm of a piece's likelihood, by token number.
    scores: Vec<f32>,
    /// Letters that become others: full width to plain, and the like.
    alike: HashMap<char, Box<str>>,
    /// Token for what no piece holds.
    unknown: u32,
    unknown_score: f32,
}

/// The best way so far to reach a place in the text.
#[derive(Clone, Copy)]
struct Reached {
    score: f32,
    token: u32,
    from: usize,
}

impl Unigram {
    pub(super) fn new(
        pieces: Vec<Box<str>>,
        scores: Vec<f32>,
        alike: HashMap<char, Box<str>>,
        unknown: u32,
    ) -> Self {
        let least = scores.iter().copied().fold(f32::INFINITY, f32::min);
        let mut pieces: Vec<(Box<str>, u32)> = pieces
            .into_iter()
            .zip(0..)
            .filter(|(piece, token)| !piece.is_empty() && *token != unknown)
            .collect();
        pieces.sort_unstable();
        Self {
            pieces,
            scores,
            alike,
            unknown,
            unknown_score: least - UNKNOWN_PENALTY,
        }
    }

    /// The tokens of a text, without the marks of its beginning and end.
    pub(super) fn tokens(&self, text: &str) -> Vec<u32> {
        let text = self.prepared(text);
        let mut best: Vec<Option<Reached>> = vec![None; text.len() + 1];
        for (from, letter) in text.char_indices() {
            let score = match best.get(from).copied().flatten() {
                Some(reached) => reached.score,
                None if from == 0 => 0.0,
                None => continue,
            };
            let mut reach = |length: usize, token: u32, more: f32| {
                let score = score + more;
                if let Some(place) = best.get_mut(from + length)
                    && place.is_none_or(|r| score > r.score)
                {
                    *place = Some(Reached { score, token, from });
                }
            };
            for (length, token) in self.beginning(&text[from..]) {
                let index = usize::try_from(token).unwrap_or(usize::MAX);
                if let Some(likely) = self.scores.get(index) {
                    reach(length, token, *likely);
                }
            }
            reach(letter.len_utf8(), self.unknown, self.unknown_score);
        }
        let mut tokens = Vec::new();
        let mut at = text.len();
        while let Some(reached) = best.get(at).copied().flatten() {
            tokens.push(reached.token);
            at = reached.from;
        }
        tokens.reverse();
        tokens
    }

    /// The text with letters made alike, single spaces, and one before it, all written SentencePiece's way.
    fn prepared(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + SPACE.len_utf8());
        let mut push = |letter: char| {
            let letter = if letter == ' ' { SPACE } else { letter };
            if letter != SPACE || !out.ends_with(SPACE) {
                out.push(letter);
            }
        };
        push(SPACE);
        for letter in text.chars() {
            match self.alike.get(&letter) {
                Some(letters) => letters.chars().for_each(&mut push),
                None => push(letter),
            }
        }
        out
    }

    /// Every piece that the text begins with: bytes, token.
    fn beginning<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, u32)> + 'a {
        let mut rest = self.pieces.as_slice();
        let mut depth = 0;
        text.bytes()
            .map_while(move |byte| {
                let start = rest.partition_point(|(p, _)| p.as_bytes().get(depth) < Some(&byte));
                rest = rest.get(start..)?;
                let end = rest.partition_point(|(p, _)| p.as_bytes().get(depth) <= Some(&byte));
                rest = rest.get(..end)?;
                depth += 1;
                let (piece, token) = rest.first()?;
                Some((piece.len() == depth).then_some((depth, *token)))
            })
            .flatten()
    }
}
