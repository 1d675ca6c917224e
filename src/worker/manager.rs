//! The workforce that worker processes are.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;

use super::brief::Brief;
use super::enlist::{Member, Orders, Unready, enlist, warm};
use super::roster::own_accounts;
use super::watching::{Parted, Watching};
use crate::report::WorkerState;
use crate::scenario::{
    Job, NotAssembled, NotPrepared, Scenario, Venue, Worked, Workforce, fits_workers, rooms,
};
use crate::simulation::DRAIN;

/// How long the workers have between the word to start and the start: all have heard it by then.
const LEAD: Duration = Duration::from_millis(500);

/// How long is waited for workers.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From its start until it is ready.
    pub ready: Duration,
    /// Without a word of it while the run goes on.
    pub silence: Duration,
    /// The same once the run is to end.
    pub last_silence: Duration,
    /// From the end of the run, at its time or by the word to stop, until it has told everything: longer than requests
    /// under way may take, and so much less than 5 s that the report is there by then.
    pub ending: Duration,
    /// From when it has told everything until its process has ended; what remains of `ending` comes to it.
    pub parting: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            ready: Duration::from_secs(60),
            silence: Duration::from_secs(10),
            last_silence: Duration::from_secs(3),
            ending: DRAIN + Duration::from_millis(250),
            parting: Duration::from_millis(100),
        }
    }
}

/// Worker processes bring the population; this one only watches, and counts with them.
#[derive(Default)]
pub struct Manager {
    log: Option<String>,
    patience: Patience,
    members: Vec<(String, Result<Member, String>)>,
}

impl Manager {
    /// With the workers of the scenario. Those on this machine log what `filter` says, as of `--log-level`.
    pub fn logging(filter: String) -> Manager {
        Manager { log: Some(filter), ..Manager::default() }
    }
}

impl Workforce for Manager {
    async fn assemble(&mut self, scenario: &Scenario, venue: &Venue) -> Result<(), NotAssembled> {
        let brief = Brief::of(scenario, venue);
        let shares: Vec<_> = scenario.workers.iter().map(|worker| worker.share).collect();
        let dealt = scenario.deal(&shares).map_err(|why| NotAssembled::Workers(why.to_string()))?;
        let rooms = rooms(scenario, &dealt);
        fits_workers(scenario, &dealt)?;
        let mut starting = JoinSet::new();
        for (index, plan) in scenario.workers.iter().enumerate() {
            let orders = Orders {
                name: plan.name.clone(),
                command: plan.command.clone(),
                log: self.log.clone(),
                brief: brief.for_worker(index, plan, rooms.as_ref().map(|rooms| rooms[index])),
                accounts: scenario.people.accounts.clone(),
                own: own_accounts(scenario, |user| dealt.worker(user) == Some(index)),
            };
            let patience = self.patience.ready;
            starting.spawn_local(async move { (index, enlist(orders, patience).await) });
        }
        let mut ready = Vec::new();
        while let Some(one) = starting.join_next().await {
            ready.push(one.map_err(|why| NotAssembled::Workers(why.to_string()))?);
        }
        ready.sort_by_key(|(index, _)| *index);
        for (plan, (_, member)) in scenario.workers.iter().zip(ready) {
            let member = match member {
                Ok(member) => Ok(member),
                Err(Unready::Lost(why)) => Err(why),
                // What it cannot do was asked of it by the configuration.
                Err(Unready::Refused(why)) => {
                    return Err(NotAssembled::Workers(format!("worker {}: {why}", plan.name)));
                }
            };
            self.members.push((plan.name.clone(), member));
        }
        let lost = self.members.iter().filter_map(|(name, member)| Some((name, member.as_ref().err()?)));
        let lost: Vec<String> = lost.map(|(name, why)| format!("worker {name} is lost: {why}")).collect();
        if lost.len() == self.members.len() {
            return Err(NotAssembled::NoWorker(lost.join("\n")));
        }
        lost.iter().for_each(|text| tracing::warn!(target: "worker", "{text}; the run goes on without it"));
        Ok(())
    }

    async fn warm(&mut self, scenario: &Scenario, _: &Venue) -> Result<u64, NotPrepared> {
        if !scenario.habits.learn() {
            return Ok(0);
        }
        let (mut warming, silence) = (JoinSet::new(), self.patience.silence);
        for (index, (name, member)) in self.members.drain(..).enumerate() {
            warming.spawn_local(async move {
                let warmed = match member {
                    Ok(member) => warm(member, silence).await,
                    Err(why) => Ok((Err(why), 0)),
                };
                (index, name, warmed)
            });
        }
        let mut done = Vec::new();
        while let Some(one) = warming.join_next().await {
            let (index, name, warmed) = one.map_err(|why| NotPrepared(why.to_string()))?;
            // The first that fails ends it, whatever the others still learn.
            let warmed = warmed.map_err(|why| NotPrepared(format!("worker {name}: {why}")))?;
            done.push((index, name, warmed));
        }
        done.sort_by_key(|(index, ..)| *index);
        let mut requests = 0;
        for (_, name, (member, sent)) in done {
            if let Err(why) = &member {
                tracing::warn!(target: "worker", "worker {name} is lost: {why}; the run goes on without it");
            }
            requests += sent;
            self.members.push((name, member));
        }
        Ok(requests)
    }

    fn lead(&self) -> Duration {
        LEAD
    }

    async fn work(self, job: &Job<'_>, stop: impl Future<Output = ()>) -> Worked {
        let mut watching = Watching::new(job, self.patience);
        self.members.into_iter().for_each(|(name, member)| watching.seat(name, member));
        let mut worked = Worked::default();
        for Parted { name, counted, outcome } in watching.watch(LEAD, stop).await {
            let state = match outcome {
                Ok(done) => {
                    worked.census.merge(&done.census);
                    worked.costs.insert(name.clone(), done.cost);
                    WorkerState::DONE.to_owned()
                }
                Err(why) => why,
            };
            let measured = counted.measured().map(|period| (&period.all()).into());
            let state = WorkerState { requests: counted.answered(), measured, state };
            worked.workers.insert(name.clone(), state);
            worked.counted.insert(name, counted);
        }
        worked
    }
}
