//! The time until the last of several independent events.

use std::rc::Rc;

use super::curve::Curve;
use super::decode::{self, Build};
use super::{Distribution, Refusal};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Gamma",
    aliases: &["GammaDistribution"],
    help: "The gamma distribution; its mean is shape times scale.",
    params: &[
        Param { name: "shape", default: "", help: "above 0; 1 is the exponential distribution" },
        Param { name: "scale", default: "1", help: "above 0; stretches the values" },
    ],
    build,
};

/// The one with this shape and scale.
pub fn new(shape: f64, scale: f64) -> Result<Curve<rand_distr::Gamma<f64>>, Refusal> {
    Refusal::unless_positive("shape", shape)?;
    Refusal::unless_positive("scale", scale)?;
    let law = rand_distr::Gamma::new(shape, scale).map_err(|e| Refusal::new("shape", e.to_string()))?;
    Ok(Curve::new(ENTRY.name, law, shape * scale))
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let shape = params.required("shape");
    let scale = params.or("scale", 1.0);
    decode::made(params, new(shape?, scale))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn mean_and_spread() {
        let gamma = new(9.0, 0.5).unwrap();
        assert_mean(&gamma, 4.5, 0.05);
        let samples = numbers(&gamma, 20_000);
        let variance = mean(&samples.iter().map(|s| (s - 4.5).powi(2)).collect::<Vec<_>>());
        assert_close(variance, 2.25, 0.1);
        assert_mean(&new(0.5, 2.0).unwrap(), 1.0, 0.05);
        assert_eq!(new(0.0, 1.0).unwrap_err().param, "shape");
        assert_eq!(new(1.0, -1.0).unwrap_err().param, "scale");
    }
}
