//! Reading and indexing a knowledge of 1,000, 10,000 and 100,000 sections, generated from the real words.
//! What never lives here: real content.

use std::fmt::Write;

use waymark::{
    base::Stopwatch,
    knowledge::{Files, load, read_folder},
    retrieval::Index,
};

/// Sections of a generated article, the short answer among them.
const SECTIONS: usize = 5;

/// Reads and indexes the real knowledge and three generated ones.
pub(crate) fn run() {
    let real = read_folder(&crate::root().join("knowledge")).unwrap();
    measure("the real knowledge", &real);
    let words: Vec<String> = real
        .iter()
        .filter(|(f, _)| f.starts_with("articles/"))
        .flat_map(|(_, text)| waymark::base::words(text))
        .filter(|w| w.bytes().all(|b| b.is_ascii_lowercase()))
        .collect();
    for sections in [1_000, 10_000, 100_000] {
        measure(
            &format!("{sections} generated sections"),
            &generated(&real, &words, sections),
        );
    }
}

fn measure(name: &str, files: &Files) {
    let watch = Stopwatch::start();
    let (library, _) = load(files);
    let read = watch.millis();
    let watch = Stopwatch::start();
    let index = Index::build(&library).unwrap();
    let built = watch.millis();
    let info = index.info();
    println!(
        "  {name:<28} {:>6} sections {:>6} questions {:>6} words   read {read:>8.0} ms   index {built:>8.0} ms",
        info.sections, info.questions, info.words
    );
}

/// The registers of the real knowledge with articles of a given number of sections; the same each time.
fn generated(real: &Files, words: &[String], sections: usize) -> Files {
    let mut files: Files = real
        .iter()
        .filter(|(f, _)| !f.starts_with("articles/"))
        .map(|(f, t)| (f.clone(), t.clone()))
        .collect();
    let mut draw = Draw(0x2026_1122);
    for number in 0..sections / SECTIONS {
        let (title, short) = (draw.words(words, 5), draw.words(words, 40));
        let (mut asked, mut body) = (String::new(), String::new());
        for anchor in ["summary", "a", "b", "c", "d"] {
            let _ = writeln!(
                asked,
                "{anchor} = [\"{}\", \"{}\"]",
                draw.words(words, 8),
                draw.words(words, 6)
            );
            if anchor != "summary" {
                let _ = writeln!(
                    body,
                    "## {} {{#{anchor}}}\n\n{}.\n",
                    draw.words(words, 4),
                    draw.words(words, 80)
                );
            }
        }
        let text = format!(
            "+++\ntitle = \"{title}\"\nsummary = \"{short}.\"\naudience = [\"employer\"]\nregime = [\"employment\"]\n\
             area = [\"england\"]\nstanding = \"law\"\nreview_by = 2027-10-31\nsources = [\"gov-uk-ssp\"]\n\n[questions]\n{asked}+++\n\n{body}"
        );
        files.insert(format!("articles/generated/{number}.md"), text);
    }
    files
}

/// A reproducible stream of words.
struct Draw(u64);

impl Draw {
    fn words(&mut self, from: &[String], count: usize) -> String {
        let mut out = String::new();
        for _ in 0..count {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(self.0 >> 33).unwrap_or(0) % from.len();
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&from[at]);
        }
        out
    }
}
