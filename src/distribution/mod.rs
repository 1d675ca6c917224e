//! What values a habit draws: how long, how many, when, how often.
//!
//! A distribution is a plug-in: a type that implements [`Distribution`], and a row of [`ALL`]. It is
//! made from a dict `type`, `params` of the configuration, holds no state, and draws each value
//! from the coordinates in a [`Draw`]. A parameter asks for [`Numbers`], [`Moments`], [`Rules`] or
//! [`Texts`], so that one which does not fit is refused when the configuration is read.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `sample.rs` | the trait [`Distribution`], what it draws ([`Sample`], [`EventTime`]) and from what ([`Draw`]) |
//! | `wanted.rs` | [`Numbers`], [`Moments`], [`Rules`], [`Texts`]: distributions of one sort |
//! | `decode.rs` | from the configuration to a distribution |
//! | `fixed.rs`, `empirical.rs`, `uniform_discrete.rs` | given values: one, weighted, a bag |
//! | `uniform.rs`, `uniform_integer.rs`, `triangular.rs` | numbers between bounds |
//! | `normal.rs`, `log_normal.rs`, `exponential.rs`, `gamma.rs`, `weibull.rs`, `pareto.rs` | numbers on a curve |
//! | `bernoulli.rs`, `binomial.rs`, `poisson.rs`, `zipf.rs` | counts and ranks |
//! | `near_future.rs`, `work.rs` | times |
//! | `recurrence.rs` | recurrence rules |
//! | `curve.rs` | what the distributions of `rand_distr` share |
//! | `special.rs` | special functions for exact means and for intervals: [`ln_gamma`] |
//! | `local_time.rs` | what a local time means when clocks change |

mod bernoulli;
mod binomial;
mod curve;
mod decode;
mod empirical;
mod exponential;
mod fixed;
mod gamma;
pub mod local_time;
mod log_normal;
mod near_future;
mod normal;
mod pareto;
mod poisson;
mod recurrence;
mod sample;
mod special;
#[cfg(test)]
mod testing;
mod triangular;
mod uniform;
mod uniform_discrete;
mod uniform_integer;
mod wanted;
mod weibull;
mod work;
mod zipf;

pub use decode::Build;
pub use empirical::Empirical;
pub use fixed::Fixed;
pub use log_normal::LogNormal;
pub use near_future::NearFuture;
pub use normal::Normal;
pub use recurrence::Recurrence;
pub use sample::{Distribution, Draw, EventTime, Refusal, Sample, SampleError, SampleKind};
pub use special::ln_gamma;
pub use uniform_discrete::UniformDiscrete;
pub use uniform_integer::UniformInteger;
pub use wanted::{Moments, Numbers, Rules, Texts};
pub use work::Work;

use crate::config::Entry;

/// Every distribution, in the order in which help lists them: first the ancestor's eight.
pub static ALL: &[Entry<Build>] = &[
    fixed::ENTRY,
    uniform_discrete::ENTRY,
    uniform_integer::ENTRY,
    normal::ENTRY,
    log_normal::ENTRY,
    near_future::ENTRY,
    work::ENTRY,
    recurrence::ENTRY,
    uniform::ENTRY,
    exponential::ENTRY,
    poisson::ENTRY,
    gamma::ENTRY,
    weibull::ENTRY,
    pareto::ENTRY,
    triangular::ENTRY,
    bernoulli::ENTRY,
    binomial::ENTRY,
    zipf::ENTRY,
    empirical::ENTRY,
];
