//! Hostile content: random bytes, cut and mutated articles and registers never stop `load` and `check`; strange text never
//! stops the small tools that read it.
//! What never lives here: hostile talk (steps.rs).

use proptest::prelude::*;
use waymark::{
    base::{clip, fold, mask_personal, normalise, sentences, words},
    knowledge::{Files, Phrase, PhraseSet, check, find_area, load, matchable, speakable},
};

use super::{small, today};
use crate::world;

/// Loads, checks and renders everything that could be read; it is enough that this returns.
fn take(files: &Files) {
    let (library, complaints) = load(files);
    let more = check(&library, files, today());
    for complaint in complaints.iter().chain(&more) {
        let lines = files
            .get(&complaint.file)
            .map_or(1, |t| t.lines().count().max(1) + 1);
        assert!(
            (1..=lines).contains(&complaint.line),
            "{complaint} of {lines} lines"
        );
    }
    for (_, _, section) in library.sections() {
        library.render(&section.body, today(), &waymark::base::Lang::english());
    }
}

/// Bytes as a disk gives them: the loader sees what is left of them as text.
fn with(file: &str, bytes: &[u8]) -> Files {
    let mut files = small();
    files.insert(file.to_owned(), String::from_utf8_lossy(bytes).into_owned());
    files
}

const FILES: [&str; 8] = [
    "articles/employment/wage.md",
    "articles/direct-payments/start.md",
    "rates/pay.toml",
    "facts/fixed.toml",
    "triage.toml",
    "areas.toml",
    "sources.toml",
    "messages/en-small.toml",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_taken(which in 0..FILES.len(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        take(&with(FILES[which], &bytes));
    }

    #[test]
    fn a_file_cut_anywhere_is_taken(which in 0..FILES.len(), cut in any::<prop::sample::Index>()) {
        let whole = small()[FILES[which]].clone();
        take(&with(FILES[which], &whole.as_bytes()[..cut.index(whole.len())]));
    }

    #[test]
    fn a_mutated_article_is_taken(
        article in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_usize), 1..8),
    ) {
        let real = world::knowledge().files.iter().filter(|(f, _)| f.starts_with("articles/"));
        let real: Vec<&String> = real.map(|(_, t)| t).collect();
        let mut bytes = real[article.index(real.len())].clone().into_bytes();
        for (place, byte, how) in edits {
            let at = place.index(bytes.len().max(1));
            mutate(&mut bytes, at, byte, how);
        }
        take(&with("articles/employment/wage.md", &bytes));
    }

    #[test]
    fn strange_text_is_read_by_every_tool(text in strange()) {
        let clean = normalise(&text);
        prop_assert!(!clean.chars().any(char::is_control) && !clean.contains("  ") && clean.trim() == clean, "{clean:?}");
        prop_assert_eq!(&normalise(&clean), &clean, "cleaning twice is cleaning once");
        let said = words(&text);
        prop_assert!(said.iter().all(|w| !w.is_empty() && !w.contains(' ')));
        let (_, _, _) = (fold(&text), sentences(&text), mask_personal(&text));
        prop_assert!(clip(&text, 20).chars().count() <= text.chars().count() + 1);
        let _ = world::knowledge().library.languages.tell(&text);
        find_area(&world::knowledge().library.areas, &text);
        let registers = &world::knowledge().library.registers;
        let spoken = speakable(&text, &registers.spoken);
        prop_assert!(!spoken.contains(|c: char| c.is_ascii_digit()), "{}", spoken);
        registers.plain_words.measure(&text);
        if let Ok(phrase) = Phrase::parse(&text) {
            phrase.is_in(&matchable(&text));
        }
        let (set, _) = PhraseSet::parse(&[text.clone(), "hits me".into()]);
        set.mask(&matchable(&text));
    }

    #[test]
    fn a_plain_phrase_is_found_in_its_own_words(said in prop::collection::vec("[a-z]{1,8}", 1..6)) {
        let text = said.join(" ");
        let phrase = Phrase::parse(&text).unwrap();
        let around = format!("before {text} after");
        prop_assert!(phrase.is_in(&matchable(&around)));
        let masked = PhraseSet::parse(&[text]).0.mask(&matchable(&around));
        prop_assert!(!phrase.is_in(&masked), "{}", masked);
    }
}

fn mutate(bytes: &mut Vec<u8>, at: usize, byte: u8, how: usize) {
    const PIECES: [&[u8]; 6] = [
        b"{{ rate.",
        b"+++\n",
        b"](source:",
        b"## ",
        b"\"\"\"",
        b"{#",
    ];
    if bytes.is_empty() {
        return;
    }
    match how {
        0 => bytes[at] = byte,
        1 => {
            bytes.remove(at);
        }
        2 => {
            let end = (at + usize::from(byte)).min(bytes.len());
            bytes.drain(at..end);
        }
        _ => {
            let piece = PIECES[usize::from(byte) % PIECES.len()];
            bytes.splice(at..at, piece.iter().copied());
        }
    }
}

/// Any text, and text made of the pieces that trip readers up.
fn strange() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "^",
        "$",
        "..",
        "...",
        "|",
        "*",
        "a|",
        "'",
        "\u{0}",
        "\u{202e}",
        "\u{200d}",
        "👩‍👩‍👧",
        "ﬁ",
        "İ",
        "ß",
        "é",
        "e\u{301}",
        "\u{fffd}",
        " ",
        "\n",
        "CT1",
        "kent",
        "march",
        "{{ rate.wage }}",
        "[",
        "](",
        "\\",
        "%",
        "0",
        "٣",
        "मदद",
        "помощь",
    ]);
    prop_oneof![
        any::<String>(),
        prop::collection::vec(pieces, 0..30).prop_map(|p| p.concat())
    ]
}

/// A fuzz-like walk with a fixed seed over every real file: cheap, wide and the same each time.
#[test]
fn every_real_file_survives_being_broken() {
    let mut state = 0x2026_1122_u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    for (file, text) in &world::knowledge().files {
        if file.starts_with("words/") || file == "sources.toml" {
            continue;
        }
        let mut bytes = text.clone().into_bytes();
        for _ in 0..4 {
            let (at, byte, how) = (next() % bytes.len().max(1), next() % 256, next() % 4);
            mutate(&mut bytes, at, u8::try_from(byte).unwrap(), how);
        }
        take(&with(file, &bytes));
    }
}

#[test]
fn a_library_of_nothing_is_a_library() {
    take(&Files::new());
    let empty = small().into_keys().map(|f| (f, String::new())).collect();
    take(&empty);
}
