//! What the tests of the distributions share: draws of a fixed seed and their statistics.

use chrono::{DateTime, Utc};

use super::{Distribution, Draw, Sample};
use crate::random::Seed;

/// Draw `n` of one stream, on Monday 2026-01-05 at 09:00 UTC.
pub fn draw(n: u64) -> Draw {
    Draw::new(Seed(20).stream(1, 0, "test"), n, DateTime::<Utc>::from_timestamp(1_767_603_600, 0).unwrap())
}

pub fn number_at(distribution: &dyn Distribution, n: u64) -> f64 {
    match distribution.sample(&draw(n)).unwrap() {
        Sample::Number(value) => value,
        other => panic!("{other:?}"),
    }
}

pub fn numbers(distribution: &dyn Distribution, count: u64) -> Vec<f64> {
    (0..count).map(|n| number_at(distribution, n)).collect()
}

pub fn sorted(mut samples: Vec<f64>) -> Vec<f64> {
    samples.sort_by(f64::total_cmp);
    samples
}

pub fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len() as f64
}

/// Of sorted samples.
pub fn quantile(samples: &[f64], share: f64) -> f64 {
    samples[(share * samples.len() as f64) as usize]
}

#[track_caller]
pub fn assert_close(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{value} is not within {tolerance} of {expected}");
}

/// The mean that a distribution states is the mean that it draws.
#[track_caller]
pub fn assert_mean(distribution: &dyn Distribution, expected: f64, tolerance: f64) {
    assert_close(distribution.mean().unwrap(), expected, expected.abs() * 1e-6 + 1e-9);
    assert_close(mean(&numbers(distribution, 20_000)), expected, tolerance);
}
