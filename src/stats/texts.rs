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

    /// Counts a text, or its one line form if it is long or has several lines.
    pub fn add(&mut self, text: &Rc<str>, count: u64) {
        self.total = self.total.saturating_add(count);
        let plain = text.len() <= LONGEST && !text.contains(char::is_control);
        if plain { self.put(text, count) } else { self.put(&one_line(text).into(), count) }
    }

    pub fn merge(&mut self, other: &Texts) {
        self.total = self.total.saturating_add(other.total);
        for (text, count) in &other.counts {
            self.put(text, *count);
        }
    }

    fn put(&mut self, text: &Rc<str>, count: u64) {
        let sum = self.counts.entry(text.clone()).or_insert(0);
        *sum = sum.saturating_add(count);
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
        self.counts.values().fold(self.total, |others, count| others.saturating_sub(*count))
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// The most bytes of a text that are kept: servers and programs may have much to say.
const LONGEST: usize = 300;

/// A text on one line without control characters, at most as long as is kept.
pub fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let end = plain.floor_char_boundary(LONGEST);
    if end < plain.len() { format!("{} ...", &plain[..end]) } else { plain }
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

    #[test]
    fn long_texts_are_cut_and_lines_joined() {
        let mut texts = Texts::default();
        texts.add(&"a\nb\u{1b}[2J".into(), 1);
        texts.add(&"\u{e4}".repeat(1000).into(), 1);
        let kept: Vec<&str> = texts.iter().map(|(text, _)| &**text).collect();
        assert_eq!(kept[0], "a b [2J");
        assert_eq!(kept[1], format!("{} ...", "\u{e4}".repeat(150)));
    }
}
