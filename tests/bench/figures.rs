//! What is made of measured times: percentiles, medians of rounds, lines to print.
//! What never lives here: measuring.

use std::time::Duration;

/// Times of single operations and of the whole.
#[derive(Default)]
pub(crate) struct Times {
    each: Vec<f64>,
    whole: f64,
}

impl Times {
    /// Takes one operation's time.
    pub(crate) fn add(&mut self, one: Duration) {
        self.each.push(one.as_secs_f64() * 1000.0);
    }

    /// Takes another client's operations.
    pub(crate) fn join(&mut self, other: Times) {
        self.each.extend(other.each);
    }

    /// How long all of them took together, by the clock.
    pub(crate) fn took(mut self, whole: Duration) -> Self {
        self.whole = whole.as_secs_f64();
        self.each.sort_by(f64::total_cmp);
        self
    }

    /// Operations a second.
    pub(crate) fn rate(&self) -> f64 {
        count(self.each.len()) / self.whole
    }

    /// Milliseconds within which this share of them ended; sorted by `took`.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let at = (self.each.len() * percent / 100).min(self.each.len().saturating_sub(1));
        self.each.get(at).copied().unwrap_or(0.0)
    }
}

/// Prints the medians over rounds and returns the median rate.
pub(crate) fn show(name: &str, rounds: &[Times]) -> f64 {
    let rate = median(rounds.iter().map(Times::rate));
    let at = |percent| median(rounds.iter().map(|r| r.percentile(percent)));
    let single = rounds.first().map_or(0, |r| r.each.len());
    println!(
        "  {name:<44} {rate:>9.0}/s   p50 {:>8.3} ms   p99 {:>8.3} ms   ({} x {single})",
        at(50),
        at(99),
        rounds.len()
    );
    rate
}

/// The middle one; of an even number the upper.
pub(crate) fn median(of: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = of.collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(0.0)
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
