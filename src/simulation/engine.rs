//! Takes what is due and makes it happen.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::iter::Peekable;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::act::AFTER_FAILURE;
use super::crowd::{Arrivals, Crowd};
use super::plan::Plan;
use super::population::Population;
use super::presence::Presence;
use super::resting::{Resting, State, Waiting};
use super::schedule::{Cause, Due, Schedule};
use crate::client::{Actor, Pacing, Run, Trigger, Wake};
use crate::event::{Missed, What, Who};

/// Runs the clients of one process.
pub struct Engine {
    pub(super) run: Rc<Run>,
    pub(super) populations: Vec<Population>,
    pub(super) crowd: Crowd,
    pub(super) arrivals: RefCell<Peekable<Arrivals>>,
    pub(super) clients: RefCell<Vec<Resting>>,
    /// Where a client's number in the run is in `clients`.
    pub(super) places: RefCell<BTreeMap<u32, u32>>,
    schedule: RefCell<Schedule>,
    /// The topics of reactions that are not due yet, by client and number.
    topics: RefCell<BTreeMap<(u32, u32), Rc<str>>>,
    ready: RefCell<Vec<u32>>,
    /// Clients that a panic has ended and nobody has told of yet.
    pub(super) broken: RefCell<Vec<u32>>,
    changed: Notify,
    pub(super) presence: RefCell<Presence>,
    /// Whether somebody may leave before the end, or wait for room: only then it matters who is still there and what is
    /// still due for whom.
    pub(super) comings_and_goings: bool,
    end: Cell<Option<Duration>>,
    plan: Cell<Plan>,
}

/// How many came, and how many of them could work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    pub users: u32,
    pub clients: u32,
    /// Clients whose start succeeded at some time.
    pub started: u32,
    /// What was scheduled up to the end, or until somebody stopped the run.
    pub plan: Plan,
}

impl Census {
    /// Adds another part of the run.
    pub fn merge(&mut self, other: &Census) {
        self.users = self.users.saturating_add(other.users);
        self.clients = self.clients.saturating_add(other.clients);
        self.started = self.started.saturating_add(other.started);
        self.plan.merge(other.plan);
    }
}

impl Engine {
    pub fn new(run: Rc<Run>, populations: Vec<Population>, mut crowd: Crowd) -> Rc<Engine> {
        let none: Arrivals = Box::new(std::iter::empty());
        let arrivals = std::mem::replace(&mut crowd.arrivals, none).peekable();
        let at_once = crowd.at_once;
        let comings_and_goings = at_once.is_some() || populations.iter().any(Population::ends);
        let engine = Rc::new(Engine {
            run: run.clone(),
            populations,
            crowd,
            arrivals: RefCell::new(arrivals),
            clients: RefCell::default(),
            places: RefCell::default(),
            schedule: RefCell::default(),
            topics: RefCell::default(),
            ready: RefCell::default(),
            broken: RefCell::default(),
            changed: Notify::new(),
            presence: RefCell::new(Presence::new(comings_and_goings, at_once)),
            comings_and_goings,
            end: Cell::new(None),
            plan: Cell::default(),
        });
        *run.waker.borrow_mut() = Some(engine.clone());
        engine
    }

