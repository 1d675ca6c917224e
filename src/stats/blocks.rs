//! How the samples of one label lie in time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Coarse;
use super::stretches::{Stretch, Stretches};

/// Stretches of equal length, each with its own counts, for whoever asks how much the figures of one stretch differ
/// from those of another. They begin at multiples of their length since the start of the run; only those in which
/// something ended are there. When they would reach over more than [`Blocks::MOST`] lengths, neighbours merge and the
/// length doubles: it follows from the first and the last sample alone, so that parts merge to exactly the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Told")]
pub struct Blocks {
    /// The length is a second, doubled this often.
    doublings: u32,
    blocks: BTreeMap<u64, Block>,
}

/// What ended in one stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// How many failed.
    pub failed: u64,
    /// How long the others took.
    pub times: Coarse,
}

/// Blocks as somebody else tells them.
#[derive(Deserialize)]
struct Told {
    doublings: u32,
    blocks: BTreeMap<u64, Block>,
}

impl TryFrom<Told> for Blocks {
    type Error = &'static str;

    fn try_from(Told { doublings, blocks }: Told) -> Result<Blocks, Self::Error> {
        let blocks = Blocks { doublings, blocks };
        if doublings > Blocks::WIDEST || blocks.too_many() {
            Err("blocks of another shape")
        } else {
            Ok(blocks)
        }
    }
}

impl Blocks {
    /// Over so many lengths they reach at most; once they have begun to merge, over more than half of that.
    pub const MOST: u64 = 64;

    /// So many doublings hold every time there is.
    const WIDEST: u32 = u64::BITS - 1;

    /// Counts one that ended at `at`: how long it took, or None when it failed.
    pub fn record(&mut self, at: Duration, time: Option<Duration>) {
        match self.blocks.entry(self.number(at)) {
            Entry::Occupied(block) => block.into_mut().record(time),
            Entry::Vacant(place) => {
                place.insert(Block::default()).record(time);
                self.fit();
            }
        }
    }

    pub fn merge(&mut self, other: &Blocks) {
        self.join(other);
    }

    /// How long each is.
    pub fn length(&self) -> Duration {
        self.width()
    }

    /// Those in which something ended, in order of time.
    pub fn iter(&self) -> impl Iterator<Item = &Block> {
        self.blocks.values()
    }
}

impl Stretches for Blocks {
    type Of = Block;

    fn fields(&self) -> (u32, &BTreeMap<u64, Block>) {
        (self.doublings, &self.blocks)
    }

    fn fields_mut(&mut self) -> (&mut u32, &mut BTreeMap<u64, Block>) {
        (&mut self.doublings, &mut self.blocks)
    }

    fn too_many(&self) -> bool {
        match (self.blocks.first_key_value(), self.blocks.last_key_value()) {
            (Some((first, _)), Some((last, _))) => last - first >= Blocks::MOST,
            _ => false,
        }
    }
}

impl Block {
    fn record(&mut self, time: Option<Duration>) {
        match time {
            Some(time) => self.times.record(time),
            None => self.failed += 1,
        }
    }
}

impl Stretch for Block {
    fn merge(&mut self, other: &Block) {
        self.failed = self.failed.saturating_add(other.failed);
        self.times.merge(&other.times);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blocks(samples: impl IntoIterator<Item = (u64, Option<u64>)>) -> Blocks {
        let mut blocks = Blocks::default();
        for (second, millis) in samples {
            blocks.record(Duration::from_secs(second), millis.map(Duration::from_millis));
        }
        blocks
    }

    proptest! {
        /// However the samples are shared and in whatever order they come.
        #[test]
        fn parts_merge_to_the_whole(
            samples in prop::collection::vec((0u64..5000, prop::option::of(0u64..9000), 0usize..3), 0..200),
        ) {
            let part = |part| blocks(samples.iter().filter(|s| s.2 == part).map(|s| (s.0, s.1)));
            let whole = blocks(samples.iter().map(|s| (s.0, s.1)));
            let mut merged = Blocks::default();
            for part in [2, 0, 1].map(part) {
                let sent = serde_json::to_string(&part).unwrap();
                merged.merge(&serde_json::from_str(&sent).unwrap());
            }
            prop_assert!(whole.blocks.len() <= Blocks::MOST as usize);
            prop_assert_eq!(merged, whole);
        }
    }

    #[test]
    fn they_begin_where_the_samples_do() {
        // An hour of warm-up takes no blocks from the minute that follows.
        let all = blocks((3600..3660).map(|second| (second, Some(5))));
        assert_eq!((all.length().as_secs(), all.iter().count()), (1, 60));
        let all = blocks((3600..3700).map(|second| (second, None)));
        assert_eq!((all.length().as_secs(), all.iter().map(|b| b.failed).sum::<u64>()), (2, 100));
    }

    #[test]
    fn blocks_of_another_shape_are_refused() {
        let read = |text: &str| serde_json::from_str::<Blocks>(text).is_ok();
        let block = serde_json::to_string(&Block::default()).unwrap();
        assert!(read(&format!(r#"{{"doublings": 63, "blocks": {{"9": {block}, "72": {block}}}}}"#)));
        assert!(!read(&format!(r#"{{"doublings": 0, "blocks": {{"9": {block}, "73": {block}}}}}"#)));
        assert!(!read(r#"{"doublings": 64, "blocks": {}}"#));
    }
}
