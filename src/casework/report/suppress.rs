//! Small counts are withheld, and as many others as are needed so that no small one can be worked out from the total.
//! What never lives here: what the counts are of.

use super::Row;

/// The lines of a table and its total as they may be shown; and whether there are too few to show any line.
pub(super) fn suppress(counts: Vec<(String, u64)>, smallest: u64) -> (Vec<Row>, Option<u64>, bool) {
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    if total > 0 && total < smallest {
        return (Vec::new(), None, true);
    }
    let mut shown: Vec<bool> = counts.iter().map(|(_, c)| *c >= smallest).collect();
    if shown.contains(&false) {
        while !hides(&counts, &shown, smallest) {
            let least = (0..counts.len())
                .filter(|at| shown[*at])
                .min_by_key(|at| counts[*at].1);
            match least {
                Some(at) => shown[at] = false,
                None => return (Vec::new(), Some(total), true),
            }
        }
    }
    let rows = counts
        .into_iter()
        .zip(shown)
        .map(|((code, count), shown)| Row {
            code,
            count: shown.then_some(count),
        });
    (rows.collect(), Some(total), false)
}

/// What is withheld adds up to a sum that anybody can work out. It gives nothing away when each of them might, for all that is
/// known, be as large as a count that is shown.
fn hides(counts: &[(String, u64)], shown: &[bool], smallest: u64) -> bool {
    let hidden = || counts.iter().zip(shown).filter(|(_, shown)| !**shown);
    let sum: u64 = hidden().map(|((_, count), _)| count).sum();
    let many = u64::try_from(hidden().count()).unwrap_or(u64::MAX);
    many >= 2 && sum.saturating_sub(many - 1) >= smallest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(counts: &[u64]) -> (Vec<Option<u64>>, Option<u64>, bool) {
        let named = counts.iter().enumerate();
        let (rows, total, withheld) =
            suppress(named.map(|(n, c)| (n.to_string(), *c)).collect(), 5);
        (rows.into_iter().map(|r| r.count).collect(), total, withheld)
    }

    #[test]
    fn a_small_count_takes_the_next_smallest_with_it() {
        assert_eq!(
            shown(&[40, 9, 3]),
            (vec![Some(40), None, None], Some(52), false)
        );
        assert_eq!(shown(&[40, 9]), (vec![Some(40), Some(9)], Some(49), false));
        // Two small ones that the total would betray as 1 and 1.
        assert_eq!(
            shown(&[40, 9, 1, 1]),
            (vec![Some(40), None, None, None], Some(51), false)
        );
        assert_eq!(
            shown(&[40, 4, 4]),
            (vec![Some(40), None, None], Some(48), false)
        );
    }

    #[test]
    fn what_cannot_be_hidden_line_by_line_is_withheld_whole() {
        assert_eq!(shown(&[1, 1, 1, 1, 1]), (vec![], Some(5), true));
        assert_eq!(shown(&[3]), (vec![], None, true));
        assert_eq!(shown(&[]), (vec![], Some(0), false));
    }
}
