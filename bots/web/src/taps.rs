//! Finds phone numbers in a text, so that they can be tapped: only numbers of the register of services count.
//! What never lives here: guessing what might be a phone number; a wrong tap rings a stranger.

/// Numbers to look for.
pub(crate) struct Taps {
    /// As written, the longest first.
    phones: Vec<String>,
}

/// Words after which a short number is one to ring.
const RING: [&str; 5] = ["call", "ring", "dial", "phone", "nhs"];

impl Taps {
    /// Looks for these.
    pub(crate) fn new(mut phones: Vec<String>) -> Self {
        phones.retain(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit() || c == ' '));
        phones.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        phones.dedup();
        Self { phones }
    }

    /// The text in pieces: each with the digits to dial, if it is a phone number.
    pub(crate) fn split<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = (&'a str, Option<String>)> {
        let mut from = 0;
        let mut found = Vec::new();
        while let Some((at, phone)) = self.next(text, from) {
            if at > from {
                found.push((&text[from..at], None));
            }
            from = at + phone.len();
            let dial = phone.chars().filter(char::is_ascii_digit).collect();
            found.push((&text[at..from], Some(dial)));
        }
        if from < text.len() {
            found.push((&text[from..], None));
        }
        found.into_iter()
    }

    fn next<'a>(&'a self, text: &str, from: usize) -> Option<(usize, &'a str)> {
        let places = self.phones.iter().filter_map(|phone| {
            let mut at = text[from..].match_indices(phone.as_str());
            let at = at.find(|(at, _)| is_phone(text, from + at, phone))?.0;
            Some((from + at, phone.as_str()))
        });
        places.min_by_key(|(at, phone)| (*at, std::cmp::Reverse(phone.len())))
    }
}

/// Whether what stands at `at` is the number itself and no part of a sum, a date or a longer number.
fn is_phone(text: &str, at: usize, phone: &str) -> bool {
    let (before, after) = (&text[..at], &text[at + phone.len()..]);
    let digit_follows = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let part_of_more = before.ends_with(|c: char| c.is_alphanumeric() || "£$.,-/+".contains(c))
        || before.trim_end().ends_with(|c: char| c.is_ascii_digit())
        || after.starts_with(|c: char| c.is_alphanumeric() || "%/-".contains(c))
        || after
            .strip_prefix([' ', '.', ','])
            .is_some_and(digit_follows);
    if part_of_more {
        return false;
    }
    // 999 might be anything; it is the number to ring where it stands alone or after a word that says so.
    let alone = before.trim().is_empty() && after.trim().is_empty();
    phone.len() > 3 || alone || {
        let word = before.split_whitespace().next_back().unwrap_or("");
        RING.contains(&word.to_lowercase().as_str())
    }
}
