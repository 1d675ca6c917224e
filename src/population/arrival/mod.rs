//! The policies that say when each user comes.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `policy.rs` | [`Arrival`], [`Arriving`]: what a policy answers |
//! | `registry.rs` | [`ARRIVALS`], [`decode`], [`decode_absent`]: all policies, and the key `arrival` |
//! | `smooth_ramp_up.rs` | [`SmoothRampUp`]: groups at an interval |
//! | `fixed.rs` | [`Fixed`]: a number of users, spread over a ramp |
//! | `day_curve.rs` | [`DayCurve`]: a number of users, more at some hours than at others |
//! | `poisson.rs` | [`Poisson`]: phases of chance arrivals |

mod day_curve;
mod fixed;
mod poisson;
mod policy;
mod registry;
mod smooth_ramp_up;

pub use day_curve::{DayCurve, Step};
pub use fixed::Fixed;
pub use poisson::{Phase, Poisson};
pub use policy::{Arrival, Arriving, MAX_USERS};
pub use registry::{ARRIVALS, Build, Coming, decode, decode_absent, default_arrival};
pub use smooth_ramp_up::SmoothRampUp;
