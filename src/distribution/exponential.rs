//! The time between events that know nothing of each other.

use std::rc::Rc;

use super::curve::Curve;
use super::decode::{self, Build};
use super::{Distribution, Refusal};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Exponential",
    aliases: &["ExponentialDistribution"],
    help: "The exponential distribution, from its mean or its rate.",
    params: &[
        Param { name: "mean", default: "none", help: "the mean, above 0; also `scale`" },
        Param { name: "rate", default: "none", help: "1 / mean, instead of the mean" },
    ],
    build,
};

/// The one with this mean.
pub fn new(mean: f64) -> Result<Curve<rand_distr::Exp<f64>>, Refusal> {
    Refusal::unless_positive("mean", mean)?;
    let law = rand_distr::Exp::new(mean.recip()).map_err(|e| Refusal::new("mean", e.to_string()))?;
    Ok(Curve::new(ENTRY.name, law, mean))
}

/// The one with this rate.
pub fn with_rate(rate: f64) -> Result<Curve<rand_distr::Exp<f64>>, Refusal> {
    new(Refusal::unless_positive("rate", rate)?.recip())
        .map_err(|refusal| Refusal { param: "rate", ..refusal })
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let mean = params.optional_any(&["mean", "scale"]);
    let rate = params.optional("rate");
    let made = match (mean, rate) {
        (Some(mean), None) => new(mean),
        (None, Some(rate)) => with_rate(rate),
        (None, None) => Err(Refusal::new("mean", "one of mean and rate is needed")),
        (Some(_), Some(_)) => Err(Refusal::new("rate", "mean and rate say the same; give one of them")),
    };
    decode::made(params, made)
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn mean_and_median() {
        for made in [new(4.0), with_rate(0.25)] {
            let made = made.unwrap();
            assert_mean(&made, 4.0, 0.1);
            assert_close(quantile(&sorted(numbers(&made, 20_000)), 0.5), 4.0 * 2f64.ln(), 0.1);
        }
        assert_eq!(new(0.0).unwrap_err().param, "mean");
        assert_eq!(with_rate(0.0).unwrap_err().param, "rate");
        assert!(with_rate(1e-320).is_err());
    }
}
