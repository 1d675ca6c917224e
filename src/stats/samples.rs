//! Durations of one kind: exact sums beside a histogram.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Histogram;

/// Any number of durations in constant room. Counts, mean, standard deviation, maximum and the
/// counts over the limits are exact; median and percentiles have three digits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Samples {
    count: u64,
    /// Nanoseconds.
    sum: u128,
    /// Nanoseconds squared.
    squares: u128,
    max: Duration,
    /// How many samples were strictly longer than each limit, in the order of the limits.
    over: Vec<u64>,
    histogram: Histogram,
}

impl Samples {
    /// Takes one duration and counts it at each of `limits` that it exceeds.
    pub fn record(&mut self, sample: Duration, limits: &[Duration]) {
        let nanos = sample.as_nanos();
        self.count += 1;
        self.sum = self.sum.saturating_add(nanos);
        self.squares = self.squares.saturating_add(nanos.saturating_mul(nanos));
        self.max = self.max.max(sample);
        self.over.resize(limits.len(), 0);
        for (over, limit) in self.over.iter_mut().zip(limits) {
            *over += u64::from(sample > *limit);
        }
        self.histogram.record(sample);
    }

    /// Adds the other's samples, counted over the same limits.
    pub fn merge(&mut self, other: &Samples) {
        self.count = self.count.saturating_add(other.count);
        self.sum = self.sum.saturating_add(other.sum);
        self.squares = self.squares.saturating_add(other.squares);
        self.max = self.max.max(other.max);
        if self.over.len() < other.over.len() {
            self.over.resize(other.over.len(), 0);
        }
        for (over, more) in self.over.iter_mut().zip(&other.over) {
            *over = over.saturating_add(*more);
        }
        self.histogram.merge(&other.histogram);
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// Seconds; None without samples.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64 / 1e9)
    }

    /// The standard deviation of exactly these samples (not an estimate for more), in seconds.
    pub fn stddev(&self) -> Option<f64> {
        let count = u128::from(self.count);
        // In whole numbers as long as they fit: the difference of two large floats would be noise.
        let exact = self
            .squares
            .checked_mul(count)
            .and_then(|squares| Some(squares.saturating_sub(self.sum.checked_mul(self.sum)?)));
        let n = self.count as f64;
        let spread = exact.map_or_else(
            || (self.squares as f64 * n - (self.sum as f64).powi(2)).max(0.0),
            |difference| difference as f64,
        );
        (count > 0).then(|| spread.sqrt() / n / 1e9)
    }

    /// The upper median: of an even number of samples the higher of the two in the middle.
    pub fn median(&self) -> Option<Duration> {
        self.capped(self.histogram.at_rank(self.count / 2 + 1))
    }

    /// The sample below or at which the part `quantile` (0 to 1) of all lies.
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        self.capped(self.histogram.quantile(quantile))
    }

    /// The longest, exact; zero without samples.
    pub fn max(&self) -> Duration {
        self.max
    }

    /// How many were strictly longer than the limit at this place among the limits.
    pub fn over(&self, place: usize) -> u64 {
        self.over.get(place).copied().unwrap_or(0)
    }

    pub fn histogram(&self) -> &Histogram {
        &self.histogram
    }

    /// A bucket ends above its samples, but nothing is longer than the longest.
    fn capped(&self, found: Option<Duration>) -> Option<Duration> {
        found.map(|found| if found > self.max || found >= Histogram::HIGHEST { self.max } else { found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_samples() {
        let mut samples = Samples::default();
        let limits = [Duration::from_millis(200), Duration::from_millis(400)];
        for ms in [200, 400] {
            samples.record(Duration::from_millis(ms), &limits);
        }
        assert_eq!((samples.over(0), samples.over(1), samples.over(2)), (1, 0, 0));
        assert!((samples.mean().unwrap() - 0.3).abs() < 1e-12);
        assert!((samples.stddev().unwrap() - 0.1).abs() < 1e-12);
        assert_eq!(samples.median(), Some(Duration::from_millis(400)));
        assert_eq!(samples.max(), Duration::from_millis(400));
    }

    #[test]
    fn nothing_has_no_figures() {
        let samples = Samples::default();
        assert_eq!((samples.mean(), samples.stddev(), samples.median()), (None, None, None));
    }

    #[test]
    fn very_long_and_very_many_do_not_overflow() {
        let mut samples = Samples::default();
        samples.record(Duration::MAX, &[]);
        samples.record(Duration::MAX, &[]);
        assert!(samples.mean().unwrap().is_finite() && samples.stddev().unwrap().is_finite());
        assert_eq!(samples.median(), Some(Duration::MAX));
    }
}
