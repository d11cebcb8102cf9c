//! What a feed writes, made fit to be shown: text without markup, phone numbers, addresses, postcodes, days. All of it bounded.
//! What never lives here: which field means what (row.rs).

use std::{
    cell::{Cell, RefCell},
    sync::LazyLock,
};

use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
    states::RawKind,
};
use jiff::civil::Date;
use regex::Regex;
use url::{Host, Url};

use crate::base::{clip, normalise};

/// Nothing longer than this many bytes of one field is looked at.
const LONGEST: usize = 20_000;
/// No web address worth following is longer.
const LONGEST_URL: usize = 500;

/// Addresses in running text: they are in no register, so they are not shown.
static ADDRESSES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:\b(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)\S+|\b[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}\b)").ok()
});
static PHONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:\+|\b)[0-9](?:[\s().\-]{0,3}[0-9]){2,14}").ok());
static POSTCODE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b([a-z]{1,2}[0-9][a-z0-9]?)\s*([0-9][a-z]{2})\b").ok());
static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$").ok()
});

/// A text without markup (HTML's and markdown's) and without addresses, single-spaced, at most `most` characters.
pub(super) fn text(raw: &str, most: usize) -> Option<String> {
    let raw = start(raw, LONGEST);
    let without_tags = if raw.contains(['<', '&']) {
        characters(raw)
    } else {
        raw.to_owned()
    };
    let bare = match ADDRESSES.as_ref() {
        Some(addresses) => addresses.replace_all(&without_tags, " "),
        None => without_tags.into(),
    };
    // What would be markdown or a hole in a message becomes what it looks like.
    let inert: String = normalise(&bare)
        .chars()
        .filter_map(|c| match c {
            '[' | '{' => Some('('),
            ']' | '}' => Some(')'),
            '_' | '|' | '~' => Some(' '),
            '*' | '\\' | '<' | '>' | '#' => None,
            c => Some(c),
        })
        .collect();
    let plain = inert.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = plain.replace("()", "").replace(" .", ".");
    let plain = plain.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | ',' | ';'));
    crate::base::has_letters(plain).then(|| clip(plain, most))
}

/// At most so many bytes, whole characters.
fn start(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or("")
}

