//! A few have most of it: sizes of files, of mailboxes, of calendars.

use std::rc::Rc;

use super::curve::Curve;
use super::decode::{self, Build};
use super::{Distribution, Refusal};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Pareto",
    aliases: &["ParetoDistribution"],
    help: "The Pareto distribution: a least value and a long tail.",
    params: &[
        Param { name: "scale", default: "", help: "the least value, above 0" },
        Param {
            name: "shape",
            default: "",
            help: "above 0; the smaller, the longer the tail; up to 1 there is no mean",
        },
    ],
    build,
};

/// The one with this least value and shape.
pub fn new(scale: f64, shape: f64) -> Result<Curve<rand_distr::Pareto<f64>>, Refusal> {
    Refusal::unless_positive("scale", scale)?;
    Refusal::unless_positive("shape", shape)?;
    let law = rand_distr::Pareto::new(scale, shape).map_err(|e| Refusal::new("shape", e.to_string()))?;
    let mean = if shape > 1.0 { shape * scale / (shape - 1.0) } else { f64::INFINITY };
    Ok(Curve::new(ENTRY.name, law, mean))
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
    fn mean_and_median() {
        let pareto = new(2.0, 3.0).unwrap();
        assert_mean(&pareto, 3.0, 0.06);
        let samples = sorted(numbers(&pareto, 20_000));
        assert!(samples[0] >= 2.0);
        assert_close(quantile(&samples, 0.5), 2.0 * 2f64.powf(1.0 / 3.0), 0.02);
        assert_eq!(new(2.0, 1.0).unwrap().mean(), None);
        assert_eq!(new(0.0, 1.0).unwrap_err().param, "scale");
        assert_eq!(new(1.0, 0.0).unwrap_err().param, "shape");
    }
}
