//! A run in forms that other programs read. Each is a function of the [`Results`](super::Results), so that it can be
//! made of a results file too.
//!
//! # Layout
//!
//! - `csv.rs`: [`csv`], the timeline as a table; [`CsvLines`], its lines, which a run writes while it goes on
//! - `markdown.rs`: [`markdown`], a summary for a pull request
//! - `junit.rs`: [`junit`], a test case a threshold

mod csv;
mod junit;
mod markdown;

pub use csv::{CsvLines, cell, csv};
pub use junit::junit;
pub use markdown::markdown;
