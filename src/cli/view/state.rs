//! The figures that are shown of a run while it goes on.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::Phase;
use crate::label::Label;
use crate::scenario::{Moment, Presence};
use crate::stats::{Coarse, Period, Statistics, Tally, Timeline};

/// How long ago the figures of the last seconds begin, at least; a run of more than half an hour keeps longer rows.
const RECENT: Duration = Duration::from_secs(10);

/// A run at one moment, in the figures of the view.
#[derive(Clone, Debug)]
pub struct State {
    /// None: requests under way are waited for.
    pub phase: Option<Phase>,
    pub elapsed: Duration,
    pub left: Option<Duration>,
    /// In a rehearsal: the virtual seconds that a second of the machine's clock brings, where that is known.
    pub pace: Option<f64>,
    pub rehearsed: bool,
    pub users: Presence,
    pub clients: Presence,
    pub recent: Recent,
    /// Requests of the whole run that came to an end, and those that failed.
    pub requests: u64,
    pub failed: u64,
    /// The busiest first, of the present phase.
    pub operations: Vec<Row>,
    pub labels: Vec<Row>,
}

/// What happened in the last seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recent {
    /// How many seconds these are.
    pub span: Duration,
    pub requests: u64,
    pub failed: u64,
    /// Response times of requests, within 6 %: half of them, 95 and 99 of 100 were faster; None without any.
    pub p50: Option<Duration>,
    pub p95: Option<Duration>,
    pub p99: Option<Duration>,
    pub lag_mean: Option<Duration>,
    pub lag_max: Duration,
}

/// What was counted under one label.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub label: Label,
    pub count: u64,
    pub failed: u64,
    /// Response times of those that succeeded.
    pub p50: Option<Duration>,
    pub p95: Option<Duration>,
    pub p99: Option<Duration>,
}

impl State {
    /// With so many rows of labels in all, and the pace of a rehearsal.
    pub fn of(moment: &Moment<'_>, rows: usize, pace: Option<f64>) -> State {
        let stats = moment.stats;
        let phase = moment.phase.unwrap_or(Phase::Measured);
        let (operations, labels) = match stats.period(phase).or_else(|| stats.measured()) {
            Some(period) => busiest(period, rows),
            None => (Vec::new(), Vec::new()),
        };
        State {
            phase: moment.phase,
            elapsed: moment.elapsed,
            left: moment.left,
            pace,
            rehearsed: moment.rehearsed(),
            users: moment.users,
            clients: moment.clients,
            recent: Recent::of(stats.timeline(), moment.counted_until()),
            requests: stats.answered(),
            failed: failed(stats),
            operations,
            labels,
        }
    }
}

impl Recent {
    /// The rows of the timeline from the one in which the last ten seconds began, up to `until`.
    fn of(timeline: &Timeline, until: Duration) -> Recent {
        let width = timeline.interval().as_secs();
        let from = Duration::from_secs(until.saturating_sub(RECENT).as_secs() / width * width);
        let mut recent = Recent { span: until.saturating_sub(from), ..Recent::default() };
        let mut times = Coarse::default();
        let (mut lags, mut lag_sum) = (0_u64, Duration::ZERO);
        for (_, row) in timeline.rows().filter(|(at, _)| (from..until).contains(at)) {
            recent.requests = recent.requests.saturating_add(row.requests);
            recent.failed = recent.failed.saturating_add(row.failed);
            times.merge(&row.response);
            lags = lags.saturating_add(row.lags);
            lag_sum = lag_sum.saturating_add(row.lag_sum);
            recent.lag_max = recent.lag_max.max(row.lag_max);
        }
        [recent.p50, recent.p95, recent.p99] = [0.5, 0.95, 0.99].map(|quantile| times.quantile(quantile));
        recent.lag_mean = (lags > 0).then(|| lag_sum.div_f64(lags as f64));
        recent
    }

    /// Requests a second.
    pub fn rate(&self) -> f64 {
        // The first moment of a run is no second to be judged by.
        self.requests as f64 / self.span.as_secs_f64().max(1.0)
    }
}

fn failed(stats: &Statistics) -> u64 {
    let tallies = stats.periods().flat_map(|(_, period)| period.requests.values());
    tallies.map(Tally::failures).fold(0, u64::saturating_add)
}

/// So many rows, at least half of them for operations if there are so many, and the rest for requests.
fn busiest(period: &Period, rows: usize) -> (Vec<Row>, Vec<Row>) {
    let requests = period.requests.len().min(rows / 2);
    let operations = top(&period.operations, rows - requests);
    let requests = top(&period.requests, rows - operations.len());
    (operations, requests)
}

fn top(tallies: &BTreeMap<Label, Tally>, most: usize) -> Vec<Row> {
    let mut all: Vec<(&Label, &Tally)> = tallies.iter().filter(|(_, tally)| tally.count() > 0).collect();
    // Equal ones stay in the order of the alphabet.
    all.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.count()));
    all.truncate(most);
    let row = |(label, tally): (&Label, &Tally)| {
        let times = &tally.ok.response;
        let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|quantile| times.quantile(quantile));
        Row { label: *label, count: tally.count(), failed: tally.failures(), p50, p95, p99 }
    };
    all.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, What};
    use crate::stats::Limits;
    use crate::stats::test::{response, statistics};

    fn at(second: u64, mut event: Event) -> Event {
        event.at = Duration::from_secs(second);
        event
    }

    #[test]
    fn the_last_seconds_are_those_of_the_timeline() {
        let events: Vec<Event> = (0..60)
            .flat_map(|second| [at(second, response(0, "GET{event}", 0.1, second != 55)); 1])
            .collect();
        let stats = statistics(Limits::default(), &events);
        let recent = Recent::of(stats.timeline(), Duration::from_millis(59_500));
        assert_eq!((recent.requests, recent.failed, recent.span.as_millis()), (11, 1, 10_500));
        assert!((recent.rate() - 11.0 / 10.5).abs() < 1e-9);
        assert!(
            recent.p50 > Some(Duration::from_millis(94)) && recent.p99 < Some(Duration::from_millis(107))
        );
        assert_eq!(Recent::of(stats.timeline(), Duration::from_secs(200)).p50, None);
        // After an hour a row is two seconds long, and the one that began before is taken whole.
        let late: Vec<Event> = events.into_iter().chain([at(3600, response(0, "a", 0.1, true))]).collect();
        let stats = statistics(Limits::default(), &late);
        let recent = Recent::of(stats.timeline(), Duration::from_secs(3611));
        assert_eq!((recent.requests, recent.span), (1, Duration::from_secs(11)));
    }

    #[test]
    fn the_busiest_come_first() {
        let labels = ["GET{event}", "PUT{event}", "PUT{event}", "DELETE{event}"];
        let events: Vec<Event> = labels.iter().map(|label| response(0, label, 0.1, true)).collect();
        assert!(events.iter().all(|event| matches!(event.what, What::Response(_))));
        let stats = statistics(Limits::default(), &events);
        let (operations, requests) = busiest(stats.measured().unwrap(), 2);
        let names: Vec<&str> = requests.iter().map(|row| row.label.as_str()).collect();
        assert_eq!((operations.len(), names), (0, vec!["PUT{event}", "DELETE{event}"]));
        assert_eq!(requests[0].count, 2);
    }
}
