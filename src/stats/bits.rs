//! A set of numbers from 0, for counting who was seen.

use serde::{Deserialize, Serialize};

/// A set of user or client numbers; an eighth of a byte for each up to the highest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bits(Vec<u64>);

impl Bits {
    /// The highest number that is taken is one less than this; it bounds the room of a set.
    const LIMIT: u32 = 1 << 26;

    pub fn insert(&mut self, number: u32) {
        if number >= Self::LIMIT {
            return;
        }
        let word = (number / 64) as usize;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    pub fn merge(&mut self, other: &Bits) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (ours, theirs) in self.0.iter_mut().zip(&other.0) {
            *ours |= theirs;
        }
    }

    pub fn len(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_counts_once() {
        let mut set = Bits::default();
        for number in [0, 63, 64, 64, 1000, u32::MAX] {
            set.insert(number);
        }
        let mut other = Bits::default();
        other.insert(1000);
        other.insert(5000);
        set.merge(&other);
        assert_eq!(set.len(), 5);
        assert!(Bits::default().is_empty() && !set.is_empty());
    }
}
