//! What the distributions share whose mathematics is that of `rand_distr`.

use std::fmt::Debug;

use super::{Distribution, Draw, Sample, SampleError, SampleKind};

/// A distribution of `rand_distr` under a name, with the mean that is known for it.
#[derive(Clone, Debug)]
pub struct Curve<D> {
    name: &'static str,
    law: D,
    mean: Option<f64>,
}

impl<D> Curve<D> {
    /// `mean` that is not finite counts as none.
    pub fn new(name: &'static str, law: D, mean: f64) -> Curve<D> {
        Curve { name, law, mean: Some(mean).filter(|mean| mean.is_finite()) }
    }
}

impl<D: rand_distr::Distribution<f64> + Debug> Distribution for Curve<D> {
    fn kind(&self) -> SampleKind {
        SampleKind::Number
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        let value = self.law.sample(&mut draw.rng());
        if value.is_finite() { Ok(Sample::Number(value)) } else { Err(SampleError::NotFinite(self.name)) }
    }

    fn mean(&self) -> Option<f64> {
        self.mean
    }

    fn name(&self) -> &'static str {
        self.name
    }
}
