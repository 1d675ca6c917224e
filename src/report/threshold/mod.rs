//! Thresholds as expressions: `operation invite response p95 < 2s`, parsed, judged and shown.
//!
//! The files of thresholds that the ancestor has are in `observer/thresholds.rs`.
//!
//! # Layout
//!
//! - `expression.rs`: [`Expression`] and its parts, and their text
//! - `words.rs`: the words of such a text; `parse.rs`: [`Fault`], from words to an expression; `limit.rs`: its limit
//! - `pattern.rs`: [`Labels`], the labels that are meant
//! - `figure.rs`: the figure of an expression, from what was counted
//! - `judge.rs`: [`Threshold`], [`judge`], what became of each at the end
//! - `judged.rs`: [`Judged`], the same as the results file has it
//! - `breach.rs`: [`Breaches`], which one has been broken for too long while the run goes on
//! - `shown.rs`: the table of the report, and the failures

mod breach;
mod expression;
mod figure;
#[cfg(test)]
mod grammar;
mod judge;
mod judged;
mod limit;
mod parse;
mod pattern;
mod shown;
mod words;

pub use breach::{Aborted, Breaches};
pub use expression::{Expression, Measure, Quantile, Relation, Span, Subject};
pub use judge::{Threshold, judge};
pub use judged::{Judged, OfLabel, State, Unit};
pub use parse::Fault;
pub use pattern::Labels;
pub use shown::{failure, row, table};
