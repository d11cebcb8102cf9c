//! Knowing when not to answer: how well the search's confidence tells right from wrong, and ours from not ours.
//! What never lives here: where the confidence comes from (retrieval), the thresholds in use (assistant).

use serde_json::{Value, json};

use super::{figures::number, judged::Judged};

/// Steps of the curve: a tenth of the questions each.
const STEPS: usize = 10;
/// Tenths of the correct answers that are kept when wrong ones out of scope are counted.
const KEPT: usize = 9;

/// Questions with a verdict, the most confident first: (score, ours, right).
fn ranked(some: &[&Judged]) -> Vec<(f64, bool, bool)> {
    let mut all: Vec<(f64, bool, bool)> = some
        .iter()
        .filter_map(|j| {
            let ours = j.ours?;
            Some((j.score, ours, ours && j.first_right() == Some(true)))
        })
        .collect();
    // Of equal scores the wrong ones first: a tie must not flatter.
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
    all
}

/// The chance that a question of ours scores above one that is not; ties count half. `None` without both kinds.
pub(super) fn auroc(some: &[&Judged]) -> Option<f64> {
    let all = ranked(some);
    let (mut above, mut pairs_won) = (0_usize, 0.0);
    let mut at = 0;
    while at < all.len() {
        let tied = all[at..].iter().take_while(|o| o.0 == all[at].0).count();
        let ours = all[at..at + tied].iter().filter(|o| o.1).count();
        let others = number(tied - ours);
        pairs_won += others * (number(above) + number(ours) / 2.0);
        above += ours;
        at += tied;
    }
    let pairs = number(above) * number(all.len() - above);
    (pairs > 0.0).then(|| pairs_won / pairs)
}

/// The share of questions that are not ours and would be answered, were the threshold set so that nine tenths of the
/// right answers are kept. `None` without either.
pub(super) fn strangers_answered(some: &[&Judged]) -> Option<f64> {
    let all = ranked(some);
    let right: Vec<f64> = all.iter().filter(|o| o.2).map(|o| o.0).collect();
    let threshold = right.get((right.len() * KEPT).div_ceil(10).checked_sub(1)?)?;
    let strangers: Vec<f64> = all.iter().filter(|o| !o.1).map(|o| o.0).collect();
    let answered = strangers.iter().filter(|s| *s >= threshold).count();
    (!strangers.is_empty()).then(|| number(answered) / number(strangers.len()))
}

/// Were only the most confident tenth answered, or two tenths, and so on: the confidence of the last of them, and the
/// share answered wrongly (not ours, or another article first).
pub(super) fn curve(some: &[&Judged]) -> Vec<Value> {
    let all = ranked(some);
    (1..=STEPS)
        .filter_map(|step| {
            let taken = &all[..(all.len() * step).div_ceil(STEPS)];
            let wrong = taken.iter().filter(|o| !o.2).count();
            Some(json!({
                "coverage": number(step) / number(STEPS),
                "confidence": rounded(taken.last()?.0),
                "wrong": rounded(number(wrong) / number(taken.len())),
            }))
        })
        .collect()
}

fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::judged::Ranks;

    fn one(score: f64, ours: bool, right: bool) -> Judged {
        Judged {
            ranks: ours.then(|| Ranks {
                found: vec![usize::from(!right)],
                right: 1,
            }),
            ours: Some(ours),
            score,
            ..Judged::default()
        }
    }

    #[test]
    fn ours_above_strangers_counts_and_a_tie_counts_half() {
        let apart = [one(0.9, true, true), one(0.2, false, false)];
        assert_eq!(auroc(&apart.iter().collect::<Vec<_>>()), Some(1.0));
        let tied = [
            one(0.5, true, true),
            one(0.5, false, false),
            one(0.1, true, false),
            one(0.9, false, false),
        ];
        // Of four pairs none is won and one is a tie.
        assert_eq!(auroc(&tied.iter().collect::<Vec<_>>()), Some(0.125));
        assert_eq!(auroc(&[&apart[0]]), None);
    }

    #[test]
    fn the_threshold_keeps_nine_tenths_of_the_right_answers() {
        let mut all: Vec<Judged> = (1..=10)
            .map(|n| one(f64::from(n) / 10.0, true, true))
            .collect();
        // The ninth best stands at 0.2: one of these two is above it.
        all.push(one(0.25, false, false));
        all.push(one(0.15, false, false));
        let all: Vec<&Judged> = all.iter().collect();
        assert_eq!(strangers_answered(&all), Some(0.5));
    }

    #[test]
    fn the_curve_ends_with_everything_answered() {
        let all = [
            one(0.9, true, true),
            one(0.8, true, false),
            one(0.7, false, false),
            one(0.6, true, true),
        ];
        let points = curve(&all.iter().collect::<Vec<_>>());
        assert_eq!(points.len(), STEPS);
        assert_eq!(points[0]["wrong"], 0.0);
        assert_eq!(points[STEPS - 1]["wrong"], 0.5);
        assert_eq!(points[STEPS - 1]["confidence"], 0.6);
        assert!(curve(&[]).is_empty(), "no question, no curve");
    }
}
