//! A scenario from its first request to its report.

use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use chrono::Local;

use super::child::{ChildError, EmbeddedServer, Served};
use super::monitors::Monitored;
use super::pods::{Place, Pod};
use super::preparing::{NotPrepared, prepare};
use super::resolve::Scenario;
use crate::calendar::state::KeeperError;
use crate::client::Run;
use crate::clock::Clock;
use crate::event::{ServerFigures, What};
use crate::http::Settings;
use crate::monitor::{MonitorError, ServerStats, StatsAddress, Watched};
use crate::observer::{Output, Stage};
use crate::population::DEFAULT_POD;
use crate::report::{About, Exit, Host, Results, Summary, Verdict, conclude};
use crate::simulation::{Bus, Crowd, Engine};
use crate::transport::{Connector, Target, Trust};

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

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
    NotKept(#[from] KeeperError),
    #[error("{0}")]
    Observer(String),
}

impl NotConducted {
    /// The exit code that belongs to it.
    pub fn exit(&self) -> Exit {
        match self {
            NotConducted::Observer(_) | NotConducted::NotKept(_) => Exit::Usage,
            NotConducted::Child(_) | NotConducted::NotPrepared(_) => Exit::NothingWorked,
        }
    }
}

/// Runs a scenario: starts the embedded server if it is the target, prepares, brings the population, and lets the
/// observers conclude. `stop` resolves, with the exit code of the interruption, when somebody wants it to end.
/// Must be called within a `LocalSet`.
pub async fn conduct(
    mut scenario: Scenario,
    output: Output,
    stop: impl Future<Output = Exit>,
) -> Result<Conducted, NotConducted> {
    let mut embedded = None;
    if let Place::Embedded = scenario.place {
        embedded =
            Some(EmbeddedServer::start(scenario.people.accounts.iter().map(|account| &**account)).await?);
    }
    let pods = match &embedded {
        Some(server) => vec![embedded_pod(server)?],
        None => scenario.place.pods().to_vec(),
    };
    let connector = Rc::new(Connector::network(CONNECT_TIMEOUT));
    // What can fail by its configuration comes before the first request.
    let populations = scenario.habits.populations(&pods, &connector, scenario.serialization.as_ref())?;
    let mut watch = std::mem::take(&mut scenario.watch);
    watch.begin(&Stage { output: output.clone(), lossless: false }).map_err(NotConducted::Observer)?;
    let prepared = prepare_accounts(&scenario, &pods, &connector).await?;

    let clock = Clock::starting_now();
    let started = clock.epoch().with_timezone(&Local).fixed_offset();
    let bus = Rc::new(Bus::new(clock, watch));
    let run = Rc::new(Run {
        seed: scenario.seed,
        clock,
        sink: bus.clone(),
        accounts: scenario.people.accounts.clone(),
        stopped: Rc::default(),
        waker: Default::default(),
        measured: scenario.timing.phases.measured(),
    });
    let engine = Engine::new(run.clone(), populations, crowd(&scenario));
    let monitors = monitors(&pods, &scenario.monitors, clock);
    let watching = tokio::task::spawn_local(watch_servers(monitors.clone(), run.clone()));
    let mut interrupted = None;
    let stop = async {
        interrupted = Some(stop.await);
    };
    let census = engine.run(scenario.timing.phases.end(), stop).await;
    let ended = clock.elapsed();
    drop(engine);
    watching.abort();
    monitors.ask_all(|pod, answer| tell(&run, pod, answer)).await;

    let served = match embedded {
        Some(server) => Some(server.stop().await),
        None => None,
    };
    let dropped = output.finish();
    if dropped > 0 {
        run.notice(format!("{dropped} lines of the live log were dropped: what reads them was too slow"));
    }
    let (stats, mut watch) = bus.take();
    let summary = Summary {
        stats: &stats,
        about: about(&scenario),
        seed: scenario.seed.0,
        plan_hash: Some(census.plan.to_string()),
        trace_hash: None,
        started,
        run_time: ended,
        measured_time: measured_time(&scenario, ended),
        accounts: scenario.people.accounts.len() as u64,
        clients_started: u64::from(census.started),
        interrupted: interrupted.is_some(),
        monitors: books(served, prepared),
        workers: BTreeMap::new(),
        host: Host::measure(started, ended),
    };
    let outcomes = watch.finish(&summary).await;
    let (report, verdict, failures) = conclude(&summary, outcomes);
    let results = Results::of(&summary).concluded(verdict, failures);
    let exit = interrupted.map_or(verdict.exit(), |how| verdict.exit().or(how));
    Ok(Conducted { report, verdict, results, exit })
}

fn embedded_pod(server: &EmbeddedServer) -> Result<Pod, ChildError> {
    let places = &server.places;
    let (target, _) = Target::parse(&places.url).map_err(|why| ChildError::Silent(why.to_string()))?;
    let stats = StatsAddress::Tcp(places.stats.ip().to_string(), places.stats.port());
    Ok(Pod {
        name: DEFAULT_POD.into(),
        target,
        trust: Trust::Verify,
        principal_path_template: "/principals/users/%s/".into(),
        amp_hosts: vec![(places.amp.ip().to_string(), places.amp.port())],
        monitors: vec![Rc::new(ServerStats::new(stats))],
    })
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

fn crowd(scenario: &Scenario) -> Crowd {
    let (seed, usage, count) = (scenario.seed, scenario.people.usage, scenario.people.accounts.len());
    let arrivals: Vec<_> = scenario.people.arrival.plan(seed).map(|one| (one.at, one.user)).collect();
    let mix = scenario.habits.mix.clone();
    Crowd {
        arrivals: Box::new(arrivals.into_iter()),
        clients_per_user: scenario.people.arrival.clients_per_user(),
        account: Box::new(move |user| usage.account(user, 0, count, seed)),
        population: Box::new(move |client| mix.nth(u64::from(client))),
    }
}

/// What the embedded server counted of the run, beside what was sent; `prepared` requests came before it.
fn books(served: Option<Option<Served>>, prepared: u64) -> BTreeMap<String, serde_json::Value> {
    let told = match served {
        None => return BTreeMap::new(),
        Some(Some(served)) => {
            serde_json::json!({ "requests": served.requests.saturating_sub(prepared), "prepared": prepared })
        }
        Some(None) => serde_json::json!({ "error": "the embedded server did not live to the end" }),
    };
    BTreeMap::from([("embedded".to_owned(), told)])
}

fn about(scenario: &Scenario) -> About {
    let servers = match &scenario.place {
        Place::Embedded => vec!["embedded".to_owned()],
        Place::Servers(pods) => pods.iter().map(|pod| format!("{} {}", pod.name, pod.target)).collect(),
    };
    About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config: scenario.config_path.display().to_string(),
        clients: scenario.clients_path.display().to_string(),
        servers,
        planned_users: u64::from(scenario.people.arrival.users(scenario.seed)),
    }
}

fn measured_time(scenario: &Scenario, ended: Duration) -> Duration {
    let (from, to) = scenario.timing.phases.measured();
    to.map_or(ended, |to| to.min(ended)).saturating_sub(from)
}
