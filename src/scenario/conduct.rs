//! A scenario from its first request to its report.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;

use chrono::Local;
use tokio::time::Instant;

use super::aborting::{broken_for_too_long, wanted_by_a_client};
use super::beforehand::NotPrepared;
use super::child::ChildError;
use super::concluding::{Asked, Course, Setting};
use super::ending::Ending;
use super::held_open::{self, TooManyHeldOpen};
use super::onlooking::{Onlooker, Onlooking};
use super::pods::Pod;
use super::preparing::{Prepared, prepare};
use super::resolve::Scenario;
use super::silence;
use super::venue::{Mode, Venue};
use super::workforce::{Job, NotAssembled, Workforce};
use crate::client::Run;
use crate::clock::Clock;
use crate::event::{Said, What};
use crate::monitor::{EVERY, Watched, Watching};
use crate::observer::{Output, Stage, Watch};
use crate::report::{Exit, MonitorFigures, Results, Stopwatch, Verdict};
use crate::simulation::Bus;
use crate::stats::Statistics;

/// What came of a run.
pub struct Conducted {
    pub report: String,
    pub verdict: Verdict,
    pub results: Results,
    pub exit: Exit,
    /// Why files of observers are not whole, a sentence each.
    pub unwritten: Vec<String>,
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
/// conclude. `stop` resolves, with the exit code of the interruption, when somebody wants it to end; even before the start
/// there is a report then. `onlookers` look at it while it goes on. Must be called within a `LocalSet`.
pub async fn conduct(
    mut scenario: Scenario,
    mode: Mode,
    mut workforce: impl Workforce,
    output: Output,
    stop: impl Future<Output = Exit>,
    mut onlookers: Vec<Box<dyn Onlooker>>,
) -> Result<Conducted, NotConducted> {
    let asked = Asked { mode, stopwatch: Stopwatch::start() };
    let mut stop = pin!(stop);
    // Whatever runs by then ends with what is dropped here.
    let ready = tokio::select! {
        biased;
        how = &mut stop => Err(how),
        ready = get_ready(&mut scenario, mode, &mut workforce, &output) => Ok(ready?),
    };
    let Performed { course, stats, watch } = match ready {
        Ok(ready) => perform(&mut scenario, asked, ready, workforce, output, stop, &mut onlookers).await,
        Err(how) => {
            drop(workforce);
            called_off(&mut scenario, asked, how)
        }
    };
    let conducted = course.conclude(&scenario, &stats, watch).await;
    onlookers.iter_mut().for_each(|onlooker| onlooker.finish(&conducted));
    Ok(conducted)
}

/// A run that is over, before anybody has concluded.
struct Performed {
    course: Course,
    stats: Statistics,
    watch: Watch,
}

/// What there is when the first user may arrive.
struct Ready {
    venue: Venue,
    /// What came before the run: by `prepare`, and by clients that do not begin cold.
    prepared: Prepared,
}

/// Everything before the first user. It may be dropped at any time.
async fn get_ready(
    scenario: &mut Scenario,
    mode: Mode,
    workforce: &mut impl Workforce,
    output: &Output,
) -> Result<Ready, NotConducted> {
    held_open::fits_embedded(mode, scenario)?;
    let venue = Venue::open(mode, scenario).await?;
    workforce.assemble(scenario, &venue).await?;
    let monitors = monitors(&venue.pods, scenario).filter(|one| one.monitor.by_phase()).map(|one| one.name);
    let monitors = monitors.collect();
    let stage = Stage { output: output.clone(), lossless: mode == Mode::Rehearse, monitors };
    scenario.watch.begin(&stage).map_err(NotConducted::Observer)?;
    if !scenario.prepare.is_empty() {
        tracing::info!(target: "run", "preparing the accounts");
    }
    let mut prepared = prepare(scenario, &venue).await?;
    prepared.requests += workforce.warm(scenario, &venue).await?;
    Ok(Ready { venue, prepared })
}

/// From the first user to the end of the last.
async fn perform(
    scenario: &mut Scenario,
    asked: Asked,
    Ready { mut venue, prepared }: Ready,
    workforce: impl Workforce,
    output: Output,
    stop: Pin<&mut impl Future<Output = Exit>>,
    onlookers: &mut [Box<dyn Onlooker>],
) -> Performed {
    let rehearsed = asked.mode == Mode::Rehearse;
    let mut watch = std::mem::take(&mut scenario.watch);
    let clock = venue.clock(workforce.lead());
    let setting = Setting::of(scenario, asked, venue.started(clock));
    watch.started(venue.started(clock));
    let bus = Rc::new(if rehearsed { Bus::traced(clock, watch) } else { Bus::new(clock, watch) });
    let _dismissal = Dismissal(bus.clone());
    let run = scenario.run(clock, bus.clone());
    let monitors = monitors(&venue.pods, scenario).collect();
    let monitors = Watched::new(monitors, clock, scenario.timing.phases.measured());
    let watching = tokio::task::spawn_local(watch_servers(monitors.clone(), run.clone()));
    let silence = (!rehearsed).then(|| tokio::task::spawn_local(silence::tell(run.clone(), bus.clone())));
    let mut interrupted = None;
    let mut broken = None;
    let mut aborted = None;
    let stopping = Cell::new(false);
    let thresholds = scenario.thresholds.clone();
    let stop = async {
        tokio::select! {
            biased;
            how = stop => interrupted = Some((how, Instant::now())),
            how = venue.breaks() => broken = Some(how),
            why = wanted_by_a_client(clock, &bus) => broken = Some(why.to_string()),
            how = broken_for_too_long(&thresholds, &scenario.timing.phases, clock, &bus) => {
                aborted = Some((how, Instant::now()));
            }
        }
        stopping.set(true);
    };
    let job = Job { scenario, run: run.clone(), bus: bus.clone() };
    let onlooking = Onlooking {
        scenario,
        setting: &setting,
        run: &run,
        bus: &bus,
        monitors: &monitors,
        clients: Default::default(),
        stopping: &stopping,
    };
    let worked = onlooking.during(onlookers, workforce.work(&job, stop)).await;
    let ended = clock.elapsed();
    let wanted = interrupted.map(|(_, at)| at).or(aborted.map(|(_, at)| at));
    let ending = ending(scenario, rehearsed, clock, wanted);
    silence.inspect(|task| task.abort());
    monitors.ask_last(ending.for_monitors(), |pod, answer| tell(&run, pod, answer)).await;
    watching.abort();

    // It may have ended in the last seconds, too.
    let broken = broken.or_else(|| venue.broken());
    let served = venue.close(ending.for_servers()).await;
    let dropped = output.finish(ending.for_lines());
    if dropped > 0 {
        run.notice(format!("{dropped} lines of the live log were dropped: what reads them was too slow"));
    }
    let trace_hash = bus.trace_hash();
    let (stats, watch) = bus.take();
    let course = Course {
        setting,
        ended: Some(ended),
        worked,
        trace_hash,
        books: books(served, prepared.requests),
        prepared,
        broken,
        aborted: aborted.map(|(how, _)| how),
        interrupted: interrupted.map(|(how, _)| (how, ending.for_observers())),
    };
    Performed { course, stats, watch }
}

/// Lets the observers go when a run is dropped in the middle: clients that are under way hold the bus, and would keep the
/// programs that watch alive.
struct Dismissal(Rc<Bus>);

impl Drop for Dismissal {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}

/// When the run ended: by somebody's word or a threshold, at its time, or, with nothing left to do, now. Virtual time is no measure of
/// how long anybody waits.
fn ending(scenario: &Scenario, rehearsed: bool, clock: Clock, interrupted: Option<Instant>) -> Ending {
    let now = Instant::now();
    let planned = scenario.timing.phases.end().map(|end| clock.instant(end));
    let first = [interrupted, planned].into_iter().flatten().min().filter(|_| !rehearsed);
    Ending::since(first.map_or(now, |first| first.min(now)))
}

/// The course of a run that somebody ended before the first user came.
fn called_off(scenario: &mut Scenario, asked: Asked, how: Exit) -> Performed {
    let (clock, started) = match asked.mode {
        Mode::Run => {
            let clock = Clock::starting_now();
            (clock, clock.epoch().with_timezone(&Local).fixed_offset())
        }
        Mode::Rehearse => {
            let clock = Clock::starting_at(scenario.timing.start_at);
            (clock, clock.epoch().fixed_offset())
        }
    };
    let (stats, watch) = Bus::new(clock, std::mem::take(&mut scenario.watch)).take();
    let mut course = Course::of(Setting::of(scenario, asked, started));
    course.interrupted = Some((how, Ending::since(Instant::now()).for_observers()));
    Performed { course, stats, watch }
}

/// The monitors of all pods, and those of the key `monitors`.
fn monitors(pods: &[Pod], scenario: &Scenario) -> impl Iterator<Item = Watching> {
    let of_pods =
        pods.iter().flat_map(|pod| pod.monitors.iter().map(|monitor| (pod.name.clone(), monitor.clone())));
    let of_pods = of_pods.map(|(name, monitor)| Watching { name, monitor, interval: EVERY });
    of_pods.chain(scenario.monitors.iter().cloned())
}

async fn watch_servers(monitors: Watched, run: Rc<Run>) {
    monitors.run(|pod, answer| tell(&run, pod, answer)).await;
}

/// Figures belong to the phase in which most of the time lies that they cover.
fn tell(run: &Run, pod: Rc<str>, figures: Said) {
    let now = run.clock.elapsed();
    let due = match &figures {
        Said::Figures(read) => (read.since + now) / 2,
        Said::Load(_) | Said::Nothing(_) => now,
    };
    run.sink.emit(run.phase(due), What::ServerFigures { pod, figures });
}

/// What the embedded server counted of the run, beside what was sent; `prepared` requests came before it.
fn books(served: Option<Option<u64>>, prepared: u64) -> BTreeMap<Rc<str>, MonitorFigures> {
    let told = match served {
        None => return BTreeMap::new(),
        Some(Some(served)) => {
            MonitorFigures { requests: Some(served.saturating_sub(prepared)), ..MonitorFigures::default() }
        }
        Some(None) => {
            let error = Some("the embedded server has not told its counts".to_owned());
            MonitorFigures { error, ..MonitorFigures::default() }
        }
    };
    BTreeMap::from([("embedded".into(), told)])
}
