//! The table of requests, in the ancestor's last layout.

use super::{ReportStatistics, too_many};
use crate::label::Label;
use crate::observer::thresholds::{Limit, Part};
use crate::report::Table;
use crate::stats::{Limits, Period, Samples, Tally, is_auxiliary};

/// What the figures of such a table are taken from.
pub const LEGEND: &str = "count, % and the columns over a limit (by service time, as thresholds are): all that came to an end; mean, median, stddev";

impl ReportStatistics {
    pub(super) fn details(&self, period: &Period, limits: &Limits) -> String {
        let mut table = columns("request", self.thresholds.limits()).column("QoS", 8).column("STATUS", 8);
        let all = period.answered();
        for (label, tally) in &period.requests {
            let over = self.thresholds.over(tally, Part::Requests, limits);
            let mut row = cells(*label, tally, all, &over);
            row.push(self.quality(*label, tally));
            row.push(if self.fails(*label, tally, &over) { "FAIL" } else { "" }.to_owned());
            table.row(row);
        }
        format!(
            "* Details\n{}({LEGEND} and QoS: successes, from begun to the end of the answer)\n",
            table.render()
        )
    }

    /// The quality of a label; 0 if it has no benchmark, as ever, and `-` if it had no success.
    fn quality(&self, label: Label, tally: &Tally) -> String {
        match self.benchmarks.quality(label, tally) {
            Some(quality) => format!("{quality:.4}"),
            None if self.benchmarks.knows(label) && tally.successes() == 0 => "-".to_owned(),
            None => "0.0000".to_owned(),
        }
    }

    fn fails(&self, label: Label, tally: &Tally, over: &[u64]) -> bool {
        !is_auxiliary(label)
            && (too_many(tally.failures(), tally.count(), self.fail_cutoff)
                || !self.thresholds.exceeded(label, tally.count(), over).is_empty())
    }
}

/// The columns that requests and operations share: up to `stddev`.
pub fn columns(first: &str, limits: &[Limit]) -> Table {
    let mut table = Table::new(first, 30).column("count", 8).column("%", 6).column("failed", 8);
    for limit in limits {
        table = table.column(format!(">{} sec", crate::report::general(limit.seconds)), 10);
    }
    table.column("mean", 8).column("median", 8).column("stddev", 8)
}

/// The cells of those columns for one label; `all` is the sum over the labels.
pub fn cells(label: Label, tally: &Tally, all: u64, over: &[u64]) -> Vec<String> {
    let share = if all > 0 { tally.count() as f64 * 100.0 / all as f64 } else { 0.0 };
    let mut cells = vec![
        label.to_string(),
        tally.count().to_string(),
        format!("{share:.1}"),
        tally.failures().to_string(),
    ];
    cells.extend(over.iter().map(u64::to_string));
    let service: &Samples = &tally.ok.service;
    let median = service.median().map(|median| median.as_secs_f64());
    let figures = [service.mean(), median, service.stddev()];
    cells.extend(figures.map(|figure| figure.map_or("-".to_owned(), |seconds| format!("{seconds:.4}"))));
    cells
}
