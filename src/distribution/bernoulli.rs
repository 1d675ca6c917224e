//! Yes or no.

use std::rc::Rc;

use super::decode::{self, Build};
use super::{Distribution, Draw, Refusal, Sample, SampleError, SampleKind};
use crate::config::{Entry, Param, Table};
use crate::random;

pub const ENTRY: Entry<Build> = Entry {
    name: "Bernoulli",
    aliases: &["BernoulliDistribution"],
    help: "1 with the probability p, else 0.",
    params: &[Param { name: "p", default: "0.5", help: "the probability of 1; also `proportion`" }],
    build,
};

/// 1 with a probability, else 0.
#[derive(Clone, Debug)]
pub struct Bernoulli {
    p: f64,
}

impl Bernoulli {
    /// `p` is the probability of 1.
    pub fn new(p: f64) -> Result<Bernoulli, Refusal> {
        Ok(Bernoulli { p: Refusal::unless_probability("p", p)? })
    }
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let p = params.or_any(&["p", "proportion"], 0.5);
    decode::made(params, Bernoulli::new(p))
}

impl Distribution for Bernoulli {
    fn kind(&self) -> SampleKind {
        SampleKind::Number
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        let hit = random::unit(&mut draw.rng()) < self.p;
        Ok(Sample::Number(f64::from(u8::from(hit))))
    }

    fn mean(&self) -> Option<f64> {
        Some(self.p)
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn the_share_of_ones() {
        assert_mean(&Bernoulli::new(0.3).unwrap(), 0.3, 0.01);
        assert_eq!(numbers(&Bernoulli::new(1.0).unwrap(), 100), vec![1.0; 100]);
        assert_eq!(numbers(&Bernoulli::new(0.0).unwrap(), 100), vec![0.0; 100]);
        assert!(Bernoulli::new(1.1).is_err() && Bernoulli::new(f64::NAN).is_err());
    }
}
