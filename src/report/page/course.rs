//! The course of the run as a short table: what the charts show, for whoever does not see them.

use serde::Serialize;

use super::numbers::{count, moment, plain, time};
use crate::report::{Results, TimelineRow};

/// The most rows.
const ROWS: usize = 30;

/// A stretch of the run.
#[derive(Debug, Default, Serialize)]
pub struct Stretch {
    pub from: String,
    pub users: String,
    pub rate: String,
    pub failed: String,
    /// The highest of the rows of the timeline that are in it.
    pub p50: String,
    pub p95: String,
    pub p99: String,
    pub lag: String,
}

/// The run in at most [`ROWS`] stretches of one length, those in which nothing happened left out.
pub fn course(results: &Results) -> Vec<Stretch> {
    let Some(last) = results.timeline.last() else { return Vec::new() };
    let end = last.at_s + results.timeline_interval_s.max(1.0);
    let width = step(end / ROWS as f64);
    let mut stretches: Vec<(u64, Vec<&TimelineRow>)> = Vec::new();
    for row in &results.timeline {
        let place = (row.at_s.max(0.0) / width) as u64;
        match stretches.last_mut().filter(|(last, _)| *last == place) {
            Some((_, rows)) => rows.push(row),
            None => stretches.push((place, vec![row])),
        }
    }
    stretches.truncate(2 * ROWS);
    stretches.iter().map(|(place, rows)| stretch(*place as f64 * width, width.min(end), rows)).collect()
}

fn stretch(from: f64, width: f64, rows: &[&TimelineRow]) -> Stretch {
    let sum = |of: fn(&TimelineRow) -> u64| rows.iter().map(|row| of(row)).fold(0, u64::saturating_add);
    let most = |of: fn(&TimelineRow) -> Option<f64>| rows.iter().filter_map(|row| of(row)).reduce(f64::max);
    Stretch {
        from: moment(from),
        users: count(rows.iter().map(|row| u64::from(row.users)).max().unwrap_or(0)),
        rate: plain(sum(|row| row.requests) as f64 / width),
        failed: count(sum(|row| row.failed)),
        p50: time(most(|row| row.p50)),
        p95: time(most(|row| row.p95)),
        p99: time(most(|row| row.p99)),
        lag: time(most(|row| Some(row.lag_max))),
    }
}

/// The next length that is round for a person, in seconds.
fn step(least: f64) -> f64 {
    const STEPS: [f64; 13] =
        [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0];
    let day = 86_400.0;
    STEPS.into_iter().find(|step| *step >= least).unwrap_or_else(|| (least / day).ceil().max(1.0) * day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        assert_eq!([0.1, 7.0, 20.0, 3000.0, 100_000.0].map(step), [1.0, 10.0, 30.0, 3600.0, 172_800.0]);
    }
}
