//! All that is known at the end of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{GroupFigures, Host, Judged, MonitorFigures, Protocol};
use crate::label::Label;
use crate::stats::Statistics;

/// What was run: what one must know to run it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The version of this program.
    pub version: String,
    /// It was rehearsed: in virtual time, against the embedded server.
    pub rehearsed: bool,
    /// The config and the clients plist.
    pub config: String,
    pub clients: String,
    /// The servers: name and URL, or `embedded`.
    pub servers: Vec<String>,
    /// How many users were to arrive.
    pub planned_users: u64,
}

/// What observers and the results file are made of.
pub struct Summary<'a> {
    /// What was counted, of all workers together.
    pub stats: &'a Statistics,
    /// What was run.
    pub about: About,
    /// The seed of the run.
    pub seed: u64,
    /// The hash of all that was scheduled, as text; None when no plan was made.
    pub plan_hash: Option<String>,
    /// The hash of every event, as text; only in a rehearsal.
    pub trace_hash: Option<String>,
    /// When the run began, in the zone in which it shall be read.
    pub started: DateTime<FixedOffset>,
    /// From the first arrival to the end of the drain; in a rehearsal virtual time.
    pub run_time: Duration,
    /// When the phase that is judged began, since the start of the run.
    pub measured_from: Duration,
    /// How long the phase that is judged was.
    pub measured_time: Duration,
    /// How many accounts there were to use.
    pub accounts: u64,
    /// How many clients could begin to work.
    pub clients_started: u64,
    /// Somebody ended the run before its time.
    pub interrupted: bool,
    /// Until when the observers shall have concluded, if somebody waits for that; None: each has its own time.
    pub conclude_by: Option<Instant>,
    /// Why the run had to end before its time without anybody's word: a sentence without its end.
    pub broken: Option<String>,
    /// What became of the thresholds that are expressions, in their order.
    pub thresholds: Vec<Judged>,
    /// Further notes under the verdict, which come of how the run was set up.
    pub remarks: Vec<String>,
    /// Requests that were made before the first user came: by `prepare`, and to learn what is known from yesterday.
    pub prepared: u64,
    /// What `prepare` has made, by what it is: `events`.
    pub made_beforehand: BTreeMap<&'static str, u64>,
    /// The protocols that clients could speak, beside HTTP.
    pub protocols: Vec<&'static Protocol>,
    /// What a person calls the operations that clients could do.
    pub words: BTreeMap<Label, &'static str>,
    /// Those of them that last as long as somebody thinks: nobody waits for all of them.
    pub thoughtful: BTreeSet<Label>,
    /// What was counted beside what monitors read, by monitor.
    pub monitors: BTreeMap<Rc<str>, MonitorFigures>,
    /// The workers by id; empty when there were none.
    pub workers: BTreeMap<String, WorkerState>,
    /// What each of them has counted, by id; the sum is `stats`.
    pub counted: BTreeMap<String, Statistics>,
    /// What the run cost this machine.
    pub host: Host,
}

/// What became of a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WorkerState {
    /// Requests that it sent and that came to an end.
    pub requests: u64,
    /// What is judged of what it counted, all populations together; absent in results of older programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<GroupFigures>,
    /// `done`, or why it is not.
    pub state: String,
}

impl WorkerState {
    /// The state of a worker that did all it was asked to.
    pub const DONE: &'static str = "done";

    /// Whether it did not come to its end.
    pub fn is_lost(&self) -> bool {
        self.state != WorkerState::DONE
    }
}

impl Summary<'_> {
    /// Whether somebody ended the run before its time, or a threshold did.
    pub fn ended_early(&self) -> bool {
        self.interrupted || aborted(&self.thresholds)
    }

    /// The workers that did not come to their end.
    pub fn lost_workers(&self) -> impl Iterator<Item = (&String, &WorkerState)> {
        self.workers.iter().filter(|(_, worker)| worker.is_lost())
    }
}

/// Whether one of these thresholds has ended the run.
pub fn aborted(thresholds: &[Judged]) -> bool {
    thresholds.iter().any(|threshold| threshold.aborted_at_s.is_some())
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A summary with nothing special in it.
    pub fn summary(stats: &Statistics) -> Summary<'_> {
        Summary {
            stats,
            about: About::default(),
            seed: 1,
            plan_hash: Some("00000000000000aa".into()),
            trace_hash: None,
            started: DateTime::parse_from_rfc3339("2026-01-05T09:00:00+01:00").unwrap(),
            run_time: Duration::from_secs(420),
            measured_from: Duration::ZERO,
            measured_time: Duration::from_secs(400),
            accounts: 99,
            clients_started: 1,
            interrupted: false,
            conclude_by: None,
            broken: None,
            thresholds: Vec::new(),
            remarks: Vec::new(),
            prepared: 0,
            made_beforehand: BTreeMap::new(),
            protocols: Vec::new(),
            words: BTreeMap::from([(Label::of("invite"), "Invite somebody")]),
            thoughtful: BTreeSet::new(),
            monitors: BTreeMap::new(),
            workers: BTreeMap::new(),
            counted: BTreeMap::new(),
            host: Host {
                started: DateTime::parse_from_rfc3339("2026-01-05T09:00:00+01:00").unwrap(),
                wall_time_s: 420.0,
                cpu_user_s: 31.47,
                cpu_system_s: 2.18,
                cpu_s: 33.65,
                peak_rss_bytes: 10_000_000,
                machine: "test".into(),
                workers: BTreeMap::new(),
            },
        }
    }
}
