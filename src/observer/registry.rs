//! All observers there are.

use super::{Observer, operation_logger, statistics};
use crate::config::{Entry, Table};

/// Makes an observer from its parameters; None after it reported what is wrong with them.
pub type Build = fn(Table<'_>) -> Option<Box<dyn Observer>>;

/// The observers by name. Of a class path, as the ancestor's, the last part counts.
pub static ENTRIES: &[Entry<Build>] = &[
    Entry {
        name: "ReportStatistics",
        aliases: &["contrib.performance.loadtest.population.ReportStatistics"],
        help: "writes the report at the end and judges requests by thresholds and failures",
        params: statistics::PARAMS,
        build: statistics::build,
    },
    Entry {
        name: "OperationLogger",
        aliases: &["contrib.performance.loadtest.profiles.OperationLogger"],
        help: "prints operations as they happen, and judges them by thresholds, lag and failures",
        params: operation_logger::PARAMS,
        build: operation_logger::build,
    },
];
