//! Between two bounds, most likely at a third value.

use std::rc::Rc;

use super::curve::Curve;
use super::decode::{self, Build};
use super::{Distribution, Refusal};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Triangular",
    aliases: &["TriangularDistribution"],
    help: "The triangular distribution: a least, a most likely and a greatest value.",
    params: &[
        Param { name: "left", default: "", help: "the least value; also `min`" },
        Param { name: "mode", default: "", help: "the most likely value" },
        Param { name: "right", default: "", help: "the greatest value; also `max`" },
    ],
    build,
};

/// The one with these three corners.
pub fn new(left: f64, mode: f64, right: f64) -> Result<Curve<rand_distr::Triangular<f64>>, Refusal> {
    Refusal::unless_finite("left", left)?;
    Refusal::unless_finite("mode", mode)?;
    Refusal::unless_finite("right", right)?;
    if left >= right {
        return Err(Refusal::new("right", format!("right ({right}) is not above left ({left})")));
    }
    if !(left..=right).contains(&mode) {
        return Err(Refusal::new(
            "mode",
            format!("mode ({mode}) is not between left ({left}) and right ({right})"),
        ));
    }
    let law =
        rand_distr::Triangular::new(left, right, mode).map_err(|e| Refusal::new("mode", e.to_string()))?;
    Ok(Curve::new(ENTRY.name, law, left / 3.0 + mode / 3.0 + right / 3.0))
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let left = params.required_any(&["left", "min"]);
    let mode = params.required("mode");
    let right = params.required_any(&["right", "max"]);
    decode::made(params, new(left?, mode?, right?))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn mean_and_corners() {
        let triangular = new(0.0, 1.0, 5.0).unwrap();
        assert_mean(&triangular, 2.0, 0.03);
        let samples = sorted(numbers(&triangular, 20_000));
        assert_close(quantile(&samples, 0.2), 1.0, 0.05);
        assert_eq!(new(1.0, 1.0, 1.0).unwrap_err().param, "right");
        assert_eq!(new(1.0, 0.0, 2.0).unwrap_err().param, "mode");
    }

    proptest::proptest! {
        #[test]
        fn samples_stay_in_range(left in -1e6f64..1e6, a in 0f64..1e6, b in 1e-3f64..1e6, n: u64) {
            let sample = number_at(&new(left, left + a, left + a + b).unwrap(), n);
            proptest::prop_assert!((left..=left + a + b).contains(&sample));
        }
    }
}
