//! Intervals: of one percentile, of the ratio of two, of the difference of two rates.

use super::effective::Judged;
use super::special::binomial_quantile;
use crate::stats::Histogram;

/// A figure and what it lies between; None on a side on which the samples say nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub value: f64,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
}

/// What histograms cannot tell apart: a thousandth at either end.
const GRAIN: f64 = 0.002;

/// Seconds; nothing is shorter, as nothing shorter is measured.
const SHORTEST: f64 = 1e-6;

/// The percentile `part` of the samples, of which `effective` count. The true percentile parts draws as a coin does:
/// the bounds are the samples that so many coins do not pass but with probability `tail`.
pub fn percentile(samples: &Histogram, value: f64, part: f64, effective: f64, tail: f64) -> Interval {
    let count = samples.count();
    let scaled = |number: f64| (number / effective * count as f64) as u64;
    let at = |rank| samples.at_rank(rank).map(|time| time.as_secs_f64());
    let below = binomial_quantile(effective, part, tail).map(scaled);
    let above = binomial_quantile(effective, 1.0 - part, tail).map(scaled);
    Interval {
        value,
        lower: below.and_then(|below| at(below.saturating_add(1))).map(|lower| lower.min(value)),
        upper: above.and_then(|above| at(count.saturating_sub(above))).map(|upper| upper.max(value)),
    }
}

/// By which part of `a` is `b` longer: -0.1 is a tenth shorter.
pub fn change(a: Interval, b: Interval) -> Interval {
    let [a, b] = [a, b].map(|side| {
        let ln = |seconds: f64| seconds.max(SHORTEST).ln();
        Interval { value: ln(side.value), lower: side.lower.map(ln), upper: side.upper.map(ln) }
    });
    let ratio = difference(a, b);
    Interval {
        value: ratio.value.exp_m1(),
        lower: ratio.lower.map(|lower| (lower - GRAIN).exp_m1()),
        upper: ratio.upper.map(|upper| (upper + GRAIN).exp_m1()),
    }
}

/// `b` - `a`, from the intervals of both (the method of variance estimates recovery).
pub fn difference(a: Interval, b: Interval) -> Interval {
    let value = b.value - a.value;
    let reach = |one: Option<f64>, other: Option<f64>| Some((one? - b.value).hypot(other? - a.value));
    Interval {
        value,
        lower: reach(b.lower, a.upper).map(|reach| value - reach),
        upper: reach(b.upper, a.lower).map(|reach| value + reach),
    }
}

/// The part of all that failed, as Wilson has it for so many that count.
pub fn rate(failed: Judged, quantile: f64) -> Interval {
    let (part, n) = (failed.part, failed.effective);
    let z2 = quantile * quantile;
    let middle = (part + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let reach = quantile / (1.0 + z2 / n) * (part * (1.0 - part) / n + z2 / (4.0 * n * n)).sqrt();
    // Rounding must not leave the figure outside.
    Interval {
        value: part,
        lower: Some((middle - reach).clamp(0.0, part)),
        upper: Some((middle + reach).clamp(part, 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn samples(count: u64) -> Histogram {
        let mut samples = Histogram::default();
        (1..=count).for_each(|n| samples.record(Duration::from_millis(n)));
        samples
    }

    #[test]
    fn the_bounds_of_a_median_are_those_of_coins() {
        // Of 100 coins fewer than 40 are heads with probability 0.0176: the 40th and the 61st of the samples.
        let interval = percentile(&samples(100), 0.05, 0.5, 100.0, 0.0177);
        let (lower, upper) = (interval.lower.unwrap(), interval.upper.unwrap());
        assert!((lower - 0.040).abs() < 1e-4 && (upper - 0.061).abs() < 1e-4, "{interval:?}");
    }

    #[test]
    fn few_samples_bound_a_high_percentile_on_one_side_only() {
        let interval = percentile(&samples(100), 0.099, 0.99, 100.0, 1e-4);
        assert!(interval.lower.is_some() && interval.upper.is_none());
        let same = change(interval, interval);
        assert_eq!((same.value, same.lower, same.upper), (0.0, None, None));
    }

    #[test]
    fn a_ratio_is_no_wider_than_both_intervals() {
        let side = |value: f64| Interval { value, lower: Some(value * 0.9), upper: Some(value * 1.1) };
        let change = change(side(1.0), side(1.2));
        assert!((change.value - 0.2).abs() < 1e-12);
        assert!(change.lower.unwrap() > 1.2 * 0.9 / 1.1 - 1.0 && change.lower.unwrap() < 1.2 * 0.9 - 1.0);
    }

    #[test]
    fn no_failure_leaves_room_for_some() {
        let none = rate(Judged { part: 0.0, effective: 100.0 }, 2.0);
        assert_eq!((none.value, none.lower), (0.0, Some(0.0)));
        assert!((none.upper.unwrap() - 4.0 / 104.0).abs() < 1e-9);
    }
}
