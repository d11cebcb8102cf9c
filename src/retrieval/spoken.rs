//! Questions held in another language, by meaning. What all of a language's vectors have in common says nothing about what is
//! asked: it is taken out (Mu and Viswanath 2018, "All-but-the-top"), which parts alike from unlike.
//! What never lives here: the model (embedding), pieces of words (grams.rs), ranking.

use std::collections::HashMap;

use super::meaning::{dot, of_length_one};

/// So many common directions are taken out beside the mean.
const COMMON: usize = 2;
/// Rounds of the power method: enough for the two strongest directions.
const ROUNDS: usize = 30;

/// One language's questions.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    mean: Vec<f32>,
    common: Vec<Vec<f32>>,
    /// One row a question, of length 1, and the section that answers it.
    rows: Vec<(usize, Vec<f32>)>,
}

impl Spoken {
    /// Of questions, each with the number of its section and its vector.
    pub(super) fn new(questions: Vec<(usize, Vec<f32>)>) -> Self {
        let mut spoken = Self::default();
        let Some(width) = questions.first().map(|(_, v)| v.len()) else {
            return spoken;
        };
        let share = 1.0 / f32::from(u16::try_from(questions.len()).unwrap_or(u16::MAX));
        spoken.mean = vec![0.0; width];
        for (_, vector) in &questions {
            add(&mut spoken.mean, vector, share);
        }
        spoken.rows = questions;
        for (_, row) in &mut spoken.rows {
            add(row, &spoken.mean, -1.0);
        }
        for _ in 0..COMMON {
            let direction = spoken.strongest(width);
            for (_, row) in &mut spoken.rows {
                let along = dot(row, &direction);
                add(row, &direction, -narrow(along));
            }
            spoken.common.push(direction);
        }
        for (_, row) in &mut spoken.rows {
            *row = of_length_one(std::mem::take(row));
        }
        spoken
    }

    /// The direction in which the rows differ most: the power method from a fixed start.
    fn strongest(&self, width: usize) -> Vec<f32> {
        let mut direction = of_length_one(vec![1.0; width]);
        for _ in 0..ROUNDS {
            let mut next = vec![0.0; width];
            for (_, row) in &self.rows {
                add(&mut next, row, narrow(dot(row, &direction)));
            }
            direction = of_length_one(next);
        }
        direction
    }

    /// Likeness of each section's nearest question to a vector; sections without a question are left out.
    pub(super) fn nearest(&self, vector: &[f32]) -> HashMap<usize, f64> {
        let mut asked = vector.to_vec();
        add(&mut asked, &self.mean, -1.0);
        for direction in &self.common {
            let along = dot(&asked, direction);
            add(&mut asked, direction, -narrow(along));
        }
        let asked = of_length_one(asked);
        let mut nearest = HashMap::new();
        for (section, row) in &self.rows {
            let best = nearest.entry(*section).or_insert(f64::MIN);
            *best = best.max(dot(row, &asked));
        }
        nearest
    }
}

fn add(to: &mut [f32], what: &[f32], times: f32) {
    for (sum, x) in to.iter_mut().zip(what) {
        *sum += times * x;
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "vectors are kept in 32 bits"
)]
fn narrow(x: f64) -> f32 {
    x as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_have_in_common_does_not_count() {
        // Three strong numbers that go by how something is said, and a weak one of each section's own.
        let held = (0..8)
            .map(|k: usize| {
                let mut row = vec![0.0; 11];
                row[0] = 9.0;
                row[1] = if k.is_multiple_of(2) { 3.0 } else { -3.0 };
                row[2] = if k < 4 { 2.0 } else { -2.0 };
                row[3 + k] = 1.0;
                (k, row)
            })
            .collect();
        // Said as the odd ones of the second half are, about what the first is about.
        let mut asked = vec![9.0, -3.0, -2.0];
        asked.extend([1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let found = Spoken::new(held).nearest(&asked);
        let best = found.iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        assert_eq!(*best.0, 0, "{found:?}");
    }

    #[test]
    fn nothing_held_is_like_nothing() {
        assert!(Spoken::new(Vec::new()).nearest(&[1.0, 0.0]).is_empty());
    }
}
