//! Who watches a run: loggers, reports and judges, and programs of the user's own.
//!
//! An [`Observer`] is made from the config's `observers`, says which events it must see, and at the
//! end gives its part of the report and the reasons why the run failed. Those that need only
//! statistics cost a run nothing.
//!
//! # Layout
//!
//! - `watch.rs`: [`Observer`], [`Watch`]: all observers of a run
//! - `registry.rs`: [`ENTRIES`], every observer by name
//! - `kind.rs`: [`Kind`], [`Kinds`], [`Needs`]: which events one wants
//! - `statistics/`: `ReportStatistics`, the report and its judgement on requests
//! - `operation_logger.rs`: `OperationLogger`, the log of operations and their judgement
//! - `request_logger.rs`, `error_logger.rs`, `simple_statistics.rs`: the observers of these names
//! - `event_log.rs`: [`EventLog`], the log of all events; `hdr_log.rs`: [`HdrLog`], histograms by second; `csv_log.rs`:
//!   [`CsvLog`], the course by second
//! - `wcat_counters.rs`: `WcatCounters`, what monitors read, as WCAT writes it
//! - `tsunami_log.rs`: `TsunamiLog`, the statistics file of IDX-Tsunami
//! - `wcat_log.rs`: `WcatLog`, the log of the WCAT controller
//! - `log_file.rs`: the file that these write; `opening.rs`: [`open_to_write`], opening it; `intervals.rs`: counting by second or longer
//! - `process/`: `Process`, a program of the user's own
//! - `thresholds.rs`, `benchmarks.rs`: what is too slow, what is good
//! - `ndjson.rs`: [`Line`], the events as JSON for plug-ins
//! - `output.rs`: [`Output`], where live lines go; `spool.rs`: [`Spool`], the queue to a slow writer

mod benchmarks;
mod csv_log;
mod error_logger;
mod event_log;
mod hdr_log;
mod intervals;
mod kind;
mod log_file;
mod ndjson;
mod opening;
mod operation_logger;
mod output;
mod process;
mod registry;
mod request_logger;
mod simple_statistics;
mod spool;
mod statistics;
#[cfg(test)]
mod test;
mod thresholds;
mod tsunami_log;
mod watch;
mod wcat_counters;
mod wcat_log;

pub use csv_log::CsvLog;
pub use event_log::EventLog;
pub use hdr_log::HdrLog;
pub use kind::{Kind, Kinds, Needs};
pub use ndjson::Line;
pub use opening::{is_standard, open_to_write};
pub use output::Output;
pub use registry::{Build, ENTRIES};
pub use spool::Spool;
pub use watch::{Finished, Observer, Stage, Watch, said};

use crate::config::{FromValue, Table};

/// The value of a parameter, or its default when it is absent; None when it is bad, which is reported.
fn decoded<T: FromValue>(params: &Table, name: &str, default: T) -> Option<T> {
    if params.has(name) { params.optional(name) } else { params.optional::<T>(name).or(Some(default)) }
}

/// A share from 0 to 100 percent.
fn percent(params: &Table, name: &str, default: f64) -> Option<f64> {
    let value = decoded(params, name, default)?;
    if (0.0..=100.0).contains(&value) {
        return Some(value);
    }
    params.error_at_key(name, format!("{value} is no percentage; they go from 0 to 100"));
    None
}
