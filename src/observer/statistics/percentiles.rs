//! The tables of percentiles.

use std::collections::BTreeMap;

use crate::label::Label;
use crate::report::Table;
use crate::stats::{Period, Samples, Tally};

/// One table for requests and one for operations; none where nothing succeeded.
pub fn tables(period: &Period) -> String {
    let mut text = String::new();
    for (title, tallies) in [("request", &period.requests), ("operation", &period.operations)] {
        let table = table(title, tallies);
        if !table.is_empty() {
            text.push_str(&format!("\n* Percentiles, seconds, of {title}s that succeeded\n"));
            text.push_str(&table.render());
        }
    }
    text
}

fn table(title: &str, tallies: &BTreeMap<Label, Tally>) -> Table {
    let mut table = Table::new(title, 30);
    for times in ["service: begun to end", "response: due to end"] {
        for column in ["p50", "p90", "p95", "p99", "p99.9", "max"] {
            table = table.column(column, 8);
        }
        table = table.group(times, 6);
    }
    for (label, tally) in tallies.iter().filter(|(_, tally)| tally.successes() > 0) {
        let mut row = vec![label.to_string()];
        row.extend(cells(&tally.ok.service));
        row.extend(cells(&tally.ok.response));
        table.row(row);
    }
    table
}

fn cells(samples: &Samples) -> Vec<String> {
    let percentiles = [0.9, 0.95, 0.99, 0.999].map(|quantile| samples.quantile(quantile));
    let all = std::iter::once(samples.median()).chain(percentiles).chain([Some(samples.max())]);
    all.map(|time| time.map_or("-".to_owned(), |time| format!("{:.4}", time.as_secs_f64()))).collect()
}
