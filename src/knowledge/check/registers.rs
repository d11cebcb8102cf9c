//! The linter of the registers: rates without gaps, facts that can be shown, services and sources that are whole.
//! What never lives here: articles.

use std::collections::BTreeMap;

use jiff::ToSpan;

use super::{Certainty, Checker, Complaint, line_of};

impl Checker<'_> {
    pub(super) fn registers(&mut self) {
        self.rates();
        self.facts();
        self.services();
        self.sources();
    }

    fn rates(&mut self) {
        let library = self.library;
        for (id, rate) in &library.registers.rates {
            let (file, line) = self.place("rates/", id);
            for pair in rate.values.windows(2) {
                if pair[0].valid_to.saturating_add(1.day()) != pair[1].valid_from {
                    self.error(
                        &file,
                        line,
                        format!(
                            "[{id}] has a gap or an overlap before {}",
                            pair[1].valid_from
                        ),
                    );
                }
            }
            if rate.values.is_empty() {
                self.error(&file, line, format!("[{id}] has no value"));
            }
            for value in &rate.values {
                if library.source(&value.source).is_none() {
                    self.error(
                        &file,
                        line,
                        format!("[{id}] source '{}' is not in sources.toml", value.source),
                    );
                }
                let starts = match rate.year.as_str() {
                    "wage" => (4, 1),
                    "tax" => (4, 6),
                    other => {
                        self.error(
                            &file,
                            line,
                            format!("[{id}] year '{other}' must be wage or tax"),
                        );
                        continue;
                    }
                };
                if (value.valid_from.month(), value.valid_from.day()) != starts {
                    let text = format!(
                        "[{id}] begins on {}, not on {} April",
                        value.valid_from, starts.1
                    );
                    self.complaints.push(Complaint::warning(&file, line, text));
                }
            }
        }
    }

    fn facts(&mut self) {
        let library = self.library;
        for (id, fact) in &library.registers.facts {
            let (file, line) = self.place("facts/", id);
            if let Err(sentence) = fact.show() {
                self.error(&file, line, format!("[{id}] {sentence}"));
            }
            if library.source(&fact.source).is_none() {
                self.error(
                    &file,
                    line,
                    format!("[{id}] source '{}' is not in sources.toml", fact.source),
                );
            }
        }
    }

    fn services(&mut self) {
        let library = self.library;
        for (id, service) in &library.registers.services {
            let (file, line) = self.place("services/", id);
            if library.source(&service.source).is_none() {
                self.error(
                    &file,
                    line,
                    format!("[{id}] source '{}' is not in sources.toml", service.source),
                );
            }
            if service.status == Certainty::Unconfirmed && service.phone.is_some() {
                self.error(
                    &file,
                    line,
                    format!("[{id}] an unconfirmed phone number is never published"),
                );
            }
        }
    }

    fn sources(&mut self) {
        let library = self.library;
        for (id, source) in &library.registers.sources {
            let (file, line) = self.place("sources", id);
            if source.status == Certainty::Unconfirmed && source.note.is_none() {
                let text = format!(
                    "[{id}] is unconfirmed and has no note that says what to check with whom"
                );
                self.complaints.push(Complaint::warning(&file, line, text));
            }
            if source
                .url
                .as_deref()
                .is_some_and(|u| !u.starts_with("https://"))
            {
                self.error(&file, line, format!("[{id}] url must begin with https://"));
            }
        }
        self.same_sources();
    }

    /// One notice for each source that repeats another: the same link and provision, or the same title and provision. A link to
    /// nothing but a site's front page says nothing about what is cited there.
    fn same_sources(&mut self) {
        let library = self.library;
        let mut seen = BTreeMap::new();
        for (id, source) in &library.registers.sources {
            let deep = source.url.as_deref().filter(|u| u.matches('/').count() > 2);
            let keys = [deep, Some(source.title.as_str())];
            for key in keys.into_iter().flatten() {
                let first = *seen.entry((key, &source.provision)).or_insert(id);
                if first != id {
                    let (file, line) = self.place("sources", id);
                    let text = format!("[{id}] is the same source as [{first}]; keep one of them");
                    self.complaints.push(Complaint::notice(&file, line, text));
                    break;
                }
            }
        }
    }

    pub(super) fn place(&self, folder: &str, id: &str) -> (String, usize) {
        let needle = format!("[{id}]");
        let file = self
            .files
            .iter()
            .find(|(f, text)| f.starts_with(folder) && text.contains(&needle));
        file.map_or_else(
            || (folder.to_owned(), 1),
            |(f, text)| (f.clone(), line_of(text, &needle)),
        )
    }
}
