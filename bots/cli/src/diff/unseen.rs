//! What changed in the knowledge without any question showing it: where the question sets have a gap.
//! What never lives here: answers that change.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use waymark::knowledge::Library;

use super::compare::{mentions, shown};

/// Sections and figures that came, went or changed, but for sections that some answer cites.
pub(super) fn unseen(
    old: &Library,
    new: &Library,
    day: Date,
    cited: &BTreeSet<String>,
) -> Vec<String> {
    let sections = |library: &Library| -> BTreeMap<String, String> {
        library
            .sections()
            .map(|(_, a, s)| (format!("{}#{}", a.id, s.anchor), s.hash.clone()))
            .collect()
    };
    let (was, is) = (sections(old), sections(new));
    let mut changed = changed(&was, &is);
    changed.retain(|(_, place)| !cited.contains(*place));
    // A figure is seen where a cited section shows it.
    let seen: String = new
        .sections()
        .chain(old.sections())
        .filter(|(_, a, s)| cited.contains(&format!("{}#{}", a.id, s.anchor)))
        .flat_map(|(_, a, s)| {
            let shorts = a.summaries.iter().map(|s| s.text.as_str());
            [s.body.as_str()].into_iter().chain(shorts)
        })
        .collect();
    let (was, is) = (shown(old, day), shown(new, day));
    let mut figures = self::changed(&was, &is);
    figures.retain(|(_, id)| !mentions(&seen, id));
    changed
        .iter()
        .chain(&figures)
        .map(|(how, what)| format!("{what} ({how})"))
        .collect()
}

fn changed<'a>(
    was: &'a BTreeMap<String, String>,
    is: &'a BTreeMap<String, String>,
) -> Vec<(&'static str, &'a str)> {
    let gone = was.keys().filter(|k| !is.contains_key(*k));
    let there = is.iter().filter_map(|(key, value)| match was.get(key) {
        None => Some(("new", key.as_str())),
        Some(old) if old != value => Some(("changed", key.as_str())),
        Some(_) => None,
    });
    gone.map(|k| ("gone", k.as_str())).chain(there).collect()
}
