//! Takes what is due and makes it happen.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::iter::Peekable;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use super::crowd::{Arrivals, Crowd, Newcomer};
use super::population::Population;
use super::resting::{Resting, Waiting};
use super::schedule::{Cause, Due, Schedule};
use crate::client::{Actor, Run, Trigger, Wake};
use crate::event::{Missed, What};

/// How long requests under way may still be answered after the end (design, decision 8).
const DRAIN: Duration = Duration::from_secs(5);

/// Runs the clients of one process.
pub struct Engine {
    pub(super) run: Rc<Run>,
    pub(super) populations: Vec<Population>,
    crowd: Crowd,
    arrivals: RefCell<Peekable<Arrivals>>,
    pub(super) clients: RefCell<Vec<Resting>>,
    /// Where a client's number in the run is in `clients`.
    places: RefCell<BTreeMap<u32, u32>>,
    schedule: RefCell<Schedule>,
    /// The topics of reactions that are not due yet, by client and number.
    topics: RefCell<BTreeMap<(u32, u32), Rc<str>>>,
    ready: RefCell<Vec<u32>>,
    changed: Notify,
    users: Cell<u32>,
}

/// How many came, and how many of them could work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    pub users: u32,
    pub clients: u32,
    /// Clients whose start succeeded at some time.
    pub started: u32,
}

