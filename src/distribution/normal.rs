//! The bell curve, cut off below zero.

use std::rc::Rc;

use rand_distr::Distribution as _;

use super::decode::{self, Build};
use super::special::{normal_cdf, normal_density};
use super::{Distribution, Draw, Refusal, Sample, SampleError, SampleKind};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Normal",
    aliases: &["NormalDistribution"],
    help: "The normal distribution, drawn again until the value is not negative.",
    params: &[
        Param { name: "mu", default: "", help: "the mean of the uncut curve; at least -2 sigma" },
        Param { name: "sigma", default: "", help: "the standard deviation of the uncut curve" },
    ],
    build,
};

/// Normal(mu, sigma) given that the value is not negative.
#[derive(Clone, Debug)]
pub struct Normal {
    curve: rand_distr::Normal<f64>,
}

/// How often a negative value is drawn again before it becomes 0. With the least `mu` allowed, 1
/// draw in 44 is not negative, so the chance to come to the end is 1 in 10^10.
const REDRAWS: u32 = 1000;

impl Normal {
    /// Refuses a `mu` so far below 0 that a draw is hardly ever not negative; there the ancestor
    /// never comes back (spec 4).
    pub fn new(mu: f64, sigma: f64) -> Result<Normal, Refusal> {
        Refusal::unless_finite("mu", mu)?;
        if Refusal::unless_finite("sigma", sigma)? < 0.0 {
            return Err(Refusal::new("sigma", format!("{sigma} is below 0")));
        }
        if mu < -2.0 * sigma {
            let why = format!(
                "with mu {mu} and sigma {sigma} a value is practically never 0 or more, and only those count"
            );
            return Err(Refusal::new("mu", why));
        }
        let curve = rand_distr::Normal::new(mu, sigma).map_err(|e| Refusal::new("sigma", e.to_string()))?;
        Ok(Normal { curve })
    }

    /// The value that `draw` gives.
    pub fn number(&self, draw: &Draw) -> f64 {
        let mut rng = draw.rng();
        (0..REDRAWS).map(|_| self.curve.sample(&mut rng)).find(|value| *value >= 0.0).unwrap_or(0.0)
    }
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let mu = params.required("mu");
    let sigma = params.required("sigma");
    decode::made(params, Normal::new(mu?, sigma?))
}

impl Distribution for Normal {
    fn kind(&self) -> SampleKind {
        SampleKind::Number
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        Ok(Sample::Number(self.number(draw)))
    }

    fn mean(&self) -> Option<f64> {
        let (mu, sigma) = (self.curve.mean(), self.curve.std_dev());
        if sigma == 0.0 {
            return Some(mu);
        }
        let cut = mu / sigma;
        Some(mu + sigma * normal_density(cut) / normal_cdf(cut))
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
    fn far_from_zero_it_is_the_plain_curve() {
        let normal = Normal::new(600.0, 60.0).unwrap();
        let samples = sorted(numbers(&normal, 20_000));
        assert_close(mean(&samples), 600.0, 2.0);
        assert_close(quantile(&samples, 0.5), 600.0, 2.0);
        assert_close(quantile(&samples, 0.841_344_7), 660.0, 3.0);
        assert_close(normal.mean().unwrap(), 600.0, 1e-6);
    }

    #[test]
    fn near_zero_it_is_never_negative_and_its_mean_is_that_of_the_cut_curve() {
        for (mu, sigma) in [(0.0, 1.0), (-1.0, 1.0), (-2.0, 1.0), (1.5, 1.0)] {
            let normal = Normal::new(mu, sigma).unwrap();
            let samples = numbers(&normal, 20_000);
            assert!(samples.iter().all(|s| *s >= 0.0));
            assert_close(mean(&samples), normal.mean().unwrap(), 0.02);
        }
    }

    /// The ancestor loops for ever at the first sample of these.
    #[test]
    fn what_could_never_be_drawn_is_refused() {
        assert_eq!(Normal::new(-100.0, 1.0).unwrap_err().param, "mu");
        assert_eq!(Normal::new(-1.0, 0.0).unwrap_err().param, "mu");
        assert_eq!(Normal::new(1.0, -1.0).unwrap_err().param, "sigma");
        assert_eq!(Normal::new(f64::NAN, 1.0).unwrap_err().param, "mu");
        assert_eq!(number_at(&Normal::new(3.0, 0.0).unwrap(), 0), 3.0);
    }
}
