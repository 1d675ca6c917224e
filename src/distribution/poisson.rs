//! How many events fall into a span of time.

use std::rc::Rc;

use super::curve::Curve;
use super::decode::{self, Build};
use super::{Distribution, Refusal};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Poisson",
    aliases: &["PoissonDistribution"],
    help: "The Poisson distribution: how many independent events happen.",
    params: &[Param { name: "mean", default: "", help: "the mean count, above 0; also `lambda` or `lam`" }],
    build,
};

/// The one with this mean.
pub fn new(mean: f64) -> Result<Curve<rand_distr::Poisson<f64>>, Refusal> {
    Refusal::unless_positive("mean", mean)?;
    let law = rand_distr::Poisson::new(mean).map_err(|e| Refusal::new("mean", e.to_string()))?;
    Ok(Curve::new(ENTRY.name, law, mean))
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let mean = params.required_any(&["mean", "lambda", "lam"])?;
    decode::made(params, new(mean))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn counts_with_that_mean_and_share_of_zeros() {
        let poisson = new(2.0).unwrap();
        assert_mean(&poisson, 2.0, 0.04);
        let samples = numbers(&poisson, 20_000);
        assert!(samples.iter().all(|s| *s >= 0.0 && s.fract() == 0.0));
        let zeros = samples.iter().filter(|s| **s == 0.0).count() as f64 / 20_000.0;
        assert_close(zeros, (-2f64).exp(), 0.01);
        assert_mean(&new(400.0).unwrap(), 400.0, 1.0);
        assert!(new(0.0).is_err() && new(1e300).is_err());
    }
}