impl Engine {
    pub fn new(run: Rc<Run>, populations: Vec<Population>, mut crowd: Crowd) -> Rc<Engine> {
        let none: Arrivals = Box::new(std::iter::empty());
        let arrivals = std::mem::replace(&mut crowd.arrivals, none).peekable();
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
            changed: Notify::new(),
            users: Cell::new(0),
        });
        *run.waker.borrow_mut() = Some(engine.clone());
        engine
    }

    /// Runs until `end`, or until `stop` resolves; then lets requests under way end, and clients leave.
    /// Must be called within a `LocalSet`.
    pub async fn run(self: &Rc<Self>, end: Option<Duration>, stop: impl Future<Output = ()>) -> Census {
        let mut stop = std::pin::pin!(stop);
        let mut acts: JoinSet<u32> = JoinSet::new();
        loop {
            let now = self.run.clock.elapsed();
            if end.is_some_and(|end| now >= end) {
                break;
            }
            self.welcome_until(now, end);
            self.release_until(now, end);
            self.begin_ready(&mut acts);
            let next = [self.next_due(), end].into_iter().flatten().min();
            let next = self.run.clock.instant(next.unwrap_or(Duration::from_secs(3600)).max(now));
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(ended) = acts.join_next() => self.settle(ended),
                () = self.changed.notified() => {}
                () = sleep_until(next) => {}
            }
        }
        self.drain(acts).await;
        self.see_off()
    }

    fn next_due(&self) -> Option<Duration> {
        let arrival = self.arrivals.borrow_mut().peek().map(|(at, _)| *at);
        let due = self.schedule.borrow().next();
        [arrival, due].into_iter().flatten().min()
    }

    /// Lets in who has arrived by `now`.
    fn welcome_until(self: &Rc<Self>, now: Duration, end: Option<Duration>) {
        loop {
            let next =
                self.arrivals.borrow_mut().next_if(|(at, _)| *at <= now && end.is_none_or(|end| *at < end));
            let Some((at, user)) = next else { return };
            self.users.set(self.users.get() + 1);
            let names = |index: usize| {
                let population = &self.populations[index];
                (population.title.clone(), population.software_name.clone())
            };
            for newcomer in self.crowd.clients_of(user, &self.run, names) {
                self.welcome(at, newcomer);
            }
        }
    }

    fn welcome(&self, at: Duration, newcomer: Newcomer) {
        let population = &self.populations[newcomer.population];
        let Some(software) = population.software.get(&newcomer.account.pod) else { return };
        let who = newcomer.who;
        let memory = software.memory(&who, &newcomer.account);
        let mut client = Resting::new(
            who.clone(),
            newcomer.account_index as u32,
            newcomer.population as u16,
            software.clone(),
            memory,
        );
        client.queue(Waiting { due: at, actor: Actor::SOFTWARE, n: 0, trigger: Trigger::Arrival });
        let place = self.clients.borrow().len() as u32;
        self.clients.borrow_mut().push(client);
        self.places.borrow_mut().insert(who.client, place);
        self.ready.borrow_mut().push(place);
        for timer in population.timers() {
            let stream = self.run.seed.stream(who.user, who.client, &timer.purpose);
            let due = at + timer.timer.pace.gap(0, stream);
            self.schedule.borrow_mut().put(Due::new(due, place, timer.actor, 0, Cause::Timer));
        }
        self.run.emit(What::Arrived { who, users: self.users.get(), clients: place + 1 });
    }

    /// Queues what is due by `now` with its client, and plans what follows it.
    fn release_until(&self, now: Duration, end: Option<Duration>) {
        loop {
            let taken = self.schedule.borrow_mut().take(now);
            let Some(due) = taken else { return };
            if end.is_some_and(|end| due.at() >= end) {
                continue;
            }
            let trigger = match due.cause {
                Cause::Timer => {
                    self.plan_next(&due);
                    Trigger::Timer
                }
                Cause::Reaction => match self.topics.borrow_mut().remove(&(due.client, due.n)) {
                    Some(topic) => Trigger::Reaction(topic),
                    None => continue,
                },
            };
            self.queue(due.client, Waiting { due: due.at(), actor: due.actor, n: due.n, trigger });
        }
    }

    /// Plans the next occurrence of an open timer; a closed one is planned when its act has ended.
    fn plan_next(&self, due: &Due) {
        let clients = self.clients.borrow();
        let Some(client) = clients.get(due.client as usize) else { return };
        if client.is_off(due.actor) {
            return;
        }
        let Some(timer) = self.populations[client.population as usize].timer(due.actor) else { return };
        if timer.timer.pacing == crate::client::Pacing::Closed {
            return;
        }
        let stream = self.run.seed.stream(client.who.user, client.who.client, &timer.purpose);
        let n = due.n + 1;
        // Two occurrences at one moment would never let time pass.
        let gap = timer.timer.pace.gap(u64::from(n), stream).max(Duration::from_millis(1));
        self.schedule.borrow_mut().put(Due::new(due.at() + gap, due.client, due.actor, n, Cause::Timer));
    }

    pub(super) fn schedule(&self, due: Due) {
        self.schedule.borrow_mut().put(due);
    }

    /// Plans a reaction `delay` after now.
    pub(super) fn schedule_reaction(&self, place: u32, actor: Actor, at: Duration, topic: Rc<str>) {
        let mut clients = self.clients.borrow_mut();
        let Some(client) = clients.get_mut(place as usize) else { return };
        let n = client.next_reaction();
        self.topics.borrow_mut().insert((place, n), topic);
        self.schedule.borrow_mut().put(Due::new(at, place, actor, n, Cause::Reaction));
    }

    fn queue(&self, place: u32, waiting: Waiting) {
        let mut clients = self.clients.borrow_mut();
        let Some(client) = clients.get_mut(place as usize) else { return };
        if client.is_off(waiting.actor) {
            return;
        }
        let (actor, timed) = (waiting.actor, waiting.trigger == Trigger::Timer);
        if client.queue(waiting) {
            if timed {
                let label = self.populations[client.population as usize].label(actor);
                let missed = Missed { who: client.who.clone(), label, late: 1, skipped: 0 };
                drop(clients);
                self.run.emit(What::Missed(missed));
            }
        } else if client.memory.is_some() {
            self.ready.borrow_mut().push(place);
        }
    }

    /// Begins the acts of clients that rest and have something waiting.
    fn begin_ready(self: &Rc<Self>, acts: &mut JoinSet<u32>) {
        for place in self.ready.take() {
            let resting = self.clients.borrow()[place as usize].memory.is_some();
            if resting {
                acts.spawn_local(self.clone().acts(place));
            }
        }
    }

    /// Notes the end of a client's acts. A panic in one is a defect of this program, and the end of that client only.
    fn settle(&self, ended: Result<u32, tokio::task::JoinError>) {
        if let Err(why) = ended
            && why.is_panic()
        {
            let reason = format!("a defect of populace ended this client: {why}").into();
            self.run.emit(What::SimFailure { label: crate::label::Label::of("panic"), reason });
        }
    }

    async fn drain(&self, mut acts: JoinSet<u32>) {
        self.run.stopped.set(true);
        let all = async {
            while let Some(ended) = acts.join_next().await {
                self.settle(ended);
            }
        };
        let _ = timeout(DRAIN, all).await;
        acts.shutdown().await;
    }

    /// Lets every client leave, and counts what was never served.
    fn see_off(&self) -> Census {
        let mut census = Census { users: self.users.get(), ..Census::default() };
        for client in self.clients.take() {
            census.clients += 1;
            census.started += u32::from(client.started);
            for waiting in client.waiting.iter().filter(|waiting| waiting.trigger == Trigger::Timer) {
                let label = self.populations[client.population as usize].label(waiting.actor);
                let who = client.who.clone();
                self.run.emit(What::Missed(Missed { who, label, late: 0, skipped: 1 }));
            }
            if let Some(reason) = client.trouble.clone().filter(|_| !client.started) {
                self.run.emit(What::ClientFailure { who: client.who.clone(), reason });
            }
            if let Some(mut memory) = client.memory {
                client.software.leave(&client.who, &mut *memory);
            }
        }
        *self.run.waker.borrow_mut() = None;
        census
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
