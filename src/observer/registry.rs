//! All observers there are.

use super::{
    Observer, csv_log, error_logger, event_log, hdr_log, operation_logger, process, request_logger,
    simple_statistics, statistics, tsunami_log, wcat_counters, wcat_log,
};
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
    Entry {
        name: "RequestLogger",
        aliases: &["contrib.performance.loadtest.ical.RequestLogger"],
        help: "prints every response, and of those that failed what was said",
        params: request_logger::PARAMS,
        build: request_logger::build,
    },
    Entry {
        name: "ErrorLogger",
        aliases: &["contrib.performance.loadtest.ical.ErrorLogger"],
        help: "writes a file for each request that failed or was slow",
        params: error_logger::PARAMS,
        build: error_logger::build,
    },
    Entry {
        name: "SimpleStatistics",
        aliases: &["contrib.performance.loadtest.population.SimpleStatistics"],
        help: "prints mean and median of the last 200 requests now and then",
        params: simple_statistics::PARAMS,
        build: simple_statistics::build,
    },
    Entry {
        name: "EventLog",
        aliases: &[],
        help: "writes all events to a file, a line of JSON each",
        params: event_log::PARAMS,
        build: event_log::build,
    },
    Entry {
        name: "HdrLog",
        aliases: &[],
        help: "writes histograms of response times by label and second, for the tools of HdrHistogram",
        params: hdr_log::PARAMS,
        build: hdr_log::build,
    },
    Entry {
        name: "CsvLog",
        aliases: &[],
        help: "writes the course of the run to a file, a line of comma-separated values a second",
        params: csv_log::PARAMS,
        build: csv_log::build,
    },
    Entry {
        name: "WcatCounters",
        aliases: &["wcat-counters"],
        help: "writes what monitors read to a file, a line of comma-separated values each time, as WCAT's .prf",
        params: wcat_counters::PARAMS,
        build: wcat_counters::build,
    },
    Entry {
        name: "TsunamiLog",
        aliases: &["tsunami-log"],
        help: "writes the statistics file of IDX-Tsunami and Tsung, every ten seconds",
        params: tsunami_log::PARAMS,
        build: tsunami_log::build,
    },
    Entry {
        name: "WcatLog",
        aliases: &["wcat-log"],
        help: "writes the log of the WCAT controller at the end: results of all and of each worker, files and classes",
        params: wcat_log::PARAMS,
        build: wcat_log::build,
    },
    Entry {
        name: "Process",
        aliases: &[],
        help: "gives events to a program of your own, and its answer to the report",
        params: process::PARAMS,
        build: process::build,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::find;

    #[test]
    fn every_name_and_class_path_finds_its_entry() {
        for entry in ENTRIES {
            for name in entry.aliases.iter().chain([&entry.name]) {
                assert_eq!(find(ENTRIES, name).map(|found| found.name), Ok(entry.name));
            }
        }
        assert!(find(ENTRIES, "ReportStatistic").unwrap_err().contains("ReportStatistics"));
    }
}
