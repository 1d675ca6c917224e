//! The distributions that a profile uses when its parameters name none (spec 6).

use crate::config::{FromValue, Table};
use crate::distribution::{
    LogNormal, Moments, NearFuture, Normal, Numbers, Recurrence, Rules, Sample, UniformDiscrete,
};

/// The value of an optional parameter, or its default. None only when a default could not be made,
/// which the tests rule out.
pub fn or<T: FromValue>(params: &Table<'_>, name: &str, default: impl FnOnce() -> Option<T>) -> Option<T> {
    params.optional(name).or_else(default)
}

/// A bell curve that never goes below 0.
pub fn normal(mu: f64, sigma: f64) -> Option<Numbers> {
    Numbers::new(Normal::new(mu, sigma).ok()?)
}

/// The log-normal distribution with these parameters of the logarithm.
pub fn log_normal(mu: f64, sigma: f64) -> Option<Numbers> {
    Numbers::new(LogNormal::new(mu, sigma).ok()?)
}

/// A shuffled bag of whole numbers.
pub fn bag(values: impl IntoIterator<Item = i32>) -> Option<Numbers> {
    let values = values.into_iter().map(|value| Sample::Number(value.into())).collect();
    Numbers::new(UniformDiscrete::new(values, true).ok()?)
}

/// Some minutes from now.
pub fn near_future() -> Option<Moments> {
    Moments::new(NearFuture::new().ok()?)
}

/// Never a recurrence.
pub fn no_recurrence() -> Option<Rules> {
    Rules::new(Recurrence::never())
}
