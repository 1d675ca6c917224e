//! A scenario from its first request to its report.

use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use super::child::ChildError;
use super::held_open::{self, TooManyHeldOpen};
use super::monitors::Monitored;
use super::pods::{Place, Pod};
use super::preparing::{NotPrepared, prepare};
use super::resolve::Scenario;
use super::silence;
use super::venue::{Mode, Venue};
use super::workforce::{Job, NotAssembled, Worked, Workforce};
use crate::client::Run;
use crate::clock::Clock;
use crate::event::{ServerFigures, What};
use crate::http::Settings;
use crate::monitor::{MonitorError, Watched};
use crate::observer::{Output, Stage};
use crate::report::{About, Exit, Host, Results, Stopwatch, Summary, Verdict, WorkerState, conclude};
use crate::simulation::{Bus, Census};
use crate::transport::Connector;

/// What came of a run.
pub struct Conducted {
    pub report: String,
    pub verdict: Verdict,
    pub results: Results,
    pub exit: Exit,
}

/// Why there was no run.
#[derive(Debug, thiserror::Error)]
pub enum NotConducted {
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error(transparent)]
    NotPrepared(#[from] NotPrepared),
    #[error(transparent)]
    NotAssembled(#[from] NotAssembled),
    #[error(transparent)]
    TooManyHeldOpen(#[from] TooManyHeldOpen),
    #[error("{0}")]
    Observer(String),
}

impl NotConducted {
    /// The exit code that belongs to it.
    pub fn exit(&self) -> Exit {
        match self {
            NotConducted::NotAssembled(NotAssembled::NoWorker(_)) => Exit::Incomplete,
            NotConducted::Observer(_) | NotConducted::NotAssembled(_) | NotConducted::TooManyHeldOpen(_) => {
                Exit::Usage
            }
            NotConducted::Child(_) | NotConducted::NotPrepared(_) => Exit::NothingWorked,
        }
    }
}

/// Runs a scenario: makes sure of the servers, prepares, lets `workforce` bring the population, and lets the observers
/// conclude. `stop` resolves, with the exit code of the interruption, when somebody wants it to end.
/// Must be called within a `LocalSet`.
pub async fn conduct(
    mut scenario: Scenario,
    mode: Mode,
    mut workforce: impl Workforce,
    output: Output,
    stop: impl Future<Output = Exit>,
) -> Result<Conducted, NotConducted> {
    let stopwatch = Stopwatch::start();
    let rehearsed = mode == Mode::Rehearse;
    held_open::fits_embedded(mode, &scenario)?;
    let venue = Venue::open(mode, &scenario).await?;
    workforce.assemble(&scenario, &venue).await?;
    let mut watch = std::mem::take(&mut scenario.watch);
    watch.begin(&Stage { output: output.clone(), lossless: rehearsed }).map_err(NotConducted::Observer)?;
    let prepared = prepare_accounts(&scenario, &venue.pods, &venue.connector).await?;

    let clock = venue.clock(workforce.lead());
    let started = venue.started(clock);
    let bus = Rc::new(if rehearsed { Bus::traced(clock, watch) } else { Bus::new(clock, watch) });
    let run = scenario.run(clock, bus.clone());
    let monitors = monitors(&venue.pods, &scenario.monitors, clock);
    let watching = tokio::task::spawn_local(watch_servers(monitors.clone(), run.clone()));
    let silence = (!rehearsed).then(|| tokio::task::spawn_local(silence::tell(run.clone(), bus.clone())));
    let mut interrupted = None;
    let stop = async {
        interrupted = Some(stop.await);
    };
    let job = Job { scenario: &scenario, run: run.clone(), bus: bus.clone() };
    let Worked { census, workers, costs } = workforce.work(&job, stop).await;
    let ended = clock.elapsed();
    watching.abort();
    silence.inspect(|task| task.abort());
    monitors.ask_last(|pod, answer| tell(&run, pod, answer)).await;

    let served = venue.close().await;
    let dropped = output.finish();
    if dropped > 0 {
        run.notice(format!("{dropped} lines of the live log were dropped: what reads them was too slow"));
    }
    let trace_hash = bus.trace_hash();
    let (stats, mut watch) = bus.take();
    let summary = Summary {
        stats: &stats,
        about: about(&scenario, mode),
        seed: scenario.seed.0,
        plan_hash: plan_hash(&census, &workers),
        trace_hash,
        started,
        run_time: ended,
        measured_time: measured_time(&scenario, ended),
        accounts: scenario.people.accounts.len() as u64,
        clients_started: u64::from(census.started),
        interrupted: interrupted.is_some(),
        monitors: books(served, prepared),
        workers,
        host: Host { workers: costs, ..Host::measure(&stopwatch) },
    };
    let outcomes = watch.finish(&summary).await;
    let (report, verdict, failures) = conclude(&summary, outcomes);
    let results = Results::of(&summary).concluded(verdict, failures);
    let exit = interrupted.map_or(verdict.exit(), |how| verdict.exit().or(how));
    Ok(Conducted { report, verdict, results, exit })
}

/// The hash of the plan; of a worker that was lost nobody knows what it had planned.
fn plan_hash(census: &Census, workers: &BTreeMap<String, WorkerState>) -> Option<String> {
    let whole = workers.values().all(|worker| worker.state == WorkerState::DONE);
    whole.then(|| census.plan.to_string())
}

async fn prepare_accounts(
    scenario: &Scenario,
    pods: &[Pod],
    connector: &Rc<Connector>,
) -> Result<u64, NotPrepared> {
    let settings: BTreeMap<Rc<str>, Rc<Settings>> = pods
        .iter()
        .map(|pod| {
            let settings = Settings::new(connector.clone(), pod.target.clone(), pod.trust);
            (pod.name.clone(), Rc::new(settings))
        })
        .collect();
    prepare(scenario.prepare.clone(), &scenario.people.accounts, |account| {
        settings.get(&account.pod).cloned()
    })
    .await
}

/// The monitors of all pods, and those of the key `monitors`.
fn monitors(pods: &[Pod], others: &[Monitored], clock: Clock) -> Watched {
    let of_pods =
        pods.iter().flat_map(|pod| pod.monitors.iter().map(|monitor| (pod.name.clone(), monitor.clone())));
    let others = others.iter().map(|other| (other.pod.clone(), other.monitor.clone()));
    Watched::new(of_pods.chain(others).collect(), clock)
}

async fn watch_servers(monitors: Watched, run: Rc<Run>) {
    monitors.run(|pod, answer| tell(&run, pod, answer)).await;
}

fn tell(run: &Run, pod: Rc<str>, answer: Result<ServerFigures, MonitorError>) {
    let figures = answer.map_err(|why| why.to_string().into());
    run.emit(What::ServerFigures { pod, figures });
}

/// What the embedded server counted of the run, beside what was sent; `prepared` requests came before it.
fn books(served: Option<Option<u64>>, prepared: u64) -> BTreeMap<String, serde_json::Value> {
    let told = match served {
        None => return BTreeMap::new(),
        Some(Some(served)) => {
            serde_json::json!({ "requests": served.saturating_sub(prepared), "prepared": prepared })
        }
        Some(None) => serde_json::json!({ "error": "the embedded server did not live to the end" }),
    };
    BTreeMap::from([("embedded".to_owned(), told)])
}

fn about(scenario: &Scenario, mode: Mode) -> About {
    let servers = match &scenario.place {
        Place::Embedded => vec!["embedded".to_owned()],
        Place::Servers(pods) => pods.iter().map(|pod| format!("{} {}", pod.name, pod.target)).collect(),
    };
    About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rehearsed: mode == Mode::Rehearse,
        config: scenario.documents.config_path.display().to_string(),
        clients: scenario.documents.clients_path.display().to_string(),
        servers,
        planned_users: u64::from(scenario.people.arrival.users(scenario.seed)),
    }
}

fn measured_time(scenario: &Scenario, ended: Duration) -> Duration {
    let (from, to) = scenario.timing.phases.measured();
    to.map_or(ended, |to| to.min(ended)).saturating_sub(from)
}
