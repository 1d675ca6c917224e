//! Whole numbers of a range, each as likely as the next.

use std::rc::Rc;

use rand::RngExt;

use super::decode::{self, Build};
use super::{Distribution, Draw, Refusal, Sample, SampleError, SampleKind};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "UniformInteger",
    aliases: &["UniformIntegerDistribution"],
    help: "Whole numbers from min up to but not including max, all equally likely.",
    params: &[
        Param { name: "min", default: "", help: "the least value" },
        Param { name: "max", default: "", help: "above the greatest value, which is max - 1" },
    ],
    build,
};

/// Whole numbers in `min..max`. The ancestor truncates a real number towards zero, so that in a
/// range across zero 0 has twice its weight and `min` never occurs (spec 4, 12.1.10); here every
/// number has the same weight.
#[derive(Clone, Debug)]
pub struct UniformInteger {
    min: i64,
    max: i64,
}

impl UniformInteger {
    /// `min` is included, `max` is not; both within +-2^52, so that a sample is exact.
    pub fn new(min: i64, max: i64) -> Result<UniformInteger, Refusal> {
        const EXACT: u64 = 1 << 52;
        for (param, value) in [("min", min), ("max", max)] {
            if value.unsigned_abs() > EXACT {
                return Err(Refusal::new(param, format!("{value} is beyond 2^52")));
            }
        }
        if min >= max {
            return Err(Refusal::new(
                "max",
                format!("max ({max}) is not above min ({min}); max itself is not drawn"),
            ));
        }
        Ok(UniformInteger { min, max })
    }
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let min = params.required("min");
    let max = params.required("max");
    decode::made(params, UniformInteger::new(min?, max?))
}

impl Distribution for UniformInteger {
    fn kind(&self) -> SampleKind {
        SampleKind::Number
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        Ok(Sample::Number(draw.rng().random_range(self.min..self.max) as f64))
    }

    fn mean(&self) -> Option<f64> {
        Some((self.min + self.max - 1) as f64 / 2.0)
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    /// Spec 13, test_stats 8.
    #[test]
    fn samples_are_whole_and_within_the_range() {
        let samples = numbers(&UniformInteger::new(-5, 10).unwrap(), 100);
        assert!(samples.iter().all(|s| s.fract() == 0.0 && (-5.0..10.0).contains(s)), "{samples:?}");
    }

    /// The ancestor gives -2: 0 %, -1: 25 %, 0: 50 %, 1: 25 % (spec 4 [run]).
    #[test]
    fn a_range_across_zero_is_even() {
        let samples = numbers(&UniformInteger::new(-2, 2).unwrap(), 40_000);
        for value in [-2.0, -1.0, 0.0, 1.0] {
            let share = samples.iter().filter(|s| **s == value).count() as f64 / 40_000.0;
            assert!((share - 0.25).abs() < 0.01, "{value}: {share}");
        }
    }

    #[test]
    fn an_empty_range_is_refused() {
        assert_eq!(UniformInteger::new(3, 3).unwrap_err().param, "max");
        assert!(UniformInteger::new(4, 3).is_err());
        assert!(UniformInteger::new(i64::MIN, 3).is_err());
        assert_eq!(numbers(&UniformInteger::new(3, 4).unwrap(), 2), [3.0, 3.0]);
    }

    proptest::proptest! {
        #[test]
        fn samples_stay_in_range(min in -1_000_000i64..1_000_000, len in 1i64..1_000_000, n: u64) {
            let sample = number_at(&UniformInteger::new(min, min + len).unwrap(), n);
            proptest::prop_assert!((min as f64..(min + len) as f64).contains(&sample));
        }
    }
}
