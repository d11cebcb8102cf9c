//! The same service told twice: by its id, or by who runs it, its name and its postcode or phone. Linear, however many there are.
//! What never lives here: reading a row (row.rs).

use std::collections::HashMap;

use super::listing::Listing;
use crate::base::words;

/// Joins two records of one service: the one that was looked at later speaks, the other fills in what it leaves out.
pub(super) fn join(known: &mut Listing, told: Listing) {
    let older = if told.checked >= known.checked {
        std::mem::replace(known, told)
    } else {
        told
    };
    fill(&mut known.organisation, older.organisation);
    fill(&mut known.who, older.who);
    fill(&mut known.from_age, older.from_age);
    fill(&mut known.to_age, older.to_age);
    fill(&mut known.phone, older.phone);
    fill(&mut known.email, older.email);
    fill(&mut known.url, older.url);
    fill(&mut known.hours, older.hours);
    fill(&mut known.cost, older.cost);
    fill(&mut known.point, older.point);
    fill(&mut known.checked, older.checked);
    if known.what.is_empty() {
        known.what = older.what;
    }
    gather(&mut known.towns, older.towns);
    gather(&mut known.postcodes, older.postcodes);
    gather(&mut known.serves, older.serves);
    gather(&mut known.tags, older.tags);
}

fn fill<T>(known: &mut Option<T>, older: Option<T>) {
    if known.is_none() {
        *known = older;
    }
}

fn gather(known: &mut Vec<String>, older: Vec<String>) {
    for one in older {
        if !known.contains(&one) && known.len() < 20 {
            known.push(one);
        }
    }
}

/// Joins records that are one service under several ids; how many were taken up into another.
pub(super) fn duplicates(all: Vec<Listing>) -> (Vec<Listing>, usize) {
    let mut kept: Vec<Listing> = Vec::with_capacity(all.len());
    let mut by_mark: HashMap<String, usize> = HashMap::new();
    let mut joined = 0;
    for listing in all {
        let marks = marks(&listing);
        let same = marks.iter().find_map(|mark| by_mark.get(mark).copied());
        let at = same.unwrap_or(kept.len());
        match kept.get_mut(at) {
            Some(known) => {
                let id = known.id.clone();
                join(known, listing);
                known.id = id;
                joined += 1;
            }
            None => kept.push(listing),
        }
        for mark in marks {
            by_mark.entry(mark).or_insert(at);
        }
    }
    (kept, joined)
}

/// What tells one service from another: who, name, and each postcode or the phone.
fn marks(listing: &Listing) -> Vec<String> {
    let who = words(listing.organisation.as_deref().unwrap_or("")).join(" ");
    let name = words(&listing.name).join(" ");
    let places = listing.postcodes.iter().chain(&listing.phone);
    let mut marks: Vec<String> = places
        .map(|place| format!("{who}\n{name}\n{place}"))
        .collect();
    if marks.is_empty() {
        marks.push(format!("{who}\n{name}\n"));
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(id: &str, postcode: &str, phone: Option<&str>, checked: &str) -> Listing {
        Listing {
            id: id.into(),
            name: "Tea Club".into(),
            organisation: Some("Age Kind".into()),
            postcodes: vec![postcode.into()],
            phone: phone.map(str::to_owned),
            checked: checked.parse().ok(),
            what: format!("as {id} says"),
            ..Listing::default()
        }
    }

    #[test]
    fn one_service_under_two_ids_is_one() {
        let all = vec![
            listing("a", "ME14 1XX", None, "2026-01-01"),
            listing("b", "ME14 1XX", Some("01632 960123"), "2026-02-01"),
            listing("c", "CT1 1XX", Some("01632 960123"), "2025-01-01"),
            listing("d", "CT2 2XX", None, "2026-01-01"),
        ];
        let (kept, joined) = duplicates(all);
        assert_eq!((kept.len(), joined), (2, 2));
        assert_eq!(kept[0].id, "a");
        assert_eq!(kept[0].what, "as b says", "the later one speaks");
        assert_eq!(kept[0].postcodes, ["ME14 1XX", "CT1 1XX"]);
        assert_eq!(kept[1].id, "d");
    }
}
