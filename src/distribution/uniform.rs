//! Every number of a range is as likely as the next.

use std::rc::Rc;

use super::curve::Curve;
use super::decode::{self, Build};
use super::{Distribution, Refusal};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Uniform",
    aliases: &["UniformReal", "UniformRealDistribution"],
    help: "Real numbers from min up to but not including max, all equally likely.",
    params: &[
        Param { name: "min", default: "", help: "the least value" },
        Param { name: "max", default: "", help: "above the greatest value" },
    ],
    build,
};

/// Real numbers in `min..max`.
pub fn new(min: f64, max: f64) -> Result<Curve<rand_distr::Uniform<f64>>, Refusal> {
    Refusal::unless_finite("min", min)?;
    Refusal::unless_finite("max", max)?;
    if min >= max {
        return Err(Refusal::new("max", format!("max ({max}) is not above min ({min})")));
    }
    let law = rand_distr::Uniform::new(min, max).map_err(|e| Refusal::new("max", e.to_string()))?;
    Ok(Curve::new(ENTRY.name, law, min / 2.0 + max / 2.0))
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let min = params.required("min");
    let max = params.required("max");
    decode::made(params, new(min?, max?))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn quantiles() {
        let uniform = new(-1.0, 3.0).unwrap();
        assert_mean(&uniform, 1.0, 0.03);
        assert_close(quantile(&sorted(numbers(&uniform, 20_000)), 0.25), 0.0, 0.03);
        assert_eq!(new(1.0, 1.0).unwrap_err().param, "max");
        assert!(new(f64::MIN, f64::MAX).is_err(), "the range overflows");
    }

    proptest::proptest! {
        #[test]
        fn samples_stay_in_range(min in -1e9f64..1e9, len in 1e-3f64..1e9, n: u64) {
            let sample = number_at(&new(min, min + len).unwrap(), n);
            proptest::prop_assert!((min..min + len).contains(&sample));
        }
    }
}
