//! Texts of which many differ only in numbers and names: counted by what is alike in them.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::mask::mask;
use super::one_line;

/// How often each sort of text came, and the first of each in full. Two texts are of one sort when they are the same but for
/// what `mask` leaves out. Only [`Alike::KEPT`] sorts are kept, the first in order of the alphabet of what is left: one that
/// belongs there can never have been thrown out before, so its count and its first are exact whatever the order of arrival,
/// and parts merge to the same as the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    sorts: BTreeMap<Rc<str>, Sort>,
    total: u64,
}

/// Texts that are alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    pub count: u64,
    /// The first, by time and then by text: when it was, and what was said.
    pub first: First,
}

/// When something was said for the first time, and what.
pub type First = (Duration, Rc<str>);

impl Alike {
    /// How many sorts are kept.
    pub const KEPT: usize = 32;

    /// Counts a text, which was said now.
    pub fn add(&mut self, at: Duration, text: &str) {
        let line = one_line(text);
        self.add_as(&mask(&line), (at, line.into()));
    }

    /// The same of a text that belongs to this sort.
    pub fn add_as(&mut self, sort: &str, first: First) {
        self.total = self.total.saturating_add(1);
        match self.sorts.get_mut(sort) {
            Some(sort) => sort.add(1, first),
            None => self.put(one_line(sort).into(), Sort { count: 1, first }),
        }
    }

    pub fn merge(&mut self, other: &Alike) {
        self.total = self.total.saturating_add(other.total);
        for (sort, theirs) in &other.sorts {
            self.put(sort.clone(), theirs.clone());
        }
    }

    fn put(&mut self, sort: Rc<str>, new: Sort) {
        match self.sorts.get_mut(&sort) {
            Some(known) => known.add(new.count, new.first),
            None => {
                self.sorts.insert(sort, new);
            }
        }
        if self.sorts.len() > Self::KEPT {
            self.sorts.pop_last();
        }
    }

    /// The sorts that were kept, the most frequent first.
    pub fn sorts(&self) -> Vec<&Sort> {
        let mut all: Vec<&Sort> = self.sorts.values().collect();
        all.sort_by_key(|sort| std::cmp::Reverse(sort.count));
        all
    }

    /// How often any text came.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How often one came whose sort was not kept.
    pub fn others(&self) -> u64 {
        self.sorts.values().fold(self.total, |others, sort| others.saturating_sub(sort.count))
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

impl Sort {
    fn add(&mut self, count: u64, first: First) {
        self.count = self.count.saturating_add(count);
        if first < self.first {
            self.first = first;
        }
    }

    /// The first of them in full.
    pub fn text(&self) -> &Rc<str> {
        &self.first.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_stands_for_those_that_are_alike() {
        let mut alike = Alike::default();
        for (second, text) in [
            (3, "550 <user12@example.test>: no such user"),
            (2, "550 <user7@example.test>: no such user"),
            (1, "552 <user7@example.test>: full"),
            (4, "550 <user7@example.test>: no such user"),
        ] {
            alike.add(Duration::from_secs(second), text);
        }
        let sorts: Vec<_> = alike.sorts().into_iter().map(|sort| (sort.count, &**sort.text())).collect();
        let expected = [(3, "550 <user7@example.test>: no such user"), (1, "552 <user7@example.test>: full")];
        assert_eq!((sorts.as_slice(), alike.total(), alike.others()), (expected.as_slice(), 4, 0));
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_whole(texts in prop::collection::vec((0u8..60, 0u64..9, any::<bool>()), 0..400)) {
            let (mut whole, mut left, mut right) = (Alike::default(), Alike::default(), Alike::default());
            for (letter, at, side) in texts {
                let text = format!("no {} at {at}", char::from(b'A' + letter % 57));
                whole.add(Duration::from_secs(at), &text);
                if side { &mut left } else { &mut right }.add(Duration::from_secs(at), &text);
            }
            left.merge(&right);
            prop_assert!(left.sorts.len() <= Alike::KEPT);
            prop_assert_eq!(left.others(), left.total() - left.sorts().iter().map(|sort| sort.count).sum::<u64>());
            prop_assert_eq!(left, whole);
        }
    }
}
