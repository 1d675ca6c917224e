//! Users who come, and those for whom there is no room.

use std::rc::Rc;
use std::time::Duration;

use tracing::debug;

use super::crowd::Newcomer;
use super::engine::Engine;
use super::plan::Plan;
use super::resting::{Resting, Waiting};
use super::schedule::{Cause, Due};
use crate::client::{Actor, Trigger};
use crate::clock::GRAIN;
use crate::event::{Delayed, What};
use crate::label::Label;

/// When a user comes.
#[derive(Clone, Copy)]
struct Coming {
    /// When it is due by the arrival: what the plan knows.
    at: Duration,
    /// How long it then waited for room. All that it does is due so much later.
    waited: Duration,
}

impl Engine {
    /// Lets in who is due by `now`, while there is room.
    pub(super) fn welcome_until(self: &Rc<Self>, now: Duration, end: Option<Duration>) {
        while self.presence.borrow().has_room() {
            let Some((at, user)) = self.next_arrival(now, end) else { return };
            let newcomers = self.newcomers(user);
            if newcomers.is_empty() {
                let reason = "a user has arrived for whom there is no account".into();
                self.run.emit(What::SimFailure { label: Label::of("arrival"), reason });
            }
            let since = self.presence.borrow_mut().come(user, newcomers.len() as u32);
            let coming = Coming { at, waited: since.saturating_sub(at) };
            self.tell_delay(&newcomers, coming.waited, Some(now.saturating_sub(at.max(since))));
            newcomers.into_iter().for_each(|newcomer| self.welcome(coming, newcomer));
        }
    }

    /// At the end, plans what they were to do who were due by `now` and never found room: it is skipped.
    pub(super) fn turn_away_until(self: &Rc<Self>, now: Duration, end: Option<Duration>) {
        while let Some((at, user)) = self.next_arrival(now, end) {
            let newcomers = self.newcomers(user);
            let until = end.map_or(now, |end| end.min(now));
            self.tell_delay(&newcomers, until.saturating_sub(at), None);
            for newcomer in newcomers {
                let population = &self.populations[newcomer.population];
                if let Some(software) = population.software.get(&newcomer.account.pod) {
                    let place = self.clients.borrow().len() as u32;
                    self.clients.borrow_mut().push(Resting::outside(&newcomer, software.clone()));
                    self.plan_first(place, &newcomer, Coming { at, waited: Duration::ZERO });
                }
            }
        }
    }

    fn next_arrival(&self, now: Duration, end: Option<Duration>) -> Option<(Duration, u32)> {
        let mut arrivals = self.arrivals.borrow_mut();
        arrivals.next_if(|(at, _)| *at <= now && end.is_none_or(|end| *at < end))
    }

    fn newcomers(&self, user: u32) -> Vec<Newcomer> {
        let names = |index: usize| {
            let population = &self.populations[index];
            (population.title.clone(), population.software_name.clone())
        };
        self.crowd.clients_of(user, &self.run.accounts, names)
    }

    /// Says how much later a user came than was due; `lag` is None for one that never came.
    fn tell_delay(&self, newcomers: &[Newcomer], waited: Duration, lag: Option<Duration>) {
        let (came, lag) = (lag.is_some(), lag.unwrap_or_default());
        let Some(first) = newcomers.first() else { return };
        if !came || !waited.is_zero() || lag >= GRAIN {
            self.run.emit(What::Delayed(Delayed { who: first.who.clone(), waited, lag, came }));
        }
    }

    fn welcome(&self, coming: Coming, newcomer: Newcomer) {
        let population = &self.populations[newcomer.population];
        let who = newcomer.who.clone();
        let pod = &newcomer.account.pod;
        let Some(software) = population.software.get(pod) else {
            let reason = format!("the account lives on {pod}, which is no server of this run").into();
            self.run.emit(What::ClientFailure { who: who.clone(), reason });
            self.presence.borrow_mut().lose(who.user, self.run.clock.elapsed());
            return;
        };
        let place = self.settle_in(Resting::of(&newcomer, software.clone()));
        self.presence.borrow_mut().has_waited(place, coming.waited);
        let due = coming.at.saturating_add(coming.waited);
        self.queue(place, Waiting { due, actor: Actor::SOFTWARE, n: 0, trigger: Trigger::Arrival });
        self.places.borrow_mut().insert(who.client, place);
        self.plan_first(place, &newcomer, coming);
        debug!(target: "client", client = who.client, "client {} of {} arrives: {}", who.client, who.uid, who.software);
        let (users, clients) = self.presence.borrow().came();
        self.run.emit(What::Arrived { who, users, clients });
    }

    /// Plans the arrival of a client, and what is due first for it.
    fn plan_first(&self, place: u32, newcomer: &Newcomer, Coming { at, waited }: Coming) {
        self.planned(&newcomer.who, Plan::ARRIVAL, 0, at);
        let first = self.populations[newcomer.population].first(self.run.seed, &newcomer.who, at);
        for (due, actor) in first {
            self.schedule(Due::new(due.saturating_add(waited), place, actor, 0, Cause::Timer));
        }
    }

    /// Gives a client a place: one that somebody has left, if there is one.
    fn settle_in(&self, client: Resting) -> u32 {
        let mut clients = self.clients.borrow_mut();
        match self.presence.borrow_mut().place() {
            Some(place) => {
                clients[place as usize] = client;
                place
            }
            None => {
                clients.push(client);
                clients.len() as u32 - 1
            }
        }
    }
}
