//! A small histogram for one row of the timeline.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Durations in buckets that are at most 1/16 wider than their lower end: only those that hold
/// something take room, so that two thousand rows stay small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coarse(BTreeMap<u16, u32>);

/// Buckets for each doubling, as a power of two.
const STEPS: u32 = 4;

impl Coarse {
    pub fn record(&mut self, sample: Duration) {
        let count = self.0.entry(bucket(micros(sample))).or_insert(0);
        *count = count.saturating_add(1);
    }

    pub fn merge(&mut self, other: &Coarse) {
        for (bucket, more) in &other.0 {
            let count = self.0.entry(*bucket).or_insert(0);
            *count = count.saturating_add(*more);
        }
    }

    /// How many samples there are.
    pub fn count(&self) -> u64 {
        self.0.values().map(|count| u64::from(*count)).sum()
    }

    /// How many samples are in buckets below that of `time`.
    pub fn below(&self, time: Duration) -> u64 {
        let bucket = bucket(micros(time));
        self.0.range(..bucket).map(|(_, count)| u64::from(*count)).sum()
    }

    /// How many samples are in that bucket or below.
    pub fn up_to(&self, time: Duration) -> u64 {
        let bucket = bucket(micros(time));
        self.0.range(..=bucket).map(|(_, count)| u64::from(*count)).sum()
    }

    /// The middle of the bucket below or at which the part `quantile` of all samples lies.
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        let rank = ((quantile * self.count() as f64).ceil() as u64).max(1);
        let mut seen = 0;
        let (found, _) = self.0.iter().find(|(_, count)| {
            seen += u64::from(**count);
            seen >= rank
        })?;
        Some(Duration::from_micros(lower(*found) / 2 + lower(found + 1) / 2))
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// The bucket of a value: the place of its highest bit, then the [`STEPS`] bits below that.
fn bucket(micros: u64) -> u16 {
    if micros < 1 << STEPS {
        return micros as u16;
    }
    let shift = micros.ilog2() - STEPS;
    (((shift as u64) << STEPS) + (micros >> shift)) as u16
}

/// The smallest value of a bucket.
fn lower(bucket: u16) -> u64 {
    let bucket = u64::from(bucket);
    match (bucket >> STEPS).checked_sub(1) {
        None => bucket,
        Some(shift) => {
            let wide = u128::from((bucket & ((1 << STEPS) - 1)) | 1 << STEPS) << shift.min(64);
            u64::try_from(wide).unwrap_or(u64::MAX)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bucket_holds_its_values(micros in 0u64..=1 << 50) {
            let at = bucket(micros);
            prop_assert!(lower(at) <= micros && micros < lower(at + 1), "{} {}", lower(at), lower(at + 1));
            prop_assert!(micros < 32 || (lower(at + 1) - lower(at)) * 16 <= lower(at));
        }
    }

    #[test]
    fn quantiles_are_near() {
        let mut coarse = Coarse::default();
        (1..=1000).for_each(|ms| coarse.record(Duration::from_millis(ms)));
        for (quantile, ms) in [(0.5, 500.0), (0.95, 950.0), (0.99, 990.0)] {
            let found = coarse.quantile(quantile).unwrap().as_secs_f64() * 1000.0;
            assert!((found - ms).abs() / ms < 0.04, "{quantile}: {found}");
        }
        let half = Duration::from_millis(500);
        assert!(coarse.below(half) < 500 && coarse.up_to(half) >= 500 && coarse.count() == 1000);
        assert_eq!(Coarse::default().quantile(0.5), None);
        coarse.record(Duration::MAX);
        assert!(coarse.quantile(1.0).is_some());
    }
}
