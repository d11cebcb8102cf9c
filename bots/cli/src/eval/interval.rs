//! How far a figure can be trusted: 95% intervals by drawing the questions again, with the same draws every time.
//! What never lives here: the figures themselves.

use std::collections::BTreeMap;

use waymark::base::Chance;

use super::{figures::Figures, judged::Judged};

const RESAMPLES: usize = 1_000;
const SEED: u64 = 0x5eed;

/// The middle 95% of each figure over a thousand sets of the same size, drawn with putting back.
///
/// # Errors
/// None with the seeded stream; the face of `Chance` has one.
pub(super) fn intervals(
    some: &[&Judged],
    figures: impl Fn(&[&Judged]) -> Figures,
) -> std::io::Result<BTreeMap<&'static str, [f64; 2]>> {
    let chance = Chance::seeded(SEED);
    let mut drawn: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut sample = Vec::with_capacity(some.len() + 8);
    for _ in 0..RESAMPLES {
        sample.clear();
        while sample.len() < some.len() {
            let bytes = chance.draw()?;
            let places = bytes.chunks_exact(4).filter_map(|b| {
                let number = u32::from_le_bytes(b.try_into().ok()?);
                some.get(usize::try_from(number).ok()? % some.len())
            });
            sample.extend(places);
        }
        sample.truncate(some.len());
        for (name, value) in figures(&sample) {
            drawn.entry(name).or_default().push(value);
        }
    }
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        let at = |thousandth: usize| values[(values.len() - 1) * thousandth / 1000];
        [at(25), at(975)]
    };
    Ok(drawn
        .into_iter()
        .map(|(name, values)| (name, middle(values)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The size of a resample, and how much of it is the first question.
    fn first(some: &[&Judged], whole: &[Judged]) -> Figures {
        let same = some.iter().filter(|j| std::ptr::eq(**j, &whole[0])).count();
        let share = super::super::figures::number(same) / super::super::figures::number(some.len());
        vec![("first", share)]
    }

    #[test]
    fn half_the_questions_make_half_give_or_take_chance() {
        let whole: Vec<Judged> = (0..2).map(|_| Judged::default()).collect();
        // A hundred questions that are one of two: the interval of the share is 0.5 give or take 0.1.
        let hundred: Vec<&Judged> = (0..100).map(|n| &whole[n % 2]).collect();
        let once = intervals(&hundred, |some| first(some, &whole)).unwrap();
        let [low, high] = once["first"];
        assert!((0.37..0.45).contains(&low), "{low}");
        assert!((0.55..0.63).contains(&high), "{high}");
        let again = intervals(&hundred, |some| first(some, &whole)).unwrap();
        assert_eq!(once, again, "the same draws every time");
        assert!(intervals(&[], |_| Vec::new()).unwrap().is_empty());
    }
}
