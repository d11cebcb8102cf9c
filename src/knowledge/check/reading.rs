//! The linter of plain words: reading age, sentence length and hard words of short answers and easy read.
//! What never lives here: how they are measured (readability.rs).

use super::{Checker, Complaint};
use crate::{base::Lang, knowledge::article::Article};

/// What a text may ask of its reader.
struct Limit {
    what: &'static str,
    /// Reading age, in years.
    age: f64,
    /// Words in a sentence.
    longest: usize,
}

const SHORT_ANSWER: Limit = Limit {
    what: "the short answer",
    age: 11.0,
    longest: 25,
};
const EASY_READ: Limit = Limit {
    what: "easy read",
    age: 8.0,
    longest: 15,
};

impl Checker<'_> {
    /// Short answers that hold now or later, and easy read.
    pub(super) fn reading(&mut self, article: &Article) {
        let over = |to: Option<_>| to.is_some_and(|to| to < self.day);
        let current = article.summaries.iter().filter(|s| !over(s.span.to));
        let texts: Vec<(&Limit, &str)> = current
            .map(|s| (&SHORT_ANSWER, s.text.as_str()))
            .chain(article.easy_read.iter().map(|t| (&EASY_READ, t.as_str())))
            .collect();
        for (limit, text) in texts {
            self.hard_to_read(&article.file, limit, text);
        }
    }

    fn hard_to_read(&mut self, file: &str, limit: &Limit, text: &str) {
        let library = self.library;
        // Line by line: in easy read a line is a sentence, whatever it ends with.
        let lines = text.lines();
        let shown: Vec<String> = lines
            .map(|line| library.render_plain(line, self.day, &Lang::english()).text)
            .collect();
        let Some(reading) = library.registers.plain_words.measure(&shown.join("\n")) else {
            return;
        };
        let mut wrong = Vec::new();
        if reading.age > limit.age {
            let long = reading.long.join(", ");
            wrong.push(format!(
                "reads at age {:.1}, at most {}; use shorter sentences and words (long ones: {long})",
                reading.age, limit.age
            ));
        }
        if reading.longest > limit.longest {
            let (words, most) = (reading.longest, limit.longest);
            wrong.push(format!("has a sentence of {words} words, at most {most}"));
        }
        for (hard, plain) in &reading.hard {
            wrong.push(format!("has '{hard}'; say '{plain}'"));
        }
        let line = self.line(file, text.lines().next().unwrap_or(""));
        for wrong in wrong {
            let text = format!("{} {wrong}", limit.what);
            self.complaints.push(Complaint::warning(file, line, text));
        }
    }
}
