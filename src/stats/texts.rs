//! Counts by text, when nobody knows how many different texts there will be.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

/// How often each text came. Only [`Texts::KEPT`] different ones are kept, the first in order of
/// the alphabet: a text that belongs there can never have been thrown out before, so its count is
/// exact whatever the order of arrival, and parts merge to the same as the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    counts: BTreeMap<Rc<str>, u64>,
    total: u64,
}

impl Texts {
    /// How many different texts are kept.
    pub const KEPT: usize = 64;

    pub fn add(&mut self, text: &Rc<str>, count: u64) {
        self.total += count;
        self.put(text, count);
    }

    pub fn merge(&mut self, other: &Texts) {
        self.total += other.total;
        for (text, count) in &other.counts {
            self.put(text, *count);
        }
    }

    fn put(&mut self, text: &Rc<str>, count: u64) {
        *self.counts.entry(text.clone()).or_insert(0) += count;
        if self.counts.len() > Self::KEPT {
            self.counts.pop_last();
        }
    }

    /// The texts that were kept with their counts, in order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = (&Rc<str>, u64)> {
        self.counts.iter().map(|(text, count)| (text, *count))
    }

    /// How many different texts are kept; when that is [`Texts::KEPT`] there may have been more.
    pub fn distinct(&self) -> usize {
        self.counts.len()
    }

    /// How often any text came.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How often one of the texts came that were not kept.
    pub fn others(&self) -> u64 {
        self.total.saturating_sub(self.counts.values().sum())
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_merge_to_the_whole(texts in prop::collection::vec((0u32..200, any::<bool>()), 0..400)) {
            let (mut whole, mut left, mut right) = (Texts::default(), Texts::default(), Texts::default());
            for (text, side) in texts {
                let text: Rc<str> = text.to_string().into();
                whole.add(&text, 1);
                if side { &mut left } else { &mut right }.add(&text, 1);
            }
            left.merge(&right);
            prop_assert!(left.distinct() <= Texts::KEPT);
            prop_assert_eq!(left, whole);
        }
    }
}
