//! Markdown as Telegram shows it: what each construct becomes, and what holds for any text whatever.

use proptest::{prelude::*, test_runner::Config};
use teloxide_core::types::MessageEntityKind as Kind;
use unicode_segmentation::UnicodeSegmentation;
use waymark_telegram::{Rendered, render};

fn one(markdown: &str) -> Rendered {
    let mut pieces = render(markdown, 4000);
    assert_eq!(pieces.len(), 1, "{pieces:?}");
    pieces.remove(0)
}

/// The words under each entity.
fn marked(piece: &Rendered) -> Vec<(String, String)> {
    let units: Vec<u16> = piece.text.encode_utf16().collect();
    let words = |e: &teloxide_core::types::MessageEntity| {
        String::from_utf16(&units[e.offset..e.offset + e.length]).unwrap()
    };
    let name = |kind: &Kind| match kind {
        Kind::TextLink { url } => format!("link {url}"),
        Kind::Pre { language } => format!("pre {}", language.as_deref().unwrap_or("-")),
        other => format!("{other:?}").to_lowercase(),
    };
    piece
        .entities
        .iter()
        .map(|e| (name(&e.kind), words(e)))
        .collect()
}

fn shows(markdown: &str, text: &str, marks: &[(&str, &str)]) {
    let piece = one(markdown);
    assert_eq!(piece.text, text, "{markdown:?}");
    let own = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    assert_eq!(
        marked(&piece),
        marks.iter().map(own).collect::<Vec<_>>(),
        "{markdown:?}"
    );
}

#[test]
fn each_construct_becomes_what_a_phone_can_show() {
    shows(
        "# Pay\n\nYou *must* pay **her**.",
        "Pay\n\nYou must pay her.",
        &[("bold", "Pay"), ("italic", "must"), ("bold", "her")],
    );
    shows(
        "- a\n- b\n  1. c\n  2. d\n\ne",
        "• a\n• b\n  1. c\n  2. d\n\ne",
        &[],
    );
    shows("- [x] done\n- [ ] open", "• ☑ done\n• ☐ open", &[]);
    shows(
        "> said\n> > twice\n\nend",
        "said\n\ntwice\n\nend",
        &[("blockquote", "said\n\ntwice")],
    );
    shows(
        "```rust\nlet x;\n```\nafter `x *y*`",
        "let x;\n\nafter x *y*",
        &[("pre rust", "let x;"), ("code", "x *y*")],
    );
    shows(
        "[law](https://www.legislation.gov.uk/a) and [no](javascript:alert)",
        "law and no",
        &[("link https://www.legislation.gov.uk/a", "law")],
    );
    shows(
        "<b>not bold</b> & <script>x</script>",
        "<b>not bold</b> & <script>x</script>",
        &[],
    );
    shows(
        "| Who | Rate |\n|---|---|\n| Adults | £12 |\n| Young | £10 |",
        "Adults\nRate: £12\n\nYoung\nRate: £10",
        &[("bold", "Adults"), ("bold", "Young")],
    );
    // Offsets count UTF-16: what stands before is two units and several bytes.
    shows("😀 **żółw**", "😀 żółw", &[("bold", "żółw")]);
    assert!(render("", 4000).is_empty() && render("\n\n\u{7}", 4000).is_empty());
}

#[test]
fn long_texts_are_cut_where_people_pause() {
    let paragraph = "A sentence of some words stands here. ".repeat(12);
    let text = format!("{paragraph}\n\n{paragraph}\n\n{paragraph}");
    let pieces = render(&text, 1000);
    assert!(pieces.len() >= 2, "{}", pieces.len());
    for piece in &pieces {
        assert!(piece.text.ends_with('.'), "{:?}", piece.text);
    }
    // A family of four is one character to a reader, and eleven units.
    let family = "👨‍👩‍👧‍👦".repeat(50);
    for piece in render(&family, 100) {
        assert_eq!(
            piece.text.graphemes(true).count() * 11,
            piece.text.encode_utf16().count()
        );
    }
    let many: String = (0..250).map(|n| format!("**b{n}** ")).collect();
    let pieces = render(&many, 4000);
    assert_eq!(pieces.iter().map(|p| p.entities.len()).sum::<usize>(), 250);
    assert!(pieces.iter().all(|p| p.entities.len() <= 100));
}

