//! Toy clients: what they do is what a test says.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::sleep;

use super::super::{Census, Crowd, Engine, Phases, Population, ProfileMix};
use crate::client::{
    Acting, Actor, Context, Memory, Outcome, Pace, Pacing, Profile, Run, Software, Timer, Trigger, Trouble,
};
use crate::clock::Clock;
use crate::event::{OperationEnd, OperationStart, What, Who};
use crate::http::testing::Recorder;
use crate::label::Label;
use crate::population::{Account, Password};
use crate::random::Seed;

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What a toy remembers: whether it started, and how often it tried.
#[derive(Default)]
struct ToyMemory {
    started: bool,
    tries: u32,
}

impl Memory for ToyMemory {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
    fn is_started(&self) -> bool {
        self.started
    }
    fn forget_news(&mut self) {}
}

/// A program whose start succeeds at the given try, and which polls at the given interval.
pub struct Toy {
    pub succeeds_at: u32,
    pub polls: Option<Duration>,
    /// Clients that have left.
    pub left: RefCell<Vec<u32>>,
    /// Called when a client leaves.
    pub at_leave: RefCell<Option<Box<dyn Fn()>>>,
}

impl Toy {
    pub fn new() -> Toy {
        Toy { succeeds_at: 1, polls: None, left: RefCell::default(), at_leave: RefCell::default() }
    }
}

impl Software for Toy {
    fn memory(&self, _: &Rc<Who>, _: &Rc<Account>) -> Box<dyn Memory> {
        Box::new(ToyMemory::default())
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a> {
        let label = Label::of(match trigger {
            Trigger::Arrival => "startup",
            Trigger::Timer | Trigger::Resumed => "poll",
            Trigger::Reaction(_) => "push",
        });
        Box::pin(cx.operation(label, async move {
            let memory = memory.as_any_mut().downcast_mut::<ToyMemory>().unwrap();
            memory.tries += 1;
            memory.started |= memory.tries >= self.succeeds_at;
            match memory.started {
                true => Ok(Outcome::Done),
                false => Err(Trouble::Content("nobody there".to_owned())),
            }
        }))
    }

    fn timer(&self) -> Option<Timer> {
        self.polls.map(|interval| Timer { pace: Pace::Every { interval }, pacing: Pacing::Open })
    }

    fn timer_label(&self) -> Label {
        Label::of("poll")
    }

    fn operations(&self) -> Vec<Label> {
        vec![Label::of("startup"), Label::of("poll"), Label::of("push")]
    }

    fn leave(&self, who: &Rc<Who>, _: &mut dyn Memory) -> Option<String> {
        self.left.borrow_mut().push(who.client);
        if let Some(call) = &*self.at_leave.borrow() {
            call();
        }
        None
    }
}

type Act = Box<dyn for<'a> Fn(&'a Context, &'a Trigger) -> Acting<'a>>;

/// A habit that does what a test says. Its label is its name.
pub struct Habit {
    name: &'static str,
    timer: Box<dyn Fn() -> Option<Timer>>,
    act: Act,
}

impl Habit {
    pub fn new(
        name: &'static str,
        timer: impl Fn() -> Option<Timer> + 'static,
        act: impl for<'a> Fn(&'a Context, &'a Trigger) -> Acting<'a> + 'static,
    ) -> Habit {
        Habit { name, timer: Box::new(timer), act: Box::new(act) }
    }

    /// One that takes `duration` each time.
    pub fn lasting(
        name: &'static str,
        timer: impl Fn() -> Option<Timer> + 'static,
        duration: Duration,
    ) -> Habit {
        Habit::new(name, timer, move |cx, _| {
            Box::pin(async move {
                operate(cx, name, duration).await?;
                Ok(Outcome::Done)
            })
        })
    }
}

/// An operation that takes `duration`.
pub async fn operate(cx: &Context, name: &'static str, duration: Duration) -> Result<(), Trouble> {
    cx.operation(Label::of(name), async {
        sleep(duration).await;
        Ok(())
    })
    .await
}

impl Profile for Habit {
    fn name(&self) -> &str {
        self.name
    }
    fn timer(&self) -> Option<Timer> {
        (self.timer)()
    }
    fn operations(&self) -> Vec<Label> {
        vec![Label::of(self.name)]
    }
    fn requests(&self) -> Vec<Label> {
        Vec::new()
    }
    fn act<'a>(&'a self, cx: &'a Context, _: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a> {
        (self.act)(cx, trigger)
    }
}

pub fn every(seconds: u64) -> Option<Timer> {
    Some(Timer { pace: Pace::Every { interval: secs(seconds) }, pacing: Pacing::Open })
}

pub fn closed(pace: Pace) -> Option<Timer> {
    Some(Timer { pace, pacing: Pacing::Closed })
}

/// A pace that draws from 0 to 20 s.
pub fn drawn() -> Pace {
    let seconds = Box::new(|stream: crate::random::Stream, n| 20.0 * crate::random::unit(&mut stream.at(n)));
    Pace::Drawn { seconds, mean: Some(10.0) }
}

