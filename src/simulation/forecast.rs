//! What will be due, without anybody doing it.

use std::rc::Rc;
use std::time::Duration;

use super::crowd::{Arrivals, Crowd};
use super::plan::Plan;
use super::population::Population;
use super::schedule::{Cause, Due, Schedule};
use crate::client::Pacing;
use crate::event::Who;
use crate::population::Account;
use crate::random::Seed;

/// An entry of the plan: something that is due whatever the server answers (design, decision 4).
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    pub due: Duration,
    pub who: Rc<Who>,
    /// What is due: [`Plan::ARRIVAL`], or the purpose of a timer.
    pub purpose: String,
    /// The label it is counted under; `arrival` for an arrival.
    pub label: &'static str,
    pub n: u32,
}

/// The plan of a population in order of due times: exactly what [`super::Engine`] adds to its plan hash. Of a closed
/// timer only the first occurrence is planned, as what follows hangs on the server.
pub struct Forecast<'p> {
    seed: Seed,
    accounts: Rc<[Rc<Account>]>,
    populations: &'p [Population],
    crowd: Crowd,
    arrivals: std::iter::Peekable<Arrivals>,
    clients: Vec<(Rc<Who>, usize)>,
    schedule: Schedule,
    /// Arrivals of clients of one user, still to be given.
    arrived: std::collections::VecDeque<Planned>,
    hash: Plan,
}

impl<'p> Forecast<'p> {
    pub fn new(
        seed: Seed,
        accounts: Rc<[Rc<Account>]>,
        populations: &'p [Population],
        mut crowd: Crowd,
    ) -> Forecast<'p> {
        let none: Arrivals = Box::new(std::iter::empty());
        let arrivals = std::mem::replace(&mut crowd.arrivals, none).peekable();
        let (clients, schedule, arrived) = (Vec::new(), Schedule::default(), Default::default());
        Forecast {
            seed,
            accounts,
            populations,
            crowd,
            arrivals,
            clients,
            schedule,
            arrived,
            hash: Plan::default(),
        }
    }

    /// The next entry that is due before `end`.
    pub fn next_before(&mut self, end: Duration) -> Option<Planned> {
        let planned = self.arrived.pop_front().or_else(|| self.next_event(end))?;
        self.hash.take(&planned.who, &planned.purpose, planned.n, planned.due);
        Some(planned)
    }

    /// The hash of all entries that were given.
    pub fn hash(&self) -> Plan {
        self.hash
    }

    fn next_event(&mut self, end: Duration) -> Option<Planned> {
        loop {
            let arrival = self.arrivals.peek().map(|(at, _)| *at);
            let timer = self.schedule.next();
            let next = [arrival, timer].into_iter().flatten().min().filter(|next| *next < end)?;
            if arrival == Some(next) {
                let (at, user) = self.arrivals.next()?;
                self.welcome(at, user);
                if let Some(first) = self.arrived.pop_front() {
                    return Some(first);
                }
                continue;
            }
            let due = self.schedule.take(next)?;
            if let Some(planned) = self.timer(due) {
                return Some(planned);
            }
        }
    }

    fn welcome(&mut self, at: Duration, user: u32) {
        let populations = self.populations;
        let names =
            |index: usize| (populations[index].title.clone(), populations[index].software_name.clone());
        for newcomer in self.crowd.clients_of(user, &self.accounts, names) {
            let place = self.clients.len() as u32;
            for (due, actor) in populations[newcomer.population].first(self.seed, &newcomer.who, at) {
                self.schedule.put(Due::new(due, place, actor, 0, Cause::Timer));
            }
            self.clients.push((newcomer.who.clone(), newcomer.population));
            self.arrived.push_back(Planned {
                due: at,
                who: newcomer.who,
                purpose: Plan::ARRIVAL.to_owned(),
                label: Plan::ARRIVAL,
                n: 0,
            });
        }
    }

    fn timer(&mut self, due: Due) -> Option<Planned> {
        let (who, population) = self.clients.get(due.client as usize)?;
        let population = &self.populations[*population];
        let all = population.occurrences(due.actor)?;
        if all.pacing(due.actor) == Pacing::Open
            && population.is_planned(due.actor, due.n + 1)
            && let Some((gap, actor)) = all.next(self.seed, who, due.actor, due.n)
        {
            let next = due.at().saturating_add(gap);
            self.schedule.put(Due::new(next, due.client, actor, due.n + 1, Cause::Timer));
        }
        if !population.is_planned(due.actor, due.n) {
            return None;
        }
        let (purpose, label) = (all.purpose().to_owned(), population.label(due.actor).as_str());
        Some(Planned { due: due.at(), who: who.clone(), purpose, label, n: due.n })
    }
}
