//! Where services are: the areas they are in or serve, their towns, how far it is.
//! What never lives here: what they are for (services.rs).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{EVERYWHERE, Entry};
use crate::{
    base::words,
    knowledge::{Area, Listing, find_area},
};

/// Kilometres in a degree of latitude.
const DEGREE_KM: f64 = 111.2;

/// Where each town and outward postcode lies: the mean of the services there that tell.
pub(super) fn towns(entries: &[Entry]) -> HashMap<String, Option<(f64, f64)>> {
    let mut sums: HashMap<String, (f64, f64, f64)> = HashMap::new();
    for entry in entries {
        for name in &entry.near {
            let sum = sums.entry(name.clone()).or_default();
            if let Some((lat, lon)) = entry.point {
                *sum = (sum.0 + lat, sum.1 + lon, sum.2 + 1.0);
            }
        }
    }
    let mean = |(lat, lon, n): (f64, f64, f64)| (n > 0.0).then(|| (lat / n, lon / n));
    sums.into_iter()
        .map(|(name, sum)| (name, mean(sum)))
        .collect()
}

/// Flat-earth distance: good to a percent within a county.
pub(super) fn kilometres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (north, east) = (a.0 - b.0, (a.1 - b.1) * a.0.to_radians().cos());
    north.hypot(east) * DEGREE_KM
}

/// Which areas a text names, remembered: a feed says the same few towns thousands of times.
pub(super) struct Whereabouts<'a> {
    areas: &'a BTreeMap<String, Area>,
    told: HashMap<String, Option<&'a str>>,
}

impl<'a> Whereabouts<'a> {
    pub(super) fn new(areas: &'a BTreeMap<String, Area>) -> Self {
        Self {
            areas,
            told: HashMap::new(),
        }
    }

    /// The areas of a listing: where it is, and whom it serves; else what holds for its whole feed.
    pub(super) fn areas(&mut self, listing: &Listing, of_feed: Option<&str>) -> Vec<String> {
        let mut found: BTreeSet<String> = BTreeSet::new();
        // "in Deal": a town's name that is a word of its own counts only with something before it.
        let towns: Vec<String> = listing.towns.iter().map(|t| format!("in {t}")).collect();
        found.extend(towns.iter().filter_map(|t| self.area(t)).map(str::to_owned));
        if found.is_empty() {
            let outward = listing.postcodes.iter().filter_map(|p| p.split(' ').next());
            found.extend(outward.filter_map(|p| self.area(p)).map(str::to_owned));
        }
        for serves in &listing.serves {
            for piece in serves
                .split([',', ';', '&', '/'])
                .flat_map(|p| p.split(" and "))
            {
                found.extend(self.area(piece).map(str::to_owned));
            }
            let national = ["england", "national", "nationwide", "uk"];
            if words(serves).iter().any(|w| national.contains(&w.as_str())) {
                found.insert(EVERYWHERE.to_owned());
            }
        }
        if found.is_empty() {
            found.extend(of_feed.map(str::to_owned));
        }
        found.into_iter().collect()
    }

    fn area(&mut self, text: &str) -> Option<&'a str> {
        let areas = self.areas;
        *self
            .told
            .entry(text.to_owned())
            .or_insert_with(|| find_area(areas, text))
    }
}