    /// Runs until `end`, or until all have done what they came for if there is none, or until `stop` resolves; then lets
    /// requests under way end, and clients leave.
    /// Must be called within a `LocalSet`.
    pub async fn run(self: &Rc<Self>, end: Option<Duration>, stop: impl Future<Output = ()>) -> Census {
        let mut stop = std::pin::pin!(stop);
        let mut acts: JoinSet<u32> = JoinSet::new();
        self.end.set(end);
        loop {
            let now = self.run.clock.elapsed();
            if end.is_some_and(|end| now >= end) {
                break;
            }
            self.welcome_until(now, end);
            self.release_until(now, end);
            self.begin_ready(&mut acts);
            if end.is_none() && acts.is_empty() && self.all_have_left() {
                break;
            }
            let next = [self.next_due(), end].into_iter().flatten().min();
            let next = next.map(|next| self.run.clock.instant(next.max(now)));
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(ended) = acts.join_next() => self.settle(ended),
                () = self.changed.notified() => {}
                () = reach(next) => {}
            }
        }
        // What a busy machine has not come to was due all the same: it is counted as skipped.
        let now = self.run.clock.elapsed();
        self.welcome_until(now, end);
        self.release_until(now, end);
        self.plan_without_waits(now, end);
        tokio::join!(self.drain(acts), self.turn_away_until(now, end));
        self.see_off()
    }

    /// Whether nothing may begin any more.
    pub(super) fn is_over(&self) -> bool {
        self.run.stopped.get() || self.end.get().is_some_and(|end| self.run.clock.elapsed() >= end)
    }

    /// Whether everybody who comes has come.
    pub(super) fn arrivals_are_over(&self) -> bool {
        self.arrivals.borrow_mut().peek().is_none()
    }

    fn next_due(&self) -> Option<Duration> {
        let room = self.presence.borrow().has_room();
        let arrival = self.arrivals.borrow_mut().peek().map(|(at, _)| *at).filter(|_| room);
        let due = self.schedule.borrow().next();
        [arrival, due].into_iter().flatten().min()
    }

    /// Queues what is due by `now` with its client, and plans what follows it.
    fn release_until(&self, now: Duration, end: Option<Duration>) {
        // What is due at the end is not due any more.
        let by = end.map_or(now, |end| now.min(end.saturating_sub(Duration::from_nanos(1))));
        while let Some(due) = self.take_due(by) {
            let trigger = match due.cause {
                Cause::Timer => {
                    self.plan_next(&due);
                    Trigger::Timer
                }
                Cause::Reaction => match self.topics.borrow_mut().remove(&(due.client, due.n)) {
                    Some(topic) => Trigger::Reaction(topic),
                    None => continue,
                },
                Cause::Resumed => Trigger::Resumed,
            };
            self.queue(due.client, Waiting { due: due.at(), actor: due.actor, n: due.n, trigger });
            if self.comings_and_goings {
                self.let_go(due.client);
            }
        }
    }

    /// Notes that an entry has left the schedule.
    fn taken(&self, due: &Due) {
        let mut clients = self.clients.borrow_mut();
        let Some(client) = clients.get_mut(due.client as usize) else { return };
        client.expected();
        if due.cause == Cause::Timer && self.populations[client.population as usize].is_in_turns(due.actor) {
            client.turn_ahead = false;
        }
    }

    /// Plans the next occurrence of an open timer; a closed one is planned when its act has ended. A profile
    /// that is off goes on here, so that the plan does not depend on the server.
    fn plan_next(&self, due: &Due) {
        let clients = self.clients.borrow();
        let Some(client) = clients.get(due.client as usize).filter(|client| client.state != State::Left)
        else {
            return;
        };
        let population = &self.populations[client.population as usize];
        let Some(all) = population.occurrences(due.actor) else { return };
        let open = all.pacing(due.actor) == Pacing::Open;
        if population.is_planned(due.actor, due.n) {
            // When something is due follows from the seed alone; that its client waited for room does not.
            let waited = self.presence.borrow().waited(due.client);
            self.planned(&client.who, all.purpose(), due.n, due.at().saturating_sub(waited));
        }
        // A turn of a profile that is off has no end from which the next could be counted.
        let passed_over = !open && all.is_turns() && client.is_off(due.actor);
        if (open || passed_over)
            && let Some((gap, actor)) = all.next(self.run.seed, &client.who, due.actor, due.n)
        {
            let next = due.at().saturating_add(if passed_over { gap.max(AFTER_FAILURE) } else { gap });
            drop(clients);
            self.schedule(Due::new(next, due.client, actor, due.n + 1, Cause::Timer));
        }
    }

    /// Plans what would have been due by `now` if nobody had waited for room.
    fn plan_without_waits(&self, now: Duration, end: Option<Duration>) {
        let longest = self.presence.borrow().longest_wait();
        if longest.is_zero() {
            return;
        }
        let by = now.saturating_add(longest);
        while let Some(due) = self.take_due(by) {
            let planned = due.at().saturating_sub(self.presence.borrow().waited(due.client));
            if due.cause == Cause::Timer && planned <= now && end.is_none_or(|end| planned < end) {
                self.plan_next(&due);
            }
        }
    }

    /// Takes what is due next by `now`.
    fn take_due(&self, now: Duration) -> Option<Due> {
        let due = self.schedule.borrow_mut().take(now)?;
        if self.comings_and_goings {
            self.taken(&due);
        }
        Some(due)
    }

    pub(super) fn planned(&self, who: &Who, purpose: &str, n: u32, due: Duration) {
        let mut plan = self.plan.get();
        plan.take(who, purpose, n, due);
        self.plan.set(plan);
    }

    /// What was scheduled so far.
    pub fn plan(&self) -> Plan {
        self.plan.get()
    }

    pub(super) fn schedule(&self, due: Due) {
        if self.comings_and_goings {
            self.put(&due);
        }
        self.schedule.borrow_mut().put(due);
    }

    /// Notes that an entry is about to be in the schedule.
    fn put(&self, due: &Due) {
        let mut clients = self.clients.borrow_mut();
        let Some(client) = clients.get_mut(due.client as usize) else { return };
        client.expect();
        client.turn_ahead |=
            due.cause == Cause::Timer && self.populations[client.population as usize].is_in_turns(due.actor);
    }

    /// Plans a reaction `delay` after now.
    pub(super) fn schedule_reaction(&self, place: u32, actor: Actor, at: Duration, topic: Rc<str>) {
        let mut clients = self.clients.borrow_mut();
        let Some(client) = clients.get_mut(place as usize) else { return };
        let n = client.next_reaction();
        drop(clients);
        self.topics.borrow_mut().insert((place, n), topic);
        self.schedule(Due::new(at, place, actor, n, Cause::Reaction));
    }

    pub(super) fn queue(&self, place: u32, waiting: Waiting) {
        let mut clients = self.clients.borrow_mut();
        let Some(client) = clients.get_mut(place as usize) else { return };
        if client.is_off(waiting.actor) || client.state == State::Left {
            return;
        }
        let (actor, due, timed) = (waiting.actor, waiting.due, waiting.trigger == Trigger::Timer);
        let gone = client.state == State::Gone;
        if gone || client.queue(waiting) {
            if timed {
                let (who, whose) = (client.who.clone(), (client.population, actor));
                drop(clients);
                // What a client that has ended was to do is served by nobody.
                self.missed(&who, whose, due, u64::from(!gone), u64::from(gone));
            }
        } else if client.state == State::Resting {
            client.state = State::Busy;
            self.ready.borrow_mut().push(place);
        }
    }

    /// Counts occurrences of an actor of a population that were due at `due` and could not be served.
    pub(super) fn missed(
        &self,
        who: &Rc<Who>,
        (population, actor): (u16, Actor),
        due: Duration,
        late: u64,
        skipped: u64,
    ) {
        let population = &self.populations[population as usize];
        let (profile, label) = (population.profile_name(actor).cloned(), population.label(actor));
        let missed = Missed { who: who.clone(), profile, label, late, skipped };
        self.run.sink.emit(self.run.phase(due), What::Missed(missed));
    }

    /// Begins the acts of clients that rest and have something waiting.
    fn begin_ready(self: &Rc<Self>, acts: &mut JoinSet<u32>) {
        for place in self.ready.take() {
            acts.spawn_local(self.clone().acts(place));
        }
    }
}

/// Waits for a time; for ever, when nothing is due at any.
async fn reach(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

impl Wake for Engine {
    fn wake(&self, client: u32, actor: Actor, topic: Rc<str>) {
        let place = self.places.borrow().get(&client).copied();
        let Some(place) = place else { return };
        let n = match self.clients.borrow_mut().get_mut(place as usize) {
            Some(client) => client.next_reaction(),
            None => return,
        };
        let due = self.run.clock.elapsed();
        self.queue(place, Waiting { due, actor, n, trigger: Trigger::Reaction(topic) });
        self.changed.notify_one();
    }
}
