//! What a run measured, in room that does not grow with its length (design, decision 7).
//!
//! [`Statistics`] takes every event. Requests and operations are kept by phase and label,
//! successes and failures apart, each as a histogram with exact sums beside it. Statistics of
//! parts of a run (those of workers) merge exactly to those of the whole, in any order.
//!
//! # Layout
//!
//! - `statistics.rs`: [`Statistics`], the whole
//! - `period.rs`: [`Period`], one phase: labels, groups, statuses, errors
//! - `tally.rs`: [`Tally`], all that is counted under one label
//! - `samples.rs`: [`Samples`], durations: histogram, exact sums, counts over limits
//! - `histogram.rs`: [`Histogram`], lazy HDR histogram with its wire form
//! - `crowd.rs`: [`Crowd`], who of one population has come; `server.rs`: [`Server`], what a server says of itself, [`Gauge`], one figure of it
//! - `delays.rs`: [`Delays`], who came later than was due
//! - `limits.rs`: [`Limits`], the durations over which is counted
//! - `timeline.rs`: [`Timeline`], at most 2,048 rows over the run; `coarse.rs`: their histogram
//! - `blocks.rs`: [`Blocks`], how the samples of one label lie in time: at most 64 stretches
//! - `stretches.rs`: what these two share: stretches whose length doubles
//! - `habits.rs`: [`Habits`], profiles that are off or had nothing to do
//! - `alike.rs`: [`Alike`], counts by what is alike in texts, bounded; `mask.rs`: what that is
//! - `texts.rs`: [`Texts`], counts by text, bounded; `bits.rs`: [`Bits`], who was seen

mod alike;
mod bits;
mod blocks;
mod coarse;
mod crowd;
mod delays;
mod habits;
mod histogram;
mod limits;
mod mask;
mod period;
mod samples;
mod server;
mod statistics;
mod stretches;
mod tally;
#[cfg(test)]
pub mod test;
mod texts;
mod timeline;

pub use alike::{Alike, Sort};
pub use bits::Bits;
pub use blocks::{Block, Blocks};
pub use coarse::Coarse;
pub use crowd::Crowd;
pub use delays::Delays;
pub use habits::Habits;
pub use histogram::Histogram;
pub use limits::Limits;
pub use period::{Errors, Found, Group, Period};
pub use samples::Samples;
pub use server::{Gauge, Reading, Server};
pub use statistics::{LimitsDiffer, Statistics};
pub use tally::{Tally, Times};
pub use texts::{Texts, one_line};
pub use timeline::{Row, Timeline};

use crate::label::Label;

/// Whether requests of this label only prepare another: the round that a server answers with 401, the probe without
/// credentials, and the first attempt of a request that met a connection which the server was closing. They are
/// counted, but an answer to one is never a failure, and they stand outside thresholds and quality (design, decision 8).
pub fn is_auxiliary(label: Label) -> bool {
    names_auxiliary(label.as_str())
}

/// Whether a text begins as the labels do that [`is_auxiliary`] is about.
pub fn names_auxiliary(text: &str) -> bool {
    ["CHALLENGE{", "PROBE{", "RESENT{"].iter().any(|beginning| text.starts_with(beginning))
}
