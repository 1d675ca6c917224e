//! Users who come, and those for whom there is no room.

use std::rc::Rc;
use std::time::Duration;

use tracing::debug;

use super::crowd::Newcomer;
use super::engine::Engine;
use super::plan::Plan;
use super::resting::{Resting, Waiting};
use super::schedule::{Cause, Due};
use crate::client::{Actor, Pacing, Trigger};
use crate::clock::GRAIN;
use crate::event::{Delayed, Phase, What};
use crate::label::Label;

/// When a user comes.
#[derive(Clone, Copy)]
struct Coming {
    /// When it is due by the arrival: what the plan knows.
    at: Duration,
    /// How long it then waited for room. All that it does is due so much later.
    waited: Duration,
}

/// Occurrences of an actor one after the other that nobody served.
struct Skipped {
    actor: Actor,
    phase: Phase,
    /// When the first was due.
    due: Duration,
    count: u64,
}

/// Long work, in pieces: whatever else is to be done is done between two of them.
#[derive(Default)]
struct Pieces(u32);

impl Pieces {
    /// How many steps are one: some milliseconds, in which nobody misses anything.
    const STEPS: u32 = 1000;

    /// A step is done.
    async fn one_more(&mut self) {
        self.0 = (self.0 + 1) % Pieces::STEPS;
        if self.0 == 0 {
            tokio::task::yield_now().await;
        }
    }
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

    /// At the end, plans what they were to do who were due by `now` and never found room: it is skipped. There may be very many
    /// of them: what is under way goes on in between.
    pub(super) async fn turn_away_until(&self, now: Duration, end: Option<Duration>) {
        let is_due = |at: Duration| at <= now && end.is_none_or(|end| at < end);
        let mut pieces = Pieces::default();
        while let Some((at, user)) = self.next_arrival(now, end) {
            let newcomers = self.newcomers(user);
            let until = end.map_or(now, |end| end.min(now));
            self.tell_delay(&newcomers, until.saturating_sub(at), None);
            for newcomer in newcomers {
                let population = &self.populations[newcomer.population];
                if population.software.contains_key(&newcomer.account.pod) {
                    self.planned(&newcomer.who, Plan::ARRIVAL, 0, at);
                    for first in population.first(self.run.seed, &newcomer.who, at) {
                        self.pass_over(&newcomer, first, is_due, &mut pieces).await;
                    }
                }
            }
            pieces.one_more().await;
        }
    }

    /// Plans what is due first for a client that never came, and what follows by an open timer, and counts it as skipped.
    async fn pass_over(
        &self,
        newcomer: &Newcomer,
        (mut due, mut actor): (Duration, Actor),
        is_due: impl Fn(Duration) -> bool,
        pieces: &mut Pieces,
    ) {
        let (who, population) = (&newcomer.who, &self.populations[newcomer.population]);
        let mut n = 0;
        // What is due in one phase is told together.
        let mut skipped: Option<Skipped> = None;
        while is_due(due) {
            let phase = self.run.phase(due);
            match &mut skipped {
                Some(run) if (run.actor, run.phase) == (actor, phase) => run.count += 1,
                _ => {
                    let before = skipped.replace(Skipped { actor, phase, due, count: 1 });
                    before.into_iter().for_each(|run| self.tell_skipped(newcomer, &run));
                }
            }
            let Some(all) = population.occurrences(actor) else { break };
            if population.is_planned(actor, n) {
                self.planned(who, all.purpose(), n, due);
            }
            if all.pacing(actor) != Pacing::Open {
                break;
            }
            let Some((gap, next)) = all.next(self.run.seed, who, actor, n) else { break };
            (due, actor, n) = (due.saturating_add(gap), next, n + 1);
            pieces.one_more().await;
        }
        skipped.into_iter().for_each(|run| self.tell_skipped(newcomer, &run));
    }

    fn tell_skipped(&self, newcomer: &Newcomer, run: &Skipped) {
        self.missed(&newcomer.who, (newcomer.population as u16, run.actor), run.due, 0, run.count);
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
