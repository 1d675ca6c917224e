//! The timeline as it stands in the results file.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Results;
use crate::event::{Figure, ServerFigures};
use crate::stats::{Row, Timeline};

/// One row of the timeline; percentiles are within 6 %, null without requests (those of a second's line of `--csv` of a run
/// are as exact as all others).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TimelineRow {
    /// When the row begins, since the start of the run.
    pub at_s: f64,
    pub requests: u64,
    pub failed: u64,
    /// Response times of its requests.
    pub p50: Option<f64>,
    pub p95: Option<f64>,
    pub p99: Option<f64>,
    /// Lags of its requests and planned operations.
    pub lag_mean: Option<f64>,
    pub lag_max: f64,
    /// Users and clients that had arrived by its end.
    pub users: u32,
    pub clients: u32,
    /// Users who had left by its end, with all that they came for done; absent if none had.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left: u32,
    /// Pod to its own figures, the last that came in this row; absent in most rows, as monitors ask every ten seconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub server: BTreeMap<Rc<str>, ServerFigures>,
    /// Monitor to figure to value, the last that came in this row, of monitors that have no place under `server`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub monitors: BTreeMap<Rc<str>, BTreeMap<Rc<str>, f64>>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Who had come by some time, and who had left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Come {
    pub users: u32,
    pub clients: u32,
    pub left: u32,
}

/// The least part of a row that lies before the end, if nothing happened in it.
const LEAST: f64 = 0.25;

impl TimelineRow {
    /// The row that begins `at`, with the percentiles that `quantile` gives. `come` is who had come and left before; after
    /// it who has by its end.
    pub fn of(
        at: Duration,
        row: &Row,
        quantile: impl Fn(f64) -> Option<Duration>,
        come: &mut Come,
    ) -> TimelineRow {
        let seconds = |part: f64| quantile(part).map(|time| time.as_secs_f64());
        *come = Come {
            users: row.users.saturating_add(come.users),
            clients: row.clients.saturating_add(come.clients),
            left: row.left.saturating_add(come.left),
        };
        TimelineRow {
            at_s: at.as_secs_f64(),
            requests: row.requests,
            failed: row.failed,
            p50: seconds(0.5),
            p95: seconds(0.95),
            p99: seconds(0.99),
            lag_mean: (row.lags > 0).then(|| row.lag_sum.as_secs_f64() / row.lags as f64),
            lag_max: row.lag_max.as_secs_f64(),
            users: come.users,
            clients: come.clients,
            left: come.left,
            server: row.servers.iter().map(|(pod, reading)| (pod.clone(), reading.figures)).collect(),
            monitors: row.monitors.iter().map(|(name, (_, read))| (name.clone(), values(read))).collect(),
        }
    }

    /// Whether it begins with the `end` of what is judged, seconds since the start, or later, and no request was answered
    /// in it. It is `length` seconds long.
    fn is_over(&self, end: f64, length: f64) -> bool {
        self.requests == 0 && self.at_s > end - LEAST * length
    }

    /// Who had come by its end, and who had left.
    pub fn come(&self) -> Come {
        Come { users: self.users, clients: self.clients, left: self.left }
    }

    /// Whether it is over, and nobody joined those who had `come` before, or left them.
    pub fn is_idle_end(&self, end: f64, length: f64, come: Come) -> bool {
        self.is_over(end, length) && self.come() == come
    }
}

fn values(read: &[Figure]) -> BTreeMap<Rc<str>, f64> {
    read.iter().map(|figure| (figure.name.clone(), figure.value)).collect()
}

impl Results {
    /// Whether a row begins when the phase that is judged is over, and no request was answered in it.
    pub fn is_over(&self, row: &TimelineRow) -> bool {
        row.is_over(self.measured_from_s + self.measured_time_s, self.timeline_interval_s)
    }

    /// When the phase that is judged was over, seconds since the start of the run.
    pub fn end_s(&self) -> f64 {
        (self.measured_from_s + self.measured_time_s).min(self.run_time_s)
    }
}

/// The rows of a run whose measured phase ended `end` seconds after its start. When it ends it says what has no answer,
/// so a row may begin with the end in which no request was answered: that is no server that fell silent, and it is left
/// out. A row in which requests were answered, users came or a server spoke stays wherever it is.
pub fn until(end: f64, timeline: &Timeline) -> Vec<TimelineRow> {
    let length = timeline.interval().as_secs_f64();
    let mut rows = rows(timeline);
    while let [before @ .., last] = rows.as_slice() {
        let come = before.last().map_or(Come::default(), TimelineRow::come);
        if !last.server.is_empty() || !last.monitors.is_empty() || !last.is_idle_end(end, length, come) {
            break;
        }
        rows.pop();
    }
    rows
}

fn rows(timeline: &Timeline) -> Vec<TimelineRow> {
    let mut come = Come::default();
    let of =
        |(at, row): (Duration, &Row)| TimelineRow::of(at, row, |part| row.response.quantile(part), &mut come);
    timeline.rows().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ErrorKind, What};
    use crate::stats::Limits;
    use crate::stats::test::{response, statistics};

    #[test]
    fn a_row_that_begins_at_the_end_is_none() {
        let mut given_up = response(0, "GET{event}", 0.5, false);
        given_up.at = Duration::from_secs(30);
        if let What::Response(response) = &mut given_up.what {
            response.error = Some(ErrorKind::Unanswered);
        }
        let mut late = response(0, "GET{event}", 0.5, true);
        late.at = Duration::from_secs(20);
        let stats = statistics(Limits::default(), &[late.clone(), given_up]);
        let at = |end| until(end, stats.timeline()).iter().map(|row| row.at_s).collect::<Vec<_>>();
        assert_eq!((at(30.0), at(30.01)), (vec![20.0], vec![20.0]));
        // Within the phase nothing is left out, and nothing in which something happened.
        assert_eq!(at(31.0), [20.0, 30.0]);
        assert_eq!(at(10.0), [20.0]);
    }
}
