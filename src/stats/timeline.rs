//! How the run went, over time.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::stretches::{Stretch, Stretches};
use super::{Coarse, Reading, is_auxiliary};
use crate::event::{Event, Figure, Said, What};

/// Rows of equal width from the start of the run. There are never more than [`Timeline::ROWS`]:
/// when one more would be needed, neighbours merge and the width doubles.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Told")]
pub struct Timeline {
    /// The width is a second, doubled this often.
    doublings: u32,
    rows: BTreeMap<u64, Row>,
}

/// A timeline as somebody else tells it.
#[derive(Deserialize)]
struct Told {
    doublings: u32,
    rows: BTreeMap<u64, Row>,
}

impl TryFrom<Told> for Timeline {
    type Error = &'static str;

    fn try_from(Told { doublings, rows }: Told) -> Result<Timeline, Self::Error> {
        let timeline = Timeline { doublings, rows };
        if doublings > Timeline::WIDEST || timeline.too_many() {
            Err("a timeline of another shape")
        } else {
            Ok(timeline)
        }
    }
}

/// What happened in one stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Requests that were answered in it, well or not.
    pub requests: u64,
    pub failed: u64,
    /// Response times of those.
    pub response: Coarse,
    /// Sum and highest of the lags of requests and of planned operations, and how many these are.
    pub lag_sum: Duration,
    pub lag_max: Duration,
    pub lags: u64,
    /// Users and clients that came in it.
    pub users: u32,
    pub clients: u32,
    /// Users who left in it.
    pub left: u32,
    /// The last figures of each pod that came in it.
    pub servers: BTreeMap<Rc<str>, Reading>,
    /// When the last figures of each other monitor came that came in it, and what they were.
    pub monitors: BTreeMap<Rc<str>, (Duration, Vec<Figure>)>,
}

impl Timeline {
    /// The most rows there are.
    pub const ROWS: u64 = 2048;

    /// So many doublings hold every time there is.
    const WIDEST: u32 = u64::BITS - Self::ROWS.ilog2();

    pub fn take(&mut self, event: &Event) {
        if Row::counts(&event.what) {
            self.row(event.at).take(event);
        }
    }

    pub fn merge(&mut self, other: &Timeline) {
        self.join(other);
    }

    /// How long a row is.
    pub fn interval(&self) -> Duration {
        self.width()
    }

    /// The rows in which something happened, with the time at which each begins.
    pub fn rows(&self) -> impl Iterator<Item = (Duration, &Row)> {
        let width = self.interval().as_secs();
        self.rows.iter().map(move |(index, row)| (Duration::from_secs(index.saturating_mul(width)), row))
    }

    fn row(&mut self, at: Duration) -> &mut Row {
        while self.number(at) >= Self::ROWS {
            self.widen();
        }
        self.rows.entry(self.number(at)).or_default()
    }
}

impl Stretches for Timeline {
    type Of = Row;

    fn fields(&self) -> (u32, &BTreeMap<u64, Row>) {
        (self.doublings, &self.rows)
    }

    fn fields_mut(&mut self) -> (&mut u32, &mut BTreeMap<u64, Row>) {
        (&mut self.doublings, &mut self.rows)
    }

    fn too_many(&self) -> bool {
        self.rows.last_key_value().is_some_and(|(index, _)| *index >= Timeline::ROWS)
    }
}

impl Row {
    /// Whether such an event leaves something in its row.
    pub fn counts(what: &What) -> bool {
        match what {
            What::Response(_) | What::Arrived { .. } => true,
            What::Left { user, .. } => *user,
            What::OperationStart(start) => start.scheduled,
            What::ServerFigures { figures, .. } => !matches!(figures, Said::Nothing(_)),
            _ => false,
        }
    }

    /// Takes an event that happened in it.
    pub fn take(&mut self, event: &Event) {
        match &event.what {
            What::Response(response) => {
                self.lag(response.lag());
                if !response.ended() {
                    return;
                }
                self.requests += 1;
                let harmless = is_auxiliary(response.label) && response.status.is_some();
                self.failed += u64::from(!response.success && !harmless);
                self.response.record(response.response());
            }
            What::OperationStart(start) if start.scheduled => {
                self.lag(start.begun.saturating_sub(start.due));
            }
            What::Arrived { who, .. } => {
                self.users = self.users.saturating_add(u32::from(who.is_first()));
                self.clients = self.clients.saturating_add(1);
            }
            What::Left { user, .. } => self.left = self.left.saturating_add(u32::from(*user)),
            What::ServerFigures { pod, figures: Said::Load(figures) } => {
                let reading = Reading { at: event.at, figures: *figures };
                let kept = self.servers.entry(pod.clone()).or_insert(reading);
                *kept = kept.later(reading);
            }
            What::ServerFigures { pod, figures: Said::Figures(read) } => {
                self.monitors.insert(pod.clone(), (event.at, read.figures.clone()));
            }
            _ => {}
        }
    }

    fn lag(&mut self, lag: Duration) {
        self.lag_sum = self.lag_sum.saturating_add(lag);
        self.lag_max = self.lag_max.max(lag);
        self.lags += 1;
    }
}

impl Stretch for Row {
    fn merge(&mut self, other: &Row) {
        self.requests = self.requests.saturating_add(other.requests);
        self.failed = self.failed.saturating_add(other.failed);
        self.response.merge(&other.response);
        self.lag_sum = self.lag_sum.saturating_add(other.lag_sum);
        self.lag_max = self.lag_max.max(other.lag_max);
        self.lags = self.lags.saturating_add(other.lags);
        self.users = self.users.saturating_add(other.users);
        self.clients = self.clients.saturating_add(other.clients);
        self.left = self.left.saturating_add(other.left);
        for (pod, theirs) in &other.servers {
            let kept = self.servers.entry(pod.clone()).or_insert(*theirs);
            *kept = kept.later(*theirs);
        }
        for (name, theirs) in &other.monitors {
            let kept = self.monitors.entry(name.clone()).or_insert_with(|| theirs.clone());
            if theirs.0 > kept.0 {
                kept.clone_from(theirs);
            }
        }
    }
}
