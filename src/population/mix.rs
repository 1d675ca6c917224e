//! Weights: which of several entries comes next.

use std::cell::RefCell;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::config::{Diagnostics, FromValue, Value};

/// How often an entry comes, in proportion to the others: finite and not negative.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Weight(f64);

impl Weight {
    /// The weight of what never comes.
    pub const NOTHING: Weight = Weight(0.0);

    /// A weight; `None` for a number that is negative or not finite.
    pub fn new(weight: f64) -> Option<Weight> {
        (weight.is_finite() && weight >= 0.0).then_some(Weight(weight))
    }

    /// The weight as a number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Default for Weight {
    fn default() -> Weight {
        Weight(1.0)
    }
}

impl FromValue for Weight {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Weight> {
        let number = f64::from_value(value, diags)?;
        let weight = Weight::new(number);
        if weight.is_none() {
            diags.error(&value.at, format!("a weight cannot be negative: {number}"));
        }
        weight
    }
}

/// Why weights make no mix.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum MixError {
    /// There is nothing to choose from, or nothing that may be chosen.
    #[error("no weight is above zero")]
    NothingToChoose,
    /// The sum cannot be counted with.
    #[error("the weights add up to too much")]
    TooMuch,
}

/// An endless sequence of entries in which each comes in proportion to its weight. There is no chance in
/// it, so that every worker sees the same sequence.
///
/// Whole weights give the ancestor's cycle: each entry repeated by its weight, in file order, over and
/// over, so that A=1 and B=2 give A B B A B B (spec 3). With a fraction among them it is a smooth
/// weighted round robin: always the entry that lags its share the most, the first one of equals.
#[derive(Clone, Debug)]
pub struct Mix {
    weights: Vec<f64>,
    total: f64,
    /// For whole weights, the sum of the weights up to and with each entry.
    cycle: Option<Vec<u64>>,
    walk: RefCell<Walk>,
}

/// The largest sum of weights: all whole numbers up to here are exact.
const MOST: f64 = (1u64 << 53) as f64;

impl Mix {
    /// A mix of entries with these weights.
    pub fn new(weights: &[Weight]) -> Result<Mix, MixError> {
        let weights: Vec<f64> = weights.iter().map(|weight| weight.0).collect();
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return Err(MixError::NothingToChoose);
        }
        if total > MOST {
            return Err(MixError::TooMuch);
        }
        let whole = weights.iter().all(|weight| weight.fract() == 0.0);
        let cycle = whole.then(|| {
            let mut sum = 0;
            weights
                .iter()
                .map(|weight| {
                    sum += *weight as u64;
                    sum
                })
                .collect()
        });
        Ok(Mix { weights, total, cycle, walk: RefCell::default() })
    }

    /// The index of entry number `n` of the sequence, from 0. With fractions the sequence is walked; numbers
    /// that rise from call to call go on from where it was, a smaller one begins again.
    pub fn nth(&self, n: u64) -> usize {
        match &self.cycle {
            Some(sums) => in_cycle(sums, n),
            None => self.walk.borrow_mut().to(n, &self.weights, self.total),
        }
    }

    /// The sequence of indexes from its start, without end.
    pub fn iter(&self) -> Sequence {
        Sequence { mix: self.clone(), n: 0 }
    }

    /// The index that a number in [0, 1) falls on, for those who draw by chance.
    pub fn pick(&self, fraction: f64) -> usize {
        let mut rest = fraction * self.total;
        let mut last = 0;
        for (index, weight) in self.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            if rest < *weight {
                return index;
            }
            rest -= weight;
            last = index;
        }
        last
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Never true: a mix without entries cannot be made.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }
}

/// The sequence of a mix, and how far it has come.
#[derive(Clone, Debug)]
pub struct Sequence {
    mix: Mix,
    n: u64,
}

impl Iterator for Sequence {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.n += 1;
        Some(self.mix.nth(self.n - 1))
    }
}

