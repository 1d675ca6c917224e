//! The seam by which somebody looks at a run while it goes on.

use std::cell::{Cell, OnceCell};
use std::future::{Future, pending};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval_at, sleep};

use super::concluding::{Course, Setting};
use super::conduct::Conducted;
use super::resolve::Scenario;
use super::venue::Mode;
use crate::client::Run;
use crate::event::Phase;
use crate::monitor::Watched;
use crate::report::{About, Results};
use crate::simulation::{Bus, Census, Phases};
use crate::stats::Statistics;

/// One who looks at a run while it goes on, as a view on a terminal or a live page. It can change nothing: it sees no event,
/// says nothing in the report, and the run is the same to the last event whoever looks.
///
/// It is called in the thread of the run, so that it must be quick and never wait; what is slow belongs to a task or a
/// thread of its own.
///
/// If the run cannot be or is dropped in the middle, nobody tells: an onlooker that has something to tidy up does so when
/// it is dropped.
pub trait Onlooker {
    /// The first user may arrive now. Not called if somebody ends the run before.
    fn begin(&mut self, moment: &Moment<'_>) {
        self.look(moment);
    }

    /// Called about once a second; in a rehearsal, whose seconds are short, a few times a second of the machine's. And once
    /// when the last client has left.
    fn look(&mut self, moment: &Moment<'_>);

    /// The run is over, and its report is written.
    fn finish(&mut self, _conducted: &Conducted) {}
}

/// A run at one moment.
pub struct Moment<'a> {
    /// What was counted so far; with workers, of all together, as they tell it once a second.
    pub stats: &'a Statistics,
    /// Since the start of the run; in a rehearsal virtual time.
    pub elapsed: Duration,
    /// The same by the machine's clock, since somebody asked for the run: what comes before the first user is in it.
    pub real: Duration,
    /// None: nothing new begins any more, and requests under way are waited for.
    pub phase: Option<Phase>,
    /// Until nothing new begins; None: until somebody ends it.
    pub left: Option<Duration>,
    pub phases: Phases,
    pub users: Presence,
    pub clients: Presence,
    /// When the servers' own figures will first have been read, since the start; None: nothing reads them.
    pub first_reading: Option<Duration>,
    setting: &'a Setting,
    scenario: &'a Scenario,
}

/// How many have come, and how many will have at the end of the arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    pub there: u64,
    pub expected: u64,
}

impl Moment<'_> {
    /// What is run.
    pub fn about(&self) -> &About {
        &self.setting.about
    }

    pub fn seed(&self) -> u64 {
        self.scenario.seed.0
    }

    pub fn rehearsed(&self) -> bool {
        self.setting.asked.mode == Mode::Rehearse
    }

    /// Up to when all that happened is in `stats`: workers tell it once a second.
    pub fn counted_until(&self) -> Duration {
        let behind = if self.scenario.workers.is_empty() { Duration::ZERO } else { LOOK };
        self.elapsed.saturating_sub(behind)
    }

    /// The results as though the run ended now, which takes about as long as at its end. What is known only then is not
    /// in it: the verdict with its failures, the hashes, what observers and plug-ins say, the workers and the servers' books.
    pub fn results(&self) -> Results {
        self.outline().counted(self.stats)
    }

    /// The same without what was counted, which takes next to no time: for who makes the rest in a thread of its own.
    pub fn outline(&self) -> Results {
        let mut course = Course::of(self.setting.clone());
        course.ended = Some(self.elapsed);
        // Who could work is known only to those who bring them.
        let started = u32::try_from(self.clients.there).unwrap_or(u32::MAX);
        course.worked.census = Census { started, ..Census::default() };
        let mut summary = course.summary(self.scenario, self.stats);
        summary.plan_hash = None;
        Results::outline(&summary)
    }
}

/// How often is looked at a run.
const LOOK: Duration = Duration::from_secs(1);

/// How often is looked at a rehearsal, by the machine's clock.
const GLANCE: Duration = Duration::from_millis(200);

/// A run that goes on, with those who look at it.
pub struct Onlooking<'a> {
    pub scenario: &'a Scenario,
    pub setting: &'a Setting,
    pub run: &'a Run,
    pub bus: &'a Bus,
    pub monitors: &'a Watched,
    /// How many clients come if all users do, once somebody has asked.
    pub clients: OnceCell<u64>,
    /// Somebody has asked for the end.
    pub stopping: &'a Cell<bool>,
}

