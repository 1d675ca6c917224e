//! The server's own figures (spec 8.2), as its statistics socket tells them.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`minute`] | [`Minute`]: what was served in one minute of the wall clock, and sums of them |
//! | [`meter`] | [`Meter`]: the minutes of the last hour, fed with every request that was answered |
//! | [`machine`] | [`Machine`]: CPU and memory in use, from `/proc` |
//! | [`json`](mod@json) | the figures as the two protocols write them |
//! | [`socket`] | the two protocols, on TCP, a unix socket or a pipe |
pub mod json;
pub mod machine;
pub mod meter;
pub mod minute;
pub mod socket;

pub use machine::Machine;
pub use meter::Meter;
pub use minute::Minute;
pub use socket::{Protocol, StatsServer};