/// A run that can begin.
pub struct World {
    pub run: Rc<Run>,
    pub events: Rc<Recorder>,
    pub engine: Rc<Engine>,
    pub toy: Rc<Toy>,
    pub phases: Phases,
}

/// What a run consists of.
pub struct Plan {
    pub toy: Toy,
    pub habits: Vec<Habit>,
    /// When user 0, 1 ... arrives.
    pub arrivals: Vec<Duration>,
    pub clients_per_user: u32,
    pub seed: u64,
    pub phases: Phases,
    /// Which turns, and whether each of them has the account of the next user.
    pub mix: ProfileMix,
    pub draws: bool,
    pub at_once: Option<u32>,
    /// Which pods have a server.
    pub pods: Vec<&'static str>,
}

impl Plan {
    /// `users` of one client each who come at once and are measured for `seconds`.
    pub fn new(users: usize, seconds: u64, habits: Vec<Habit>) -> Plan {
        let phases = Phases { duration: Some(secs(seconds)), ..Phases::default() };
        let arrivals = vec![Duration::ZERO; users];
        let pods = vec!["PodA"];
        let (toy, mix, draws) = (Toy::new(), ProfileMix::default(), false);
        let at_once = None;
        Plan { toy, habits, arrivals, clients_per_user: 1, seed: 1, phases, mix, draws, at_once, pods }
    }

    pub fn world(self) -> World {
        let events = Rc::new(Recorder::default());
        let account = |n: usize| {
            let text = |text: String| Rc::<str>::from(text);
            Rc::new(Account {
                uid: text(format!("user{n:02}")),
                password: Password::new("secret"),
                common_name: text(String::new()),
                email: text(String::new()),
                guid: text(String::new()),
                pod: "PodA".into(),
            })
        };
        let count = self.arrivals.len();
        let run = Rc::new(Run {
            seed: Seed(self.seed),
            clock: Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap()),
            sink: events.clone(),
            accounts: (0..count).map(account).collect(),
            stopped: Rc::new(Cell::new(false)),
            waker: RefCell::default(),
            measured: self.phases.measured(),
        });
        let toy = Rc::new(self.toy);
        let software: BTreeMap<Rc<str>, Rc<dyn Software>> =
            self.pods.iter().map(|pod| (Rc::from(*pod), toy.clone() as Rc<dyn Software>)).collect();
        let habits = self.habits.into_iter().map(|habit| Rc::new(habit) as Rc<dyn Profile>).collect();
        let population = Population::new("test".into(), "Toy".into(), software, habits).mixed(&self.mix);
        let arrivals = self.arrivals.into_iter().zip(0..);
        let crowd = Crowd {
            arrivals: Box::new(arrivals),
            clients_per_user: self.clients_per_user,
            account: Box::new(move |user, n| {
                (user as usize % 100 < 90).then_some((user as usize + n as usize) % count)
            }),
            draws: self.draws,
            at_once: self.at_once,
            population: Box::new(|_| Some(0)),
        };
        let engine = Engine::new(run.clone(), vec![population], crowd);
        World { run, events, engine, toy, phases: self.phases }
    }

    /// Runs it to its end.
    pub async fn run(self) -> (World, Census) {
        let world = self.world();
        let census = world.go().await;
        (world, census)
    }
}

impl World {
    pub async fn go(&self) -> Census {
        self.engine.run(self.phases.end(), std::future::pending()).await
    }

    pub fn starts(&self, label: &str) -> Vec<OperationStart> {
        self.events.each(|_, what| match what {
            What::OperationStart(start) if start.label.as_str() == label => Some(start.clone()),
            _ => None,
        })
    }

    pub fn ends(&self, label: &str) -> Vec<OperationEnd> {
        self.events.each(|_, what| match what {
            What::OperationEnd(end) if end.label.as_str() == label => Some(end.clone()),
            _ => None,
        })
    }

    /// When operations of one label were due and begun, in whole seconds.
    pub fn times(&self, label: &str) -> Vec<(u64, u64)> {
        self.starts(label).iter().map(|start| (start.due.as_secs(), start.begun.as_secs())).collect()
    }

    /// Occurrences that merged, and that were never served.
    pub fn missed(&self, label: &str) -> (u64, u64) {
        let all = self.events.each(|_, what| match what {
            What::Missed(missed) if missed.label.as_str() == label => Some((missed.late, missed.skipped)),
            _ => None,
        });
        all.iter().fold((0, 0), |sum, missed| (sum.0 + missed.0, sum.1 + missed.1))
    }

    /// Every operation that began ended once.
    pub fn assert_ended_once(&self) {
        let mut open: BTreeMap<(u32, &str), i32> = BTreeMap::new();
        for (_, what) in &*self.events.events.borrow() {
            match what {
                What::OperationStart(start) => {
                    *open.entry((start.who.client, start.label.as_str())).or_default() += 1;
                }
                What::OperationEnd(end) => {
                    *open.entry((end.who.client, end.label.as_str())).or_default() -= 1;
                }
                _ => {}
            }
        }
        assert!(open.values().all(|count| *count == 0), "{open:?}");
    }
}

pub const FIRST: Actor = Actor::SOFTWARE;
