//! A question for services, read: what is looked for, for whom, and near which town.
//! What never lives here: the search itself (services.rs).

use std::{cmp::Reverse, collections::BTreeSet};

use super::{Names, Services};
use crate::{
    base::words,
    knowledge::Signpost,
    retrieval::vocabulary::{is_little, stems},
};

/// What a question looks for.
#[derive(Debug)]
pub(super) struct Sought {
    pub(super) town: Option<String>,
    pub(super) ages: (u8, u8),
    /// Each thing by all its names.
    pub(super) topics: Vec<Names>,
    pub(super) people: Names,
}

impl Services {
    /// What a question looks for, apart from the words that say where, for whom, or nothing.
    pub(super) fn sought(&self, text: &str, signpost: &Signpost) -> Sought {
        let mut analyzer = self.analyzer.clone();
        let typed = words(text);
        let town = self.town(&typed);
        let told: Vec<String> = typed
            .iter()
            .map(|w| {
                stems(&mut analyzer, w)
                    .into_iter()
                    .next()
                    .unwrap_or_default()
            })
            .collect();
        let mut open: Vec<bool> = typed
            .iter()
            .zip(&told)
            .map(|(word, stem)| {
                !signpost.ignore.contains(word) && !is_little(stem) && !is_postcode(word)
            })
            .collect();
        let mut sought = Sought {
            town,
            ages: (0, u8::MAX),
            topics: Vec::new(),
            people: Vec::new(),
        };
        let mut ages: Option<(u8, u8)> = None;
        for (names, group) in &self.people {
            if take(names, &told, &mut open) {
                ages = Some(ages.map_or(*group, |a| (a.0.min(group.0), a.1.max(group.1))));
                sought.people.extend(names.iter().cloned());
            }
        }
        sought.ages = ages.unwrap_or(sought.ages);
        for names in &self.same {
            if take(names, &told, &mut open) {
                sought.topics.push(names.clone());
            }
        }
        take(&self.places, &told, &mut open);
        if let Some(town) = &sought.town {
            let town = vec![stems(&mut analyzer, town)];
            take(&town, &told, &mut open);
        }
        let left = told
            .iter()
            .zip(&open)
            .filter(|(_, open)| **open)
            .map(|(stem, _)| stem);
        for stem in left.collect::<BTreeSet<_>>() {
            sought.topics.push(vec![vec![stem.clone()]]);
        }
        sought
    }

    /// The town or outward postcode named after "near" or the like: the longest name wins.
    pub(super) fn town(&self, typed: &[String]) -> Option<String> {
        let before = [
            "near", "nearby", "in", "around", "at", "to", "by", "from", "of", "outside",
        ];
        let starts = (0..typed.len()).filter(|at| {
            is_postcode(&typed[*at]) || *at > 0 && before.contains(&typed[*at - 1].as_str())
        });
        let names = starts.flat_map(|at| (1..=4).filter_map(move |n| typed.get(at..at + n)));
        let known = names
            .map(|n| n.join(" "))
            .filter(|n| self.towns.contains_key(n));
        known.max_by_key(String::len)
    }
}

/// Closes the places where any of the names stands, the longest names first; whether there was one.
fn take(names: &[Vec<String>], told: &[String], open: &mut [bool]) -> bool {
    let mut by_length: Vec<&Vec<String>> = names.iter().collect();
    by_length.sort_by_key(|n| Reverse(n.len()));
    let mut found = false;
    for name in by_length {
        if let Some(at) = stands_in(name, told)
            && let Some(covered) = open.get_mut(at..at + name.len())
        {
            covered.fill(false);
            found = true;
        }
    }
    found
}

pub(super) fn stands_in(name: &[String], told: &[String]) -> Option<usize> {
    told.windows(name.len().max(1)).position(|w| w == name)
}

/// Whether a folded word is the first half of a postcode: `me14`.
fn is_postcode(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = word.get(letters..).unwrap_or("");
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest.starts_with(|c: char| c.is_ascii_digit())
}
