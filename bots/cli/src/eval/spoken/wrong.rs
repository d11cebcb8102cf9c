//! How many words were heard wrongly.
//! What never lives here: what counts as an answer.

use waymark::{base::words, voice::written};

/// Numbers that are written both ways.
const SMALL: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// Written short or in full, the same is said.
const SHORT: [(&str, &str); 6] = [
    ("'m", " am"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
    ("n't", " not"),
    ("%", " percent"),
];

/// The words of a text so that only what was said counts: case, punctuation, short forms (`I'm`) and how numbers are written do
/// not.
pub(super) fn plain(text: &str) -> Vec<String> {
    let text = text.replace('-', " ").replace('’', "'");
    let full = SHORT
        .iter()
        .fold(text, |text, (short, full)| text.replace(short, full));
    let figures = written(&full);
    let all = words(&figures).into_iter();
    all.map(|word| match SMALL.iter().position(|small| *small == word) {
        Some(digit) => digit.to_string(),
        None => word,
    })
    .collect()
}

/// The fewest words put in, left out or exchanged between what was meant and what was heard.
pub(super) fn wrong(meant: &[String], heard: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (done, word) in meant.iter().enumerate() {
        let mut before = done;
        let mut next = vec![done + 1];
        for (at, other) in heard.iter().enumerate() {
            let above = row.get(at + 1).copied().unwrap_or(0);
            let left = next.last().copied().unwrap_or(0);
            next.push(
                (before + usize::from(word != other))
                    .min(above + 1)
                    .min(left + 1),
            );
            before = above;
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{plain, wrong};

    #[test]
    fn only_words_count() {
        let of = |meant: &str, heard: &str| wrong(&plain(meant), &plain(heard));
        assert_eq!(of("Do I pay SSP?", "do i pay ssp"), 0);
        assert_eq!(
            of("my two PAs get £12.50", "My 2 PAs get twelve pounds fifty."),
            0
        );
        assert_eq!(of("a sleep-in shift", "a sleep in shift"), 0);
        assert_eq!(
            of(
                "I am caught, it is 12.07 percent",
                "I'm caught, it is 12.07%"
            ),
            0
        );
        assert_eq!(of("Do I pay SSP?", "do I pay SSB"), 1);
        assert_eq!(of("Do I pay", "Do I have to pay"), 2);
        assert_eq!(of("Do I pay", ""), 3);
    }
}