/// Pieces of markdown, well formed and not, and anything at all.
fn document() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "# Head\n\n", "- item\n", "  - nested\n", "1. one\n", "> quoted\n", "> > deeper\n", "**", "*", "_", "~~", "`",
            "```\n", "```rust\ncode\n```\n", "[text](https://example.org/a)", "[bad](javascript:x)", "[", "](", "|a|b|\n|-|-|\n|1|2|\n",
            "|---|\n", "<b>", "</b>", "<!-- x -->", "\n\n", "\n", "  \n", " ", "&amp;", "![alt](x)", "- [ ] task\n", "---\n", "\\*",
            "tel:999", "👨‍👩‍👧‍👦", "🇬🇧", "e\u{301}", "العربية", "\u{200d}", "\t", "word ", "A sentence. ", "£12.60 ",
        ]).prop_map(str::to_owned),
        2 => "[ -~]{0,40}",
        1 => "\\PC{0,30}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #![proptest_config(Config { cases: 20_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn whatever_is_written_fits_and_nothing_is_lost(text in document(), most in 30_usize..600) {
        let pieces = render(&text, most);
        let whole = render(&text, usize::MAX);
        let all = |pieces: &[Rendered]| bare(&pieces.iter().map(|p| p.text.as_str()).collect::<String>());
        prop_assert_eq!(all(&pieces), all(&whole));
        for piece in &pieces {
            let units: Vec<u16> = piece.text.encode_utf16().collect();
            prop_assert!(!piece.text.trim().is_empty());
            prop_assert_eq!(piece.text.trim(), piece.text.as_str());
            prop_assert!(units.len() <= most, "{} > {most}", units.len());
            prop_assert!(piece.entities.len() <= 100);
            for entity in &piece.entities {
                let end = entity.offset + entity.length;
                prop_assert!(entity.length > 0 && end <= units.len());
                let words = String::from_utf16(&units[entity.offset..end]);
                prop_assert!(words.is_ok_and(|w| w.trim() == w), "{entity:?}");
            }
            for (number, a) in piece.entities.iter().enumerate() {
                for b in &piece.entities[number + 1..] {
                    let (a_end, b_end) = (a.offset + a.length, b.offset + b.length);
                    let apart = a_end <= b.offset || b_end <= a.offset;
                    let within = (a.offset <= b.offset && b_end <= a_end) || (b.offset <= a.offset && a_end <= b_end);
                    prop_assert!(apart || within, "{a:?} {b:?}");
                    let code = |k: &Kind| matches!(k, Kind::Code | Kind::Pre { .. });
                    let quote = a.kind == Kind::Blockquote || b.kind == Kind::Blockquote;
                    prop_assert!(apart || quote || !(code(&a.kind) || code(&b.kind)), "code holds nothing: {a:?} {b:?}");
                }
            }
        }
        if let [whole] = whole.as_slice() {
            unbroken(&whole.text, &pieces, most)?;
        }
    }
}

/// No piece ends within what a reader sees as one character, unless that alone is too long.
fn unbroken(whole: &str, pieces: &[Rendered], most: usize) -> Result<(), TestCaseError> {
    let starts: std::collections::HashSet<usize> =
        whole.grapheme_indices(true).map(|(at, _)| at).collect();
    let giant = whole
        .graphemes(true)
        .any(|g| g.encode_utf16().count() > most);
    let mut from = 0;
    for piece in pieces {
        let at = whole[from..].find(&piece.text).map(|at| from + at);
        prop_assert!(at.is_some());
        let end = at.unwrap_or(0) + piece.text.len();
        // White space that was cut off may be glued to a mark that follows it.
        let blank = whole[end..].starts_with(char::is_whitespace);
        prop_assert!(
            giant || blank || end == whole.len() || starts.contains(&end),
            "cut at {end}"
        );
        from = end;
    }
    Ok(())
}
