//! Who brings the population: this process by itself, or workers.

use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use super::beforehand::NotPrepared;
use super::held_open::{self, TooManyHeldOpen};
use super::resolve::Scenario;
use super::venue::Venue;
use super::warming;
use crate::calendar::state::KeeperError;
use crate::client::Run;
use crate::report::{Cost, WorkerState};
use crate::simulation::{Bus, Census, Engine, Population};
use crate::stats::Statistics;
use crate::transport::Connector;

/// Who brings the population.
pub trait Workforce {
    /// Gets ready. What can fail by its configuration fails here, before the first request.
    fn assemble(
        &mut self,
        scenario: &Scenario,
        venue: &Venue,
    ) -> impl Future<Output = Result<(), NotAssembled>>;

    /// Lets clients that do not begin cold learn what they know from yesterday; then how many requests that took. Accounts
    /// are prepared by then.
    fn warm(&mut self, scenario: &Scenario, venue: &Venue) -> impl Future<Output = Result<u64, NotPrepared>>;

    /// How long after the beginning of [`Workforce::work`] the run begins.
    fn lead(&self) -> Duration {
        Duration::ZERO
    }

    /// Brings the population: from the first arrival to the end of the drain. What happens goes to the job's bus.
    /// When `stop` resolves it ends early.
    fn work(self, job: &Job<'_>, stop: impl Future<Output = ()>) -> impl Future<Output = Worked>;
}

/// What there is to do.
pub struct Job<'a> {
    pub scenario: &'a Scenario,
    /// Its clock shows zero when the run begins.
    pub run: Rc<Run>,
    pub bus: Rc<Bus>,
}

/// What came of it, beside the events.
#[derive(Debug, Default)]
pub struct Worked {
    pub census: Census,
    /// Id to what became of the worker; empty without workers.
    pub workers: BTreeMap<String, WorkerState>,
    /// Id to all that the worker has counted; empty without workers.
    pub counted: BTreeMap<String, Statistics>,
    /// Id to what a worker cost its machine.
    pub costs: BTreeMap<String, Cost>,
}

/// Why a workforce cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum NotAssembled {
    #[error(transparent)]
    NotKept(#[from] KeeperError),
    #[error(transparent)]
    TooManyHeldOpen(#[from] TooManyHeldOpen),
    #[error("{0}")]
    Workers(String),
    /// Not one of the workers is ready.
    #[error("{0}\nno worker is left")]
    NoWorker(String),
}

/// This process, with all users or with those that are its share.
pub struct InProcess {
    mine: Rc<dyn Fn(u32) -> bool>,
    /// The most users who are there at one time, if it is not as the scenario says.
    at_once: Option<u32>,
    populations: Vec<Population>,
    /// What all their connections come from.
    connector: Option<Rc<Connector>>,
}

impl InProcess {
    /// All users.
    pub fn alone() -> InProcess {
        InProcess::with(|_| true, None)
    }

    /// The users whose numbers `mine` takes, so many of them at one time.
    pub fn with(mine: impl Fn(u32) -> bool + 'static, at_once: Option<u32>) -> InProcess {
        InProcess { mine: Rc::new(mine), at_once, populations: Vec::new(), connector: None }
    }
}

impl Workforce for InProcess {
    async fn assemble(&mut self, scenario: &Scenario, venue: &Venue) -> Result<(), NotAssembled> {
        held_open::fits_process(&venue.connector, scenario, &*self.mine)?;
        let keeping = scenario.serialization.as_ref();
        let (habits, seat) = (&scenario.habits, scenario.seat.as_deref());
        self.populations = habits.populations(&venue.pods, &venue.connector, keeping, seat)?;
        self.connector = Some(venue.connector.clone());
        Ok(())
    }

    async fn warm(&mut self, scenario: &Scenario, venue: &Venue) -> Result<u64, NotPrepared> {
        let mine = self.mine.clone();
        warming::warm(scenario, venue, &self.populations, move |user| mine(user)).await
    }

    async fn work(self, job: &Job<'_>, stop: impl Future<Output = ()>) -> Worked {
        let mine = self.mine;
        let mut crowd = job.scenario.crowd(move |user| mine(user));
        crowd.at_once = self.at_once.or(crowd.at_once);
        let engine = Engine::new(job.run.clone(), self.populations, crowd);
        if let Some(connector) = self.connector {
            job.bus.count_gave_way(Rc::new(move || connector.gave_way()));
        }
        let census = engine.run(job.scenario.timing.phases.end(), stop).await;
        Worked { census, ..Worked::default() }
    }
}