/// How far a smooth round robin has been walked.
#[derive(Clone, Debug, Default)]
struct Walk {
    /// How many entries have been taken, and how often each.
    n: u64,
    taken: Vec<u64>,
    last: usize,
}

impl Walk {
    /// The index of entry number `n`.
    fn to(&mut self, n: u64, weights: &[f64], total: f64) -> usize {
        if self.n == 0 || n < self.n - 1 {
            *self = Walk { n: 0, taken: vec![0; weights.len()], last: 0 };
        }
        while self.n <= n {
            self.last = self.furthest_behind(weights, total);
            self.taken[self.last] += 1;
            self.n += 1;
        }
        self.last
    }

    /// The entry with the largest gap between what it should have had by now and what it had. The gap is
    /// computed anew from whole counts, so that no rounding adds up.
    fn furthest_behind(&self, weights: &[f64], total: f64) -> usize {
        let due = (self.n + 1) as f64;
        let mut best = (f64::NEG_INFINITY, 0);
        for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            let gap = weight * due - total * self.taken[index] as f64;
            if gap > best.0 {
                best = (gap, index);
            }
        }
        best.1
    }
}

fn in_cycle(sums: &[u64], n: u64) -> usize {
    let total = sums.last().copied().unwrap_or(1).max(1);
    let place = n % total;
    sums.partition_point(|sum| *sum <= place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mix(weights: &[f64]) -> Result<Mix, MixError> {
        Mix::new(&weights.iter().filter_map(|weight| Weight::new(*weight)).collect::<Vec<_>>())
    }

    fn first(weights: &[f64], count: usize) -> Vec<usize> {
        mix(weights).unwrap().iter().take(count).collect()
    }

    #[test]
    fn whole_weights_are_the_ancestors_cycle() {
        assert_eq!(first(&[1.0, 2.0], 6), [0, 1, 1, 0, 1, 1]);
        assert_eq!(first(&[2.0, 0.0, 1.0], 4), [0, 0, 2, 0]);
        let large = mix(&[1e12, 1.0]).unwrap();
        assert_eq!((large.nth(999_999_999_999), large.nth(1_000_000_000_000)), (0, 1));
    }

    #[test]
    fn fractions_are_spread_smoothly() {
        assert_eq!(first(&[0.5, 0.25, 0.25], 8), [0, 1, 2, 0, 0, 1, 2, 0]);
        assert_eq!(first(&[2.5, 0.0], 3), [0, 0, 0]);
        let mix = mix(&[0.5, 0.25, 0.25]).unwrap();
        assert_eq!([7, 7, 2, 1, 6, 0].map(|n| mix.nth(n)), [0, 0, 2, 1, 2, 0]);
    }

    #[test]
    fn nothing_to_choose_is_an_error() {
        assert_eq!(mix(&[]).unwrap_err(), MixError::NothingToChoose);
        assert_eq!(mix(&[0.0, 0.0]).unwrap_err(), MixError::NothingToChoose);
        assert_eq!(mix(&[1e300]).unwrap_err(), MixError::TooMuch);
        assert!(Weight::new(-1.0).is_none() && Weight::new(f64::NAN).is_none());
    }

    #[test]
    fn picks_follow_the_weights() {
        let mix = mix(&[0.0, 1.0, 3.0, 0.0]).unwrap();
        assert_eq!([0.0, 0.24, 0.25, 0.999_999, 1.0].map(|fraction| mix.pick(fraction)), [1, 1, 2, 2, 2]);
    }

    proptest! {
        #[test]
        fn nobody_is_ever_a_whole_turn_off(weights in proptest::collection::vec(0.01f64..9.0, 1..6)) {
            let mix = mix(&weights).unwrap();
            let mut counts = vec![0u32; weights.len()];
            for (n, index) in mix.iter().take(500).enumerate() {
                prop_assert!(n % 100 != 0 || mix.nth(n as u64) == index);
                counts[index] += 1;
                let share = weights[index] / weights.iter().sum::<f64>() * (n + 1) as f64;
                prop_assert!(f64::from(counts[index]) - share < 1.0 + 1e-9);
            }
        }
    }
}
