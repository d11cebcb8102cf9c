//! Rust source cut into code, literals and comments: enough to tell `use` from a word in a sentence.
//! What never lives here: a parser; rules.

/// A source file without its comments.
pub(super) struct Parts {
    /// The code, its literals emptied.
    pub(super) code: String,
    /// What stands in its string literals.
    pub(super) literals: Vec<String>,
}

pub(super) fn parts(source: &str) -> Parts {
    let mut code = String::with_capacity(source.len());
    let mut literals = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let eaten = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some((eaten, text)) = string(rest) {
            literals.push(text.to_owned());
            code.push_str("\"\"");
            eaten
        } else if let Some(eaten) = character(rest) {
            code.push_str("' '");
            eaten
        } else {
            code.push(c);
            c.len_utf8()
        };
        rest = &rest[eaten..];
    }
    Parts { code, literals }
}

fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0_u32);
    loop {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += here.chars().next().map_or(0, char::len_utf8);
        }
        if depth == 0 || at >= rest.len() {
            return at;
        }
    }
}

/// A string literal, plain or raw: how long it is, and what stands in it.
fn string(rest: &str) -> Option<(usize, &str)> {
    if let Some(inside) = rest.strip_prefix('"') {
        let mut escaped = false;
        let end = inside.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        return Some((end + 2, &inside[..end]));
    }
    let after = rest.strip_prefix('r')?;
    let fences = after.len() - after.trim_start_matches('#').len();
    let inside = after[fences..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(fences));
    let end = inside.find(&close)?;
    Some((2 + fences + end + close.len(), &inside[..end]))
}

/// A character literal; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    if first == '\\' {
        let escaped = inside[1..].chars().next()?.len_utf8();
        return Some(1 + 1 + escaped + inside[1 + escaped..].find('\'')? + 1);
    }
    inside[first.len_utf8()..]
        .starts_with('\'')
        .then_some(first.len_utf8() + 2)
}

#[test]
fn code_literals_and_comments_are_told_apart() {
    let source = r##"
//! use crate::store::X;
/* crate::a /* crate::low */ still */ use crate::base::Y;
fn f<'a>(x: &'a str) -> char { let _ = ("a \" crate::c", r#"SELECT "x""#, '"', '\'', b"d"); 'z' }
"##;
    let parts = parts(source);
    assert!(parts.code.contains("use crate::base::Y;"));
    assert!(parts.code.contains("fn f<'a>(x: &'a str)"));
    for word in [
        "store",
        "crate::a",
        "crate::low",
        "still",
        "crate::c",
        "SELECT",
    ] {
        assert!(!parts.code.contains(word), "{word}: {}", parts.code);
    }
    assert_eq!(
        parts.literals,
        [r#"a \" crate::c"#, r#"SELECT "x""#, "d"],
        "{}",
        parts.code
    );
}
