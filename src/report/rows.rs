//! The timeline as it stands in the results file.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Results;
use crate::event::ServerFigures;
use crate::stats::Timeline;

/// One row of the timeline; percentiles are within 6 %, null without requests.
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
    /// Pod to its own figures, the last that came in this row; absent in most rows, as monitors ask every ten seconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub server: BTreeMap<Rc<str>, ServerFigures>,
}

/// The least part of a row that lies before the end, if nothing happened in it.
const LEAST: f64 = 0.25;

impl Results {
    /// Whether a row begins when the phase that is judged is over, and no request was answered in it.
    pub fn is_over(&self, row: &TimelineRow) -> bool {
        let end = self.measured_from_s + self.measured_time_s;
        row.requests == 0 && row.at_s > end - LEAST * self.timeline_interval_s
    }
}

/// The rows of a run whose measured phase ended `end` seconds after its start. When it ends it says what has no answer,
/// so a row may begin with the end in which no request was answered: that is no server that fell silent, and it is left
/// out. A row in which requests were answered, users came or a server spoke stays wherever it is.
pub fn until(end: f64, timeline: &Timeline) -> Vec<TimelineRow> {
    let least = LEAST * timeline.interval().as_secs_f64();
    let mut rows = rows(timeline);
    while let [before @ .., last] = rows.as_slice() {
        let came = before.last().map_or((0, 0), |row| (row.users, row.clients));
        let happened = last.requests > 0 || !last.server.is_empty() || (last.users, last.clients) != came;
        if happened || last.at_s <= end - least {
            break;
        }
        rows.pop();
    }
    rows
}

fn rows(timeline: &Timeline) -> Vec<TimelineRow> {
    let (mut users, mut clients) = (0, 0);
    let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
    let rows = timeline.rows().map(|(at, row)| {
        // A row knows those who came in it; who came before is still there.
        (users, clients) = (row.users.max(users), row.clients.max(clients));
        TimelineRow {
            at_s: at.as_secs_f64(),
            requests: row.requests,
            failed: row.failed,
            p50: seconds(row.response.quantile(0.5)),
            p95: seconds(row.response.quantile(0.95)),
            p99: seconds(row.response.quantile(0.99)),
            lag_mean: (row.lags > 0).then(|| row.lag_sum.as_secs_f64() / row.lags as f64),
            lag_max: row.lag_max.as_secs_f64(),
            users,
            clients,
            server: row.servers.iter().map(|(pod, reading)| (pod.clone(), reading.figures)).collect(),
        }
    });
    rows.collect()
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
