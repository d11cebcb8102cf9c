//! Every complaint of the format, with file and line: tests/fixtures/complaints.txt changes one thing in the small library
//! a block and says what must be heard about it. Adding a rule to the linter means adding a block there.
//! What never lives here: what is right on which day (days.rs).

use waymark::knowledge::{Complaint, Severity, read_folder};

use super::{changed, complaints, small, today};
use crate::world::{self, Folder};

/// One block of the file.
#[derive(Default, Debug)]
struct Block {
    what: String,
    line: usize,
    file: String,
    swap: Option<String>,
    with: String,
    wants: Vec<String>,
}

#[test]
fn the_small_library_is_valid() {
    let shown: Vec<String> = complaints(&small(), today())
        .iter()
        .map(Complaint::to_string)
        .collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn every_complaint_names_file_and_line() {
    let blocks = blocks();
    assert!(blocks.len() > 60, "{} blocks", blocks.len());
    let before: Vec<String> = complaints(&small(), today())
        .iter()
        .map(Complaint::to_string)
        .collect();
    let mut wrong = Vec::new();
    for block in &blocks {
        // Through a real folder, so that reading it is under test too.
        let folder = Folder::new("knowledge");
        for (name, text) in small() {
            folder.put(&name, text);
        }
        match &block.swap {
            Some(from) => {
                let text = &changed(&block.file, from, &block.with)[&block.file];
                folder.put(&block.file, text);
            }
            None if block.with == "-" => std::fs::remove_file(folder.0.join(&block.file)).unwrap(),
            None => {
                folder.put(&block.file, &block.with);
            }
        }
        let files = read_folder(&folder.0).unwrap();
        let heard: Vec<String> = complaints(&files, today())
            .iter()
            .map(Complaint::to_string)
            .collect();
        let new: Vec<&String> = heard.iter().filter(|h| !before.contains(h)).collect();
        for want in &block.wants {
            if !new.iter().any(|h| h.starts_with(want.as_str())) {
                let at = format!("complaints.txt:{} ({})", block.line, block.what);
                wrong.push(format!("{at}\n  wanted {want}\n  heard  {new:?}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        blocks.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_file_that_is_not_text_is_complained_about() {
    let folder = Folder::new("knowledge");
    for (name, text) in small() {
        folder.put(&name, text);
    }
    folder.put(
        "articles/employment/wage.md",
        [b"+++\n".as_slice(), &[0xff, 0xfe, 0x00, 0x80]].concat(),
    );
    let files = read_folder(&folder.0).unwrap();
    let heard = complaints(&files, today());
    let not_text = heard
        .iter()
        .any(|c| c.text.contains("not UTF-8") && c.severity == Severity::Error);
    assert!(not_text, "{heard:?}");
}

/// Windows line ends change neither the sections nor the lines that complaints name.
#[test]
fn line_ends_do_not_matter() {
    let mut files = changed("articles/employment/wage.md", "Keep records.", "Keep £5.");
    let plain: Vec<String> = complaints(&files, today())
        .iter()
        .map(Complaint::to_string)
        .collect();
    for text in files.values_mut() {
        *text = text.replace('\n', "\r\n");
    }
    let windows: Vec<String> = complaints(&files, today())
        .iter()
        .map(Complaint::to_string)
        .collect();
    assert!(
        plain
            .iter()
            .any(|c| c.starts_with("articles/employment/wage.md:27: ")),
        "{plain:?}"
    );
    assert_eq!(plain, windows);
}

/// The repository's own knowledge: not one error, not one warning.
#[test]
fn the_repository_is_without_errors_and_warnings() {
    let held = world::knowledge();
    let mut found = held.complaints.clone();
    found.extend(waymark::knowledge::check(
        &held.library,
        &held.files,
        today(),
    ));
    found.extend(waymark::assistant::missing_messages(&held.library));
    let bad = found.iter().filter(|c| c.severity != Severity::Notice);
    let bad: Vec<String> = bad.map(Complaint::to_string).collect();
    assert!(
        bad.is_empty(),
        "{} complaints\n{}",
        bad.len(),
        bad.join("\n")
    );
}

fn blocks() -> Vec<Block> {
    let text =
        std::fs::read_to_string(world::root().join("tests/fixtures/complaints.txt")).unwrap();
    let mut blocks: Vec<Block> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let unescaped = rest.replace("\\n", "\n");
        if mark == "#" {
            let what = rest.to_owned();
            blocks.push(Block {
                what,
                line: number + 1,
                ..Block::default()
            });
            continue;
        }
        let Some(block) = blocks.last_mut().filter(|_| !mark.is_empty()) else {
            continue;
        };
        match mark {
            "in" | "add" => rest.clone_into(&mut block.file),
            "swap" => block.swap = Some(unescaped),
            "with" => block.with = unescaped,
            "wants" => block.wants.push(rest.to_owned()),
            other => panic!("complaints.txt:{}: '{other}'", number + 1),
        }
    }
    blocks.retain(|b| !b.file.is_empty());
    assert!(
        blocks.iter().all(|b| !b.wants.is_empty()),
        "a block wants nothing"
    );
    blocks
}
