//! How the samples of one label lie in time, in the results file.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::stats::{Block, Blocks, Samples};

/// The percentiles of the results file: their names and which part of the samples lies below.
pub const PERCENTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)];

/// Stretches of equal length, at most 64, those left out in which nothing ended. The columns have a number for each, in
/// order of time, as a text with blanks between. It is what one needs to know how far the percentiles of this run are
/// to be trusted (`populace compare`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BlockFigures {
    /// How long each is.
    pub length_s: f64,
    /// How many succeeded, and how many failed.
    pub succeeded: Column,
    pub failed: Column,
    /// Percentile to how many of those that succeeded took at most a time near it: the same time for all blocks, at the
    /// edge of a bucket that is at most 1/16 wide, nearest to the percentile of the whole run.
    pub within: BTreeMap<String, Column>,
}

/// Whole numbers, written as one text with blanks between: a number a line, as JSON is written here, would be long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column(pub Vec<u64>);

impl BlockFigures {
    /// Of blocks and the samples of all of them together.
    pub fn of(blocks: &Blocks, samples: &Samples) -> BlockFigures {
        let column = |of: &dyn Fn(&Block) -> u64| Column(blocks.iter().map(of).collect());
        let within =
            PERCENTILES.iter().map(|(name, part)| (name.to_string(), within(blocks, samples, *part)));
        BlockFigures {
            length_s: blocks.length().as_secs_f64(),
            succeeded: column(&|block| block.times.count()),
            failed: column(&|block| block.failed),
            within: within.collect(),
        }
    }
}

/// How many lie up to the edge of a bucket: of the two edges of the bucket of the percentile that which parts the
/// samples more as the percentile does, if it parts them at all.
fn within(blocks: &Blocks, samples: &Samples, part: f64) -> Column {
    let Some(time) = samples.quantile(part) else { return Column::default() };
    let column = |of: &dyn Fn(&Block) -> u64| Column(blocks.iter().map(of).collect());
    let (lower, upper) = (column(&|block| block.times.below(time)), column(&|block| block.times.up_to(time)));
    let all = blocks.iter().map(|block| block.times.count()).sum::<u64>() as f64;
    let logit = |part: f64| (part / (1.0 - part)).ln();
    let distance = |column: &Column| (logit(column.sum() as f64 / all) - logit(part)).abs();
    if distance(&lower) < distance(&upper) { lower } else { upper }
}

impl Column {
    pub fn sum(&self) -> u64 {
        self.0.iter().fold(0, |sum, number| sum.saturating_add(*number))
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, number) in self.0.iter().enumerate() {
            let blank = if place > 0 { " " } else { "" };
            write!(f, "{blank}{number}")?;
        }
        Ok(())
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Column, D::Error> {
        let text = String::deserialize(deserializer)?;
        let numbers: Result<_, _> = text.split_ascii_whitespace().map(str::parse).collect();
        numbers
            .map(Column)
            .map_err(|_| serde::de::Error::custom("expected whole numbers with blanks between"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn columns_say_how_each_block_was() {
        let (mut blocks, mut samples) = (Blocks::default(), Samples::default());
        // The second of two seconds is slower.
        for (second, millis) in (0..2).flat_map(|second| (1..=100).map(move |n| (second, n + 50 * second))) {
            let time = Duration::from_millis(millis);
            blocks.record(Duration::from_secs(second), Some(time));
            samples.record(time, &[]);
        }
        blocks.record(Duration::from_secs(1), None);
        let figures = BlockFigures::of(&blocks, &samples);
        let json = serde_json::to_value(&figures).unwrap();
        assert_eq!((&json["succeeded"], &json["failed"]), (&"100 100".into(), &"0 1".into()));
        let half = &figures.within["p50"].0;
        assert!(half[0] > half[1] && (90..=110).contains(&(half[0] + half[1])), "{half:?}");
        assert_eq!(serde_json::from_value::<BlockFigures>(json).unwrap(), figures);
    }

    #[test]
    fn one_value_parts_nothing() {
        let (mut blocks, mut samples) = (Blocks::default(), Samples::default());
        blocks.record(Duration::ZERO, Some(Duration::from_millis(1)));
        samples.record(Duration::from_millis(1), &[]);
        assert_eq!(BlockFigures::of(&blocks, &samples).within["p99"], Column(vec![1]));
    }
}
