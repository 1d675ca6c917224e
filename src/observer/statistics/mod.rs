//! The report at the end of a run, and its judgement on requests (spec 7.3).
//!
//! # Layout
//!
//! - `mod.rs`: [`ReportStatistics`], the observer: parameters and failures
//! - `client.rs`: the blocks `* Client`, `* Server` and `* Monitor`
//! - `details.rs`: the table of requests, in the ancestor's layout
//! - `percentiles.rs`: the table of percentiles
//! - `checks.rs`: the table of what was looked for in answers
//! - `troubles.rs`: errors, statuses, what was not served, lag, profiles that did nothing

mod checks;
mod client;
mod details;
mod percentiles;
#[cfg(test)]
mod tests;
mod troubles;

pub use details::{LEGEND, cells, columns};

use std::rc::Rc;

use super::benchmarks::Benchmarks;
use super::thresholds::{Exceeded, Part, Thresholds};
use super::watch::{Finished, Observer, Stage, said};
use crate::config::{Param, Table};
use crate::report::{Failure, Outcome, Summary, general, given_up};
use crate::stats::{Limits, Period, is_auxiliary};

/// Counts requests, writes the report and judges them by thresholds and by the share of failures.
pub struct ReportStatistics {
    thresholds: Thresholds,
    benchmarks: Benchmarks,
    /// Percent of the requests of one label that may fail.
    fail_cutoff: f64,
    /// What is called a monitor, and no server.
    monitors: Rc<[Rc<str>]>,
}

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "thresholdsPath", default: "the ancestor's rule", help: "JSON file of thresholds" },
    Param { name: "thresholds", default: "the ancestor's rule", help: "the same as a dict in its place" },
    Param {
        name: "benchmarksPath",
        default: "none",
        help: "JSON file of benchmarks for the quality of service",
    },
    Param { name: "failCutoff", default: "1.0", help: "percent of the requests of one label that may fail" },
];

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let thresholds = Thresholds::from_params(&params, Part::Requests);
    let benchmarks = Benchmarks::from_params(&params);
    let fail_cutoff = super::percent(&params, "failCutoff", 1.0);
    params.finish();
    Some(Box::new(ReportStatistics {
        thresholds: thresholds?,
        benchmarks: benchmarks?,
        fail_cutoff: fail_cutoff?,
        monitors: Rc::default(),
    }))
}

impl Observer for ReportStatistics {
    fn name(&self) -> &'static str {
        "ReportStatistics"
    }

    fn limits(&self, limits: &mut Limits) {
        self.thresholds.add_limits(Part::Requests, limits);
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.monitors = stage.monitors.clone();
        Ok(())
    }

    fn finish<'a>(&'a mut self, summary: &'a Summary<'a>) -> Finished<'a> {
        said(Outcome { text: self.report(summary), failures: self.failures(summary), ..Outcome::default() })
    }
}

impl ReportStatistics {
    fn report(&self, summary: &Summary) -> String {
        let nothing = Period::default();
        let period = summary.stats.measured().unwrap_or(&nothing);
        let mut text = "\n** REPORT **\n\n".to_owned();
        text.push_str(&client::block(summary, self.benchmarks.overall(&period.requests)));
        text.push_str(&client::servers(summary.stats, &self.monitors));
        text.push_str(&self.details(period, summary.stats.limits()));
        text.push_str(&percentiles::tables(period));
        text.push_str(&checks::table(period));
        text.push_str(&troubles::blocks(summary, period));
        text
    }

    /// Every reason why the run failed, by label in order, then what is not of one label.
    fn failures(&self, summary: &Summary) -> Vec<Failure> {
        let stats = summary.stats;
        let mut failures = Vec::new();
        for (label, tally) in stats.measured().iter().flat_map(|period| &period.requests) {
            if is_auxiliary(*label) {
                continue;
            }
            let (count, failed) = (tally.count(), tally.failures());
            if too_many(failed, count, self.fail_cutoff) {
                let sentence = format!("Greater than {}% {label} failed", general(self.fail_cutoff));
                failures.push(Failure::share(sentence, format!("{label} failed"), failed, count));
            }
            let over = self.thresholds.over(tally, Part::Requests, stats.limits());
            for Exceeded { allowed, limit, over } in self.thresholds.exceeded(*label, count, &over) {
                let sentence =
                    format!("Greater than {allowed}% {label} exceeded {limit} second response time");
                failures.push(Failure::share(sentence, format!("{label} over {limit} s"), over, count));
            }
        }
        failures.extend(given_up(stats).into_iter().map(Failure::from));
        failures
    }
}

/// Whether `part` of `all` is more than so many percent.
pub fn too_many(part: u64, all: u64, percent: f64) -> bool {
    all > 0 && part as f64 * 100.0 / all as f64 > percent
}
