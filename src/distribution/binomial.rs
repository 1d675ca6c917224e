//! How many of n say yes.

use std::rc::Rc;

use rand_distr::Distribution as _;

use super::decode::{self, Build};
use super::{Distribution, Draw, Refusal, Sample, SampleError, SampleKind};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Binomial",
    aliases: &["BinomialDistribution"],
    help: "How many of n independent trials succeed, each with the probability p.",
    params: &[
        Param { name: "p", default: "0.5", help: "the probability of a success" },
        Param { name: "n", default: "10", help: "the number of trials, up to 2^52" },
    ],
    build,
};

/// Successes of `n` trials.
#[derive(Clone, Debug)]
pub struct Binomial {
    p: f64,
    n: u64,
    law: rand_distr::Binomial,
}

impl Binomial {
    /// `n` trials of probability `p`.
    pub fn new(n: u64, p: f64) -> Result<Binomial, Refusal> {
        Refusal::unless_probability("p", p)?;
        if n > 1 << 52 {
            return Err(Refusal::new("n", format!("{n} is beyond 2^52")));
        }
        let law = rand_distr::Binomial::new(n, p).map_err(|e| Refusal::new("p", e.to_string()))?;
        Ok(Binomial { p, n, law })
    }
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let p = params.or("p", 0.5);
    let n = params.or("n", 10);
    decode::made(params, Binomial::new(n, p))
}

impl Distribution for Binomial {
    fn kind(&self) -> SampleKind {
        SampleKind::Number
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        Ok(Sample::Number(self.law.sample(&mut draw.rng()) as f64))
    }

    fn mean(&self) -> Option<f64> {
        Some(self.n as f64 * self.p)
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
    fn mean_and_bounds() {
        let binomial = Binomial::new(10, 0.25).unwrap();
        assert_mean(&binomial, 2.5, 0.04);
        assert!(numbers(&binomial, 1000).iter().all(|s| (0.0..=10.0).contains(s) && s.fract() == 0.0));
        assert_mean(&Binomial::new(1_000_000, 0.5).unwrap(), 500_000.0, 20.0);
        assert_eq!(Binomial::new(10, -0.1).unwrap_err().param, "p");
        assert_eq!(Binomial::new(u64::MAX, 0.1).unwrap_err().param, "n");
    }
}
