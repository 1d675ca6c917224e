//! From what happened in a run to its report.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use tokio::time::Instant;

use super::conduct::Conducted;
use super::pods::{Place, Pod};
use super::preparing::Prepared;
use super::resolve::Scenario;
use super::venue::Mode;
use super::workforce::Worked;
use super::{domains, hosts};
use crate::observer::Watch;
use crate::report::{
    Aborted, About, Exit, Host, MonitorFigures, Outcome, Results, Stopwatch, Summary, WorkerState, conclude,
    judge,
};
use crate::simulation::Census;
use crate::stats::Statistics;

/// How somebody asked for a run, and when.
#[derive(Clone, Copy)]
pub struct Asked {
    pub mode: Mode,
    pub stopwatch: Stopwatch,
}

/// What is known of a run from its start.
#[derive(Clone)]
pub struct Setting {
    pub asked: Asked,
    pub about: About,
    pub started: DateTime<FixedOffset>,
}

impl Setting {
    pub fn of(scenario: &Scenario, asked: Asked, started: DateTime<FixedOffset>) -> Setting {
        Setting { asked, about: about(scenario, asked.mode), started }
    }
}

/// What happened, beside what was counted.
pub struct Course {
    pub setting: Setting,
    /// How long it took; None if somebody ended it before it began.
    pub ended: Option<Duration>,
    pub worked: Worked,
    pub trace_hash: Option<String>,
    /// What came before the first user.
    pub prepared: Prepared,
    /// What the embedded server has counted.
    pub books: BTreeMap<Rc<str>, MonitorFigures>,
    /// Why it had to end before its time without anybody's word.
    pub broken: Option<String>,
    /// The threshold that ended it before its time.
    pub aborted: Option<Aborted>,
    /// Somebody ended it: with which exit code, and until when the observers shall have concluded.
    pub interrupted: Option<(Exit, Instant)>,
}

impl Course {
    /// Nothing has happened yet.
    pub fn of(setting: Setting) -> Course {
        Course {
            setting,
            ended: None,
            worked: Worked::default(),
            trace_hash: None,
            prepared: Prepared::default(),
            books: BTreeMap::new(),
            broken: None,
            aborted: None,
            interrupted: None,
        }
    }

    /// All that the report is made of.
    pub fn summary<'a>(self, scenario: &Scenario, stats: &'a Statistics) -> Summary<'a> {
        let Course { setting, worked: Worked { census, workers, counted, costs }, interrupted, .. } = self;
        let measured_time = self.ended.map_or(Duration::ZERO, |ended| measured_time(scenario, ended));
        Summary {
            stats,
            about: setting.about,
            seed: scenario.seed.0,
            plan_hash: self.ended.and_then(|_| plan_hash(&census, &workers)),
            trace_hash: self.trace_hash,
            started: setting.started,
            run_time: self.ended.unwrap_or_default(),
            measured_from: scenario.timing.phases.measured().0,
            measured_time,
            accounts: scenario.people.accounts.len() as u64,
            clients_started: u64::from(census.started),
            interrupted: interrupted.is_some(),
            conclude_by: interrupted.map(|(_, by)| by),
            broken: self.broken,
            thresholds: judge(&scenario.thresholds, stats, measured_time, self.aborted.as_ref()),
            remarks: remarks(scenario, setting.asked.mode),
            prepared: self.prepared.requests,
            made_beforehand: self.prepared.made,
            protocols: scenario.habits.protocols(),
            words: domains::words(),
            thoughtful: scenario.habits.thoughtful(),
            monitors: self.books,
            workers,
            counted,
            host: Host { workers: costs, ..Host::measure(&setting.asked.stopwatch) },
        }
    }

    /// Lets the observers conclude, and writes the report.
    pub async fn conclude(self, scenario: &Scenario, stats: &Statistics, mut watch: Watch) -> Conducted {
        let interrupted = self.interrupted;
        let summary = self.summary(scenario, stats);
        let outcomes = watch.finish(&summary).await;
        let plugins = outcomes.iter().filter_map(Outcome::kept).collect();
        let unwritten = outcomes.iter().filter_map(|outcome| outcome.file.clone()?.err()).collect();
        let (report, verdict, failures) = conclude(&summary, outcomes);
        let results = Results::of(&summary).concluded(verdict, failures, plugins);
        let exit = interrupted.map_or(verdict.exit(), |(how, _)| verdict.exit().or(how));
        Conducted { report, verdict, results, exit, unwritten }
    }
}

/// The hash of the plan; of a worker that was lost nobody knows what it had planned.
fn plan_hash(census: &Census, workers: &BTreeMap<String, WorkerState>) -> Option<String> {
    let lost = workers.values().any(WorkerState::is_lost);
    (!lost).then(|| census.plan.to_string())
}

fn about(scenario: &Scenario, mode: Mode) -> About {
    let servers = match &scenario.place {
        Place::Embedded => vec!["embedded".to_owned()],
        Place::Servers(pods) => pods.iter().map(Pod::shown).collect(),
    };
    About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rehearsed: mode == Mode::Rehearse,
        config: scenario.documents.config_name(),
        clients: scenario.documents.clients_name().to_owned(),
        servers,
        planned_users: u64::from(scenario.people.arrival.users(scenario.seed)),
    }
}

/// What a reader of the report must know of how it was set up.
fn remarks(scenario: &Scenario, mode: Mode) -> Vec<String> {
    let at_once = mode == Mode::Rehearse && scenario.service.is_none();
    let text = "the embedded server answers at once, so that all times of service are zero: describe yours under the \
                key `embedded` of the config";
    let at_once = at_once.then(|| text.to_owned());
    at_once.into_iter().chain(hosts::unlived(&scenario.habits, &scenario.workers)).collect()
}

fn measured_time(scenario: &Scenario, ended: Duration) -> Duration {
    let (from, to) = scenario.timing.phases.measured();
    to.map_or(ended, |to| to.min(ended)).saturating_sub(from)
}
