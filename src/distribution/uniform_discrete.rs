//! A bag of values that is emptied before it is filled again.

use std::rc::Rc;

use super::decode::{self, Build};
use super::{Distribution, Draw, Refusal, Sample, SampleError, SampleKind};
use crate::config::{Entry, Param, Table};
use crate::random;

pub const ENTRY: Entry<Build> = Entry {
    name: "UniformDiscrete",
    aliases: &["UniformDiscreteDistribution"],
    help: "Takes values out of a bag without putting them back; an empty bag is filled again. Every run of as \
           many draws as there are values has each value exactly once.",
    params: &[
        Param { name: "values", default: "", help: "the values: numbers, or texts, or dates" },
        Param {
            name: "randomize",
            default: "true",
            help: "shuffle the bag each time it is filled; if not, the values come in reverse order",
        },
    ],
    build,
};

/// Draws without replacement, with no state: draw n is element n modulo len of a permutation
/// that belongs to block n / len of the stream. Each client empties a bag of its own (the
/// ancestor's clients share one bag a process, spec 4).
#[derive(Clone, Debug)]
pub struct UniformDiscrete {
    values: Vec<Sample>,
    randomize: bool,
}

impl UniformDiscrete {
    /// A bag of `values`, which are of one kind and at least one.
    pub fn new(values: Vec<Sample>, randomize: bool) -> Result<UniformDiscrete, Refusal> {
        decode::same_kind("values", &values)?;
        Ok(UniformDiscrete { values, randomize })
    }
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let values = decode::samples(params, "values");
    let randomize = params.or("randomize", true);
    decode::made(params, UniformDiscrete::new(values?, randomize))
}

impl Distribution for UniformDiscrete {
    fn kind(&self) -> SampleKind {
        self.values[0].kind()
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        let len = self.values.len() as u64;
        let (block, place) = (draw.n / len, (draw.n % len) as usize);
        let mut order: Vec<usize> = (0..self.values.len()).rev().collect();
        if self.randomize {
            random::shuffle(&mut draw.stream.at(block), &mut order);
        }
        Ok(self.values[order[place]].clone())
    }

    fn mean(&self) -> Option<f64> {
        decode::mean_of(&self.values)
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    fn bag(values: &[f64], randomize: bool) -> UniformDiscrete {
        UniformDiscrete::new(values.iter().map(|v| Sample::Number(*v)).collect(), randomize).unwrap()
    }

    /// Spec 13, test_stats 3.
    #[test]
    fn forty_samples_have_each_of_four_values_ten_times() {
        let samples = numbers(&bag(&[1.0, 5.0, 6.0, 9.0], true), 40);
        for value in [1.0, 5.0, 6.0, 9.0] {
            assert_eq!(samples.iter().filter(|s| **s == value).count(), 10, "{value} in {samples:?}");
        }
        for block in samples.chunks(4) {
            assert_eq!(block.iter().sum::<f64>(), 21.0, "{block:?}");
        }
        assert!(samples.chunks(4).any(|block| block != &samples[..4]), "the bag is shuffled anew");
    }

    /// Spec 4 [run]: `[1,2,3]` -> 3,2,1,3,2,1.
    #[test]
    fn without_randomize_the_values_come_in_reverse() {
        assert_eq!(numbers(&bag(&[1.0, 2.0, 3.0], false), 6), [3.0, 2.0, 1.0, 3.0, 2.0, 1.0]);
    }

    #[test]
    fn texts_are_drawn_too_but_not_mixed_with_numbers() {
        let texts = UniformDiscrete::new(vec![Sample::Text("a".into())], true).unwrap();
        assert_eq!(texts.sample(&draw(3)), Ok(Sample::Text("a".into())));
        assert!(UniformDiscrete::new(vec![Sample::Text("a".into()), Sample::Number(1.0)], true).is_err());
        assert!(UniformDiscrete::new(vec![], true).is_err());
    }
}
