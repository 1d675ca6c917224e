//! How long something lasts whose chance to end changes with its age.

use std::rc::Rc;

use super::curve::Curve;
use super::decode::{self, Build};
use super::special::gamma;
use super::{Distribution, Refusal};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Weibull",
    aliases: &["WeibullDistribution"],
    help: "The Weibull distribution; a shape below 1 has many short values and a long tail.",
    params: &[
        Param { name: "scale", default: "", help: "above 0; 63 % of the values are below it" },
        Param { name: "shape", default: "", help: "above 0; 1 is the exponential distribution" },
    ],
    build,
};

/// The one with this scale and shape.
pub fn new(scale: f64, shape: f64) -> Result<Curve<rand_distr::Weibull<f64>>, Refusal> {
    Refusal::unless_positive("scale", scale)?;
    Refusal::unless_positive("shape", shape)?;
    let law = rand_distr::Weibull::new(scale, shape).map_err(|e| Refusal::new("shape", e.to_string()))?;
    Ok(Curve::new(ENTRY.name, law, scale * gamma(1.0 + shape.recip())))
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let scale = params.required("scale");
    let shape = params.required("shape");
    decode::made(params, new(scale?, shape?))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn mean_and_scale() {
        let weibull = new(3.0, 1.5).unwrap();
        assert_mean(&weibull, 3.0 * 0.902_745_292_950_933_6, 0.04);
        assert_close(quantile(&sorted(numbers(&weibull, 20_000)), 1.0 - (-1f64).exp()), 3.0, 0.05);
        assert_eq!(new(1.0, 0.001).unwrap().mean(), None, "too large for a number");
        assert_eq!(new(-1.0, 1.0).unwrap_err().param, "scale");
        assert_eq!(new(1.0, 0.0).unwrap_err().param, "shape");
    }
}
