//! Areas: councils whose local rules we hold, and how a place in a question is recognised.
//! What never lives here: who to ring at which hour (assistant).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::phrases::matchable;

/// One council's area.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Name.
    pub name: String,
    /// How the council is called.
    pub everyday: String,
    /// The area it lies in.
    #[serde(default)]
    pub parent: Option<String>,
    /// Words that mean it.
    #[serde(default)]
    pub places: Vec<String>,
    /// Those of the places that are ordinary words too ("march", "deal"): without a capital they are not the town.
    #[serde(default)]
    pub capitals: Vec<String>,
    /// Outward postcodes or postcode letters that mean it.
    #[serde(default)]
    pub postcodes: Vec<String>,
    /// Areas next to it that people mix up with it.
    #[serde(default)]
    pub neighbours: Vec<String>,
    /// Service ids.
    #[serde(default)]
    pub adult_safeguarding: Option<String>,
    /// Service ids.
    #[serde(default)]
    pub child_safeguarding: Option<String>,
    /// Service ids.
    #[serde(default)]
    pub out_of_hours: Option<String>,
    /// When the day line answers: `mon-fri 09:00-17:00`.
    #[serde(default)]
    pub service_hours: Vec<String>,
    /// Days closed beside weekends; an area without its own takes its parent's (bank holidays stand at `england`).
    #[serde(default, deserialize_with = "super::span::dates")]
    pub closed: Vec<jiff::civil::Date>,
}

/// The area that a text names by place or postcode; the longest place name wins.
pub fn find_area<'a>(areas: &'a BTreeMap<String, Area>, text: &str) -> Option<&'a str> {
    let matchable = format!(" {} ", matchable(text));
    let by_place = areas.iter().flat_map(|(id, area)| {
        area.places.iter().filter_map(|place| {
            let words = format!(" {} ", crate::base::words(place).join(" "));
            let word = area.capitals.contains(place);
            let named = matchable.contains(&words) && (!word || capitalised(text, place));
            named.then_some((words.len(), id.as_str()))
        })
    });
    by_place
        .max()
        .map(|(_, id)| id)
        .or_else(|| by_postcode(areas, text))
}

fn capitalised(text: &str, place: &str) -> bool {
    let mut letters = place.chars();
    let upper: String = letters
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    let capital = format!("{upper}{}", letters.as_str());
    text.match_indices(&capital).any(|(at, _)| {
        // Not at the start of a sentence, where every word has a capital, and after "in" or the like.
        at > 0
            && text[..at]
                .trim_end()
                .ends_with(|c: char| c.is_lowercase() || c == ',')
    })
}

fn by_postcode<'a>(areas: &'a BTreeMap<String, Area>, text: &str) -> Option<&'a str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| (2..=7).contains(&w.len()))
        .find_map(|word| {
            let upper = word.to_ascii_uppercase();
            let letters = upper.bytes().take_while(u8::is_ascii_alphabetic).count();
            if !(1..=2).contains(&letters) || letters == upper.len() {
                return None;
            }
            let fits = |code: &String| {
                let rest = upper.strip_prefix(code.as_str());
                let whole_letters = code.bytes().all(|b| b.is_ascii_alphabetic());
                rest.is_some_and(|r| {
                    if whole_letters {
                        r.starts_with(|c: char| c.is_ascii_digit())
                    } else {
                        r.is_empty() || r.len() == 3
                    }
                })
            };
            areas
                .iter()
                .find(|(_, a)| a.postcodes.iter().any(fits))
                .map(|(id, _)| id.as_str())
        })
}

/// Whether a text reads as service hours (`mon-fri 09:00-17:00`). The rule itself is casework's; this only tells the editor.
pub(super) fn service_hours(text: &str) -> Result<(), String> {
    let shape = regex::Regex::new(r"^[a-z]{3}(-[a-z]{3})? \d{2}:\d{2}-\d{2}:\d{2}$");
    match shape {
        Ok(shape) if shape.is_match(text) => Ok(()),
        _ => Err(format!(
            "'{text}' is not service hours; write them as 'mon-fri 09:00-17:00'"
        )),
    }
}

#[test]
fn a_place_that_is_a_word_needs_its_capital() {
    let area = |place: &str| Area {
        name: String::new(),
        everyday: String::new(),
        parent: None,
        places: vec![place.to_owned()],
        capitals: vec!["march".to_owned()],
        postcodes: vec!["PE15".to_owned()],
        neighbours: Vec::new(),
        adult_safeguarding: None,
        child_safeguarding: None,
        out_of_hours: None,
        service_hours: Vec::new(),
        closed: Vec::new(),
    };
    let march = BTreeMap::from([("cambridgeshire".to_owned(), area("march"))]);
    let ely = BTreeMap::from([("cambridgeshire".to_owned(), area("ely"))]);
    let cases = [
        (&march, "I live in March", true),
        (&march, "do the rates change in march", false),
        (&march, "March is when it changes", false),
        (&march, "my postcode is pe15 8aa", true),
        (&ely, "i live in ely", true),
    ];
    for (areas, text, wanted) in cases {
        assert_eq!(find_area(areas, text).is_some(), wanted, "{text}");
    }
}
