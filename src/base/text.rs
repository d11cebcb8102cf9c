//! Text as it comes from people: cleaning, folding, words, sentences, masking for logs.
//! What never lives here: the meaning of words (knowledge, retrieval).

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// What somebody typed, made safe to work with: NFKC, controls and bidirectional overrides gone, white space single,
/// curly quotes straight. Line breaks become spaces. Nothing visible is lost.
pub fn normalise(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut space = false;
    for c in raw.nfkc() {
        let c = match c {
            '\u{2018}' | '\u{2019}' | '\u{02BC}' | '`' | '\u{00B4}' => '\'',
            '\u{201C}' | '\u{201D}' => '"',
            '\u{2013}' | '\u{2014}' | '\u{2212}' => '-',
            c => c,
        };
        let invisible = matches!(c,
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{00AD}');
        if c.is_whitespace() || c.is_control() {
            space = true;
        } else if !invisible {
            if space && !out.is_empty() {
                out.push(' ');
            }
            space = false;
            out.push(c);
        }
    }
    out
}

/// Lower case without diacritics: for comparing, never for showing.
pub fn fold(text: &str) -> String {
    let plain = text
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    plain.flat_map(char::to_lowercase).map(bare).collect()
}

/// Letters with a stroke, and the dotless i, are letters of their own to Unicode; on a phone people type the bare one.
fn bare(c: char) -> char {
    match c {
        'ł' => 'l',
        'đ' => 'd',
        'ø' => 'o',
        'ı' => 'i',
        c => c,
    }
}

/// The words of a text, folded; an apostrophe inside a word is dropped (`don't` is `dont`).
pub fn words(text: &str) -> Vec<String> {
    let folded = split_stops(&fold(text));
    folded.unicode_words().map(str::to_owned).collect()
}

/// Apostrophes go; a full stop between two letters parts them (`help.he hit me`), one between digits does not (`5.6`).
fn split_stops(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len());
    let mut before = ' ';
    let mut rest = folded.chars().peekable();
    while let Some(c) = rest.next() {
        let between_letters =
            before.is_alphabetic() && rest.peek().is_some_and(|n| n.is_alphabetic());
        match c {
            '\'' | '\u{2019}' => continue,
            '.' | ':' if between_letters => out.push(' '),
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// Whether there is any letter or digit in any script: emoji and punctuation alone are not a question.
pub fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// What is said without being meant when people speak, at any place.
const FILLERS: [&str; 12] = [
    "um", "umm", "uhm", "er", "err", "erm", "uh", "uhh", "hmm", "mm", "ah", "eh",
];

/// Dictated speech without its fillers and stutters: `er do I do I have to um pay her` is `do I have to pay her`. Written text
/// hardly changes.
pub fn without_fillers(text: &str) -> String {
    let bare = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase()
    };
    let mut kept: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let sound = bare(word);
        if FILLERS.contains(&sound.as_str()) {
            continue;
        }
        kept.push(word);
        // One word, two or three said twice over, without a stop between.
        for size in 1..=3 {
            let Some(from) = kept.len().checked_sub(2 * size) else {
                break;
            };
            let (first, second) = kept[from..].split_at(size);
            let same = first.iter().zip(second).all(|(a, b)| bare(a) == bare(b));
            let flowing = first.iter().all(|w| w.ends_with(char::is_alphanumeric));
            if same && flowing && !bare(first[0]).is_empty() {
                kept.truncate(from + size);
                break;
            }
        }
    }
    kept.join(" ")
}

/// At most `graphemes` user-perceived characters, cut at a word where possible, with an ellipsis if cut.
pub fn clip(text: &str, graphemes: usize) -> String {
    let Some((cut, _)) = text.grapheme_indices(true).nth(graphemes) else {
        return text.to_owned();
    };
    let head = &text[..cut];
    let at_word = head
        .rfind(' ')
        .filter(|at| *at > cut / 2)
        .map_or(head, |at| &head[..at]);
    format!("{}…", at_word.trim_end())
}

/// The sentences of a plain paragraph, in order. A full stop between digits (`5.6`) does not end one.
pub fn sentences(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for piece in text.unicode_sentences() {
        let piece = piece.trim();
        if piece.is_empty() {
            continue;
        }
        // "s. 31", "e.g. a": the segmenter splits after short abbreviations; join them again.
        let joins = out.last().is_some_and(|last| {
            let word = last.rsplit([' ', '(']).next().unwrap_or("");
            ["e.g.", "i.e.", "s.", "ss.", "reg.", "para.", "No.", "v."].contains(&word)
        });
        match out.last_mut() {
            Some(last) if joins => {
                last.push(' ');
                last.push_str(piece);
            }
            _ => out.push(piece.to_owned()),
        }
    }
    out
}

static PERSONAL: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\b[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}\b", // e-mail
        r"(?i)\b[a-ceghj-prstw-z][a-ceghj-nprstw-z] ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b", // National Insurance
        r"\b(?:\d[ -]?){6,19}\b", // phone, card, account, NHS number
        r"(?i)\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b", // postcode
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// The text with what looks like e-mail addresses, National Insurance, phone, card and account numbers and postcodes
/// replaced by `[…]`. For the rare log line that must show a snippet; people's words are never refused for it.
pub fn mask_personal(text: &str) -> String {
    PERSONAL.iter().fold(text.to_owned(), |masked, pattern| {
        pattern.replace_all(&masked, "[…]").into_owned()
    })
}

#[test]
fn sentences_end_where_people_end_them() {
    let cut = |text: &str, wanted: &[&str]| assert_eq!(sentences(text), wanted, "{text}");
    cut(
        "Keep the receipts. Show your hours. Ask.",
        &["Keep the receipts.", "Show your hours.", "Ask."],
    );
    cut(
        "See s. 31 and (e.g. A) reg. 3. It is 5.6 weeks.",
        &["See s. 31 and (e.g. A) reg. 3.", "It is 5.6 weeks."],
    );
}

#[cfg(test)]
mod tests {
    use super::without_fillers;

    #[test]
    fn fillers_and_stutters_go_and_writing_stays() {
        let cases = [
            ("er do I do I have to um pay her", "do I have to pay her"),
            (
                "the the mileage, erm, what is it",
                "the mileage, what is it",
            ),
            ("No, no. She had had enough", "No, no. She had enough"),
            ("What is the A&E number?", "What is the A&E number?"),
        ];
        for (said, meant) in cases {
            assert_eq!(without_fillers(said), meant);
        }
    }
}