/// The characters of an HTML text. Only the tokenizer is used: no tree is built, so nesting costs nothing.
fn characters(html: &str) -> String {
    let input = BufferQueue::default();
    input.push_back(html.into());
    let tokenizer = Tokenizer::new(Characters::default(), TokenizerOpts::default());
    // It pauses after every script element; what is left is taken up again.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// The text so far, and whether we are inside an element whose content is no text.
#[derive(Default)]
struct Characters(RefCell<String>, Cell<bool>);

impl TokenSink for Characters {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let (mut out, hidden) = (self.0.borrow_mut(), &self.1);
        match token {
            Token::CharacterTokens(text) if !hidden.get() => out.push_str(&text),
            Token::TagToken(tag) => {
                let name: &str = &tag.name;
                // Everything but these begins or ends a block: words on both sides stay apart.
                let inline = [
                    "a", "abbr", "b", "em", "font", "i", "small", "span", "strong", "sub", "sup",
                    "u",
                ];
                if !inline.contains(&name) {
                    out.push(' ');
                }
                if matches!(name, "script" | "style") {
                    hidden.set(tag.kind == TagKind::StartTag);
                    if hidden.get() {
                        return TokenSinkResult::RawData(RawKind::Rawtext);
                    }
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// The first phone number in a text, as people in England write it. `None` where there is none that could be rung from here.
pub(super) fn phone(raw: &str) -> Option<String> {
    let raw = normalise(start(raw, 200));
    let found = PHONE.as_ref()?.find_iter(&raw);
    found.map(|m| m.as_str()).find_map(national)
}

fn national(written: &str) -> Option<String> {
    let abroad = written.trim_start().starts_with('+');
    let trunk = written.replace("(0)", "");
    let mut digits: String = trunk.chars().filter(char::is_ascii_digit).collect();
    if abroad || digits.starts_with("0044") {
        let rest = digits.trim_start_matches("00").strip_prefix("44")?;
        digits = format!("0{}", rest.trim_start_matches('0'));
    }
    // Short numbers that anybody can ring: 101, 111, 116 123, 119, 159.
    if matches!(digits.as_str(), "101" | "111" | "119" | "159" | "999") {
        return Some(digits);
    }
    if digits.len() == 6 && digits.starts_with("116") {
        return Some(format!("116 {}", &digits[3..]));
    }
    let lengths = if digits.starts_with("0800") || digits.starts_with("01") {
        10..=11
    } else {
        11..=11
    };
    if !lengths.contains(&digits.len()) || !digits.starts_with('0') || digits.starts_with("00") {
        return None;
    }
    let second = digits.as_bytes()[1];
    if matches!(second, b'4' | b'6') || digits.bytes().skip(2).all(|b| b == digits.as_bytes()[2]) {
        return None;
    }
    let cut = match (second, digits.as_bytes()[2], digits.as_bytes()[3]) {
        (b'2', ..) => (3, 7),
        (b'3' | b'8' | b'9', ..) | (b'1', b'1', _) | (b'1', _, b'1') => (4, 7),
        _ => return Some(format!("{} {}", &digits[..5], &digits[5..])),
    };
    Some(format!(
        "{} {} {}",
        &digits[..cut.0],
        &digits[cut.0..cut.1],
        &digits[cut.1..]
    ))
}

/// A web address that may be printed: http or https to a named host, without a user, safe inside markdown.
pub(super) fn url(raw: &str) -> Option<String> {
    let raw = raw.trim();
    if raw.len() > LONGEST_URL || raw.contains(char::is_whitespace) {
        return None;
    }
    let absolute = if raw.contains("://") {
        raw.to_owned()
    } else {
        format!("https://{raw}")
    };
    let url = Url::parse(&absolute).ok()?;
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let named = host.contains('.') && !host.ends_with('.') && !host.ends_with(".local");
    let plain = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || !named || !plain {
        return None;
    }
    let mut shown = String::from(url.as_str());
    for (mark, code) in [
        ("(", "%28"),
        (")", "%29"),
        ("[", "%5B"),
        ("]", "%5D"),
        ("*", "%2A"),
        ("|", "%7C"),
        ("'", "%27"),
    ] {
        shown = shown.replace(mark, code);
    }
    Some(shown)
}

/// An e-mail address in lower case.
pub(super) fn email(raw: &str) -> Option<String> {
    let raw = raw.trim().trim_start_matches("mailto:");
    let good = raw.len() <= 120 && EMAIL.as_ref()?.is_match(raw);
    good.then(|| raw.to_ascii_lowercase())
}

/// The first postcode in a text: `ME14 1XX`.
pub(super) fn postcode(raw: &str) -> Option<String> {
    let found = POSTCODE.as_ref()?.captures(start(raw, 200))?;
    Some(format!("{} {}", &found[1], &found[2]).to_ascii_uppercase())
}

/// A calendar day: `2026-11-22`, with or without a time behind it, or `22/11/2026`.
pub(super) fn day(raw: &str) -> Option<Date> {
    let raw = raw.trim();
    if let Some(day) = raw.get(..10).and_then(|d| d.parse().ok()) {
        return Some(day);
    }
    let mut parts = raw.get(..10).unwrap_or(raw).split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_plain() {
        let clean = |raw: &str| text(raw, 200).unwrap_or_default();
        assert_eq!(
            clean("<p>Tea &amp; <b>to</b>ast</p><p>Daily</p>"),
            "Tea & toast Daily"
        );
        assert_eq!(clean("a<script>alert('x')</script>b<style>p{}"), "a b");
        assert_eq!(
            clean("5 < 6 and [click](https://evil.example) **now** {phone}"),
            "5 6 and (click)( now (phone)"
        );
        assert_eq!(
            clean("Write to a.b@example.org or www.example.org/x today"),
            "Write to or today"
        );
        assert_eq!(clean("caf\u{e9}\u{202e}\u{200b}\r\n\tbar"), "café bar");
        assert_eq!(text("<p>&nbsp;</p> - ", 200), None);
        assert_eq!(
            text(&"word ".repeat(100), 20).unwrap(),
            "word word word word…"
        );
        assert!(clean(&"<div>".repeat(100_000)).is_empty());
    }

    #[test]
    fn phones_are_written_one_way() {
        let good = [
            ("01632960123", "01632 960123"),
            ("+44 (0)1632 960123", "01632 960123"),
            ("0044 1632 960 123", "01632 960123"),
            ("Tel: 020 7946 0123 (office)", "020 7946 0123"),
            ("0808 157 0123", "0808 157 0123"),
            ("0113 496 0123 / 0114 496 0123", "0113 496 0123"),
            ("01632 960-1 option 2; 07700 900123", "07700 900123"),
            ("116123", "116 123"),
            ("111", "111"),
        ];
        for (raw, wanted) in good {
            assert_eq!(phone(raw).as_deref(), Some(wanted), "{raw}");
        }
        for raw in [
            "",
            "n/a",
            "12345",
            "+1 202 555 0123",
            "00000000000",
            "123456789012345678",
            "call us",
        ] {
            assert_eq!(phone(raw), None, "{raw}");
        }
    }

    #[test]
    fn only_safe_addresses_stay() {
        assert_eq!(
            url("www.example.org").as_deref(),
            Some("https://www.example.org/")
        );
        assert_eq!(
            url(" http://Example.org/a(b)?q=[1] ").as_deref(),
            Some("http://example.org/a%28b%29?q=%5B1%5D")
        );
        for raw in [
            "",
            "n/a",
            "javascript:alert(1)",
            "ftp://example.org",
            "https://user:pw@example.org",
            "http://127.0.0.1/x",
            "http://localhost",
            "http://[::1]/",
            "https://example.org/ <b>",
            "data://text.html",
        ] {
            assert_eq!(url(raw), None, "{raw}");
        }
        assert_eq!(
            email("mailto:Info@Example.org").as_deref(),
            Some("info@example.org")
        );
        assert_eq!(email("see website"), None);
    }

    #[test]
    fn postcodes_and_days_are_found() {
        assert_eq!(
            postcode("1 High St, Maidstone, me141xx").as_deref(),
            Some("ME14 1XX")
        );
        assert_eq!(postcode("ABC 1234"), None);
        let same = day("2026-11-22").unwrap();
        assert_eq!(day("2026-11-22T10:30:45.123Z"), Some(same));
        assert_eq!(day("22/11/2026"), Some(same));
        assert_eq!(day("soon"), None);
    }
}