impl Onlooking<'_> {
    /// Lets them look while the run goes on, and once when it is over.
    pub async fn during<T>(&self, onlookers: &mut [Box<dyn Onlooker>], work: impl Future<Output = T>) -> T {
        if onlookers.is_empty() {
            return work.await;
        }
        self.show(onlookers, |onlooker, moment| onlooker.begin(moment));
        // Not a task of its own: among the tasks of a rehearsal it would have a turn, and the others another one.
        let worked = tokio::select! {
            biased;
            worked = work => worked,
            worked = self.looks(onlookers) => worked,
        };
        self.show(onlookers, |onlooker, moment| onlooker.look(moment));
        worked
    }

    async fn looks<T>(&self, onlookers: &mut [Box<dyn Onlooker>]) -> T {
        let mut look = || self.show(onlookers, |onlooker, moment| onlooker.look(moment));
        match self.setting.asked.mode {
            Mode::Run => {
                let mut looks = interval_at(self.run.clock.instant(LOOK), LOOK);
                looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    looks.tick().await;
                    look();
                }
            }
            Mode::Rehearse => {
                let Some(end) = self.scenario.timing.phases.end() else { return pending().await };
                // Of virtual time: often enough to be smooth, seldom enough to cost nothing.
                let tick = (end / 2000).max(Duration::from_millis(10));
                let mut looked = self.setting.asked.stopwatch.elapsed();
                loop {
                    sleep(tick).await;
                    let real = self.setting.asked.stopwatch.elapsed();
                    if real.saturating_sub(looked) >= GLANCE {
                        looked = real;
                        look();
                    }
                }
            }
        }
    }

    fn show(&self, onlookers: &mut [Box<dyn Onlooker>], show: impl Fn(&mut dyn Onlooker, &Moment<'_>)) {
        let Onlooking { scenario, setting, .. } = self;
        let elapsed = self.run.clock.elapsed();
        let phases = scenario.timing.phases;
        let left = phases.end().map(|end| end.saturating_sub(elapsed));
        let over = self.stopping.get() || left == Some(Duration::ZERO);
        let users = setting.about.planned_users;
        let clients = *self.clients.get_or_init(|| scenario.clients());
        self.bus.with_statistics(|stats| {
            let moment = Moment {
                stats,
                elapsed,
                real: setting.asked.stopwatch.elapsed(),
                phase: (!over).then(|| self.run.phase(elapsed)),
                left,
                phases,
                users: Presence { there: stats.users(), expected: users },
                clients: Presence { there: stats.clients(), expected: clients },
                first_reading: self.monitors.first(),
                setting,
                scenario,
            };
            for onlooker in onlookers {
                show(onlooker.as_mut(), &moment);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use tokio::task::LocalSet;

    use super::*;
    use crate::config::Diagnostics;
    use crate::observer::Output;
    use crate::scenario::{InProcess, Options, conduct, resolve};

    /// What an onlooker saw.
    #[derive(Default)]
    struct Seen {
        begins: usize,
        looks: Vec<Duration>,
        over: bool,
        last: Option<Results>,
        verdict: Option<Results>,
    }

    struct Witness(Rc<RefCell<Seen>>);

    impl Onlooker for Witness {
        fn begin(&mut self, moment: &Moment<'_>) {
            assert_eq!((moment.elapsed, moment.stats.users()), (Duration::ZERO, 0));
            assert_eq!((moment.phase, moment.users.expected), (Some(Phase::Measured), 5));
            self.0.borrow_mut().begins += 1;
        }

        fn look(&mut self, moment: &Moment<'_>) {
            let mut seen = self.0.borrow_mut();
            seen.looks.push(moment.elapsed);
            seen.over = moment.phase.is_none();
            seen.last = Some(moment.results());
        }

        fn finish(&mut self, conducted: &Conducted) {
            self.0.borrow_mut().verdict = Some(conducted.results.clone());
        }
    }

    fn rehearsed(onlookers: Vec<Box<dyn Onlooker>>) -> Results {
        let options = Options {
            clients: Some("clients/demo.plist".into()),
            runtime: Some(Duration::from_secs(30)),
            users: Some(5),
            seed: Some(7),
            rehearse: true,
            ..Options::default()
        };
        let scenario = resolve(&options, &Diagnostics::new()).unwrap();
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        let output = Output::direct(std::io::sink());
        let conducted = conduct(scenario, Mode::Rehearse, InProcess::alone(), output, pending(), onlookers);
        LocalSet::new().block_on(&runtime, conducted).unwrap_or_else(|why| panic!("{why}")).results
    }

    #[test]
    fn whoever_looks_the_run_is_the_same() {
        let seen = Rc::<RefCell<Seen>>::default();
        let alone = rehearsed(Vec::new());
        let results = rehearsed(vec![Box::new(Witness(seen.clone()))]);
        assert_eq!((&results.trace_hash, &results.plan_hash), (&alone.trace_hash, &alone.plan_hash));
        let seen = seen.take();
        assert_eq!((seen.begins, seen.over), (1, true));
        assert!(
            seen.looks.is_sorted() && seen.looks.last() == Some(&Duration::from_secs(30)),
            "{:?}",
            seen.looks
        );
        assert_eq!(seen.verdict.unwrap().verdict, results.verdict);
        // All that was counted of clients is known before the observers conclude.
        let last = seen.last.unwrap();
        assert_eq!((last.verdict, last.plan_hash.is_none()), (None, true));
        let figures = |results: &Results| {
            serde_json::to_value((&results.requests, &results.operations, &results.notes)).unwrap()
        };
        assert!(figures(&last) == figures(&results), "{last:?}");
    }
}
